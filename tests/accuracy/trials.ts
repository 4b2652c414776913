/**
 * What is known to have happened, against what the tool reports: each trial
 * does something to a room full of clients and gives one or more rows.
 */

import {
  counterOf,
  lossOrigin,
  percentileOf,
  trendGrowth,
} from "../../lib/metrics/mod.ts";
import { grown, openMeasured, outOf, pass, until } from "./crowd.ts";

/** One line of the table. */
export interface Row {
  /** What was done, or compared. */
  readonly what: string;
  /** What really happened. */
  readonly truth: number;
  /** What the tool says. */
  readonly reported: number;
  /** How far apart they may be. */
  readonly tolerance: number;
  readonly unit: "%" | "ms" | "packets" | "kbps" | "fps";
}

/** Whether the tool told the truth. */
export function isRight({ truth, reported, tolerance }: Row): boolean {
  return Math.abs(reported - truth) <= tolerance;
}

/** In flight when the network changes. */
const SETTLE_MS = 300;
const LOSS_TOLERANCE_PERCENT = 0.1;
const DELAY_TOLERANCE_MS = 2;
/** A histogram tells a percentile's bucket, which is 0.8 % wide: half of that, either way. */
const HALF_BUCKET = 0.004;
const RATE_TOLERANCE = 0.005;
/** Reports come about once a second either way: by then, two have passed each other. */
const REPORTS_MS = 3500;
/** The server tells the time since our report in whole milliseconds, and so do its own clocks. */
const REPORT_TOLERANCE_MS = 2;
const FPS = 30;

/** Loses these shares of what arrives, one after the other, each for so long. */
export async function loseRatios(
  ratios: readonly number[],
  forMs: number,
): Promise<Row[]> {
  // Audio is not repaired: what the network dropped of it is what is lost.
  await using crowd = await openMeasured({
    clients: 5,
    audio: true,
    video: false,
  });
  const rows: Row[] = [];
  for (const lossRatio of ratios) {
    const before = crowd.snapshot();
    await crowd.impair({ inbound: { lossRatio } });
    await pass(forMs);
    await crowd.impair(null);
    await pass(SETTLE_MS);
    const after = crowd.snapshot();
    const expected = grown("packetsExpected", before, after);
    const percent = (packets: number) => packets / expected * 100;
    rows.push({
      what: `${lossRatio * 100} % of ${expected} packets dropped: loss`,
      truth: percent(grown("impairedInDropped", before, after)),
      reported: percent(grown("packetsLost", before, after)),
      tolerance: LOSS_TOLERANCE_PERCENT,
      unit: "%",
    });
  }
  return rows;
}

/** Delays what arrives, or what is sent, by so much, each for so long. */
export async function delayBy(
  delaysMs: readonly number[],
  direction: "inbound" | "outbound",
  forMs: number,
): Promise<Row[]> {
  await using crowd = await openMeasured({
    clients: 3,
    audio: true,
    video: true,
  });
  const medianOf = async (delayMs: number) => {
    const link = { delayMs };
    await crowd.impair(delayMs === 0 ? null : { [direction]: link });
    await pass(delayMs + SETTLE_MS);
    const before = crowd.snapshot();
    await pass(forMs);
    const after = crowd.snapshot();
    const median = (name: "mediaLatency" | "lateness") =>
      percentileOf(trendGrowth(before.trends[name], after.trends[name]), 50) /
      1000 * (1 - HALF_BUCKET);
    return { ms: median("mediaLatency"), lateMs: median("lateness") };
  };
  // What the machine itself takes, in the same run.
  const own = await medianOf(0);
  const rows: Row[] = [];
  for (const delayMs of delaysMs) {
    const { ms, lateMs } = await medianOf(delayMs);
    rows.push({
      what: `${delayMs} ms later ${
        direction === "inbound" ? "in" : "out"
      }: median media latency`,
      truth: own.ms + delayMs,
      reported: ms,
      // What we release late leaves later; what arrives has the kernel's time.
      tolerance: DELAY_TOLERANCE_MS + delayMs * HALF_BUCKET +
        (direction === "outbound" ? lateMs : 0),
      unit: "ms",
    });
  }
  return rows;
}

