/**
 * Text with tones, as data, and its way onto a terminal: clipped to a width,
 * cleaned of what a server may have put in, with colour or without.
 *
 * @module
 */

import type { Band } from "../metrics/mod.ts";

/** How a piece of text is meant. */
export type Tone = Band | "plain" | "strong" | "faint";

/** A piece of text in one tone. */
export interface Piece {
  /** The text. */
  readonly text: string;
  /** How it is meant. */
  readonly tone: Tone;
}

/** A line of text. */
export type Line = readonly Piece[];

const SGR: Readonly<Record<Tone, string>> = {
  good: "\x1b[32m",
  warning: "\x1b[33m",
  critical: "\x1b[1;31m",
  plain: "",
  strong: "\x1b[1m",
  faint: "\x1b[2m",
};

/** A piece of text; control and format characters, escapes among them, become `�`. */
export function piece(text: string, tone: Tone = "plain"): Piece {
  // Cc: controls and ESC; Cf: bidi overrides and the like; Zl, Zp: line ends; Cs: lone surrogates.
  return {
    text: text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "�"),
    tone,
  };
}

/** Columns that a terminal takes for a text, by the Unicode scripts that are wide. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** The text in exactly so many columns: cut with `…`, or filled up with spaces. */
export function fit(
  text: string,
  columns: number,
  align: "left" | "right" = "left",
): string {
  const cut = clip(text, columns);
  const fill = " ".repeat(columns - columnsOf(cut));
  return align === "left" ? cut + fill : fill + cut;
}

/** The text in at most so many columns, cut with `…`. */
export function clip(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += columnsOfCharacter(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The line as text, at most `width` columns of it. */
export function paint(line: Line, width: number, color: boolean): string {
  let left = width;
  let text = "";
  for (const { text: whole, tone } of line) {
    if (left <= 0) break;
    const shown = clip(whole, left);
    left -= columnsOf(shown);
    const painted = color && SGR[tone] !== "" && shown.trim() !== "";
    text += painted ? `${SGR[tone]}${shown}\x1b[0m` : shown;
  }
  return text.trimEnd();
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

function columnsOfCharacter(character: string): number {
  if (character <= "~") return 1;
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
