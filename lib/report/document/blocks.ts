/**
 * What a report consists of, as data, and how its parts are written down
 * shortly.
 *
 * @module
 */

import {
  type Band,
  type BandMetric,
  type DurationStats,
  isEnough,
  type Summary,
  worse,
} from "../../metrics/mod.ts";
import { formatMs, ofFew, type Style } from "../../text/mod.ts";

/** A part of a section. */
export type Block = FigureRows | TableBlock | Sentence;

/** A label and the figures under it, in one row or in several of one form. */
export interface FigureRows {
  readonly kind: "figures";
  /** Stands before the first row; empty where the block before goes on. */
  readonly label: string;
  /** Figures by row. */
  readonly rows: readonly (readonly Figure[])[];
  /** How many of the first figures of each row stand under each other. */
  readonly aligned: number;
}

/** One thing to say: a text, or one that means something. */
export type Figure = string | {
  readonly text: string;
  /** @default {"plain"} */
  readonly style?: Style;
  /** How good it was judged to be; stands behind it. */
  readonly band?: Band | undefined;
};

/** A table: a name and values in each row. */
export interface TableBlock {
  readonly kind: "table";
  /** Titles; of those with a number the lowest goes first where space is short. */
  readonly columns:
    readonly (string | readonly [title: string, goes: number])[];
  readonly rows: readonly TableRow[];
}

/** One row of a table. */
export interface TableRow {
  /** Texts by column. */
  readonly cells: readonly string[];
  /** What the whole row means. @default {"plain"} */
  readonly style?: Style;
}

/** Running text. */
export interface Sentence {
  readonly kind: "sentence";
  readonly text: string;
  /** @default {"plain"} */
  readonly style?: Style;
}

/** A row of figures. */
export function figures(label: string, row: readonly Figure[]): FigureRows {
  return figureRows(label, [row]);
}

/** Rows of figures, without those that say nothing. */
export function figureRows(
  label: string,
  rows: readonly (readonly Figure[])[],
  aligned = 0,
): FigureRows {
  const said = rows.filter((row) => row.length > 0);
  return { kind: "figures", label, rows: said, aligned };
}

/** The percentiles of a duration, where it was measured. */
export function duration(label: string, stats: DurationStats): FigureRows {
  return figures(label, durationFigures(stats));
}

/** The same as figures of a row that says more. */
export function durationFigures(stats: DurationStats): readonly string[] {
  return stats.count === 0 ? [] : [
    `avg ${formatMs(stats.avgMs)}`,
    `p50 ${formatMs(stats.p50Ms)}`,
    `p95 ${percentile(formatMs(stats.p95Ms), stats, 95)}`,
    `p99 ${percentile(formatMs(stats.p99Ms), stats, 99)}`,
  ];
}

/** A percentile as it is shown: with a mark where there are too few values for it. */
export function percentile(
  text: string,
  { count }: { readonly count: number },
  p: number,
): string {
  return isEnough(count, p) ? text : `${text} ${ofFew(count)}`;
}

const NO_DURATION: DurationStats = {
  count: 0,
  minMs: 0,
  maxMs: 0,
  avgMs: 0,
  p50Ms: 0,
  p95Ms: 0,
  p99Ms: 0,
};

/** The figures of a duration among the metrics; of a file that has none, those of no value. */
export function metricDuration(
  { metrics }: Summary,
  name: "connectionTime" | "join" | "firstMedia",
): DurationStats {
  const metric: Partial<Summary["metrics"]>[typeof name] = metrics[name];
  if (metric?.type !== "trend") return NO_DURATION;
  const { count, min, max, avg, med, ...rest } = metric.values;
  return {
    count,
    minMs: min,
    maxMs: max,
    avgMs: avg,
    p50Ms: med,
    p95Ms: rest["p(95)"],
    p99Ms: rest["p(99)"],
  };
}

/** The worst judgement of these figures; none where none is judged. */
export function judged(
  { judgement }: Summary,
  ...metrics: readonly BandMetric[]
): Band | undefined {
  const bands = judgement.filter(({ figure }) => metrics.includes(figure))
    .map(({ band }) => band);
  return bands.length === 0 ? undefined : bands.reduce(worse);
}