/** Delays everything by so much, either way, each for so long, and asks for the round trip. */
export async function roundTrips(
  delaysMs: readonly number[],
  forMs: number,
): Promise<Row[]> {
  await using crowd = await openMeasured({
    clients: 3,
    audio: false,
    video: true,
  });
  const medianOf = async (delayMs: number) => {
    const link = { delayMs };
    await crowd.impair(
      delayMs === 0 ? null : { inbound: link, outbound: link },
    );
    await pass(2 * delayMs + REPORTS_MS);
    const before = crowd.snapshot();
    await pass(forMs);
    const after = crowd.snapshot();
    const median = (name: "roundTripTime" | "lateness") =>
      percentileOf(trendGrowth(before.trends[name], after.trends[name]), 50) /
      1000 * (1 - HALF_BUCKET);
    return { ms: median("roundTripTime"), lateMs: median("lateness") };
  };
  const own = await medianOf(0);
  const rows: Row[] = [];
  for (const delayMs of delaysMs) {
    const { ms, lateMs } = await medianOf(delayMs);
    rows.push({
      what: `${delayMs} ms later in and out: median round trip`,
      truth: own.ms + 2 * delayMs,
      reported: ms,
      tolerance: REPORT_TOLERANCE_MS + 2 * delayMs * HALF_BUCKET + lateMs,
      unit: "ms",
    });
  }
  return rows;
}

/** Lets a viewer in when everybody else is there: how long until it sees something. */
export async function joinLate(): Promise<number> {
  await using crowd = await openMeasured({
    clients: 3,
    audio: true,
    video: true,
  });
  // Past the key frames that everybody's coming has brought.
  await pass(1000);
  return (await crowd.addViewer()).maxTimeToFirstFrameMs!;
}

/** Does nothing to so many clients for so long, and asks both sides. */
export async function comparePlain(
  clients: number,
  forMs: number,
): Promise<Row[]> {
  await using crowd = await openMeasured({ clients, audio: true, video: true });
  const look = async () => {
    // In the middle between two looks at one side is the look at the other.
    const first = crowd.snapshot();
    const stats = await crowd.stats();
    const second = crowd.snapshot();
    const mean = (name: "packetsReceived" | "bytesReceived") =>
      (first.counters[name] + second.counters[name]) / 2;
    return {
      atMs: (first.atMs + second.atMs) / 2,
      packets: mean("packetsReceived"),
      bytes: mean("bytesReceived"),
      framesRendered: second.counters.framesRendered,
      playedMs: second.counters.playedMs,
      stats,
    };
  };
  const from = await look();
  await pass(forMs);
  const to = await look();
  const seconds = (to.atMs - from.atMs) / 1000;
  const kbps = (bytes: number) => bytes * 8 / 1000 / seconds;
  const sent = outOf(to.stats);
  const sentBefore = outOf(from.stats);
  const servers = kbps(sent.bytes - sentBefore.bytes);
  const { snapshot, streams } = await crowd.finish();
  const lost = counterOf(snapshot, "packetsLost");
  const { inServer } = lossOrigin(snapshot, streams);
  return [
    {
      what: `${clients} clients for ${
        Math.round(seconds)
      } s: lost, as mediasoup knows`,
      // The rest it never got, or sent and we never got.
      truth: lost - inServer!,
      reported: lost,
      tolerance: 0,
      unit: "packets",
    },
    {
      what: "  what they receive",
      truth: servers,
      reported: kbps(to.bytes - from.bytes),
      tolerance: servers * RATE_TOLERANCE,
      unit: "kbps",
    },
    // What is lost is not shown.
    ...(lost > 0 ? [] : [{
      what: "  frames that a video shows",
      truth: FPS,
      reported: (to.framesRendered - from.framesRendered) * 1000 /
        (to.playedMs - from.playedMs),
      tolerance: FPS * RATE_TOLERANCE,
      unit: "fps" as const,
    }]),
  ];
}

