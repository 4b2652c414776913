import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type ChartPoint,
  type CounterName,
  type Cumulative,
  EMPTY_HISTORY,
  EMPTY_SNAPSHOT,
  type LiveHistory,
  MAX_MOMENTS,
  NodeMeter,
  ratesBetween,
  remembered,
  type Snapshot,
  type StretchRates,
  type TrendName,
  valuesOf,
} from "../../../../lib/metrics/mod.ts";

type Counts = Partial<Record<CounterName, number>>;

function totals(
  counters: Counts,
  own: { overdue?: number; cpuUs?: number; threadUs?: number } = {},
): Cumulative {
  const { overdue, cpuUs = 0, threadUs = 0 } = own;
  return {
    counters: counters as Record<string, number>,
    gauges: overdue === undefined ? {} : { packetsOverdue: overdue },
    generator: { cpuUs, threadUs },
  };
}

const NOTHING = totals({});
const NO_RATES: StretchRates = {
  packetsSentPerSec: 0,
  packetsReceivedPerSec: 0,
  sendBps: 0,
  receiveBps: 0,
  lossRatio: 0,
  tracksDue: 0,
  silentRatio: 0,
  frameRate: 0,
  droppedFrameRate: 0,
  frozenRatio: 0,
  nackPerSec: 0,
  pliPerSec: 0,
  cpuRatio: 0,
};

Deno.test.each<
  { why: string; counters: Counts; sec?: number; is: Partial<StretchRates> }
>([
  { why: "nothing happened", counters: {}, is: {} },
  {
    why: "packets and bytes are those of a second, bytes as bits",
    counters: {
      packetsSent: 100,
      packetsReceived: 50,
      bytesSent: 1000,
      bytesReceived: 500,
    },
    is: {
      packetsSentPerSec: 50,
      packetsReceivedPerSec: 25,
      sendBps: 4000,
      receiveBps: 2000,
    },
  },
  {
    why: "of four tracks one is silent",
    counters: { tracksDueMs: 8000, tracksSilentMs: 2000 },
    is: { tracksDue: 4, silentRatio: 0.25 },
  },
  {
    why: "two videos at 30 frames a second, of which each showed its first",
    counters: { framesRendered: 122, videosBegun: 2, playedMs: 4000 },
    is: { frameRate: 30 },
  },
  {
    why:
      "what a video dropped is of the time that it was on, as its frames are",
    counters: { framesDropped: 6, playedMs: 4000 },
    is: { droppedFrameRate: 1.5 },
  },
  {
    why: "a video stood still for half of the time",
    counters: { totalFreezesDurationMs: 500, playedMs: 1000 },
    is: { frozenRatio: 0.5 },
  },
  {
    why: "what was asked for again is that of a second",
    counters: { retransmissionRequestsSent: 8, pliCountSent: 3 },
    is: { nackPerSec: 4, pliPerSec: 1.5 },
  },
  {
    why: "of what is due what did not come is lost",
    counters: { packetsDeliverable: 200, packetsReceived: 150 },
    is: { packetsReceivedPerSec: 75, lossRatio: 0.25 },
  },
  {
    why: "what others sent is not of what was due",
    counters: {
      packetsDeliverable: 200,
      packetsReceived: 150,
      packetsFromOthers: 50,
    },
    is: { packetsReceivedPerSec: 75, lossRatio: 0.5 },
  },
  {
    why: "where nothing of ours was due, sequence numbers tell",
    counters: { packetsExpected: 50, packetsLost: 5 },
    is: { lossRatio: 0.1 },
  },
  {
    why: "more may come than is due, as what was on its way does",
    counters: {
      packetsDeliverable: 100,
      packetsReceived: 120,
      packetsExpected: 100,
      packetsLost: 20,
    },
    is: { packetsReceivedPerSec: 60, lossRatio: 0 },
  },
  {
    why: "no time is no rate, but shares are what they are",
    counters: { packetsSent: 9, tracksDueMs: 100, tracksSilentMs: 50 },
    sec: 0,
    is: { silentRatio: 0.5 },
  },
  {
    why: "a clock that was set back makes no rate below nothing",
    counters: { packetsSent: 9, bytesReceived: 9 },
    sec: -1,
    is: {},
  },
])("the rates of a stretch: $why", ({ counters, sec = 2, is }) => {
  assertEquals(ratesBetween(NOTHING, totals(counters), sec), {
    ...NO_RATES,
    ...is,
  });
  // From where counting began makes no difference, also beyond 32 bits.
  const names = Object.keys(counters) as CounterName[];
  for (const from of [7, 2 ** 31 - 3, 2 ** 32 - 3]) {
    const before = Object.fromEntries(names.map((name) => [name, from]));
    const after = Object.fromEntries(
      names.map((name) => [name, from + counters[name]!]),
    );
    assertEquals(ratesBetween(totals(before), totals(after), sec), {
      ...NO_RATES,
      ...is,
    });
  }
});

