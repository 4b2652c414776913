/** Which clients of a node are written down, when, and what becomes of a dump that cannot be. */

import { assert, assertEquals } from "@std/assert";
import type { ClientObserver } from "../../../../lib/client/mod.ts";
import { ClientDumps } from "../../../../lib/load/node/client_dumps.ts";
import type { Driven } from "../../../../lib/load/node/driven.ts";
import type { DumpOrder } from "../../../../lib/load/node/node.ts";
import { readRtcStats } from "../../dump/rtcstats_reader.ts";
import { clientPlan } from "./node_bench.ts";

const WALL_MS = 1_800_000_000_000;

const ALL: DumpOrder = {
  clients: [0],
  dir: "there",
  keepMs: null,
  forMs: null,
  onTrouble: false,
};
const TROUBLE: DumpOrder = { ...ALL, keepMs: 10_000, onTrouble: true };

/** Files in memory, which break on demand. */
class Files implements Disposable {
  packets = 0;
  events = "";
  closed = 0;
  isFull = false;
  appendPackets(bytes: Uint8Array): void {
    if (this.isFull) throw new Error("No space left on device");
    this.packets += bytes.length;
  }
  appendEvents(text: string): void {
    this.events += text;
  }
  [Symbol.dispose](): void {
    this.closed++;
  }
  get happened(): string[] {
    return readRtcStats(this.events).events
      .filter(({ name }) => name !== "getStats")
      .map(({ name, connection, value, atMs }) =>
        [name, connection, JSON.stringify(value), atMs - WALL_MS].join(" ")
      );
  }
}

/** One client whose dump is looked at. */
class World {
  nowMs = 1000;
  readonly files: Files[] = [];
  readonly opened: string[] = [];
  readonly problems: string[] = [];
  observer: ClientObserver | undefined;
  freezeCount = 0;
  canOpen = true;
  isFull = false;
  readonly dumps = new ClientDumps({
    open: (dir, clientId) => {
      if (!this.canOpen) throw new Error("Permission denied");
      this.opened.push(`${dir}/${clientId}`);
      const files = new Files();
      files.isFull = this.isFull;
      this.files.push(files);
      return files;
    },
    application: "rtcrowd 1",
    url: "ws://sfu.example",
    clock: {
      nowMs: () => this.nowMs,
      wallNowMs: () => WALL_MS + this.nowMs,
    },
    onProblem: (text) => this.problems.push(text),
  });

  begin(order: DumpOrder, index = 0): void {
    // deno-lint-ignore no-this-alias -- its getter is another object's
    const world = this;
    const driven = {
      plan: clientPlan(index),
      client: {
        observe: (observer: ClientObserver | undefined) => {
          this.observer = observer;
        },
        stats: () => ({
          recv: { pair: { type: "candidate-pair", state: "succeeded" } },
        }),
      },
      record: {
        figures: {
          get freezeCount() {
            return world.freezeCount;
          },
        },
      },
    };
    this.dumps.begin(driven as unknown as Driven, order);
  }

  /** A transport of the client, as it is told of. */
  transport(direction: "send" | "recv", address = "10.0.0.1") {
    return this.observer!.onTransport({
      direction,
      remote: () => ({ address, port: 4000 }),
    });
  }

  second(): void {
    this.nowMs += 1000;
    this.dumps.onSecond(this.nowMs);
  }
}

Deno.test("a client that is dumped is written down second by second, on the world's time", () => {
  const world = new World();
  world.begin(ALL);
  const tap = world.transport("recv");
  world.dumps.onState(0, "connected", 1200);
  tap.onPacket("in", "rtp", new Uint8Array(40), 0, 40, 1300);
  assertEquals(world.files[0].packets, 0);
  world.second();
  const [files] = world.files;
  assertEquals(world.opened, ["there/client-0"]);
  assert(files.packets > 40);
  assertEquals(files.happened, [
    "create recv {} 1000",
    'state  "connected" 1200',
    'onconnectionstatechange recv "connected" 1200',
  ]);
  const before = files.packets;
  world.second();
  assertEquals(files.packets, before);
  assertEquals(files.closed, 0);
});

Deno.test("a later transport of the same direction has a name of its own", () => {
  const world = new World();
  world.begin(ALL);
  world.transport("recv");
  world.transport("send");
  world.transport("recv");
  world.dumps.onState(0, "away", 1000);
  world.dumps.end(0);
  assertEquals(
    world.files[0].happened.filter((one) => one.startsWith("create")),
    ["create recv {} 1000", "create send {} 1000", "create recv 3 {} 1000"],
  );
  assertEquals(
    world.files[0].happened.filter((one) => one.startsWith("onconn")),
    [
      'onconnectionstatechange recv 3 "disconnected" 1000',
      'onconnectionstatechange send "disconnected" 1000',
    ],
  );
});

