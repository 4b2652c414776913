import { assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../../lib/client/mod.ts";
import type { ClientDumps } from "../../../../lib/load/node/client_dumps.ts";
import type { Driven } from "../../../../lib/load/node/driven.ts";
import { EventBook } from "../../../../lib/load/node/event_book.ts";
import type { NodeHandlers } from "../../../../lib/load/node/node.ts";
import {
  MAX_STOPPED,
  NodeMeter,
  type TrackNews,
} from "../../../../lib/metrics/mod.ts";
import { recorderOf } from "../../metrics/client.ts";

type Told = Parameters<EventBook["enter"]>[1];

const ZERO_MS = 10_000;
const NOW_MS = 70_000;

/** A book of one client, who was due at 20 s and tried to join at 25 s, on the node's clock. */
function book() {
  const counted: string[] = [];
  const meter = Object.assign(new NodeMeter("node"), {
    countError: (kind: string) => counted.push(kind),
  });
  const notes: unknown[] = [];
  const dumped: unknown[] = [];
  const tracks: (readonly TrackNews[])[] = [];
  const handlers = {
    onNote: (note: unknown) => notes.push(note),
    onTracks: (news: readonly TrackNews[]) => tracks.push(news),
  } as unknown as NodeHandlers;
  const driven = {
    plan: { clientId: "client-0", index: 0 },
    client: { consumersOpen: 2 },
    record: recorderOf(0),
    ...{ dueMs: 20_000, triedMs: 25_000, lostMs: -1, returnedMs: -1 },
    ...{ returnedHow: "rejoined", wasReceiving: false, lastError: null },
  } as unknown as Driven;
  const entered = new EventBook(meter, handlers, {
    nowMs: () => NOW_MS,
    zeroMs: () => ZERO_MS,
    dumps: () =>
      ({
        note: (...args: unknown[]) => dumped.push(args),
      }) as unknown as ClientDumps,
  });
  const enter = (...events: readonly Told[]) => {
    for (const event of events) entered.enter(driven, event);
  };
  const { figures } = driven.record;
  return {
    ...{ entered, enter, driven, figures, meter, counted },
    ...{ notes, dumped, tracks },
  };
}

type World = ReturnType<typeof book>;
const trendOf = ({ meter }: World, name: "join" | "connectionTime") => {
  const { count, max } = meter.trend(name);
  return [count, max / 1000];
};

Deno.test.each<{
  readonly events: readonly Told[];
  readonly of: (world: World) => unknown;
  readonly want: unknown;
  readonly why: string;
}>([
  {
    events: [{ type: "connected", atMs: 21_500 }],
    of: (world) => [
      world.figures.connectionSuccessful,
      world.figures.connectionTimeMs,
      world.figures.connectedAtMs,
      trendOf(world, "connectionTime"),
    ],
    want: [true, 1500, 11_500, [1, 1500]],
    why: "a connection took as long as since it was due",
  },
  {
    events: [{ type: "ready", atMs: 25_300 }, { type: "ready", atMs: 60_000 }],
    of: (world) => [world.figures.joinMs, trendOf(world, "join")],
    want: [300, [1, 300]],
    why: "a join took as long as since it was tried, and later stays are none",
  },
  {
    events: [
      { type: "produced", kind: "audio" },
      { type: "notProduced", kind: "video" },
      { type: "consumed", kind: "audio" },
      { type: "consumed", kind: "video" },
      { type: "denied", kind: "video" },
      { type: "returnFailed", message: "no" },
    ],
    of: ({ figures, meter }) => [
      figures.producersCreated,
      figures.producersRefused,
      figures.consumersCreated,
      meter.counters.consumersDenied,
      figures.reconnectionFailures,
    ],
    want: [1, 1, 2, 1, 1],
    why: "what was made, refused and tried is counted",
  },
  {
    events: [
      { type: "anomaly", anomaly: { kind: "unknown", type: "x" } },
      { type: "anomaly", anomaly: { kind: "malformed", reason: "y" } },
      { type: "anomaly", anomaly: { kind: "malformed", reason: "z" } },
      { type: "anomaly", anomaly: { kind: "rateLimited" } },
    ] as unknown as readonly Told[],
    of: ({ meter: { counters } }) => [
      counters.unknownMessages,
      counters.malformedMessages,
    ],
    want: [1, 2],
    why: "messages are counted by what is wrong with them",
  },
  {
    events: [{ type: "allowance", consumers: 16 }],
    of: ({ entered, notes }) => [entered.known.consumersAllowed, notes],
    want: [16, [{
      ...{ atMs: 60_000, clientId: null, isOfServer: true, level: "info" },
      text:
        "The server grants a client 16 consumers in one stay, closed ones too: what clients want besides is left out.",
    }]],
    why: "what holds for all is a note about the server",
  },
  {
    events: [{ type: "allowance", consumers: 1 }],
    of: ({ notes }) => notes,
    want: [{
      ...{ atMs: 60_000, clientId: null, isOfServer: true, level: "info" },
      text:
        "The server grants a client 1 consumer in one stay, closed ones too: what clients want besides is left out.",
    }],
    why: "one of a thing is told as one",
  },
  {
    events: [{
      ...{ type: "lost", what: "channel", message: "code 1006" },
      sinceMs: 65_000,
    }],
    of: ({ figures, driven, notes, dumped }) => [
      [figures.losses, figures.awaySinceMs],
      [driven.lostMs, driven.wasReceiving, driven.lastError],
      ...[notes, dumped],
    ],
    want: [
      [1, 55_000],
      [65_000, true, "code 1006"],
      [{
        ...{ atMs: 60_000, clientId: "client-0", level: "error" },
        text: "away: code 1006",
      }],
      [[0, "away: code 1006", true, NOW_MS]],
    ],
    why: "who is away is so since it lost something, in the server's words",
  },
  {
    events: [
      { type: "lost", what: "channel", message: "a", sinceMs: 65_000 },
      { type: "lost", what: "transport", message: "b", sinceMs: 68_000 },
    ],
    of: ({ figures, driven }) => [figures.losses, driven.lostMs],
    want: [2, 65_000],
    why: "a loss before media flowed again is part of the one before",
  },
  {
    events: [
      { type: "returned", how: "iceRestart" },
      { type: "returned", how: "reconnected" },
      { type: "returned", how: "rejoined" },
      { type: "returned", how: "rejoined" },
    ],
    of: ({ figures, driven, dumped }) => [
      figures.reconnections,
      [figures.returnsByIceRestart, figures.returnsByReconnect],
      ...[figures.returnsByRejoin, driven.returnedMs, driven.returnedHow],
      (dumped[0] as unknown[]).slice(1, 3),
    ],
    want: [
      ...[4, [1, 1], 2, NOW_MS, "rejoined"],
      ["came back (ICE restart)", false],
    ],
    why: "returns are counted by how they went",
  },
  {
    events: [{ type: "error", kind: "ice", message: "no answer" }],
    of: ({ driven, counted, notes }) => [
      driven.record.toRecord().errors,
      counted,
      driven.lastError,
      notes.length,
    ],
    want: [
      [{ kind: "ice", message: "no answer", atMs: 60_000 }],
      ["ice"],
      ...["no answer", 1],
    ],
    why: "an error is in the record, counted by its kind, and told",
  },
  {
    events: [
      { type: "stopped", track: { producerId: "p", how: "paused" } },
      { type: "stopped", track: { producerId: "p", how: "closed" } },
    ],
    of: ({ entered }) => entered.known.stopped,
    want: [{ producerId: "p", how: "closed" }],
    why: "of a track that the server stopped the last is known",
  },
])("what a client tells is entered: $why", ({ events, of, want }) => {
  const world = book();
  world.enter(...events);
  assertEquals(of(world), want);
});

Deno.test("tracks that the server stopped are kept up to a bound", () => {
  const { entered, enter } = book();
  for (let i = 0; i <= MAX_STOPPED; i++) {
    enter({ type: "stopped", track: { producerId: `${i}`, how: "closed" } });
  }
  assertEquals(entered.known.stopped?.length, MAX_STOPPED);
});

Deno.test("what became of tracks is told once, of senders that are known, in one line", () => {
  const { entered, enter, driven, tracks } = book();
  const layer = (from?: string): ClientEvent & Told => ({
    ...{ type: "layer", layer: 1 },
    from,
  });
  enter(layer(), layer(`anna\n${"a".repeat(100)}`));
  entered.noteTrack(driven, { from: "bob", frozenMs: 300 });
  entered.tellTracks();
  entered.tellTracks();
  const told = { clientId: "client-0", atSec: 60 };
  const [[first, second], ...more] = tracks;
  assertEquals(first.from.length, 64);
  assertEquals(/\p{Cc}/u.test(first.from), false);
  assertEquals({ ...first, from: "" }, { ...told, from: "", layer: 1 });
  assertEquals(second, { ...told, from: "bob", frozenMs: 300 });
  assertEquals(more, []);
});
