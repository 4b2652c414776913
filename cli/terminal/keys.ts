/**
 * Bytes from a terminal become keys. The decoder is fed as bytes come, in
 * whatever pieces, and gives the same keys for every way of cutting them.
 *
 * A lone ESC cannot be told from the start of a sequence until nothing
 * follows. The decoder keeps no time: while {@linkcode KeyDecoder.waiting}
 * is true its owner waits a little (30 ms is usual) and, when no byte came,
 * calls {@linkcode KeyDecoder.flush}.
 *
 * @module
 */

import { csiKey, type CtrlLetter, type KeyName, ss3Key } from "./key_codes.ts";

/** One key press, or one paste. */
export type Key =
  /** A character, one Unicode code point that is no control character. */
  | { readonly type: "char"; readonly text: string }
  /** Alt (or ESC) with a character. */
  | { readonly type: "alt"; readonly text: string }
  /** Ctrl with a letter. */
  | { readonly type: "ctrl"; readonly letter: CtrlLetter }
  /** A key that is not a character. */
  | { readonly type: "key"; readonly name: KeyName }
  /** Pasted text as it came, with every line break as `\n`. */
  | { readonly type: "paste"; readonly text: string };

/** Most UTF-16 units of one paste; what is longer is cut off there. */
export const MAX_PASTE_LENGTH = 65_536;

/** Decodes the bytes of one terminal. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Characters that are not yet a whole key. */
  #pending = "";
  #pasting = false;
  #pasted = "";
  /** Within a report that is too long to be held back: what comes vanishes up to its end. */
  #swallowing = false;

  /** Whether an ESC, or what it began, is held back until more comes or {@linkcode flush}. */
  get waiting(): boolean {
    return !this.#pasting && (this.#swallowing || this.#pending !== "");
  }

  /** The keys that `bytes` complete. Invalid UTF-8 becomes U+FFFD; unknown sequences vanish. */
  feed(bytes: Uint8Array): Key[] {
    this.#pending += this.#utf8.decode(bytes, { stream: true });
    return this.#take(false);
  }

  /** Nothing followed: the keys that the characters held back are by themselves. */
  flush(): Key[] {
    return this.#take(true);
  }

  #take(final: boolean): Key[] {
    const keys: Key[] = [];
    let at = 0;
    while (at < this.#pending.length) {
      if (this.#pasting) {
        const length = this.#takePaste(at, keys);
        if (length === 0) break;
        at += length;
        continue;
      }
      const step = this.#swallowing
        ? restOfString(this.#pending, at, final)
        : nextKey(this.#pending, at, final);
      if (step === undefined) break;
      at += step.length;
      this.#swallowing = step.key === STRING_GOES_ON;
      if (step.key === PASTE_START) this.#pasting = true;
      else if (typeof step.key === "object") keys.push(step.key);
    }
    if (final) this.#swallowing = false;
    this.#pending = this.#pending.slice(at);
    return keys;
  }

  /** Takes pasted text from `at`; returns the characters taken, 0 to wait for more. */
  #takePaste(at: number, keys: Key[]): number {
    const end = this.#pending.indexOf(PASTE_END, at);
    const until = end < 0 ? beforePartialEnd(this.#pending, at) : end;
    const room = MAX_PASTE_LENGTH - this.#pasted.length;
    this.#pasted += this.#pending.slice(at, Math.min(until, at + room));
    if (end < 0) return until - at;
    // Terminals paste a line break as the key that types it.
    const text = this.#pasted.toWellFormed().replace(/\r\n?/g, "\n");
    keys.push({ type: "paste", text });
    this.#pasting = false;
    this.#pasted = "";
    return end - at + PASTE_END.length;
  }
}

const ESC = "\x1b";
const PASTE_END = "\x1b[201~";
const PASTE_START = Symbol("paste start");
const STRING_GOES_ON = Symbol("string goes on");

/** No sequence of a keyboard is longer; what is, is noise. */
const MAX_SEQUENCE_LENGTH = 64;
/** A report that is longer is not held back any more; its end is still waited for. */
const MAX_STRING_LENGTH = 16 * MAX_SEQUENCE_LENGTH;

/** Characters used up, and what they were: a key, the start of a paste, the beginning of a long report, or nothing of ours. */
interface Step {
  readonly length: number;
  readonly key:
    | Key
    | typeof PASTE_START
    | typeof STRING_GOES_ON
    | undefined;
}

/** Where pasted text surely ends in a buffer whose last characters may begin the end mark. */
function beforePartialEnd(text: string, at: number): number {
  const last = text.lastIndexOf(ESC);
  return last >= at && PASTE_END.startsWith(text.slice(last))
    ? last
    : text.length;
}

function nextKey(text: string, at: number, final: boolean): Step | undefined {
  if (text[at] === ESC) return escapeKey(text, at, final);
  const character = codePointText(text, at);
  return { length: character.length, key: plainKey(character) };
}

