/**
 * What a frame holds: one message, mostly. Servers that queue their messages
 * put several into one frame, a line each or as a list.
 */

import type { Hider } from "../connection/mod.ts";

/** The texts of the messages in a frame, at least one. */
export function textsOf(frame: string): readonly [string, ...string[]] {
  const isList = /^\s*\[/.test(frame);
  if (!isList && !frame.includes("\n")) return [frame];
  const whole = parse(frame);
  if (isList) {
    return Array.isArray(whole) ? some(whole.map(toText), frame) : [frame];
  }
  if (whole !== undefined) return [frame];
  const lines = frame.split("\n").filter((line) => line.trim() !== "");
  return lines.some((line) => parse(line) === undefined)
    ? [frame]
    : some(lines, frame);
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

/** A frame whose words repeat no secret of ours. */
export function hideInFrame(frame: string, hide: Hider): string {
  if (hide(frame) === frame) return frame;
  const value = parse(frame);
  return value === undefined ? hide(frame) : JSON.stringify(
    value,
    (key, inner) =>
      typeof inner === "string" && WORDS.has(key) ? hide(inner) : inner,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  return JSON.stringify(value);
}

function some(
  texts: readonly string[],
  frame: string,
): readonly [string, ...string[]] {
  const [first = frame, ...rest] = texts;
  return [first, ...rest];
}
