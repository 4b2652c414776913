/**
 * The figures that reports show of a duration: seven numbers in milliseconds,
 * from a trend or from a handful of single values.
 *
 * @module
 */

import type { Trend } from "./trend.ts";

/** A duration's distribution in milliseconds; all zero when `count` is. */
export interface DurationStats {
  /** How many values there are. */
  readonly count: number;
  /** The smallest. */
  readonly minMs: number;
  /** The largest. */
  readonly maxMs: number;
  /** The mean. */
  readonly avgMs: number;
  /** The median. */
  readonly p50Ms: number;
  /** What 95 % do not exceed. */
  readonly p95Ms: number;
  /** What 99 % do not exceed. */
  readonly p99Ms: number;
}

/** The figures of a trend. */
export function trendStats(trend: Trend): DurationStats {
  return {
    count: trend.count,
    minMs: usToMs(trend.minUs),
    maxMs: usToMs(trend.maxUs),
    avgMs: usToMs(trend.meanUs),
    p50Ms: usToMs(trend.percentileUs(50)),
    p95Ms: usToMs(trend.percentileUs(95)),
    p99Ms: usToMs(trend.percentileUs(99)),
  };
}

/** The figures of single values in milliseconds, exact, with nearest-rank percentiles. */
export function valueStats(valuesMs: readonly number[]): DurationStats {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const count = sorted.length;
  const rank = (p: number) =>
    count === 0 ? 0 : sorted[Math.max(0, Math.ceil(p / 100 * count) - 1)];
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count,
    minMs: roundMs(rank(0)),
    maxMs: roundMs(rank(100)),
    avgMs: count === 0 ? 0 : roundMs(sum / count),
    p50Ms: roundMs(rank(50)),
    p95Ms: roundMs(rank(95)),
    p99Ms: roundMs(rank(99)),
  };
}

/** Microseconds as milliseconds with three decimals. */
export function usToMs(us: number): number {
  return Math.round(us) / 1000;
}

/** Milliseconds rounded to whole microseconds. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
