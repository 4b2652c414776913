/**
 * The bands as a person reads them: figures, bounds and reasons, as they
 * stand in the code.
 *
 * @module
 */

import { BAND_METRICS, type BandMetric, limitsOf } from "../metrics/mod.ts";
import { formatBytes, formatCores, formatRatio } from "./format.ts";

/** A figure's value in its unit. */
export function figureText(metric: BandMetric, value: number): string {
  switch (limitsOf(metric).unit) {
    case "ratio":
      return formatRatio(value);
    case "cores":
      return formatCores(value);
    case "bytes":
      return formatBytes(value);
  }
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

/** The table of bands, a row a figure: its name, what it is, good, critical, why there. */
export function bandRows(): readonly (readonly [
  name: string,
  what: string,
  good: string,
  critical: string,
  reason: string,
])[] {
  return BAND_METRICS.map((metric) => {
    const { name, what, reason } = limitsOf(metric);
    return [
      name,
      what,
      boundText(metric, "good"),
      boundText(metric, "critical"),
      reason,
    ] as const;
  });
}

/** `90 %` for `90.0 %`: a bound is exact. */
function roundText(text: string): string {
  return text.replace(/\.0+(?= )/, "");
}
