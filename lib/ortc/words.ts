/**
 * Values of a server as words, for people to read: never so many that they
 * fill memory, files or screens.
 *
 * @module
 */

/** Characters of a text that are kept. */
export const MAX_WORDS_CHARS = 300;

/** The beginning of a text, with `…` where there was more. */
export function cut(text: string): string {
  return text.length <= MAX_WORDS_CHARS
    ? text
    : `${text.slice(0, MAX_WORDS_CHARS - 1).toWellFormed()}…`;
}

/** What stands where a text should: as a text, but never asked of an object, whose `toString` a message can take away. */
export function wordsOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}
