/**
 * A report as text for a screen: the verdict first, then what it rests on.
 *
 * @module
 */

import type { Summary } from "../metrics/mod.ts";
import {
  clipLine,
  fit,
  type Line,
  lineText,
  lineWidth,
  renderLine,
  sanitize,
  type Span,
  span,
  type Style,
  table,
  wrapWords,
} from "../text/mod.ts";
import type {
  Block,
  Figure,
  FigureRows,
  TableBlock,
} from "./document/blocks.ts";
import { type ReportDocument, reportDocument } from "./document/document.ts";

/** How a text is to be rendered. */
export interface TextOptions {
  /** Whether to colour it with ANSI escapes; what colours say, words say too. */
  readonly color: boolean;
  /** Columns that no line exceeds; from 40 on it reads well. */
  readonly width: number;
}

const PLAIN: TextOptions = { color: false, width: 80 };

/**
 * The summary as lines of text, each ended by a line feed: without colours and
 * 80 columns wide, unless said otherwise.
 */
export function renderText(
  summary: Summary,
  options: TextOptions = PLAIN,
): string {
  const { width } = options;
  const { sections, ...head } = reportDocument(summary);
  return [
    headLines(head, width),
    ...sections.map((blocks) =>
      blocks.flatMap((block) => blockLines(block, width))
    ),
  ]
    .map((lines) => linesText(lines, options)).join("\n");
}

/** Lines as text: cut at the width, coloured or not, each ended by a line feed. */
export function linesText(
  lines: readonly Line[],
  { color, width }: TextOptions,
): string {
  const palette = color ? "colour" : "plain";
  return lines.map((line) =>
    `${renderLine(clipLine(line, width), palette).trimEnd()}\n`
  ).join("");
}

/** Columns that the labels on the left take. */
const LABEL_COLUMNS = 16;
/** However narrow the screen, text is not wrapped into less. */
const MIN_TEXT_COLUMNS = 16;
const GAP = "   ";

const STATUS_STYLES: Readonly<Record<ReportDocument["status"], Style>> = {
  passed: "good",
  failed: "critical",
  invalid: "critical",
  interrupted: "warning",
  gone: "critical",
  broke: "critical",
};

function headLines(
  { status, word, reason, about }: Omit<ReportDocument, "sections">,
  width: number,
): Line[] {
  const indent = " ".repeat(word.length + 2);
  const lines = wrapWords(sanitize(reason), width - indent.length);
  return [
    ...lines.map((line, i) =>
      i === 0
        ? [span(word, STATUS_STYLES[status]), span(`  ${line}`)]
        : [span(indent + line)]
    ),
    ...about.map((text) => [span(sanitize(text), "dim")]),
  ];
}

function blockLines(block: Block, width: number): Line[] {
  switch (block.kind) {
    case "figures":
      return figureLines(block, width);
    case "table":
      return tableLines(block, width);
    case "sentence":
      return wrapWords(sanitize(block.text), width)
        .map((line) => [span(line, block.style)]);
  }
}

/** A label and its rows; the figures that are aligned are all as wide as the widest. */
function figureLines(
  { label, rows, aligned }: FigureRows,
  width: number,
): Line[] {
  const lines = rows.map((row) => row.map(figureLine));
  const widths = Array.from(
    { length: aligned },
    (_, i) => Math.max(...lines.map((line) => lineWidth(line[i] ?? []))),
  );
  return lines.flatMap((line, at) =>
    rowLines(
      at === 0 ? label : "",
      line.map((figure, i) =>
        i < aligned && lineWidth(figure) < widths[i]
          ? [...figure, span(" ".repeat(widths[i] - lineWidth(figure)))]
          : figure
      ),
      width,
    )
  );
}

function figureLine(figure: Figure): Line {
  if (typeof figure === "string") return [span(sanitize(figure))];
  const { text, style, band } = figure;
  const said = span(sanitize(text), style);
  return band === undefined
    ? [said]
    : [said, span(" "), span(`(${band})`, band)];
}

/**
 * A label and the figures behind it, side by side while they fit, then on
 * further lines. A figure stays in one piece, unless it is too long for any
 * line: that is wrapped between words.
 */
function rowLines(
  label: string,
  figures: readonly Line[],
  width: number,
): Line[] {
  const columns = Math.max(MIN_TEXT_COLUMNS, width - LABEL_COLUMNS);
  const lines: Span[][] = [];
  let used = Infinity;
  for (const figure of figures.flatMap((one) => wrapped(one, columns))) {
    const needed = lineWidth(figure);
    if (used + GAP.length + needed > columns) {
      const [name, style] = lines.length === 0 && label !== ""
        ? [label, "bold" as const]
        : ["", "plain" as const];
      lines.push([span(fit(name, LABEL_COLUMNS), style), ...figure]);
      used = needed;
    } else {
      lines.at(-1)!.push(span(GAP), ...figure);
      used += GAP.length + needed;
    }
  }
  return lines;
}

function wrapped(figure: Line, columns: number): Line[] {
  if (lineWidth(figure) <= columns) return [figure];
  const [{ text, style }, ...band] = figure;
  const lines = wrapWords(text, columns).map((part) => [span(part, style)]);
  // What it is judged stays with its end.
  const last = [...lines.at(-1)!, ...band];
  return lineWidth(last) <= columns
    ? [...lines.slice(0, -1), last]
    : [...lines, band.slice(1)];
}

function tableLines({ columns, rows }: TableBlock, width: number): Line[] {
  const [titles, ...lines] = table({
    columns: columns.map((column, i) => {
      const [title, priority] = typeof column === "string"
        ? [column, Infinity]
        : column;
      return {
        title,
        priority,
        alignment: i === 0 ? "left" : "right",
        ...(i === 0 && { minWidth: LABEL_COLUMNS - 2, isCutFirst: true }),
      };
    }),
    rows: rows.map(({ cells }) => cells.map(sanitize)),
    width,
    titleStyle: "bold",
  });
  return [
    [span(lineText(titles), "bold")],
    ...lines.map((line, i) => [span(lineText(line), rows[i].style)]),
  ];
}
