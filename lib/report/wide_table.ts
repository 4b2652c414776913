/**
 * A table as wide as it has to be: a row is never broken, a narrow screen
 * cuts it.
 *
 * @module
 */

import { displayWidth, fit, type Span, span } from "../text/mod.ts";
import { linesText, type TextOptions } from "./text.ts";

/** The headings, then the rows, each of the same number of cells: a name, and values. */
export function wideTable(
  headings: readonly string[],
  rows: readonly (readonly Span[])[],
  options: TextOptions,
): string {
  const all = [headings.map((heading) => span(heading, "bold")), ...rows];
  const widths = headings.map((_, i) =>
    Math.max(...all.map((row) => displayWidth(row[i].text)))
  );
  const lines = all.map((row) =>
    row.flatMap(({ text, style }, i) => [
      span(i === 0 ? "" : "  "),
      span(fit(text, widths[i], i === 0 ? "left" : "right"), style),
    ])
  );
  return linesText(lines, options);
}
