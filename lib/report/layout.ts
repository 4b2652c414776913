/**
 * Rows and tables, laid out for a width.
 *
 * @module
 */

import { columnsOf, fit, type Line, type Piece, piece } from "./painted.ts";

/** Columns that the labels on the left take. */
const LABEL_COLUMNS = 16;
/** However narrow the screen, text is not wrapped into less. */
const MIN_TEXT_COLUMNS = 16;
const GAP = "   ";

/**
 * A label and the things to say under it, side by side while they fit, then
 * on further lines. A thing stays in one piece, unless it is a single text
 * too long for any line: that is wrapped between words.
 */
export function row(
  label: string,
  things: readonly Line[],
  width: number,
): Line[] {
  const columns = Math.max(MIN_TEXT_COLUMNS, width - LABEL_COLUMNS);
  const lines: Piece[][] = [];
  let used = Infinity;
  for (const thing of things.flatMap((thing) => wrapped(thing, columns))) {
    const needed = lineColumns(thing);
    if (used + GAP.length + needed > columns) {
      const indent = lines.length === 0 ? label : "";
      lines.push([piece(fit(indent, LABEL_COLUMNS), "strong"), ...thing]);
      used = needed;
    } else {
      lines.at(-1)!.push(piece(GAP), ...thing);
      used += GAP.length + needed;
    }
  }
  return lines;
}

/**
 * A table: a heading, then rows of a name and values. Where it is too wide,
 * the columns numbered in `expendable` go first, in that order; then names
 * are cut.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  expendable: readonly number[],
  width: number,
): Line[] {
  const cells = [heading, ...rows].map((row) =>
    row.map((cell) => piece(cell).text)
  );
  const widths = heading.map((_, column) =>
    Math.max(...cells.map((row) => columnsOf(row[column])))
  );
  widths[0] = Math.max(widths[0], LABEL_COLUMNS - 2);
  const kept = keptColumns(widths, expendable, width);
  const values = kept.slice(1);
  const valueColumns = values.reduce((sum, i) => sum + widths[i] + 2, 0);
  const nameColumns = Math.max(1, Math.min(widths[0], width - valueColumns));
  return cells.map((row, i) => {
    const shown = values.map((column) =>
      `  ${fit(row[column], widths[column], "right")}`
    );
    const text = fit(row[0], nameColumns) + shown.join("");
    return [piece(text, i === 0 ? "strong" : "plain")];
  });
}

/** A text broken between words into lines of at most so many columns; a longer word stays whole. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(`${last} ${word}`) <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

function wrapped(thing: Line, columns: number): Line[] {
  if (thing.length !== 1 || lineColumns(thing) <= columns) return [thing];
  const [{ text, tone }] = thing;
  return wrapWords(text, columns).map((part) => [piece(part, tone)]);
}

function keptColumns(
  widths: readonly number[],
  expendable: readonly number[],
  width: number,
): number[] {
  let kept = widths.map((_, column) => column);
  for (const column of expendable) {
    const needed = kept.reduce((sum, i) => sum + widths[i] + 2, -2);
    if (needed <= width) break;
    kept = kept.filter((other) => other !== column);
  }
  return kept;
}

function lineColumns(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), 0);
}
