/**
 * A run as NDJSON while it goes on: a line when it starts, one a second, one
 * a note, and a last one with the whole summary.
 *
 * @module
 */

import {
  ratesBetween,
  type Snapshot,
  STEPS_PER_UNIT,
  type Summary,
  type TimelinePoint,
  totalErrors,
  trendBetween,
} from "../metrics/mod.ts";

/** One line; `type` says which. */
export type NdjsonLine =
  | {
    readonly type: "start";
    readonly version: string;
    /** Where the server is, without secrets. */
    readonly server: string;
    /** When, as an ISO 8601 date. */
    readonly at: string;
  }
  | Second
  | {
    readonly type: "note";
    /** Since the run began. */
    readonly tSec: number;
    readonly level: string;
    readonly text: string;
  }
  | {
    readonly type: "end";
    /** Seconds that a slow reader missed. */
    readonly secondsDropped: number;
    readonly summary: Summary;
  };

/** Percentiles of what was measured within the second, in milliseconds; `null` where nothing was. */
export interface SecondsPercentiles {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** What happened in one second: the timeline's point, and what that leaves out. */
export interface Second extends TimelinePoint {
  readonly type: "second";
  readonly phase: string;
  /** Since the run began. */
  readonly errors: number;
  /** Frames that a video showed, on average. */
  readonly frameRate: number;
  /** Time that videos stood still, of the time that they were on. */
  readonly frozenRatio: number;
  readonly mediaLatency: SecondsPercentiles;
  readonly roundTripTime: SecondsPercentiles;
  readonly signaling: SecondsPercentiles;
}

/** The line of the second between two snapshots of a run. */
export function secondFigures(
  before: Snapshot,
  { phase, point, snapshot }: {
    readonly phase: string;
    readonly point: TimelinePoint;
    readonly snapshot: Snapshot;
  },
): Second {
  const seconds = (snapshot.atMs - before.atMs) / 1000;
  const { frameRate, frozenRatio } = ratesBetween(before, snapshot, seconds);
  const of = (belongs: (name: string) => boolean) =>
    percentilesBetween(before, snapshot, belongs);
  return {
    type: "second",
    phase,
    ...point,
    errors: totalErrors(snapshot),
    frameRate,
    frozenRatio,
    mediaLatency: of((name) => name === "mediaLatency"),
    roundTripTime: of((name) => name === "roundTripTime"),
    signaling: of((name) => name.startsWith("signaling.")),
  };
}

function percentilesBetween(
  before: Snapshot,
  after: Snapshot,
  belongs: (name: string) => boolean,
): SecondsPercentiles {
  const trends = ({ trends }: Snapshot) =>
    Object.entries(trends).filter(([name]) => belongs(name))
      .map(([, trend]) => trend);
  const trend = trendBetween(trends(before), trends(after));
  const at = (p: number) =>
    trend.count === 0 ? null : trend.percentile(p) / STEPS_PER_UNIT.ms;
  return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}
