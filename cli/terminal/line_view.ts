/**
 * How a line being typed looks in a row of a given width: the prompt, as
 * much of the text as fits around the cursor, and a hint after its end.
 *
 * @module
 */

import type { LineState } from "./line_editor.ts";
import { type Line, type Span, span } from "../../lib/text/mod.ts";
import {
  type Cluster,
  clusters,
  displayWidth,
  fit,
  truncate,
} from "../../lib/text/mod.ts";

/** Where and beside what the line is shown. */
export interface LineViewOptions {
  /** Columns of the row. */
  readonly columns: number;
  /** Stands before the text; shortened when it would take more than half of the row. */
  readonly prompt: string;
  /**
   * Shown dimly after the text while the cursor is at its end.
   * @default {""}
   */
  readonly hint?: string;
}

/** A row, and the column of the cursor in it. */
export interface LineView {
  /** Exactly as wide as asked. */
  readonly line: Line;
  /** From 0; always inside the row. */
  readonly cursor: number;
}

/** The row that shows `state`, exactly `columns` wide. */
export function viewLine(state: LineState, options: LineViewOptions): LineView {
  const { columns, hint = "" } = options;
  if (columns <= 0) return { line: [], cursor: 0 };
  const prompt = truncate(promptText(state, options.prompt), columns >> 1);
  const room = columns - displayWidth(prompt);
  const cells = state.text === "" ? [] : clusters(state.text);
  const cursor = displayWidth(state.text.slice(0, state.cursor));
  const total = displayWidth(state.text);
  const first = firstColumn(cursor, room);
  const text = window(cells, first, room);
  const cutLeft = first > 0;
  const cutRight = total - first > room && cursor - first < room - 1;
  const parts: Span[] = [span(prompt, "accent")];
  if (cutLeft) parts.push(span("…", "dim"));
  parts.push(span(slice(text, cutLeft ? 1 : 0, cutRight ? room - 1 : room)));
  if (cutRight) parts.push(span("…", "dim"));
  const used = Math.min(Math.max(total - first, cutLeft ? 1 : 0), room);
  const rest = state.cursor === state.text.length && used < room
    ? fit(hint, room - used)
    : " ".repeat(room - used);
  parts.push(span(rest, "dim"));
  return {
    line: parts.filter((part) => part.text !== ""),
    cursor: displayWidth(prompt) + cursor - first,
  };
}

function promptText(state: LineState, prompt: string): string {
  return state.search === undefined
    ? prompt
    : `(search) '${state.search.query}': `;
}

/** The text is scrolled by half a row at a time, so that it stands still while typing. */
function firstColumn(cursor: number, room: number): number {
  if (cursor < room) return 0;
  const step = Math.max(1, room >> 1);
  return Math.ceil((cursor - room + 1) / step) * step;
}

/** The columns from `first` on, at most `room`; a wide character cut in half is a space. */
function window(
  cells: readonly Cluster[],
  first: number,
  room: number,
): readonly Cluster[] {
  const shown: Cluster[] = [];
  let column = 0;
  for (const cell of cells) {
    const end = column + cell.width;
    const whole = column >= first && end <= first + room;
    if (whole) shown.push(cell);
    else if (end > first && column < first + room) shown.push(SPACE);
    column = end;
  }
  return shown;
}

/** The columns `[from, to)` of a window as text. */
function slice(cells: readonly Cluster[], from: number, to: number): string {
  return window(cells, from, to - from).map((cell) => cell.text).join("");
}

const SPACE: Cluster = { text: " ", width: 1, doubtful: false };
