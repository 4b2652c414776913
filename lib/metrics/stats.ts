/**
 * The figures that reports show of a distribution: of a duration seven
 * numbers in milliseconds, from a trend or from a handful of single values;
 * of any other figure eight, in its own unit.
 *
 * @module
 */

import { STEPS_PER_UNIT, type TrendUnit } from "./catalog.ts";
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

/** A figure's distribution in its own unit; all zero when `count` is. */
export interface Distribution {
  /** How many values there are. */
  readonly count: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** The mean. */
  readonly avg: number;
  /** What 5 % do not exceed: where more is better, the worst of them. */
  readonly p5: number;
  /** The median. */
  readonly p50: number;
  /** What 95 % do not exceed. */
  readonly p95: number;
  /** What 99 % do not exceed. */
  readonly p99: number;
}

/** Whether so many values have a percentile `p` of their own; of fewer it is their largest or smallest. */
export function isEnough(count: number, p: number): boolean {
  const tail = Math.min(p, 100 - p);
  // What 100 - 99.9 comes to is not quite 0.1.
  return tail <= 0 || Math.round(count * tail * 1e6) >= 100e6;
}

/** The figures of a trend that is shown in `unit`. */
export function distributionOf(trend: Trend, unit: TrendUnit): Distribution {
  const inUnits = (steps: number) => Math.round(steps) / STEPS_PER_UNIT[unit];
  return {
    count: trend.count,
    min: inUnits(trend.min),
    max: inUnits(trend.max),
    avg: inUnits(trend.mean),
    p5: inUnits(trend.percentile(5)),
    p50: inUnits(trend.percentile(50)),
    p95: inUnits(trend.percentile(95)),
    p99: inUnits(trend.percentile(99)),
  };
}

/** The figures of a duration's trend. */
export function trendStats(trend: Trend): DurationStats {
  const { count, min, max, avg, p50, p95, p99 } = distributionOf(trend, "ms");
  return {
    count,
    minMs: min,
    maxMs: max,
    avgMs: avg,
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
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
