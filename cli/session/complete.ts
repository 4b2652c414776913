/**
 * What could be typed next, and the hint beside it: both from the table of
 * verbs and from who is there now.
 *
 * @module
 */

import type { Completion } from "../terminal/mod.ts";
import type { Model } from "./model.ts";
import { VERBS } from "./verbs/mod.ts";

/** What could stand at the cursor. */
export function completion(
  model: Model,
  text: string,
  cursor: number,
): Completion {
  const before = text.slice(0, cursor);
  const typed = /\S*$/.exec(before)![0];
  const earlier = before.slice(0, before.length - typed.length).trim()
    .split(/\s+/).filter((word) => word !== "");
  const [name] = earlier;
  if (name === undefined) {
    return startingWith(typed, cursor, Object.keys(VERBS));
  }
  if (!Object.hasOwn(VERBS, name)) return { from: cursor, candidates: [] };
  const verb = VERBS[name];
  const { words = [], raw = false } = verb;
  const options = verb.optionsFor?.(earlier.slice(1)) ?? verb.options ?? {};
  const option = /^([a-z][\w-]*)=/.exec(typed);
  if (option !== null) {
    const values = Object.hasOwn(options, option[1])
      ? options[option[1]](model)
      : [];
    return startingWith(
      typed,
      cursor,
      values.map((value) => `${option[1]}=${quoted(value)}`),
    );
  }
  const place = earlier.slice(1)
    .filter((word) => raw || !word.includes("=")).length;
  const plain = words.length === 0
    ? []
    : words[Math.min(place, words.length - 1)](model);
  const fits = place < (verb.most ?? Infinity);
  const found = startingWith(typed, cursor, [
    ...(fits ? plain.map(quoted) : []),
    ...Object.keys(options)
      .filter((key) => !earlier.some((word) => word.startsWith(`${key}=`)))
      .map((key) => `${key}=`),
  ]);
  // A space would follow the only candidate, and no value comes behind a space.
  const [only, another] = found.candidates;
  if (another !== undefined || !only?.endsWith("=")) return found;
  const values = options[only.slice(0, -1)](model);
  return {
    from: found.from,
    candidates: [only, ...values.map((value) => only + quoted(value))],
  };
}

/** What is shown behind the line: the rest of the verb, or what stands behind it. */
export function hintOf(text: string): string {
  if (text === "" || text.startsWith(" ")) return "";
  const [name] = text.split(/\s/, 1);
  if (Object.hasOwn(VERBS, name)) {
    const { usage, help } = VERBS[name];
    return text === name
      ? ` ${usage === "" ? help : usage}`
      : text.trim() === name
      ? usage
      : "";
  }
  if (text !== name) return "";
  const meant = Object.keys(VERBS).filter((verb) => verb.startsWith(name));
  return meant.length === 1 ? meant[0].slice(name.length) : "";
}

function startingWith(
  typed: string,
  cursor: number,
  words: readonly string[],
): Completion {
  const candidates = words.filter((word) => word.startsWith(typed));
  return { from: cursor - typed.length, candidates };
}

function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
