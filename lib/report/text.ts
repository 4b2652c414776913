/**
 * The summary as text for a screen: the verdict first, then what it rests on.
 *
 * @module
 */

import type { Summary, Verdict } from "../metrics/mod.ts";
import { formatMs } from "./format.ts";
import { wrapWords } from "./layout.ts";
import { type Line, paint, piece, type Tone } from "./painted.ts";
import {
  candidateLines,
  clientLines,
  errorLines,
  generatorLines,
  judgementLines,
  mediaLines,
  othersLines,
  roomLines,
  serverLines,
  signalingLines,
  thresholdLines,
  worstClientLines,
} from "./sections.ts";

/** How a text is to be rendered. */
export interface TextOptions {
  /** Whether to colour it with ANSI escapes; what colours say, words say too. */
  readonly color: boolean;
  /** Columns that no line exceeds; from 40 on it reads well. */
  readonly width: number;
}

const VERDICTS: Readonly<Record<Verdict["status"], readonly [string, Tone]>> = {
  passed: ["PASSED", "good"],
  failed: ["FAILED", "critical"],
  invalid: ["INVALID", "critical"],
  interrupted: ["INTERRUPTED", "warning"],
  broke: ["BROKE", "critical"],
};

/** The summary as lines of text, each ended by a line feed. */
export function renderText(summary: Summary, options: TextOptions): string {
  const { color, width } = options;
  const sections = [
    headLines(summary, width),
    judgementLines(summary, width),
    [...clientLines(summary, width), ...candidateLines(summary, width)],
    mediaLines(summary, width),
    signalingLines(summary, width),
    roomLines(summary, width),
    worstClientLines(summary, width),
    othersLines(summary, width),
    errorLines(summary, width),
    [...serverLines(summary, width), ...generatorLines(summary, width)],
    thresholdLines(summary, width),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) =>
      lines.map((line) => `${paint(line, width, color)}\n`).join("")
    )
    .join("\n");
}

function headLines(summary: Summary, width: number): Line[] {
  const { verdict, partial, server, seed, version, elapsedMs } = summary;
  const [word, tone] = VERDICTS[verdict.status];
  const indent = " ".repeat(word.length + 2);
  // A reason may end with a whole sentence of somebody else's.
  const reason = verdict.reason.replace(/\.$/, "");
  const sentence = piece(
    `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
  ).text;
  const lines = wrapWords(sentence, width - indent.length);
  const { media } = summary.config;
  const run = `rtcrowd ${version} on ${server.url}, ${
    formatMs(elapsedMs)
  }, seed ${seed}`;
  return [
    ...lines.map((line, i) =>
      i === 0
        ? [piece(word, tone), piece(`  ${line}`)]
        : [piece(`${indent}${line}`)]
    ),
    [piece(partial ? `${run}, partial` : run, "faint")],
    ...(typeof media === "string" && media !== "synthetic"
      ? [[piece(`media of ${media}`, "faint")]]
      : []),
  ];
}
