/**
 * What a terminal can show: all of Unicode, or only ASCII. Views are made
 * once, of boxes, bullets and curves; what cannot be shown is put another way
 * on the way out, column by column, so that everything stays in its place.
 *
 * @module
 */

import { clusters } from "./width.ts";

/** The characters that can be shown. */
export type Charset = "utf-8" | "ascii";

/** Terminals whose fonts have no curves and bullets, whatever the locale says. */
const PLAIN_TERMINALS = /^(dumb|unknown|linux|vt\d+|ansi|cons25)/;

/**
 * The charset for this environment: what `RTCROWD_CHARSET` says (`ascii` or
 * `utf-8`), else that of the locale, which is the first of `LC_ALL`,
 * `LC_CTYPE` and `LANG` that says something (POSIX, XBD 8.2); where none does
 * the terminal decides.
 */
export function chooseCharset(
  env: (name: string) => string | undefined,
  isTerminal: boolean,
): Charset {
  const forced = env("RTCROWD_CHARSET");
  if (forced) return isUtf8(forced) ? "utf-8" : "ascii";
  if (isTerminal && PLAIN_TERMINALS.test(env("TERM") ?? "")) return "ascii";
  const locale = env("LC_ALL") || env("LC_CTYPE") || env("LANG");
  return !locale || isUtf8(locale) ? "utf-8" : "ascii";
}

/** `text` in a charset, every character as wide as before. */
export function inCharset(text: string, charset: Charset): string {
  return charset === "utf-8" ? text : text.replace(BEYOND_ASCII, asciiOf);
}

function isUtf8(locale: string): boolean {
  return /utf-?8/i.test(locale);
}

// deno-lint-ignore no-control-regex -- ASCII is what is left alone
const BEYOND_ASCII = /[^\x00-\x7f]+/g;

function asciiOf(text: string): string {
  return clusters(text).map((cluster) =>
    LIKENESS[cluster.text] ?? bare(cluster.text, cluster.width)
  ).join("");
}

/** A letter without its accents, where it is as wide; else a mark for each column. */
function bare(text: string, width: number): string {
  const letters = text.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  return letters.length === width ? letters : "?".repeat(width);
}

/** What stands for a character of one column. */
const LIKENESS: Readonly<Record<string, string>> = {
  "…": "~",
  "●": "*",
  "○": "o",
  "•": "*",
  "·": "-",
  "–": "-",
  "—": "-",
  "−": "-",
  "█": "#",
  "▓": "#",
  "▒": "=",
  "░": ".",
  "─": "-",
  "╴": "-",
  "╶": "-",
  "│": "|",
  "┤": "|",
  "├": "|",
  "┼": "+",
  "┌": "+",
  "┐": "+",
  "└": "+",
  "┘": "+",
  "╭": ".",
  "╮": ".",
  "╰": "'",
  "╯": "'",
  "►": ">",
  "→": ">",
  "←": "<",
  "↑": "^",
  "↓": "v",
  "≤": "<",
  "≥": ">",
  "×": "x",
  "÷": "/",
  "µ": "u",
  "μ": "u",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "\u00a0": " ",
};
