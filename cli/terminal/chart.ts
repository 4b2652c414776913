/**
 * Line charts of numbers over time, the newest at the right edge: a legend
 * with the latest numbers, then the curves over an axis that begins at zero
 * unless told otherwise.
 *
 * @module
 */

import { plot } from "./deps.ts";
import { quantity } from "./quantity.ts";
import { resample } from "./resample.ts";
import {
  fitLine,
  type Line,
  type Span,
  span,
  type Style,
} from "../../lib/text/mod.ts";
import { displayWidth } from "../../lib/text/mod.ts";

/** One curve. */
export interface ChartSeries {
  /** Shown in the legend. */
  readonly name: string;
  /** Oldest first, evenly spaced. What is not finite is a gap. */
  readonly values: readonly number[];
  /** Tells the curve from the others. */
  readonly style: Style;
}

/** What to draw and how large. */
export interface ChartOptions {
  /** Later ones are drawn over earlier ones. */
  readonly series: readonly ChartSeries[];
  /** Columns, labels and all. */
  readonly width: number;
  /** Rows, legend and all. */
  readonly height: number;
  /** Written behind every number, as in `1.5Mbps`. */
  readonly unit: string;
  /**
   * Lower end of the axis.
   * @default {0, or the smallest value when that is negative}
   */
  readonly min?: number;
  /**
   * Upper end of the axis; larger values widen it.
   * @default {a round number at or above the largest value}
   */
  readonly max?: number;
  /**
   * Whether values are counts: then the axis has no fractions.
   * @default {false}
   */
  readonly isWhole?: boolean | undefined;
}

/** The chart as exactly `height` rows of exactly `width` columns. */
export function chart(options: ChartOptions): Line[] {
  const { series, width, height, unit } = options;
  if (width <= 0 || height <= 0) return [];
  const rows = height - 1;
  const legend = fitLine(legendOf(series, unit), width);
  if (rows === 0) return [legend];
  const scale = scaleOf(options);
  const labels = labelsOf(scale, rows, width, options);
  const columns = width - displayWidth(labels[0]);
  const grid = emptyGrid(rows, columns);
  for (const { values, style } of series) {
    const points = resample(values, columns)
      .map((value) => level(value, scale, rows));
    draw(grid, points, style);
  }
  const body = grid.map((cells, row) =>
    fitLine([span(labels[row], "dim"), ...merged(cells)], width)
  );
  return [legend, ...body];
}

interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Fewer columns than this beside the labels, and the labels go. */
const MIN_COLUMNS = 10;

/** Every how many rows a label is written. */
const LABEL_EVERY = 4;

const AXIS = "┤";
const EMPTY: Span = { text: " ", style: "plain" };

function legendOf(series: readonly ChartSeries[], unit: string): Line {
  return series.flatMap(({ name, values, style }, i) => [
    span(i === 0 ? "● " : "  ● ", style),
    span(`${name} `),
    span(quantity(values.at(-1) ?? NaN, unit), "bold"),
  ]);
}

function scaleOf({ series, min, max, isWhole }: ChartOptions): Scale {
  let smallest = Infinity;
  let largest = -Infinity;
  for (const { values } of series) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
  }
  const low = min ?? (smallest < 0 ? -roundUp(-smallest) : 0);
  const high = Math.max(max ?? -Infinity, largest);
  if (!Number.isFinite(high) || high <= low) return { min: low, max: low + 1 };
  const above = low + roundUp(high - low);
  return {
    min: low,
    max: high === max ? max : isWhole ? Math.ceil(above) : above,
  };
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8].find((n) => value <= n * power);
  return (step ?? 10) * power;
}

/** One label a row, all equally wide, ending with the axis. */
function labelsOf(
  { min, max }: Scale,
  rows: number,
  width: number,
  { unit, isWhole = false }: ChartOptions,
): string[] {
  const texts = Array.from({ length: rows }, (_, row) => {
    const fromBottom = rows - 1 - row;
    const labelled = row === 0 || fromBottom === 0 ||
      fromBottom % LABEL_EVERY === 0 && row >= LABEL_EVERY / 2;
    const share = rows === 1 ? 1 : fromBottom / (rows - 1);
    const value = min + (max - min) * share;
    return labelled && !(isWhole && !Number.isInteger(value))
      ? quantity(value, unit)
      : "";
  });
  const widest = Math.max(...texts.map(displayWidth));
  if (width - widest - 1 < MIN_COLUMNS) return texts.map(() => "");
  return texts.map((text) =>
    " ".repeat(widest - displayWidth(text)) + text + AXIS
  );
}

function emptyGrid(rows: number, columns: number): Span[][] {
  return Array.from(
    { length: rows },
    () => new Array<Span>(columns).fill(EMPTY),
  );
}

/** The row that a value is drawn in, from 0 at the bottom; NaN stays NaN. */
function level(value: number, { min, max }: Scale, rows: number): number {
  const share = Math.max(0, Math.min(1, (value - min) / (max - min)));
  return Math.round(share * (rows - 1));
}

/**
 * Draws one curve over what is there. `plot` is given levels that are already
 * whole rows, so that its own rounding changes nothing, and draws only the
 * curve; it cannot draw gaps, so each stretch without one is drawn by itself.
 */
function draw(
  grid: readonly Span[][],
  points: readonly number[],
  style: Style,
): void {
  for (const [from, to] of stretches(points)) {
    // `plot` draws from one point to the next; the newest is drawn level.
    const stretch = [...points.slice(from, to), points[to - 1]];
    const drawn = plot(stretch, {
      min: 0,
      max: grid.length - 1,
      height: grid.length - 1,
      offset: PLOT_MARGIN,
      format: () => PLOT_LABEL,
    }).split("\n");
    drawn.forEach((text, row) => {
      for (let i = 0; i < to - from; i++) {
        const symbol = text[PLOT_MARGIN + i];
        if (symbol !== " ") grid[row][from + i] = { text: symbol, style };
      }
    });
  }
}

const PLOT_LABEL = " ";
/** A column for the label and one for the axis. */
const PLOT_MARGIN = 2;

/** The runs `[from, to)` of points that are numbers. */
function stretches(points: readonly number[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  points.forEach((point, i) => {
    if (Number.isNaN(point)) return;
    const last = found.at(-1);
    if (last?.[1] === i) last[1] = i + 1;
    else found.push([i, i + 1]);
  });
  return found;
}

/** Neighbours of one style as one span. */
function merged(cells: readonly Span[]): Span[] {
  const spans: Span[] = [];
  let text = "";
  cells.forEach((cell, i) => {
    text += cell.text;
    if (cell.style === cells[i + 1]?.style) return;
    spans.push(span(text, cell.style));
    text = "";
  });
  return spans;
}
