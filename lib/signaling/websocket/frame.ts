/**
 * What a frame holds: one message, mostly. Servers that queue their messages
 * put several into one frame: a line each, as a list of objects, or one right
 * behind the other.
 */

import type { Hider } from "../../text/mod.ts";

/** The texts of the messages in a frame, at least one. */
export function textsOf(whole: string): readonly [string, ...string[]] {
  const frame = bare(whole);
  const isList = /^\s*\[/.test(frame);
  if (!isList && !/\n|\}\s*\{/.test(frame)) return [frame];
  const value = parse(frame);
  if (isList) {
    // Some protocols write one message as a list, of its number, its name and so on.
    const texts = Array.isArray(value) && value.every(isObject)
      ? value.map((one) => toText(one))
      : [];
    return texts.includes(undefined)
      ? [frame]
      : some(texts.filter((text) => text !== undefined), frame);
  }
  if (value !== undefined) return [frame];
  const lines = frame.split("\n").filter((line) => line.trim() !== "");
  const texts = lines.length > 1 && lines.every(isJson)
    ? lines
    : objects(frame);
  return texts.every(isJson) ? some(texts, frame) : [frame];
}

/** Cuts before each brace that opens an object beside another one. */
function objects(frame: string): string[] {
  const texts: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: token, index } of frame.matchAll(TOKENS)) {
    if (token === "{" && depth++ === 0 && index > start) {
      texts.push(frame.slice(start, index));
      start = index;
    }
    if (token === "}") depth--;
  }
  return [...texts, frame.slice(start)];
}

/** Braces, and the strings in which they mean nothing. */
const TOKENS = /[{}]|"(?:[^"\\]|\\.)*"/g;

function isJson(text: string): boolean {
  return parse(text) !== undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What some servers send around their JSON: a byte order mark, and the end of a string in C. */
function bare(frame: string): string {
  return frame.slice(
    frame.startsWith("\ufeff") ? 1 : 0,
    frame.endsWith("\0") ? -1 : undefined,
  );
}

/** Where servers put words for people; everything else must stay as it is. */
const WORDS: ReadonlySet<string> = new Set([
  "content",
  "description",
  "detail",
  "details",
  "error",
  "message",
  "reason",
  "topic",
]);

/** The text of a message whose words repeat no secret of ours. */
export function hideInFrame(frame: string, hide: Hider): string {
  // JSON may escape any character, so a secret need not look like one.
  if (!frame.includes("\\") && hide(frame) === frame) return frame;
  const value = parse(frame);
  if (value === undefined) return hide(frame);
  let isHidden = false;
  const hidden = toText(value, (key, inner) => {
    if (typeof inner !== "string" || !WORDS.has(key)) return inner;
    const words = hide(inner);
    isHidden ||= words !== inner;
    return words;
  });
  return isHidden ? hidden ?? hide(frame) : frame;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `undefined` for what is nested too deep to be written. */
function toText(
  value: unknown,
  replacer?: (key: string, inner: unknown) => unknown,
): string | undefined {
  try {
    return JSON.stringify(value, replacer);
  } catch {
    return undefined;
  }
}

function some(
  texts: readonly string[],
  frame: string,
): readonly [string, ...string[]] {
  const [first = frame, ...rest] = texts;
  return [first, ...rest];
}
