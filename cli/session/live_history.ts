/**
 * The last minutes second by second, for the charts: how much per second, and
 * how what was measured in the last ten seconds was spread. Bounded, so that a
 * session may run for days.
 *
 * @module
 */

import {
  counterOf,
  divided,
  type Snapshot,
  STEPS_PER_UNIT,
  type TimelinePoint,
  trendBetween,
  type TrendJson,
} from "../../tool.ts";

/** What the server uses; unknown where we may not look. */
export type ServerUse = NonNullable<TimelinePoint["server"]>;

/** Values of one second; `NaN` where one is unknown. Percentiles are those of the last ten seconds. */
export interface ChartPoint {
  /** Its end, in seconds since the session began. */
  readonly tSec: number;
  readonly sentPerSec: number;
  readonly receivedPerSec: number;
  readonly sendBps: number;
  readonly receiveBps: number;
  readonly lossPercent: number;
  /** Tracks that should have come, on average. */
  readonly tracksDue: number;
  /** The share of them of which nothing came. */
  readonly silentRatio: number;
  readonly frameRate: number;
  /** Of one video on average, as `frameRate`. */
  readonly droppedFrameRate: number;
  readonly frozenPercent: number;
  /** Packets that clients asked to repeat. */
  readonly nackPerSec: number;
  /** Key frames that clients asked for. */
  readonly pliPerSec: number;
  readonly clientsConnected: number;
  readonly clientsWanted: number;
  readonly mediaP50Ms: number;
  readonly mediaP95Ms: number;
  readonly mediaP99Ms: number;
  readonly signalingP50Ms: number;
  readonly signalingP95Ms: number;
  readonly signalingP99Ms: number;
  readonly roundTripTimeP50Ms: number;
  readonly roundTripTimeP95Ms: number;
  readonly roundTripTimeP99Ms: number;
  readonly jitterP50Ms: number;
  readonly jitterP95Ms: number;
  /** Of the seconds of each received video. */
  readonly videoP5Bps: number;
  readonly videoP50Bps: number;
  readonly connectionP50Ms: number;
  readonly connectionP95Ms: number;
  readonly connectionP99Ms: number;
  readonly serverCpuPercent: number;
  readonly generatorCpuPercent: number;
  readonly serverRssBytes: number;
}

/** The name of a value that is kept over time. */
export type SeriesName = keyof ChartPoint;

/** The last minutes. */
export interface LiveHistory {
  /** Oldest first, one a second. */
  readonly moments: readonly ChartPoint[];
  /** What was measured in each of the last ten seconds, oldest first. */
  readonly measured: readonly Measured[];
}

/** Which trends are put together. */
const KINDS = {
  media: (name: string) => name === "mediaLatency",
  roundTripTime: (name: string) => name === "roundTripTime",
  jitter: (name: string) => name === "jitter",
  videoBitrate: (name: string) => name === "videoBitrate",
  signaling: (name: string) => name.startsWith("signaling."),
  connection: (name: string) => name === "connectionTime",
};

type Kind = keyof typeof KINDS;

/** The distributions of one second; those since the session began are ever wider. */
type Measured = Readonly<Record<Kind, TrendJson>>;

/** Nothing yet. */
export const EMPTY_HISTORY: LiveHistory = { moments: [], measured: [] };

/** Seconds kept: no terminal has more columns. */
export const MAX_MOMENTS = 600;

/** Seconds over which distributions are put together. */
const WINDOW_SEC = 10;

/** The history with one more second; `before` is the snapshot of the second before. */
export function remembered(
  { moments, measured }: LiveHistory,
  before: Snapshot,
  snapshot: Snapshot,
  clientsWanted: number,
  use: ServerUse | undefined,
): LiveHistory {
  const last = [...measured, measuredBetween(before, snapshot)]
    .slice(-WINDOW_SEC);
  const jitterMs = recent("jitter", last, STEPS_PER_UNIT.ms);
  const videoBps = recent("videoBitrate", last, STEPS_PER_UNIT.bps);
  const moment: ChartPoint = {
    tSec: snapshot.atMs / 1000,
    ...ratesBetween(before, snapshot, moments.at(-1)),
    clientsConnected: snapshot.gauges.clientsConnected ?? 0,
    clientsWanted,
    jitterP50Ms: jitterMs(50),
    jitterP95Ms: jitterMs(95),
    videoP5Bps: videoBps(5),
    videoP50Bps: videoBps(50),
    ...percentiles("media", last),
    ...percentiles("roundTripTime", last),
    ...percentiles("signaling", last),
    ...percentiles("connection", last),
    serverCpuPercent: (use?.maxProcessRatio ?? NaN) * 100,
    serverRssBytes: use?.rssBytes ?? NaN,
  };
  return {
    moments: [...moments, moment].slice(-MAX_MOMENTS),
    measured: last,
  };
}

