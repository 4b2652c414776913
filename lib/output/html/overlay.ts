/**
 * Two groups of runs over one time axis: of each figure the middle run of a
 * side at each moment, and how far its runs were apart.
 *
 * @module
 */

import { medianOf } from "../permutation.ts";
import {
  type Chart,
  type ChartData,
  CHARTS,
  type Moment,
  rounded,
  type Series,
  withCourse,
} from "./charts.ts";

/** A side: its runs, moment by moment. */
export type Side = readonly (readonly Moment[])[];

/** Points that a chart has at most. */
const MAX_POINTS = 1200;

/** What both sides' charts draw; of a figure that only one side knows, that one. */
export function overlay(a: Side, b: Side): ChartData {
  const ends = [...a, ...b].map((run) => run.at(-1)?.point.tSec ?? 0);
  const endSec = Math.round(Math.max(0, ...ends));
  const step = Math.max(1, Math.ceil(endSec / MAX_POINTS));
  const tSec = Array.from(
    { length: Math.ceil(endSec / step) },
    (_, i) => (i + 1) * step,
  );
  const [atA, atB] = [a, b].map((runs) =>
    runs.map((run) => tSec.map((sec) => momentAt(run, sec)))
  );
  const charts = CHARTS.flatMap(([id, title, show, columns]) =>
    columns.map(([name, value], i): Chart => {
      const both = [lines("A", 0, atA, value), lines("B", 1, atB, value)];
      const series = both.flatMap(({ series }) => series);
      let before = 0;
      return {
        id: `${id}-${i}`,
        title: titleOf(title, columns.length === 1 ? undefined : name),
        show,
        series,
        bands: both.flatMap(({ series }, side) => {
          const from = before;
          before += series.length;
          return series.length < 3 ? [] : [[from + 2, from + 1, side] as const];
        }),
      };
    })
  );
  return { tSec, charts: withCourse(charts, tSec.length) };
}

/** Each line of a run's chart has a chart of its own here. */
function titleOf(title: string, name: string | undefined): string {
  if (name === undefined) return title;
  // One that names all of its lines says nothing more.
  return title.includes(" and ")
    ? name.charAt(0).toUpperCase() + name.slice(1)
    : `${title}: ${name}`;
}

/** The stretch that a second is in. */
function momentAt(run: readonly Moment[], sec: number): Moment | undefined {
  // A second may end a little late.
  const at = sec - 0.5;
  let [low, high] = [0, run.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run[middle].point.tSec < at) low = middle + 1;
    else high = middle;
  }
  const found = run.at(low);
  return found !== undefined && found.fromSec <= at && at <= found.point.tSec
    ? found
    : undefined;
}

/** The middle of a side, and its edges where it has several runs; nothing where nothing is known. */
function lines(
  name: string,
  colour: number,
  runs: readonly (readonly (Moment | undefined)[])[],
  value: (moment: Moment) => number | null,
): { readonly series: readonly Series[] } {
  const [length] = runs.map((run) => run.length);
  const each = Array.from({ length }, (_, i) =>
    runs.flatMap((run) => {
      const moment = run[i];
      return moment === undefined ? [] : value(moment) ?? [];
    }));
  const of = (pick: (values: readonly number[]) => number) =>
    each.map((values) => values.length === 0 ? null : rounded(pick(values)));
  if (each.every((values) => values.length === 0)) return { series: [] };
  const middle: Series = { name, colour, values: of(medianOf) };
  return {
    series: runs.length === 1 ? [middle] : [
      middle,
      {
        name: `${name}, least`,
        colour,
        isEdge: true,
        values: of((values) => Math.min(...values)),
      },
      {
        name: `${name}, most`,
        colour,
        isEdge: true,
        values: of((values) => Math.max(...values)),
      },
    ],
  };
}
