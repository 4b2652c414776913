import { assertEquals } from "@std/assert";
import {
  type ConsumerSecond,
  ConsumerWatch,
  type Watched,
} from "../../../lib/client/consumer_watch.ts";

/** What a consumer has come to. */
interface Totals {
  readonly packetsExpected?: number;
  readonly packetsLost?: number;
  readonly packetsRepaired?: number;
  readonly bytesReceived?: number;
  /** Packets that are asked for. */
  readonly asked?: number;
  readonly framesRendered?: number;
  readonly frozenMs?: number;
  readonly emitted?: number;
  readonly waitedMs?: number;
}

/** A consumer whose totals are set by hand: since 0 ms, a packet came already. */
function consumer(kind: "audio" | "video", more: object = {}) {
  let now: Totals = {};
  const receiver = { kind, openedMs: 0, isSuspended: false, ...more };
  const figures = () => ({
    framesRendered: now.framesRendered ?? 0,
    totalFreezesDurationMs: now.frozenMs ?? 0,
    jitterBufferEmittedCount: now.emitted ?? 0,
    jitterBufferDelayMs: now.waitedMs ?? 0,
  });
  const watched = {
    get receiver() {
      return {
        ...{ packetsReceived: 1, packetsExpected: 0, packetsLost: 0 },
        ...{ packetsRepaired: 0, bytesReceived: 0, ...receiver, ...now },
      };
    },
    get nacks() {
      return { size: now.asked ?? 0 };
    },
    frames: kind === "video" ? { playout: { figures } } : undefined,
    sound: kind === "audio" ? { figures } : undefined,
  } as unknown as Watched;
  const watch = new ConsumerWatch(watched);
  return {
    watch,
    at: (ms: number, totals: Totals = now) => {
      now = totals;
      return watch.take(ms);
    },
  };
}

const NOTHING: ConsumerSecond = {
  kind: "video",
  bitrateBps: 0,
  lossRatio: null,
  residualLossRatio: null,
  frameRate: 0,
  frozenMs: 0,
  playoutDelayMs: null,
};

Deno.test.each<{
  readonly before: Totals;
  readonly after: Totals;
  readonly atMs?: number;
  readonly want: Partial<ConsumerSecond>;
  readonly why: string;
}>([
  {
    before: {},
    after: {},
    want: {},
    why: "where nothing came, nothing is said but that",
  },
  {
    before: { bytesReceived: 1000, framesRendered: 10 },
    after: { bytesReceived: 251_000, framesRendered: 70 },
    atMs: 3000,
    want: { bitrateBps: 1_000_000, frameRate: 30 },
    why: "rates are of the time that it was, however long",
  },
  {
    before: { packetsExpected: 100, packetsLost: 10 },
    after: { packetsExpected: 200, packetsLost: 30, packetsRepaired: 15 },
    want: { lossRatio: 0.2, residualLossRatio: 0.05 },
    why: "what is repaired was lost, and is not missing",
  },
  {
    before: { packetsExpected: 100 },
    after: { packetsExpected: 200, packetsLost: 20, asked: 20 },
    want: { lossRatio: 0.2, residualLossRatio: 0 },
    why: "what is still asked for is not given up",
  },
  {
    before: { packetsExpected: 100, packetsLost: 20, asked: 20 },
    after: { packetsExpected: 100, packetsLost: 20 },
    want: { lossRatio: null, residualLossRatio: 1 },
    why: "what is given up now was expected before",
  },
  {
    before: { packetsExpected: 100, packetsLost: 20 },
    after: { packetsExpected: 150, packetsLost: 5 },
    want: { lossRatio: 0, residualLossRatio: 0 },
    why: "what came late after all is no loss below none",
  },
  {
    before: { frozenMs: 600 },
    after: { frozenMs: 100 },
    want: { frozenMs: 0 },
    why: "a pause takes back what had begun to be a freeze",
  },
  {
    before: { emitted: 100, waitedMs: 2000 },
    after: { emitted: 150, waitedMs: 6000 },
    want: { playoutDelayMs: 80 },
    why: "the wait is that of what was shown since",
  },
])("a second of a video is what it gained: $why", ({
  before,
  after,
  atMs = 2000,
  want,
}) => {
  const { at } = consumer("video");
  assertEquals(at(1000, before), undefined);
  assertEquals(at(atMs, after), { ...NOTHING, ...want });
});

Deno.test("of audio there are no frames, and what was heard waited", () => {
  const { at } = consumer("audio");
  at(1000, {});
  assertEquals(at(2000, { emitted: 50, waitedMs: 1000, framesRendered: 9 }), {
    ...{ ...NOTHING, kind: "audio", frameRate: null },
    playoutDelayMs: 20,
  });
});

Deno.test.each([
  { more: { packetsReceived: 0 }, firstMs: 1000, why: "a track has a second" },
  { more: {}, firstMs: 0, why: "a packet came" },
  {
    more: { packetsReceived: 0, isSuspended: true },
    firstMs: 0,
    why: "the server withholds it, which is nothing received all the same",
  },
])(
  "seconds of a track count from $firstMs ms on: $why",
  ({ more, firstMs }) => {
    const { at } = consumer("video", more);
    const told = [0, 500, 1000, 1500, 2000, 2500].filter((ms) =>
      at(ms) !== undefined
    );
    assertEquals(told[0], firstMs + 1000);
  },
);

Deno.test("looks may come a little early, and not much", () => {
  const { at } = consumer("video");
  at(1000);
  assertEquals(at(1899), undefined);
  assertEquals(at(1900), NOTHING);
  assertEquals(at(2799), undefined);
});

Deno.test("a second with a pause in it is told of by nobody", () => {
  const { watch, at } = consumer("video");
  at(1000);
  watch.setPaused(true);
  assertEquals([at(2000), at(3000)], [undefined, undefined]);
  watch.setPaused(false);
  assertEquals(at(3500, { bytesReceived: 9 }), undefined);
  assertEquals(at(4500), NOTHING);
  // It is told again what it knows.
  watch.setPaused(false);
  assertEquals(at(5500), NOTHING);
  watch.leaveOut();
  assertEquals([at(6500), at(7500)], [undefined, NOTHING]);
});
