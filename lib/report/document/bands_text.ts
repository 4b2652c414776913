/**
 * The bands as a person reads them: figures, bounds and reasons, as they
 * stand in the code.
 *
 * @module
 */

import { BAND_METRICS, type BandMetric, limitsOf } from "../../metrics/mod.ts";
import { formatIn } from "../../text/mod.ts";

/** A figure's value in its unit. */
export function figureText(metric: BandMetric, value: number): string {
  return formatIn(limitsOf(metric).unit, value);
}

/** A bound: `>= 99 %`; `never` where none is critical. */
export function boundText(
  metric: BandMetric,
  which: "good" | "critical",
): string {
  const bound = limitsOf(metric)[which];
  if (bound === null) return "never";
  const [operator, value] = bound;
  const shown = roundText(figureText(metric, value));
  const isEdge = operator === "==" || value === 1 && operator === ">=";
  return isEdge ? shown : `${operator} ${shown}`;
}

/** A row of the table of bands. */
export interface BandRow {
  /** What it is called. */
  readonly name: string;
  /** What it is. */
  readonly what: string;
  /** When it is good. */
  readonly good: string;
  /** When it is critical. */
  readonly critical: string;
  /** Why there. */
  readonly reason: string;
}

/** The table of bands, a row a figure, in the order in which they are told. */
export function bandRows(): BandRow[] {
  return BAND_METRICS.map((metric) => {
    const { name, what, reason } = limitsOf(metric);
    return {
      name,
      what,
      good: boundText(metric, "good"),
      critical: boundText(metric, "critical"),
      reason,
    };
  });
}

/** `90 %` for `90.0 %`: a bound is exact. */
function roundText(text: string): string {
  return text.replace(/\.0+(?= )/, "");
}
