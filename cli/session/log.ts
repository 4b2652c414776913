/**
 * What happened, newest last: bounded, and safe to show whatever a server
 * put into its texts.
 *
 * @module
 */

import { safeLine } from "../../lib/text/mod.ts";

/** `command`: what was typed; `result`: what came of it; the rest happened by itself. */
export type LogLevel = "command" | "result" | "info" | "warning" | "error";

/** One line of the log. */
export interface LogEntry {
  /** Grows by one with each entry. */
  readonly id: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly text: string;
  /** How often the very same happened in a row. */
  readonly times: number;
}

/** The log, oldest first. */
export type Log = readonly LogEntry[];

/** A log of nothing. */
export const EMPTY_LOG: Log = [];

/** Entries kept. */
export const MAX_LOG_ENTRIES = 1000;

/** Characters kept of an entry. */
const MAX_TEXT_LENGTH = 1000;

/** The log with one more entry; what happens by itself again and again is one entry. */
export function logged(
  log: Log,
  atMs: number,
  level: LogLevel,
  text: string,
): Log {
  const clean = safeLine(text.slice(0, MAX_TEXT_LENGTH));
  const last = log.at(-1);
  const id = (last?.id ?? 0) + 1;
  const repeats = level !== "command" && level !== "result" &&
    last?.level === level && last.text === clean;
  if (repeats) {
    return [...log.slice(0, -1), { ...last, id, atMs, times: last.times + 1 }];
  }
  return [...log, { id, atMs, level, text: clean, times: 1 }]
    .slice(-MAX_LOG_ENTRIES);
}
