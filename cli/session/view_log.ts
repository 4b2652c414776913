/**
 * The newest lines of the log.
 *
 * @module
 */

import { formatClock } from "../../tool.ts";
import { fitLine, type Line, span, type Style } from "../terminal/mod.ts";
import type { Log, LogEntry, LogLevel } from "./log.ts";

/** The last `rows` entries, oldest first, each `columns` wide. */
export function logLines(log: Log, columns: number, rows: number): Line[] {
  return rows <= 0
    ? []
    : log.slice(-rows).map((entry) => fitLine(entryLine(entry), columns));
}

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
  const repeated = times > 1 ? `  (${times} times)` : "";
  return [
    span(`${formatClock(atMs)} `, "dim"),
    span(sign, style),
    span(text, level === "error" ? "plain" : style),
    span(repeated, "dim"),
  ];
}
