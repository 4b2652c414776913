/**
 * Tables that give way: where the row is too narrow, the least important
 * columns go first, and only then is the widest text cut.
 *
 * @module
 */

import { clipLine, type Line, type Span, span, type Style } from "./style.ts";
import { type Alignment, displayWidth, fit } from "./width.ts";

/** One column of a table. */
export interface TableColumn {
  /** Stands above the column. */
  readonly title: string;
  /**
   * Where its texts stand.
   * @default {"left"}
   */
  readonly alignment?: Alignment;
  /**
   * The lowest go first when space is short, of equals the rightmost. The
   * highest of all never goes.
   * @default {0}
   */
  readonly priority?: number;
  /**
   * Columns that it takes where there is room, however short its texts.
   * @default {0}
   */
  readonly minWidth?: number;
  /**
   * Whether it is cut before any other, and not only where it is the widest.
   * @default {false}
   */
  readonly isCutFirst?: boolean;
}

/** Text, or text that means something. */
export type TableCell = string | Span;

/** What to show and how wide. */
export interface TableOptions {
  /** From left to right. */
  readonly columns: readonly TableColumn[];
  /** Cells by row, then by column; missing ones are empty. */
  readonly rows: readonly (readonly TableCell[])[];
  /** Columns of the terminal to stay within. */
  readonly width: number;
  /** Of the title row. @default {"dim"} */
  readonly titleStyle?: Style;
}

/** The title row and the rows, each at most `width` wide. */
export function table(options: TableOptions): Line[] {
  const { columns, rows, width, titleStyle = "dim" } = options;
  const natural = columns.map((column, i) =>
    rows.reduce(
      (widest, row) => Math.max(widest, displayWidth(cellText(row[i]))),
      Math.max(displayWidth(column.title), column.minWidth ?? 0),
    )
  );
  const kept = keptColumns(columns, natural, width);
  const widths = narrowed(
    kept.map((i) => natural[i]),
    kept.findIndex((i) => columns[i].isCutFirst === true),
    width,
  );
  const render = (cells: readonly TableCell[], style?: Style): Line => {
    const parts = kept.map((i, place) => {
      const text = fit(
        cellText(cells[i]),
        widths[place],
        columns[i].alignment,
      );
      const gap = place === 0 ? "" : GAP;
      return [span(gap), span(text, style ?? cellStyle(cells[i]))];
    });
    return clipLine(parts.flat().filter(({ text }) => text !== ""), width);
  };
  const titles = columns.map((column) => column.title);
  return [render(titles, titleStyle), ...rows.map((row) => render(row))];
}

const GAP = "  ";

/** No column is made narrower than this before the row is simply cut. */
const MIN_WIDTH = 3;

function keptColumns(
  columns: readonly TableColumn[],
  widths: readonly number[],
  width: number,
): number[] {
  let kept = columns.map((_, i) => i);
  while (kept.length > 1 && totalWidth(kept.map((i) => widths[i])) > width) {
    const priorities = kept.map((i) => columns[i].priority ?? 0);
    const lowest = Math.min(...priorities);
    if (lowest === Math.max(...priorities)) break;
    const drop = kept[priorities.lastIndexOf(lowest)];
    kept = kept.filter((i) => i !== drop);
  }
  return kept;
}

function narrowed(
  widths: readonly number[],
  cutFirst: number,
  width: number,
): number[] {
  const result = [...widths];
  if (cutFirst >= 0) {
    const over = Math.max(0, totalWidth(result) - width);
    result[cutFirst] = Math.max(MIN_WIDTH, result[cutFirst] - over);
  }
  while (totalWidth(result) > width) {
    const widest = Math.max(...result);
    if (widest <= MIN_WIDTH) break;
    result[result.lastIndexOf(widest)] = widest - 1;
  }
  return result;
}

function totalWidth(widths: readonly number[]): number {
  const gaps = GAP.length * Math.max(0, widths.length - 1);
  return widths.reduce((sum, width) => sum + width, gaps);
}

function cellText(cell: TableCell | undefined): string {
  return typeof cell === "string" ? cell : cell?.text ?? "";
}

function cellStyle(cell: TableCell | undefined): Style {
  return typeof cell === "object" ? cell.style : "plain";
}
