import { assertEquals } from "@std/assert";
import { TrackStories } from "../../../lib/metrics/mod.ts";

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
