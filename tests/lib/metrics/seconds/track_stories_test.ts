import { assert, assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  RunSeconds,
  Timeline,
  TrackStories,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";
import { generator } from "../generate.ts";
import { packedBytes } from "../packed_bytes.ts";

const CLIENT = { clientId: "client-1" };

Deno.test("seconds of one freeze are one, and those of another sender another", () => {
  const book = new TrackStories();
  for (const atSec of [5, 6, 7]) {
    book.note({ ...CLIENT, from: "client-2", atSec, frozenMs: 1000 });
    book.note({ ...CLIENT, from: "client-3", atSec, frozenMs: 200 });
  }
  book.note({ ...CLIENT, from: "client-2", atSec: 20, frozenMs: 400 });
  assertEquals(book.story("client-1"), {
    freezes: [
      { from: "client-2", fromSec: 4, toSec: 7, frozenMs: 3000 },
      { from: "client-3", fromSec: 4.8, toSec: 7, frozenMs: 600 },
      { from: "client-2", fromSec: 19.6, toSec: 20, frozenMs: 400 },
    ],
    layers: [],
  });
});

Deno.test("each change of layers has its time and its sender", () => {
  const book = new TrackStories();
  book.note({ ...CLIENT, from: "client-2", atSec: 1.0004, layer: 2 });
  book.note({ ...CLIENT, from: "client-2", atSec: 9, layer: null });
  assertEquals(book.story("client-1").layers, [
    { from: "client-2", atSec: 1, layer: 2 },
    { from: "client-2", atSec: 9, layer: null },
  ]);
  assertEquals(book.story("client-9"), { freezes: [], layers: [] });
});

Deno.test("of a client the last are kept, and the clients that were heard of last", () => {
  const book = new TrackStories({ each: 2, clients: 2 });
  for (const clientId of ["a", "b", "a", "c"]) {
    for (const layer of [0, 1, 2]) {
      book.note({ clientId, from: "s", atSec: layer, layer });
      book.note({ clientId, from: `s${layer}`, atSec: 10, frozenMs: 300 });
    }
  }
  const kept = ["a", "b", "c"].map((id) => book.story(id).layers.length);
  assertEquals(kept, [2, 0, 2]);
  assertEquals(
    book.story("c").freezes.map(({ from }) => from),
    ["s1", "s2"],
  );
});

Deno.test("what is kept of who has left is what it would be had it stayed, with what is told of it later", () => {
  const { below } = generator(9);
  const [stayed, left] = [new TrackStories(), new TrackStories()];
  const names = Array.from({ length: 400 }, (_, i) => `client-${i}`);
  for (let atSec = 0; atSec < 6000; atSec++) {
    const clientId = names[Math.min(399, (atSec >> 4) + below(12))];
    const news = {
      clientId,
      from: names[below(400)],
      atSec: atSec + below(1000) / 1000,
      frozenMs: below(3) === 0 ? below(2_000_000) / 1000 : undefined,
      layer: [undefined, null, 0, 1, 2][below(5)],
    };
    for (const book of [stayed, left]) book.note(news);
    left.leave([clientId, names[below(400)]]);
  }
  for (const name of names) assertEquals(left.story(name), stayed.story(name));
});

Deno.test("of more clients than there is room for, those who left first are forgotten", () => {
  const book = new TrackStories({ clients: 2 });
  for (const clientId of ["a", "b", "c"]) {
    book.note({ clientId, from: "s", atSec: 1, layer: 0 });
    if (clientId === "b") book.leave(["b", "nobody"]);
  }
  const kept = ["a", "b", "c"].map((id) => book.story(id).layers.length);
  assertEquals(kept, [1, 0, 1]);
});

Deno.test("of who has left four freezes take less than 80 bytes", () => {
  const { below } = generator(17);
  const book = new TrackStories();
  const bytes = packedBytes(() => {
    for (let index = 0; index < 1500; index++) {
      const clientId = `client-${index}`;
      for (let sec = 0; sec < 4; sec++) {
        const atSec = 2 * index + sec + below(1000) / 1000;
        const from = `client-${index + sec}`;
        book.note({ clientId, from, atSec, frozenMs: below(900) + 0.3 });
      }
      book.leave([clientId]);
    }
  }) / 1500;
  assert(bytes > 20 && bytes < 80, `${bytes}`);
});

Deno.test("a run packs what is kept of the tracks of who has left, and what is told of them afterwards", () => {
  const run = new RunSeconds();
  const timeline = new Timeline();
  const second = (sec: number, state: "connected" | "left") => {
    const clients = [recordOf(0, { state })];
    const snapshot = { ...EMPTY_SNAPSHOT, atMs: sec * 1000, clients };
    run.take(timeline.mark(snapshot, sec * 1000), snapshot);
  };
  const { leave } = run.tracks;
  const left: string[] = [];
  run.tracks.leave = (clientIds) => {
    left.push(...clientIds);
    leave.call(run.tracks, clientIds);
  };
  const news = { clientId: "client-0", from: "s", frozenMs: 200 };
  second(1, "connected");
  run.tracks.note({ ...news, atSec: 1 });
  second(2, "connected");
  assertEquals(left, []);
  second(3, "left");
  assertEquals(left, ["client-0"]);
  const bytes = packedBytes(() => run.tracks.note({ ...news, atSec: 3 }));
  assert(bytes > 0, `${bytes}`);
  assertEquals(run.tracks.story("client-0").freezes.length, 2);
});
