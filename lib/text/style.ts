/**
 * Styled text as data. A view makes lines of spans and never an escape
 * sequence; which sequence a style becomes, or none, is decided here, once,
 * by what the terminal can and what the user wants.
 *
 * Styles are meanings, not colours. They use the 16 colours that every
 * terminal lets its user choose, so they stay readable on light and dark.
 *
 * @module
 */

import { clusters, displayWidth } from "./width.ts";

/** What a piece of text means. `series1` to `series6` tell the lines of a chart apart. */
export type Style =
  | "plain"
  | "bold"
  | "dim"
  | "reverse"
  | "accent"
  | "good"
  | "warning"
  | "critical"
  | "series1"
  | "series2"
  | "series3"
  | "series4"
  | "series5"
  | "series6";

/** A piece of text in one style. */
export interface Span {
  /** What is shown. */
  readonly text: string;
  /** What it means. */
  readonly style: Style;
}

/** One row of text. */
export type Line = readonly Span[];

/**
 * What the terminal is given: `colour`; `mono` (bold, dim, underline and
 * reverse, no colour); or `plain` (no escape sequence for styles at all).
 */
export type Palette = "colour" | "mono" | "plain";

/** The styles for the lines of a chart, in the order to use them. */
export const SERIES_STYLES: readonly Style[] = [
  "series1",
  "series2",
  "series3",
  "series4",
  "series5",
  "series6",
];

/**
 * The palette for this environment. `NO_COLOR` (any value that is not empty)
 * takes the colours away; a dumb terminal, or none, takes everything away.
 */
export function choosePalette(
  env: (name: string) => string | undefined,
  isTerminal: boolean,
): Palette {
  const term = env("TERM");
  if (!isTerminal || term === "dumb" || term === "unknown") return "plain";
  return env("NO_COLOR") ? "mono" : "colour";
}

/** A piece of text; plain unless said otherwise. */
export function span(text: string, style: Style = "plain"): Span {
  return { text, style };
}

/** The text of a line without its styles. */
export function lineText(line: Line): string {
  return line.map((part) => part.text).join("");
}

/** Columns that a line takes. */
export function lineWidth(line: Line): number {
  let width = 0;
  for (const part of line) width += displayWidth(part.text);
  return width;
}

/** `line` in exactly `columns` columns: cut with `…`, or filled with spaces. */
export function fitLine(line: Line, columns: number): Line {
  const width = lineWidth(line);
  if (width === columns) return line;
  if (width < columns) return [...line, span(" ".repeat(columns - width))];
  return cutLine(line, columns);
}

/** `line` in at most `columns` columns, cut with `…`. */
export function clipLine(line: Line, columns: number): Line {
  return lineWidth(line) > columns ? cutLine(line, columns) : line;
}

/** Ends every colour and attribute (SGR 0). */
export const RESET_STYLE = "\x1b[0m";

/** The SGR sequence that begins `style`; empty where the palette has none for it. */
export function beginStyle(style: Style, palette: Palette): string {
  if (palette === "plain") return "";
  const parameters = palette === "colour" ? COLOUR[style] : MONO[style];
  return parameters === "" ? "" : `\x1b[${parameters}m`;
}

/** A line as text for a terminal, every style ended within it. */
export function renderLine(line: Line, palette: Palette): string {
  let out = "";
  for (const { text, style } of line) {
    const begin = beginStyle(style, palette);
    out += begin === "" ? text : begin + text + RESET_STYLE;
  }
  return out;
}

const COLOUR: Readonly<Record<Style, string>> = {
  plain: "",
  bold: "1",
  dim: "2",
  reverse: "7",
  accent: "36",
  good: "32",
  warning: "33",
  critical: "1;31",
  series1: "36",
  series2: "33",
  series3: "35",
  series4: "32",
  series5: "34",
  series6: "31",
};

/** Without colours a warning must still stand out, and two lines of a chart still differ. */
const MONO: Readonly<Record<Style, string>> = {
  plain: "",
  bold: "1",
  dim: "2",
  reverse: "7",
  accent: "1",
  good: "",
  warning: "4",
  critical: "1;7",
  series1: "",
  series2: "1",
  series3: "2",
  series4: "",
  series5: "1",
  series6: "2",
};

function cutLine(line: Line, columns: number): Line {
  if (columns <= 0) return [];
  const kept: Span[] = [];
  let left = columns - 1;
  for (const { text, style } of line) {
    let part = "";
    for (const cluster of clusters(text)) {
      if (cluster.width > left) {
        const gap = " ".repeat(left);
        return [...kept, { text: part + "…" + gap, style }];
      }
      left -= cluster.width;
      part += cluster.text;
    }
    kept.push({ text: part, style });
  }
  return kept;
}
