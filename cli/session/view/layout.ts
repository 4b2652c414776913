/**
 * How the rows of the screen are shared out.
 *
 * @module
 */

import type { TerminalSize } from "../../terminal/mod.ts";

/** Rows of each part, from the top down. */
export interface Layout {
  readonly status: number;
  readonly charts: number;
  readonly table: number;
  readonly log: number;
  /** Hints or choices, and the prompt or the progress bar. */
  readonly bottom: number;
}

/** The layout of a terminal of this size. */
export function layoutOf({ rows }: TerminalSize): Layout {
  const status = rows >= 12 ? 2 : rows >= 4 ? 1 : 0;
  const bottom = rows >= 6 ? 2 : 1;
  const body = Math.max(0, rows - status - bottom);
  const table = body >= 14 ? Math.max(5, Math.floor(body * 0.25)) : 0;
  const log = body >= 4 ? Math.min(8, Math.floor(body * 0.2)) : body;
  return { status, charts: body - table - log, table, log, bottom };
}

/** Rows that can be scrolled through: of a page, and of the table without its titles. */
export function bodyRows(size: TerminalSize): { page: number; table: number } {
  const { charts, table } = layoutOf(size);
  return {
    page: Math.max(1, charts + table - 1),
    table: Math.max(1, table - 1),
  };
}

/** Where a chart goes; its size in columns and rows. */
export interface ChartGrid {
  readonly columns: number;
  readonly rows: number;
}

/** Narrower charts say nothing. */
const MIN_CHART_COLUMNS = 36;
/** A legend and four rows of curve. */
const MIN_CHART_ROWS = 5;

/**
 * How many charts beside and above one another fit: as many as are readable
 * of `wanted`, or, when each was asked for, all that have a row at all.
 */
export function chartGrid(
  width: number,
  height: number,
  wanted: number,
  all: boolean,
): ChartGrid {
  const beside = Math.max(1, Math.floor(width / MIN_CHART_COLUMNS));
  const minRows = all ? 2 : MIN_CHART_ROWS;
  const above = Math.max(1, Math.floor(height / minRows));
  const columns = Math.min(beside, wanted);
  return {
    columns,
    rows: Math.min(above, Math.ceil(wanted / Math.max(1, columns))),
  };
}
