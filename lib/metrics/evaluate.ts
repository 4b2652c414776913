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
  totalErrors,
  trendOf,
} from "./figures.ts";
import { type CounterName, STEPS_PER_UNIT, unitOfTrend } from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Aggregate, Threshold, ThresholdUnit } from "./threshold.ts";
import type { Trend } from "./trend.ts";
import { type WorstHit, worstHit } from "./worst.ts";

/** How a run did by one threshold. */
export interface ThresholdResult {
  /** The threshold as it was written. */
  readonly expression: string;
  /** Whether the run kept to it; what was never measured was not kept to. */
  readonly ok: boolean;
  /** What was measured, in `unit`; `null` when nothing was. */
  readonly value: number | null;
  /** The bound, in `unit`. */
  readonly bound: number;
  /** Milliseconds, a ratio, a count, bits or frames a second. */
  readonly unit: ThresholdUnit;
  /** Who was hurt most, where it was not kept and that is known. */
  readonly worst?: WorstHit | undefined;
}

/** Judges one threshold. */
export function evaluate(
  threshold: Threshold,
  snapshot: Snapshot,
  tally: ClientTally,
): ThresholdResult {
  const { expression, operator, bound, unit } = threshold;
  const value = measure(threshold, snapshot, tally);
  const ok = value !== null && holds(value, operator, bound);
  const worst = ok ? undefined : worstHit(threshold, snapshot);
  return {
    expression,
    ok,
    value,
    bound,
    unit,
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

/** What can be wrong with video is not measured where none was shown. */
function countOf(snapshot: Snapshot, counter: CounterName): number | null {
  const count = counterOf(snapshot, counter);
  const isMeasured = count > 0 || !OF_VIDEO.includes(counter) ||
    counterOf(snapshot, "framesShown") > 0;
  return isMeasured ? count : null;
}

const OF_VIDEO: readonly CounterName[] = [
  "freezes",
  "framesDropped",
  "pictureIdJumps",
  "timestampJumps",
];

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
