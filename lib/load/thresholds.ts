/**
 * Thresholds over everything that a run measures: the metrics of the catalog,
 * and the requests of the signaling that its clients speak.
 *
 * @module
 */

import * as metrics from "../metrics/mod.ts";
import { SIGNALING_OPERATIONS } from "./node/signaling.ts";

/** The metrics that a threshold can name. */
export const THRESHOLD_METRICS: readonly string[] = metrics.thresholdMetrics(
  SIGNALING_OPERATIONS,
);

/**
 * Reads a threshold. Throws a `SyntaxError` whose one line says what is wrong
 * with it and what would be right.
 *
 * @example
 * ```ts
 * parseThreshold("join p(95) < 500ms").bound; // 500
 * ```
 */
export function parseThreshold(text: string): metrics.Threshold {
  return metrics.parseThreshold(text, SIGNALING_OPERATIONS);
}