function plainKey(character: string): Key | undefined {
  switch (character) {
    case "\r":
    case "\n":
      return named("enter");
    case "\t":
      return named("tab");
    case "\b":
    case "\x7f":
      return named("backspace");
  }
  const code = character.codePointAt(0)!;
  if (code >= 0x01 && code <= 0x1a) {
    const letter = String.fromCharCode(code + 0x60) as CtrlLetter;
    return { type: "ctrl", letter };
  }
  if (code < 0x20 || code >= 0x80 && code < 0xa0) return undefined;
  return { type: "char", text: character };
}

/** What an ESC at `at` begins; `undefined` when that is not yet known. */
function escapeKey(text: string, at: number, final: boolean): Step | undefined {
  const next = text[at + 1];
  if (next === undefined) {
    return final ? { length: 1, key: named("escape") } : undefined;
  }
  switch (next) {
    case "[":
      return csi(text, at, final);
    case "O":
      return ss3(text, at, final);
    case "]":
    case "P":
    case "^":
    case "_":
      return controlString(text, at, final);
    case "\x7f":
    case "\b":
      return { length: 2, key: named("alt-backspace") };
  }
  // ESC, then a key of its own that happened to come at once.
  if (next < " ") return { length: 1, key: named("escape") };
  return altKey(text, at);
}

function altKey(text: string, at: number): Step {
  const character = codePointText(text, at + 1);
  return {
    length: 1 + character.length,
    key: { type: "alt", text: character },
  };
}

/** `ESC [ parameters intermediates final` (ECMA-48 section 5.4). */
function csi(text: string, at: number, final: boolean): Step | undefined {
  const end = afterParameters(text, at + 2, at + MAX_SEQUENCE_LENGTH);
  if (end === text.length) return unfinished(text, at, final);
  // The Linux console writes its first function keys as ESC [ [ A.
  if (text[end] === "[" && end === at + 2) {
    return end + 1 < text.length
      ? { length: 4, key: undefined }
      : unfinished(text, at, final);
  }
  // A character that cannot stand here breaks the sequence off.
  if (!isFinal(text[end])) return { length: end - at, key: undefined };
  const parameters = text.slice(at + 2, end);
  const length = end + 1 - at;
  if (text[end] === "~" && parameters === "200") {
    return { length, key: PASTE_START };
  }
  const name = csiKey(parameters, text[end]);
  return { length, key: name && named(name) };
}

/** `ESC O final`; some terminals put a modifier before the final. */
function ss3(text: string, at: number, final: boolean): Step | undefined {
  const end = afterParameters(text, at + 2, at + MAX_SEQUENCE_LENGTH);
  if (end === text.length) return unfinished(text, at, final);
  if (!isFinal(text[end])) {
    return end === at + 2
      ? altKey(text, at)
      : { length: end - at, key: undefined };
  }
  const modifier = text.slice(at + 2, end);
  const name = modifier === ""
    ? ss3Key(text[end])
    : csiKey(`1;${modifier}`, text[end]);
  return { length: end + 1 - at, key: name && named(name) };
}

function afterParameters(text: string, at: number, limit: number): number {
  while (at < text.length && at < limit && text[at] >= " " && text[at] <= "?") {
    at++;
  }
  return at;
}

function isFinal(character: string): boolean {
  return character >= "@" && character <= "~";
}

/** A report of the terminal (OSC, DCS, PM, APC): swallowed with its end, BEL or ST. */
function controlString(
  text: string,
  at: number,
  final: boolean,
): Step | undefined {
  const end = stringEnd(text, at + 2, at + MAX_STRING_LENGTH);
  if (end !== undefined) return { length: end - at, key: undefined };
  return text.length - at > MAX_STRING_LENGTH
    ? { length: MAX_STRING_LENGTH, key: STRING_GOES_ON }
    : unfinished(text, at, final);
}

/** More of a report that is too long to be held back. */
function restOfString(
  text: string,
  at: number,
  final: boolean,
): Step | undefined {
  const end = stringEnd(text, at, text.length);
  if (end !== undefined) return { length: end - at, key: undefined };
  // An ESC at the end may begin the end of the report, or a key.
  const held = !final && text.endsWith(ESC) ? 1 : 0;
  const length = text.length - held - at;
  return length > 0 ? { length, key: STRING_GOES_ON } : undefined;
}

/**
 * Where a control string is over, before `limit`; `undefined` where that is
 * not known. What cannot stand in one breaks it off (ECMA-48 section 5.6), so
 * that Ctrl-C is heard in whatever a terminal sends.
 */
function stringEnd(
  text: string,
  from: number,
  limit: number,
): number | undefined {
  for (let i = from; i < Math.min(limit, text.length); i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 || code >= 0x08 && code <= 0x0d) continue;
    if (code === 0x07) return i + 1;
    if (code !== 0x1b) return i;
    if (text[i + 1] === "\\") return i + 2;
    if (text[i + 1] !== undefined) return i;
  }
  return undefined;
}

/** Waits, or when nothing more comes: Alt with a key, or the rest of something broken. */
function unfinished(
  text: string,
  at: number,
  final: boolean,
): Step | undefined {
  if (!final) return undefined;
  if (text.length === at + 2) return altKey(text, at);
  return { length: text.length - at, key: undefined };
}

function codePointText(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at)!);
}

function named(name: KeyName): Key {
  return { type: "key", name };
}