Deno.test("what is overdue counts in the stretch in which it is, and no more when it is counted as due", () => {
  const looks = [
    totals({ packetsDeliverable: 100, packetsReceived: 100 }, { overdue: 0 }),
    totals({ packetsDeliverable: 100, packetsReceived: 100 }, { overdue: 50 }),
    totals({ packetsDeliverable: 200, packetsReceived: 150 }, { overdue: 0 }),
  ];
  const losses = looks.slice(1).map((after, i) =>
    ratesBetween(looks[i], after, 1).lossRatio
  );
  assertEquals(losses, [1, 0]);
});

Deno.test("CPU is a share of the time that the threads had, and none of no threads", () => {
  const used = (cpuUs: number, threadUs: number) =>
    ratesBetween(
      totals({}, { cpuUs: 100, threadUs: 1000 }),
      totals({}, { cpuUs: 100 + cpuUs, threadUs: 1000 + threadUs }),
      1,
    ).cpuRatio;
  assertEquals([used(500, 2000), used(0, 2000), used(5, 0)], [0.25, 0, 0]);
});

/** A node second by second; what is measured in one is counted in milliseconds. */
class Seconds {
  readonly meter = new NodeMeter("n");
  history: LiveHistory = EMPTY_HISTORY;
  #before: Snapshot = EMPTY_SNAPSHOT;
  #atMs = 0;

  next(
    measured: Partial<Record<TrendName, readonly number[]>> = {},
    afterMs = 1000,
  ): ChartPoint {
    for (const [name, values] of Object.entries(measured)) {
      const trend = this.meter.trend(name as TrendName);
      for (const value of values ?? []) trend.record(value * 1000);
    }
    this.#atMs += afterMs;
    const snapshot = this.meter.snapshot({
      atMs: this.#atMs,
      clients: [],
      generator: EMPTY_SNAPSHOT.generator,
    });
    this.history = remembered(
      this.history,
      this.#before,
      snapshot,
      5,
      undefined,
    );
    this.#before = snapshot;
    return this.history.moments.at(-1)!;
  }
}

Deno.test("percentiles are of the last ten seconds, and of none before them", () => {
  const seconds = new Seconds();
  assertEquals(seconds.next().mediaP50Ms, NaN, "nothing was measured");
  const first = seconds.next({ mediaLatency: [100] });
  assertEquals([first.mediaP50Ms, first.mediaP99Ms], [100, 100]);
  for (let i = 0; i < 9; i++) {
    assertEquals(seconds.next({ mediaLatency: [0.1] }).mediaP99Ms, 100);
  }
  assertEquals(seconds.next({ mediaLatency: [0.1] }).mediaP99Ms, 0.1);
  for (let i = 0; i < 9; i++) assertEquals(seconds.next().mediaP99Ms, 0.1);
  assertEquals(seconds.next().mediaP99Ms, NaN, "of long ago");
  assertEquals(seconds.history.measured.length, 10);
});

