/**
 * The charts: as many as are readable, those that were asked for or those
 * that matter most; each with its newest numbers in words above it.
 *
 * @module
 */

import { type Band, band, type ChartPoint, valuesOf } from "../../../tool.ts";
import {
  chart,
  fitLine,
  type Line,
  lineWidth,
  quantity,
  SERIES_STYLES,
  type Span,
  span,
  type Style,
} from "../../terminal/mod.ts";
import {
  CHART_NAMES,
  type ChartDefinition,
  type ChartName,
  chartOf,
} from "../charts.ts";
import { chartGrid } from "./layout.ts";
import type { Model } from "../model.ts";

/** What was drawn last of these seconds: the screen is drawn ten times before the next one comes. */
const drawn = new WeakMap<readonly ChartPoint[], {
  readonly charts: readonly ChartName[];
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
}>();

/** At most `height` rows of charts, each `width` wide. */
export function chartLines(
  { charts, live: { history: { moments } } }: Pick<Model, "charts" | "live">,
  width: number,
  height: number,
): readonly Line[] {
  const last = drawn.get(moments);
  if (
    last?.charts === charts && last.width === width && last.height === height
  ) return last.lines;
  const lines = draw(charts, moments, width, height);
  drawn.set(moments, { charts, width, height, lines });
  return lines;
}

function draw(
  charts: readonly ChartName[],
  moments: readonly ChartPoint[],
  width: number,
  height: number,
): readonly Line[] {
  if (height <= 0) return [];
  const names = charts.length > 0 ? charts : knownCharts(moments.at(-1));
  const grid = chartGrid(width, height, names.length, charts.length > 0);
  const lines: Line[] = [];
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.columns;
    const beside = names.slice(from, from + grid.columns);
    const rows = shareOf(height, grid.rows, row);
    const columns = beside.map((name, column) => {
      // A column of air between two charts.
      const last = column === grid.columns - 1;
      const room = shareOf(width, grid.columns, column) - (last ? 0 : 1);
      return oneChart(name, moments, room, rows);
    });
    for (let i = 0; i < rows; i++) {
      lines.push(
        columns.flatMap((chart, column) =>
          column === 0 ? chart[i] : [AIR, ...chart[i]]
        ),
      );
    }
  }
  return lines;
}

const AIR: Span = span(" ");

/** Those about the server only where we can see it. */
function knownCharts(newest: ChartPoint | undefined): readonly ChartName[] {
  const seen = newest !== undefined && !Number.isNaN(newest.serverRssBytes);
  return seen ? CHART_NAMES : CHART_NAMES.filter((name) => name !== "memory");
}

function oneChart(
  name: ChartName,
  moments: readonly ChartPoint[],
  width: number,
  height: number,
): Line[] {
  const definition = chartOf(name);
  const { unit, series, judged } = definition;
  // What is kept is a share.
  const inUnit = (value: number) => unit === "%" ? value * 100 : value;
  // A column a second: curves move by whole columns and keep their shape.
  const newest = moments.slice(-width);
  const [, ...curves] = chart({
    series: series.map(([label, name], i) => ({
      name: label,
      values: valuesOf(newest, name).map(inUnit),
      style: SERIES_STYLES[i],
    })),
    width,
    height,
    unit,
    isWhole: unit === "",
  });
  const now = moments.at(-1);
  const judgement = judged?.(moments);
  const word = judgement === undefined || Number.isNaN(judgement[1])
    ? undefined
    : band(...judgement);
  const numbers = series.map(([label, name], i) => ({
    label,
    value: inUnit(now?.[name] ?? NaN),
    style: SERIES_STYLES[i],
  }));
  return [
    legend(definition, numbers, word, width),
    ...curves,
  ];
}

interface NewestNumber {
  readonly label: string;
  readonly value: number;
  readonly style: Style;
}

/** The title, the newest number of each curve, and a word on it; closer together when space is short. */
function legend(
  { title, longTitle, unit }: ChartDefinition,
  numbers: readonly NewestNumber[],
  word: Band | undefined,
  width: number,
): Line {
  const spaced = (
    name: string,
    gap: string,
    bullet: string,
    everyUnit: boolean,
  ): Line => [
    span(name, "bold"),
    ...numbers.flatMap(({ label, value, style }, i) => [
      span(gap),
      span(bullet, style),
      span(`${label} `, "dim"),
      span(
        everyUnit || i === numbers.length - 1
          ? quantity(value, unit)
          : withoutUnit(quantity(value, unit), unit),
      ),
    ]),
    ...(word ? [span(gap), span(word, word)] : []),
  ];
  const variants = [
    spaced(longTitle, "  ", "● ", true),
    spaced(title, "  ", "● ", true),
    spaced(title, " ", "●", true),
    spaced(title, " ", "●", false),
  ];
  const fitting = variants.find((line) => lineWidth(line) <= width);
  return fitLine(fitting ?? variants[3], width);
}

function withoutUnit(text: string, unit: string): string {
  return text.endsWith(unit) ? text.slice(0, text.length - unit.length) : text;
}

/** The part of `total` that place `i` of `places` has, whole numbers that add up. */
function shareOf(total: number, places: number, i: number): number {
  return Math.floor((i + 1) * total / places) - Math.floor(i * total / places);
}
