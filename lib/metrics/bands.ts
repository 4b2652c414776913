/**
 * Healthy, warning, critical: the default judgement of a few figures. What is
 * neither good nor critical is a warning.
 *
 * @module
 */

import { holds, type Operator } from "./comparison.ts";

/** A judgement. */
export type Band = "good" | "warning" | "critical";

/** Where a figure becomes good, and where critical. */
export interface BandLimits {
  /** It is good when this holds. */
  readonly good: readonly [Operator, number];
  /** It is critical when this holds. */
  readonly critical: readonly [Operator, number];
}

/** The figures that have bands. */
export type BandMetric =
  | "connected"
  | "errors"
  | "receiveSendRatio"
  | "serverCpu"
  | "serverRss";

/** The limits: shares as ratios, memory in bytes, CPU in cores of the busiest thread over five seconds. */
export const BANDS: Readonly<Record<BandMetric, BandLimits>> = {
  connected: { good: [">=", 1], critical: ["<", 0.9] },
  errors: { good: ["==", 0], critical: [">", 10] },
  receiveSendRatio: { good: [">", 0.4], critical: ["<", 0.1] },
  serverCpu: { good: ["<", 0.7], critical: [">", 0.9] },
  serverRss: { good: ["<", 1e9], critical: [">", 4e9] },
};

/** The judgement of a value. */
export function band(metric: BandMetric, value: number): Band {
  const { good, critical } = BANDS[metric];
  if (holds(value, ...good)) return "good";
  return holds(value, ...critical) ? "critical" : "warning";
}