Deno.test("a client without trouble leaves no file where only trouble is written", () => {
  const world = new World();
  world.begin(TROUBLE);
  world.dumps.note(0, "layer 2 was chosen", false, 1100);
  for (let i = 0; i < 20; i++) world.second();
  world.dumps.end(0);
  assertEquals(world.opened, []);
  assertEquals(world.observer, undefined);
});

Deno.test("of a client in trouble the last while before it is written, and no more until the next", () => {
  const world = new World();
  world.begin(TROUBLE);
  world.dumps.note(0, "long ago", false, 1100);
  for (let i = 0; i < 12; i++) world.second();
  world.dumps.note(0, "just now", false, world.nowMs);
  world.freezeCount = 1;
  world.second();
  world.dumps.note(0, "later", false, world.nowMs);
  world.second();
  const notes = () =>
    world.files[0].happened.filter((one) => one.startsWith("note"));
  assertEquals(notes(), [
    'note  "just now" 13000',
    'note  "a picture froze" 14000',
  ]);
  world.freezeCount = 4;
  world.second();
  assertEquals(notes().slice(2), [
    'note  "later" 14000',
    'note  "pictures froze 3 times" 16000',
  ]);
  assertEquals(world.files.length, 1);
});

Deno.test("trouble in its last second is written, too, and files are closed once", () => {
  const world = new World();
  world.begin(TROUBLE);
  world.dumps.note(0, "away: consent expired", true, 1500);
  world.dumps.end(0);
  world.dumps.end(0);
  assertEquals(world.files.map(({ closed }) => closed), [1]);
  assertEquals(world.files[0].happened, [
    'note  "away: consent expired" 1500',
  ]);
});

Deno.test("a dump ends by itself after the time that it was ordered for", () => {
  const world = new World();
  world.begin({ ...ALL, forMs: 2500 });
  world.second();
  world.second();
  assertEquals(world.files[0].closed, 0);
  world.second();
  assertEquals(world.files[0].closed, 1);
  assertEquals(world.observer, undefined);
  world.dumps.note(0, "after its end", true, world.nowMs);
  world.second();
  assertEquals(world.files[0].happened, ["create recv {} 2000"]);
});

Deno.test("who is to be dumped anew ends the dump before, which is whole", () => {
  const world = new World();
  world.begin(ALL);
  world.dumps.note(0, "first", false, 1000);
  world.begin({ ...ALL, dir: "elsewhere" });
  assertEquals(world.opened, ["there/client-0", "elsewhere/client-0"]);
  assertEquals(world.files[0].happened, ['note  "first" 1000']);
  assertEquals(world.files.map(({ closed }) => closed), [1, 0]);
  assert(world.observer !== undefined);
});

Deno.test("a file that cannot be made is said once, and the client goes on without", () => {
  const world = new World();
  world.canOpen = false;
  world.begin(ALL);
  world.second();
  world.dumps.end(0);
  assertEquals(world.problems, [
    "Cannot dump client-0: Permission denied. It goes on without.",
  ]);
  assertEquals(world.observer, undefined);
});

Deno.test.each([
  {
    why: "in the middle",
    order: ALL,
    last: (world: World) => world.second(),
  },
  {
    why: "with the last that it writes",
    order: ALL,
    last: (world: World) => world.dumps.end(0),
  },
  {
    why: "when trouble comes",
    order: TROUBLE,
    last: (world: World) => world.second(),
  },
  {
    why: "when its client leaves in trouble",
    order: TROUBLE,
    last: (world: World) => world.dumps.end(0),
  },
  {
    why: "when its time is over",
    order: { ...ALL, forMs: 500 },
    last: (world: World) => world.second(),
  },
])(
  "a disk that is full ends the dump $why, is said once, and its files are closed once",
  ({
    order,
    last,
  }) => {
    const world = new World();
    world.isFull = true;
    world.begin(order);
    world.transport("recv").onPacket(
      "in",
      "rtp",
      new Uint8Array(9),
      0,
      9,
      1000,
    );
    world.dumps.note(0, "failed", true, 1000);
    last(world);
    world.second();
    world.dumps.end(0);
    assertEquals(world.problems, [
      "Cannot dump client-0: No space left on device. It goes on without.",
    ]);
    assertEquals(world.files.map(({ closed }) => closed), [1]);
    assertEquals(world.observer, undefined);
  },
);

Deno.test("what nobody ordered is not written down", () => {
  const world = new World();
  world.begin(ALL);
  world.dumps.note(1, "of another", true, 1000);
  world.dumps.onState(1, "failed", 1000);
  world.dumps.look(1);
  world.dumps.end(1);
  world.second();
  assertEquals(world.files[0].happened, ["create recv {} 2000"]);
});