/** What became of video of which every twentieth packet was lost. */
export interface Repairs {
  readonly lost: number;
  readonly repaired: number;
  /** What the server says that it sent again. */
  readonly retransmitted: number;
  /** Repairs that came. */
  readonly received: number;
  /** Packets that the network dropped, repairs included. */
  readonly dropped: number;
  /** Packets that we asked to repeat. */
  readonly asked: number;
  /** Packets that the server says it was asked to repeat. */
  readonly nacked: number;
}

/** Loses 5 % of video for so long. */
export async function repairVideo(forMs: number): Promise<Repairs> {
  await using crowd = await openMeasured({
    clients: 3,
    audio: false,
    video: true,
  });
  const before = crowd.snapshot();
  await crowd.impair({ inbound: { lossRatio: 0.05 } });
  await pass(forMs);
  await crowd.impair(null);
  await pass(SETTLE_MS);
  const after = crowd.snapshot();
  const { retransmitted, nacked } = outOf(await crowd.stats());
  return {
    lost: grown("packetsLost", before, after),
    repaired: grown("packetsRepaired", before, after),
    received: grown("retransmittedPacketsReceived", before, after),
    dropped: grown("impairedInDropped", before, after),
    asked: grown("retransmissionRequestsSent", before, after),
    retransmitted,
    nacked,
  };
}

/** What became of a client whose network was gone. */
export interface Cut {
  /** Packets that it received while it was gone, after what was under way. */
  readonly receivedMeanwhile: number;
  /** From when the network was back to when media was, in milliseconds. */
  readonly recoveryMs: number;
  /** The same for what others receive of it. */
  readonly sendingRecoveryMs: number;
  /** From when the network was back to when the client showed a frame again, watched from outside. */
  readonly shownAgainMs: number;
  /** The same as the client's figures tell it, for all its media. */
  readonly reportedRecoveryMs: number | null;
  /** For how long the video stood still that it received. */
  readonly totalFreezesDurationMs: number;
  /** The same for what others receive of it. */
  readonly sendingFrozenMs: number;
  /** Freezes of any video. */
  readonly freezeCount: number;
  /** Errors of any client. */
  readonly errors: number;
}

/** Cuts one of two clients off for so long. */
export async function cutOff(forMs: number): Promise<Cut> {
  await using crowd = await openMeasured({
    clients: 2,
    audio: true,
    video: true,
  });
  const received = (index: number) =>
    crowd.snapshot().clients[index].packetsReceived;
  // What a freeze is depends on the frames before it.
  await pass(1000);
  const outage = { outageMs: forMs };
  await crowd.impair({ inbound: outage, outbound: outage }, [0]);
  const beganMs = performance.now();
  await pass(SETTLE_MS);
  const [own, others] = [received(0), received(1)];
  await pass(forMs - 2 * SETTLE_MS);
  const receivedMeanwhile = received(0) - own + received(1) - others;
  const shown = () => crowd.snapshot().clients[0].framesRendered;
  const shownMeanwhile = shown();
  const since = async (isSo: () => boolean) => {
    // Often: the moment is a figure, and the bound on it is ten looks.
    await until(isSo, 5);
    return performance.now() - beganMs - forMs;
  };
  const [recoveryMs, sendingRecoveryMs, shownAgainMs] = await Promise.all([
    since(() => received(0) > own + 20),
    since(() => received(1) > others + 20),
    since(() => shown() > shownMeanwhile),
  ]);
  // A frame after the freeze ends it.
  await pass(SETTLE_MS);
  const { clients, counters } = crowd.snapshot();
  return {
    receivedMeanwhile,
    recoveryMs,
    sendingRecoveryMs,
    shownAgainMs,
    reportedRecoveryMs: clients[0].maxNetworkRecoveryMs,
    totalFreezesDurationMs: clients[0].longestFreezeMs,
    sendingFrozenMs: clients[1].longestFreezeMs,
    freezeCount: counters.freezeCount,
    errors: clients.reduce((sum, { errorCount }) => sum + errorCount, 0),
  };
}
