/**
 * Frames become bytes. The screen remembers the last frame and writes only
 * what differs from it: runs of changed cells, each at its place, inside one
 * synchronized update (DEC mode 2026) so that no half-drawn frame is seen.
 *
 * It does no I/O: {@linkcode Screen.draw} returns what to write. It expects
 * `ENTER_FULL_SCREEN` to have been written, above all automatic wrapping off.
 *
 * @module
 */

import {
  BEGIN_UPDATE,
  CLEAR_SCREEN,
  CLEAR_TO_END_OF_ROW,
  END_UPDATE,
  HIDE_CURSOR,
  moveTo,
  moveToColumn,
  SHOW_CURSOR,
} from "./ansi.ts";
import { BLANK, type Cell, sameCell, toCells } from "./cells.ts";
import {
  beginStyle,
  type Line,
  type Palette,
  RESET_STYLE,
  type Style,
} from "../../lib/text/mod.ts";

/** A place on the screen, counted from 0. */
export interface Position {
  /** From the top. */
  readonly row: number;
  /** From the left. */
  readonly column: number;
}

/** Everything that is to be seen. */
export interface Frame {
  /** Width of the terminal. */
  readonly columns: number;
  /** Height of the terminal. */
  readonly rows: number;
  /** From the top; missing rows are blank, rows beyond the last are not shown. */
  readonly lines: readonly Line[];
  /** Where the cursor blinks; hidden without. */
  readonly cursor?: Position;
}

/** Turns frames into what a terminal must be sent to show them. */
export class Screen {
  readonly #palette: Palette;
  #shown: Shown | undefined;

  /** A screen whose contents are unknown, so that the first frame is drawn whole. */
  constructor(palette: Palette) {
    this.#palette = palette;
  }

  /** Forgets what is shown, so that the next frame is drawn whole. */
  invalidate(): void {
    this.#shown = undefined;
  }

  /** What to write to get from the last frame to this one; empty when nothing changed. */
  draw(frame: Frame): string {
    const old = this.#shown;
    const whole = old?.columns !== frame.columns || old.rows !== frame.rows;
    const before = whole ? blankScreen(frame) : old;
    const lines: Line[] = [];
    const cells: (readonly Cell[])[] = [];
    let body = whole ? RESET_STYLE + CLEAR_SCREEN : "";
    for (let row = 0; row < frame.rows; row++) {
      const line = frame.lines[row] ?? NO_LINE;
      lines.push(line);
      if (sameLine(line, before.lines[row])) {
        cells.push(before.cells[row]);
        continue;
      }
      const next = toCells(line, frame.columns);
      cells.push(next);
      body += this.#rowChanges(row, before.cells[row], next);
    }
    const cursor = cursorWithin(frame);
    this.#shown = {
      columns: frame.columns,
      rows: frame.rows,
      lines,
      cells,
      cursor,
    };
    const moved = whole || !samePosition(cursor, old.cursor);
    if (body === "" && !moved) return "";
    // Drawing moves the cursor, so it is always put back in its place.
    const place = cursor === undefined
      ? ""
      : moveTo(cursor.row, cursor.column) + SHOW_CURSOR;
    return BEGIN_UPDATE + HIDE_CURSOR + body + place + END_UPDATE;
  }

  #rowChanges(
    row: number,
    old: readonly Cell[],
    next: readonly Cell[],
  ): string {
    let out = "";
    for (const [from, to] of changedRuns(old, next)) {
      const end = Math.min(to, endOfText(next));
      out += moveTo(row, from) + this.#paint(next, from, end);
      // All that follows is blank too: one clear does for the rest of the row.
      if (end < to) return out + CLEAR_TO_END_OF_ROW;
    }
    return out;
  }

  #paint(cells: readonly Cell[], from: number, to: number): string {
    let out = "";
    let style: Style = "plain";
    for (let column = from; column < to; column++) {
      const cell = cells[column];
      if (cell.width === 0) continue;
      if (cell.style !== style) {
        if (style !== "plain") out += this.#end(style);
        out += beginStyle(cell.style, this.#palette);
        style = cell.style;
      }
      out += cell.doubtful ? pinned(cell, column) : cell.text;
    }
    return out + this.#end(style);
  }

  #end(style: Style): string {
    return beginStyle(style, this.#palette) === "" ? "" : RESET_STYLE;
  }
}

/** What the terminal shows now. */
interface Shown {
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly Line[];
  readonly cells: readonly (readonly Cell[])[];
  readonly cursor: Position | undefined;
}

const NO_LINE: Line = [];

/** Moving the cursor costs about this many bytes, so shorter gaps are drawn again. */
const GAP = 6;

function blankScreen({ columns, rows }: Frame): Shown {
  const blank = new Array<Cell>(columns).fill(BLANK);
  return {
    columns,
    rows,
    lines: new Array<Line>(rows).fill(NO_LINE),
    cells: new Array<Cell[]>(rows).fill(blank),
    cursor: undefined,
  };
}

function sameLine(a: Line, b: Line): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((part, i) =>
    part.text === b[i].text && part.style === b[i].style
  );
}

function cursorWithin(frame: Frame): Position | undefined {
  if (frame.cursor === undefined) return undefined;
  const { row, column } = frame.cursor;
  return {
    row: Math.max(0, Math.min(row, frame.rows - 1)),
    column: Math.max(0, Math.min(column, frame.columns - 1)),
  };
}

function samePosition(a?: Position, b?: Position): boolean {
  return a?.row === b?.row && a?.column === b?.column;
}

/**
 * The runs `[from, to)` of columns to draw again. The right half of a wide
 * character never changes without its left half, which draws both. Where a
 * terminal may have drawn something wider or narrower than we count, all that
 * follows is drawn again.
 */
function changedRuns(
  old: readonly Cell[],
  next: readonly Cell[],
): [from: number, to: number][] {
  const runs: [number, number][] = [];
  const toEnd = old.some((cell) => cell.doubtful) ||
    next.some((cell) => cell.doubtful);
  for (let column = 0; column < next.length; column++) {
    if (sameCell(old[column], next[column])) continue;
    if (toEnd) return [[column, next.length]];
    const last = runs.at(-1);
    if (last !== undefined && column - last[1] <= GAP) last[1] = column + 1;
    else runs.push([column, column + 1]);
  }
  return runs;
}

/** The column after the last one that is not blank. */
function endOfText(cells: readonly Cell[]): number {
  let end = cells.length;
  while (end > 0 && sameCell(cells[end - 1], BLANK)) end--;
  return end;
}

/** A cell drawn over blanks, with the cursor then put where we count it to be. */
function pinned(cell: Cell, column: number): string {
  return " ".repeat(cell.width) + moveToColumn(column) + cell.text +
    moveToColumn(column + cell.width);
}
