/**
 * The rest of the screen: a page of text, the line of advice above the
 * prompt, and a run's progress.
 *
 * @module
 */

import { displayWidth, wrapWords } from "../../../lib/text/mod.ts";
import { formatClock } from "../../../tool.ts";
import {
  fitLine,
  type Line,
  lineWidth,
  sanitize,
  span,
} from "../../terminal/mod.ts";
import type { Model, Page, RunPlace } from "../model.ts";

/** A page and its title in `rows` rows. */
export function pageLines(
  { title, lines, top }: Page,
  columns: number,
  rows: number,
): Line[] {
  const all = pageRows(lines, columns);
  const room = Math.max(1, rows - 1);
  const first = Math.max(0, Math.min(top, all.length - room));
  const shown = all.slice(first, first + room);
  const place = all.length > room
    ? `${first + 1}-${first + shown.length} of ${all.length}, PageUp/PageDown, `
    : "";
  return [
    fitLine(
      [span(title, "bold"), span(`  (${place}Esc closes)`, "dim")],
      columns,
    ),
    ...shown.map((line) => fitLine([span(line)], columns)),
  ];
}

/** The lines of a page as rows of `columns`: longer ones go on below what they tell of. */
export function pageRows(
  lines: readonly string[],
  columns: number,
): readonly string[] {
  return lines.flatMap((line) => lineRows(sanitize(line), columns));
}

function lineRows(line: string, columns: number): string[] {
  if (displayWidth(line) <= columns) return [line];
  const name = NAME.exec(line)?.[0];
  const indent = /^ */.exec(line)![0];
  const head = name ?? indent;
  const below = name === undefined
    ? `${indent}  `
    : " ".repeat(displayWidth(name));
  const room = columns - below.length;
  if (room < MIN_COLUMNS) return [line];
  const [first, ...rest] = wrapWords(line.slice(head.length), room);
  return [head + first, ...rest.map((text) => below + text)];
}

/** What a line tells of: words before a gap of two spaces or more. */
const NAME = /^ *\S+(?: \S+)* {2,}(?=\S)/;
/** In fewer, words are not worth breaking up. */
export const MIN_COLUMNS = 16;

/** What can be typed, or what is being waited for. */
export function adviceLine(
  { line, wait, nowMs, queue, phase }: Model,
  columns: number,
): Line {
  if (line.choices.length > 0) {
    return fitLine(
      [span(sanitize(line.choices.join("  ")), "accent")],
      columns,
    );
  }
  if (phase.name === "leaving") {
    return fitLine(
      [span("everyone is leaving; Ctrl-C ends at once", "warning")],
      columns,
    );
  }
  if (wait !== undefined) {
    const left = Math.ceil(Math.max(0, wait.untilMs - nowMs) / 1000);
    const lines = queue.length === 0 ? "" : `, ${queue.length} to follow`;
    const text = `waiting ${
      wait.forConnected ? "until all are connected, " : ""
    }${left} s${lines}; Esc goes on`;
    return fitLine([span(text, "accent")], columns);
  }
  return fitLine([span(ADVICE, "dim")], columns);
}

/** Where a run is: a bar with a part for each phase, and in words. */
export function progressLines(
  { place, phase }: Model,
  columns: number,
): Line[] {
  if (place === undefined || phase.name === "starting") {
    return [[span(phase.name === "starting" ? "connecting …" : "", "dim")]];
  }
  const words: Line = [
    span(PHASES[place.phase], "accent"),
    span(`  ${formatClock(place.elapsedMs)} of ${formatClock(place.endMs)}`),
    span("  Ctrl-C stops", "dim"),
  ];
  return [fitLine(words, columns), progressBar(place, columns)];
}

const ADVICE = "Tab completes · help lists the verbs · Ctrl-C stops and ends";

const PHASES: Readonly<Record<RunPlace["phase"], string>> = {
  ramp: "clients join",
  media: "media",
  teardown: "clients leave",
};

const DONE = "█";
const TO_DO = "░";
const LABELS = ["ramp ", " media ", " leave "] as const;

/** Ramp, media and leaving, each as wide as it takes time; leaving, which takes none, has a little. */
function progressBar(
  { phase, elapsedMs, rampUpMs, endMs }: RunPlace,
  columns: number,
): Line {
  const labels = LABELS.reduce((sum, label) => sum + label.length, 0);
  const room = Math.max(3, columns - labels);
  const leaving = Math.max(1, Math.floor(room / 20));
  const rest = room - leaving;
  const ramp = Math.round(rest * share(rampUpMs, endMs));
  const media = rest - ramp;
  const mediaDone = share(elapsedMs - rampUpMs, endMs - rampUpMs);
  const bar = (width: number, done: number) => {
    const full = Math.round(width * done);
    return [
      span(DONE.repeat(full), "good"),
      span(TO_DO.repeat(width - full), "dim"),
    ];
  };
  const over = phase === "teardown";
  const line: Line = [
    span(LABELS[0], "dim"),
    ...bar(ramp, phase === "ramp" ? share(elapsedMs, rampUpMs) : 1),
    span(LABELS[1], "dim"),
    ...bar(media, over ? 1 : phase === "ramp" ? 0 : mediaDone),
    span(LABELS[2], "dim"),
    ...bar(leaving, over ? 0.5 : 0),
  ].filter(({ text }) => text !== "");
  return lineWidth(line) > columns ? fitLine(line, columns) : line;
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 1;
}