Deno.test("requests of all kinds are put together, and nothing else with them", () => {
  const seconds = new Seconds();
  const moment = seconds.next({
    "signaling.join": [0.1, 0.1],
    "signaling.produce": [0.2],
    connectionTime: [500],
    roundTripTime: [2],
    jitter: [0.1, 0.1, 0.2],
  });
  assertEquals(
    [moment.signalingP50Ms, moment.signalingP95Ms, moment.signalingP99Ms],
    [0.1, 0.2, 0.2],
  );
  assertEquals([moment.connectionP50Ms, moment.roundTripTimeP95Ms], [500, 2]);
  assertEquals([moment.jitterP50Ms, moment.jitterP95Ms], [0.1, 0.2]);
  assertEquals([moment.mediaP95Ms, moment.videoP50Bps], [NaN, NaN]);
});

Deno.test("a video's bits a second are bits, the least of them first", () => {
  const seconds = new Seconds();
  const trend = seconds.meter.trend("videoBitrate");
  for (let i = 1; i <= 100; i++) trend.record(i * 10_000);
  const { videoP5Bps, videoP50Bps } = seconds.next();
  assertAlmostEquals(videoP5Bps, 50_000, 400);
  assertAlmostEquals(videoP50Bps, 500_000, 4000);
});

Deno.test("a second that has come twice, or from before, says what the last one said", () => {
  const seconds = new Seconds();
  seconds.meter.counters.packetsSent = 100;
  assertEquals(seconds.next().packetsSentPerSec, 100);
  for (const afterMs of [0, -500]) {
    const again = seconds.next({}, afterMs);
    assertEquals(again.packetsSentPerSec, 100);
  }
  assertEquals(valuesOf(seconds.history.moments, "tSec"), [1, 1, 0.5]);
});

Deno.test("a first second of no time has no rates", () => {
  const seconds = new Seconds();
  seconds.meter.counters.packetsSent = 100;
  assertEquals(seconds.next({}, 0).packetsSentPerSec, 0);
});

Deno.test("rates go by the snapshots' own times", () => {
  const seconds = new Seconds();
  seconds.next();
  seconds.meter.counters.packetsSent = 100;
  assertEquals(seconds.next({}, 2000).packetsSentPerSec, 50);
  seconds.meter.counters.packetsSent = 200;
  assertEquals(seconds.next({}, 500).packetsSentPerSec, 200);
});

Deno.test("who is there, who should be and what the server used are those of the end", () => {
  const use = {
    cpuRatio: 1.5,
    maxProcessRatio: 0.75,
    rssBytes: 1e9,
    fds: null,
    udpDrops: 0,
  };
  const snapshot = { ...EMPTY_SNAPSHOT, gauges: { clientsConnected: 4 } };
  const { moments: [seen] } = remembered(
    EMPTY_HISTORY,
    EMPTY_SNAPSHOT,
    snapshot,
    6,
    use,
  );
  assertEquals([seen.clientsConnected, seen.clientsWanted], [4, 6]);
  assertEquals([seen.serverCpuRatio, seen.serverRssBytes], [0.75, 1e9]);
});

Deno.test("a history is not reached by what follows, and is no longer than can be looked at", () => {
  const seconds = new Seconds();
  const early = [1, 2, 3].map(() => {
    seconds.next();
    return seconds.history;
  });
  for (let i = 0; i < MAX_MOMENTS; i++) seconds.next();
  assertEquals(
    early.map(({ moments }) => valuesOf(moments, "tSec")),
    [[1], [1, 2], [1, 2, 3]],
  );
  const { moments } = seconds.history;
  assertEquals(moments.length, MAX_MOMENTS);
  assertEquals([moments[0].tSec, moments.at(-1)!.tSec], [4, MAX_MOMENTS + 3]);
  assert(EMPTY_HISTORY.moments.length === 0);
});
