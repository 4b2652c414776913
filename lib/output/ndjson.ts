/**
 * A run as NDJSON while it goes on: a line when it starts, one a second, one
 * a note, and a last one with the whole summary.
 *
 * @module
 */

import {
  type Course,
  type CourseSecond,
  percentileOf,
  ratesOf,
  STEPS_PER_UNIT,
  type Summary,
  type TimelinePoint,
  type TrendJson,
} from "../metrics/mod.ts";
import { safeJsonLine } from "../text/mod.ts";

/** One line; `type` says which. */
export type NdjsonLine =
  | {
    readonly type: "start";
    readonly version: string;
    /** Where the server is, without secrets. */
    readonly server: string;
    /** When, as an ISO 8601 date. */
    readonly at: string;
  }
  | Second
  | {
    readonly type: "note";
    /** Since the run began. */
    readonly tSec: number;
    readonly level: string;
    readonly text: string;
  }
  | {
    readonly type: "end";
    /** Seconds that a slow reader missed. */
    readonly secondsDropped: number;
    readonly summary: Summary;
  };

/** Percentiles of what was measured within the second, in milliseconds; `null` where nothing was. */
export interface SecondsPercentiles {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** What happened in one second: the timeline's point, and what that leaves out. */
export interface Second extends TimelinePoint {
  readonly type: "second";
  readonly phase: string;
  /** Since the run began. */
  readonly errors: number;
  /** Frames that a video showed, on average. */
  readonly frameRate: number;
  /** Time that videos stood still, of the time that they were on. */
  readonly frozenRatio: number;
  readonly mediaLatency: SecondsPercentiles;
  readonly roundTripTime: SecondsPercentiles;
  readonly signaling: SecondsPercentiles;
}

/** The line of a second. */
export function secondFigures(second: CourseSecond): Second {
  const { phase, point, errors, trends } = second;
  const { frameRate, frozenRatio } = ratesOf(second);
  return {
    type: "second",
    phase,
    ...point,
    errors,
    frameRate,
    frozenRatio,
    mediaLatency: percentilesOf(trends.mediaLatency),
    roundTripTime: percentilesOf(trends.roundTripTime),
    signaling: percentilesOf(trends.signaling),
  };
}

/** Percentiles of a second's distribution. */
export function percentilesOf(json: TrendJson): SecondsPercentiles {
  const at = (p: number) =>
    json.count === 0 ? null : percentileOf(json, p) / STEPS_PER_UNIT.ms;
  return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}

/** A line as text, whatever others have put into it. */
export function ndjsonText(line: NdjsonLine): string {
  return `${safeJsonLine(line)}\n`;
}

/** All lines of a run that is over, as it would have written them itself. */
export function renderNdjson(summary: Summary, course: Course): string {
  const { version, server, startedAt } = summary;
  const lines: NdjsonLine[] = [
    { type: "start", version, server: server.url, at: startedAt },
  ];
  const notes = [...course.notes];
  const tellUpTo = (seconds: number) => {
    while (notes.length > 0 && notes[0].afterSeconds <= seconds) {
      const { atMs, level, text } = notes.shift()!;
      lines.push({ type: "note", tSec: atMs / 1000, level, text });
    }
  };
  for (const [i, second] of course.seconds.entries()) {
    tellUpTo(i);
    lines.push(secondFigures(second));
  }
  tellUpTo(Infinity);
  lines.push({ type: "end", secondsDropped: 0, summary });
  return lines.map(ndjsonText).join("");
}