/** The values of one series, oldest first. */
export function valuesOf(
  moments: readonly ChartPoint[],
  name: SeriesName,
): number[] {
  return moments.map((moment) => moment[name]);
}

function measuredBetween(before: Snapshot, after: Snapshot): Measured {
  const trends = (snapshot: Snapshot, belongs: (name: string) => boolean) =>
    Object.entries(snapshot.trends).filter(([name]) => belongs(name))
      .map(([, trend]) => trend);
  return Object.fromEntries(
    Object.entries(KINDS).map(([kind, belongs]) => [
      kind,
      trendBetween(trends(before, belongs), trends(after, belongs)).toJSON(),
    ]),
  ) as Record<Kind, TrendJson>;
}

type RateNames =
  | "sentPerSec"
  | "receivedPerSec"
  | "sendBps"
  | "receiveBps"
  | "lossPercent"
  | "tracksDue"
  | "silentRatio"
  | "frameRate"
  | "droppedFrameRate"
  | "frozenPercent"
  | "nackPerSec"
  | "pliPerSec"
  | "generatorCpuPercent";

/**
 * Rates by the snapshots' own times: they may come a little early or late.
 * One that has come twice says what the last one said.
 */
function ratesBetween(
  before: Snapshot,
  after: Snapshot,
  last: ChartPoint | undefined,
): Pick<ChartPoint, RateNames> {
  const seconds = (after.atMs - before.atMs) / 1000;
  if (seconds <= 0) return last ?? NO_RATES;
  const change = (name: Parameters<typeof counterOf>[1]) =>
    Math.max(0, counterOf(after, name) - counterOf(before, name));
  const expected = change("packetsExpected");
  const playedMs = change("playedMs");
  const dueMs = change("tracksDueMs");
  const threadUs = after.generator.threadUs - before.generator.threadUs;
  const cpuUs = after.generator.cpuUs - before.generator.cpuUs;
  return {
    sentPerSec: change("packetsSent") / seconds,
    receivedPerSec: change("packetsReceived") / seconds,
    sendBps: change("bytesSent") * 8 / seconds,
    receiveBps: change("bytesReceived") * 8 / seconds,
    lossPercent: expected > 0 ? change("packetsLost") / expected * 100 : 0,
    tracksDue: dueMs / 1000 / seconds,
    silentRatio: dueMs > 0 ? change("tracksSilentMs") / dueMs : 0,
    frameRate: divided("frameRate", change) ?? 0,
    droppedFrameRate: playedMs > 0
      ? change("framesDropped") * 1000 / playedMs
      : 0,
    frozenPercent: playedMs > 0
      ? change("totalFreezesDurationMs") / playedMs * 100
      : 0,
    nackPerSec: change("retransmissionRequestsSent") / seconds,
    pliPerSec: change("pliCountSent") / seconds,
    generatorCpuPercent: threadUs > 0 ? cpuUs / threadUs * 100 : 0,
  };
}

const NO_RATES: Pick<ChartPoint, RateNames> = {
  sentPerSec: 0,
  receivedPerSec: 0,
  sendBps: 0,
  receiveBps: 0,
  lossPercent: 0,
  tracksDue: 0,
  silentRatio: 0,
  frameRate: 0,
  droppedFrameRate: 0,
  frozenPercent: 0,
  nackPerSec: 0,
  pliPerSec: 0,
  generatorCpuPercent: 0,
};

/** Percentiles of what was measured in these seconds; NaN when nothing was. */
function recent(
  kind: Kind,
  seconds: readonly Measured[],
  stepsPerUnit: number,
): (p: number) => number {
  const trend = trendBetween([], seconds.map((measured) => measured[kind]));
  return (p) => trend.count === 0 ? NaN : trend.percentile(p) / stepsPerUnit;
}

function percentiles<T extends Kind>(
  kind: T,
  seconds: readonly Measured[],
): Record<`${T}P50Ms` | `${T}P95Ms` | `${T}P99Ms`, number> {
  const at = recent(kind, seconds, STEPS_PER_UNIT.ms);
  return {
    [`${kind}P50Ms`]: at(50),
    [`${kind}P95Ms`]: at(95),
    [`${kind}P99Ms`]: at(99),
  } as Record<`${T}P50Ms` | `${T}P95Ms` | `${T}P99Ms`, number>;
}
