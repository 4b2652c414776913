/**
 * The newest lines of the log.
 *
 * @module
 */

import { formatClock } from "../../../tool.ts";
import {
  fitLine,
  type Line,
  type Span,
  span,
  type Style,
} from "../../terminal/mod.ts";
import { wrapWords } from "../../../lib/text/mod.ts";
import type { Log, LogEntry, LogLevel } from "../log.ts";
import { MIN_COLUMNS } from "./view_parts.ts";

/** The last entries that `rows` have room for, oldest first, each line `columns` wide; of the newest the beginning is there in any case. */
export function logLines(log: Log, columns: number, rows: number): Line[] {
  if (rows <= 0) return [];
  const lines: Line[] = [];
  for (const entry of log.toReversed()) {
    const own = entryLines(entry, columns);
    lines.unshift(
      ...lines.length === 0
        ? own.slice(0, rows)
        : own.slice(lines.length - rows),
    );
    if (lines.length >= rows) break;
  }
  return lines.slice(-rows).map((line) => fitLine(line, columns));
}

/** What went wrong, and what came of a line, is there whole, in as many lines as it takes. */
function entryLines(entry: LogEntry, columns: number): Line[] {
  const [sign] = SIGNS[entry.level];
  const head = formatClock(entry.atMs).length + 1 + sign.length;
  const isWhole = WHOLE.has(entry.level) && columns - head >= MIN_COLUMNS;
  const [first, ...rest] = isWhole
    ? wrapWords(entry.text, columns - head)
    : [entry.text];
  return [
    entryLine({
      ...entry,
      text: first,
      times: rest.length === 0 ? entry.times : 1,
    }),
    ...rest.map((text, i): Line => [
      span(" ".repeat(head), "dim"),
      span(text, styleOf(entry.level)),
      ...(i === rest.length - 1 ? [timesSpan(entry.times)] : []),
    ]),
  ];
}

const WHOLE: ReadonlySet<LogLevel> = new Set(["result", "warning", "error"]);

/** A word or a sign before a text, so that no colour has to say it alone. */
const SIGNS: Readonly<Record<LogLevel, readonly [sign: string, style: Style]>> =
  {
    command: ["> ", "accent"],
    result: ["  ", "plain"],
    info: ["· ", "dim"],
    warning: ["warning: ", "warning"],
    error: ["error: ", "critical"],
  };

function entryLine({ atMs, level, text, times }: LogEntry): Line {
  const [sign, style] = SIGNS[level];
  return [
    span(`${formatClock(atMs)} `, "dim"),
    span(sign, style),
    span(text, styleOf(level)),
    timesSpan(times),
  ];
}

function styleOf(level: LogLevel): Style {
  return level === "error" ? "plain" : SIGNS[level][1];
}

function timesSpan(times: number): Span {
  return span(times > 1 ? `  (${times} times)` : "", "dim");
}
