/**
 * What happened between two looks at cumulative numbers: the rates of a
 * stretch, for the timeline of the file and for the charts; and for those the
 * last minutes second by second, with percentiles over a sliding 10 s window.
 * Bounded, so that a session may run for days.
 *
 * @module
 */

import {
  ChartMoment,
  type ChartPoint,
  type Durations,
  MAX_MOMENTS,
  plainMoment,
  type SeriesName,
  type StretchRates,
} from "./chart_point.ts";
import { type CounterName, STEPS_PER_UNIT } from "../catalog.ts";
import { divided, ratio } from "../figures.ts";
import type { Snapshot } from "../snapshot.ts";
import type { ServerPoint } from "../summary/summary.ts";
import { mergeTrendJson, type TrendJson } from "../trend.ts";
import { percentileOf, trendGrowth } from "../trend_growth.ts";

/** The counters of which there are rates. */
export const RATE_COUNTERS = [
  "packetsSent",
  "packetsReceived",
  "bytesSent",
  "bytesReceived",
  "packetsExpected",
  "packetsLost",
  "packetsDeliverable",
  "packetsFromOthers",
  "tracksDueMs",
  "tracksSilentMs",
  "framesRendered",
  "videosBegun",
  "framesDropped",
  "totalFreezesDurationMs",
  "playedMs",
  "retransmissionRequestsSent",
  "pliCountSent",
] as const satisfies readonly CounterName[];

/** Totals at one time, enough to tell two times apart; a snapshot is more than that. */
export interface Cumulative {
  /** By name; what is absent is 0. */
  readonly counters: Readonly<Record<string, number>>;
  /** Amounts at this time. */
  readonly gauges: Readonly<Record<string, number>>;
  /** What the generator used, in microseconds. */
  readonly generator: { readonly cpuUs: number; readonly threadUs: number };
}

/** The rates of a stretch of so many seconds; late packets are given back, so a loss can shrink: not below 0. */
export function ratesBetween(
  before: Cumulative,
  after: Cumulative,
  seconds: number,
): StretchRates {
  const change = (name: CounterName) =>
    Math.max(0, (after.counters[name] ?? 0) - (before.counters[name] ?? 0));
  const perSec = (amount: number) => seconds > 0 ? amount / seconds : 0;
  return {
    packetsSentPerSec: perSec(change("packetsSent")),
    packetsReceivedPerSec: perSec(change("packetsReceived")),
    sendBps: perSec(change("bytesSent") * 8),
    receiveBps: perSec(change("bytesReceived") * 8),
    lossRatio: lossBetween(before, after) ?? divided("loss", change) ?? 0,
    tracksDue: perSec(change("tracksDueMs") / 1000),
    silentRatio: ratio(change("tracksSilentMs"), change("tracksDueMs")) ?? 0,
    frameRate: divided("frameRate", change) ?? 0,
    droppedFrameRate:
      ratio(change("framesDropped") * 1000, change("playedMs")) ?? 0,
    frozenRatio: divided("frozen", change) ?? 0,
    nackPerSec: perSec(change("retransmissionRequestsSent")),
    pliPerSec: perSec(change("pliCountSent")),
    cpuRatio: ratio(
      after.generator.cpuUs - before.generator.cpuUs,
      after.generator.threadUs - before.generator.threadUs,
    ) ?? 0,
  };
}

/** `null` where nothing of ours was due: sequence numbers alone tell then. */
function lossBetween(before: Cumulative, after: Cumulative): number | null {
  const grown = (of: (one: Cumulative) => number) => of(after) - of(before);
  const due = grown(({ counters, gauges }) =>
    (counters.packetsDeliverable ?? 0) + (gauges.packetsOverdue ?? 0)
  );
  const came = grown(({ counters }) =>
    (counters.packetsReceived ?? 0) - (counters.packetsFromOthers ?? 0)
  );
  return ratio(Math.max(0, due - came), due);
}

/** The last minutes. */
export interface LiveHistory {
  /** Oldest first, one a second. */
  readonly moments: readonly ChartPoint[];
  /** What was measured in each of the last ten seconds, oldest first. */
  readonly measured: readonly Measured[];
}

/** Which trends are put together. */
const KINDS: Readonly<Record<MeasuredKind, (name: string) => boolean>> = {
  media: (name) => name === "mediaLatency",
  roundTripTime: (name) => name === "roundTripTime",
  jitter: (name) => name === "jitter",
  videoBitrate: (name) => name === "videoBitrate",
  signaling: (name) => name.startsWith("signaling."),
  connection: (name) => name === "connectionTime",
};

/** One of them. */
export type MeasuredKind = Durations | "jitter" | "videoBitrate";

/** The distributions of one second; those since the session began are ever wider. */
export type Measured = Readonly<Record<MeasuredKind, TrendJson>>;

/** Nothing yet. */
export const EMPTY_HISTORY: LiveHistory = { moments: [], measured: [] };

/** Seconds over which distributions are put together. */
const WINDOW_SEC = 10;

/** The history with one more second; `before` is the snapshot of the second before. */
export function remembered(
  { moments, measured }: LiveHistory,
  before: Snapshot,
  snapshot: Snapshot,
  clientsWanted: number,
  use: ServerPoint | undefined,
): LiveHistory {
  const last = [...measured, measuredBetween(before, snapshot)]
    .slice(-WINDOW_SEC);
  const jitterMs = recent("jitter", last, STEPS_PER_UNIT.ms);
  const videoBps = recent("videoBitrate", last, STEPS_PER_UNIT.bps);
  // By the snapshots' own times: they may come a little early or late. One
  // that has come twice says what the last one said.
  const seconds = (snapshot.atMs - before.atMs) / 1000;
  const previous = moments.at(-1);
  const moment: ChartPoint = {
    ...seconds > 0 || previous === undefined
      ? ratesBetween(before, snapshot, seconds)
      : plainMoment(previous),
    tSec: snapshot.atMs / 1000,
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
    serverCpuRatio: use?.maxProcessRatio ?? NaN,
    serverRssBytes: use?.rssBytes ?? NaN,
  };
  return {
    moments: [...moments, new ChartMoment(moment, previous)]
      .slice(-MAX_MOMENTS),
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
    mergeTrendJson(
      Object.entries(snapshot.trends).filter(([name]) => belongs(name))
        .map(([, trend]) => trend),
    );
  return Object.fromEntries(
    Object.entries(KINDS).map(([kind, belongs]) => [
      kind,
      trendGrowth(trends(before, belongs), trends(after, belongs)),
    ]),
  ) as Record<MeasuredKind, TrendJson>;
}

/** Percentiles of what was measured in these seconds; NaN when nothing was. */
function recent(
  kind: MeasuredKind,
  seconds: readonly Measured[],
  stepsPerUnit: number,
): (p: number) => number {
  const trend = mergeTrendJson(seconds.map((measured) => measured[kind]));
  return (p) => trend.count === 0 ? NaN : percentileOf(trend, p) / stepsPerUnit;
}

function percentiles<T extends MeasuredKind>(
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
