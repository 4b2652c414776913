/**
 * Judging a threshold by what was measured.
 *
 * @module
 */

import { holds } from "./comparison.ts";
import {
  type ClientTally,
  counterOf,
  rateOf,
  tallyClients,
  totalErrors,
  trendOf,
} from "../figures.ts";
import {
  type CounterName,
  metric,
  STEPS_PER_UNIT,
  unitOfTrend,
} from "../catalog.ts";
import type { Snapshot } from "../snapshot.ts";
import type { ThresholdResult } from "../summary/summary.ts";
import type { Aggregate, Threshold } from "./threshold.ts";
import type { Trend } from "../trend.ts";
import { isEnough } from "../stats.ts";
import { worstHit } from "./worst.ts";

/** What is known of thresholds at the time of a snapshot. */
const SO_FAR = new WeakMap<Snapshot, Map<Threshold, ThresholdResult>>();

/** Judges one threshold by a run that goes on: once a snapshot, whoever asks. */
export function evaluateSoFar(
  threshold: Threshold,
  snapshot: Snapshot,
): ThresholdResult {
  const known = SO_FAR.get(snapshot) ?? new Map<Threshold, ThresholdResult>();
  SO_FAR.set(snapshot, known);
  const result = known.get(threshold) ??
    evaluate(threshold, snapshot, tallyClients(snapshot.clients, false));
  known.set(threshold, result);
  return result;
}

/** Judges one threshold. */
export function evaluate(
  threshold: Threshold,
  snapshot: Snapshot,
  tally: ClientTally,
): ThresholdResult {
  const { expression, operator, bound, unit } = threshold;
  const value = measure(threshold, snapshot, tally);
  const passed = value !== null && holds(value, operator, bound);
  const samples = tooFew(threshold, snapshot);
  const worst = passed ? undefined : worstHit(threshold, snapshot);
  return {
    expression,
    passed,
    value,
    bound,
    unit,
    ...(samples !== undefined && { samples }),
    ...(worst !== undefined && { worst }),
  };
}

function measure(
  { subject }: Threshold,
  snapshot: Snapshot,
  tally: ClientTally,
): number | null {
  switch (subject.kind) {
    case "trend":
      return aggregateOf(
        trendOf(snapshot, subject.trend),
        subject.aggregate,
        STEPS_PER_UNIT[unitOfTrend(subject.trend)],
      );
    case "rate":
      return rateOf(snapshot, subject.rate, tally);
    case "count":
      return countOf(snapshot, subject.counter);
    case "errors":
      return totalErrors(snapshot);
  }
}

/** How many values a percentile is of, where it needs more. */
function tooFew(
  { subject }: Threshold,
  snapshot: Snapshot,
): number | undefined {
  if (subject.kind !== "trend" || subject.aggregate.kind !== "percentile") {
    return undefined;
  }
  const { count } = trendOf(snapshot, subject.trend);
  return count === 0 || isEnough(count, subject.aggregate.p)
    ? undefined
    : count;
}

/** What can be wrong with video is not measured where none was shown. */
function countOf(snapshot: Snapshot, counter: CounterName): number | null {
  const count = counterOf(snapshot, counter);
  const { at, better } = metric(counter);
  const isOfVideo = (at === "frames" || at === "rhythm") && better === "lower";
  const isMeasured = count > 0 || !isOfVideo ||
    counterOf(snapshot, "framesRendered") > 0;
  return isMeasured ? count : null;
}

function aggregateOf(
  trend: Trend,
  aggregate: Aggregate,
  stepsPerUnit: number,
): number | null {
  if (aggregate.kind === "count") return trend.count;
  if (trend.count === 0) return null;
  switch (aggregate.kind) {
    case "avg":
      return trend.mean / stepsPerUnit;
    case "min":
      return trend.min / stepsPerUnit;
    case "max":
      return trend.max / stepsPerUnit;
    case "percentile":
      return trend.percentile(aggregate.p) / stepsPerUnit;
  }
}
