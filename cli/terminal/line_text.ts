/**
 * Places in an edited line: where the characters and words around a cursor
 * begin and end. A cursor is a UTF-16 offset, always between two clusters.
 *
 * @module
 */

import { clusters } from "../../lib/text/mod.ts";

/** The offset one character to the left of `at`. */
export function characterBefore(text: string, at: number): number {
  const last = clusters(text.slice(0, at)).at(-1);
  return last === undefined ? 0 : at - last.text.length;
}

/** The offset one character to the right of `at`. */
export function characterAfter(text: string, at: number): number {
  const [next] = clusters(text.slice(at));
  return next === undefined ? at : at + next.text.length;
}

/** The start of the word before `at`: letters and digits, as Alt-B moves. */
export function wordBefore(text: string, at: number): number {
  return WORD_BEFORE.exec(text.slice(0, at))?.index ?? 0;
}

/** The end of the word after `at`: letters and digits, as Alt-F moves. */
export function wordAfter(text: string, at: number): number {
  return at + WORD_AFTER.exec(text.slice(at))![0].length;
}

/** The start of what stands between spaces before `at`, as Ctrl-W deletes. */
export function argumentBefore(text: string, at: number): number {
  return ARGUMENT_BEFORE.exec(text.slice(0, at))?.index ?? 0;
}

const WORD_BEFORE = /[\p{L}\p{N}\p{M}]+[^\p{L}\p{N}\p{M}]*$/u;
const WORD_AFTER = /^[^\p{L}\p{N}\p{M}]*[\p{L}\p{N}\p{M}]*/u;
const ARGUMENT_BEFORE = /\S+\s*$/u;
