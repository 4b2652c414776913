/**
 * One row of the screen as cells: what is in each column and in which style.
 * Nothing that a terminal acts upon gets into a cell, and a wide character
 * either has both its columns or is left out.
 *
 * @module
 */

import type { Line, Style } from "../../lib/text/mod.ts";
import { clusters } from "../../lib/text/mod.ts";

/** One column. The right half of a wide character has width 0 and no text. */
export interface Cell {
  readonly text: string;
  readonly style: Style;
  readonly width: 0 | 1 | 2;
  /** Whether terminals disagree about the width of what is in it. */
  readonly doubtful: boolean;
}

/** A column with nothing in it. */
export const BLANK: Cell = {
  text: " ",
  style: "plain",
  width: 1,
  doubtful: false,
};

/** The cells of `line`, exactly `columns` of them; what is beyond is cut off. */
export function toCells(line: Line, columns: number): Cell[] {
  const cells: Cell[] = [];
  for (const { text, style } of line) {
    for (const cluster of clusters(text)) {
      const { width, doubtful } = cluster;
      if (cells.length + width > columns) return fill(cells, columns);
      // A mark with nothing to stand on has no column, so it cannot be placed.
      if (width === 0) continue;
      cells.push({ text: cluster.text, style, width, doubtful });
      if (width === 2) cells.push({ text: "", style, width: 0, doubtful });
    }
  }
  return fill(cells, columns);
}

/** Whether two cells look the same. */
export function sameCell(a: Cell, b: Cell): boolean {
  return a.text === b.text && a.style === b.style && a.width === b.width;
}

function fill(cells: Cell[], columns: number): Cell[] {
  while (cells.length < columns) cells.push(BLANK);
  return cells.slice(0, columns);
}
