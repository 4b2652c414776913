/**
 * What servers say to people: reasons, names, topics. A server that says too
 * much fills memory, files and screens, so it is cut where it comes in.
 */

import { cut, MAX_WORDS_CHARS } from "../../../ortc/mod.ts";

const FIELDS: ReadonlySet<string> = new Set([
  "changedBy",
  "content",
  "displayName",
  "grantedBy",
  "message",
  "name",
  "newRole",
  "participantName",
  "reason",
  "role",
  "roomName",
  "topic",
  "yourRole",
]);

/** No words lie deeper: those of people in a list, of settings. A message may go on for a million levels. */
const MAX_DEPTH = 4;

/** Cuts the words in a message, in place. */
export function cutWords(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "object") cutWords(inner, depth + 1);
    else if (
      typeof inner === "string" && inner.length > MAX_WORDS_CHARS &&
      FIELDS.has(key)
    ) {
      (value as Record<string, unknown>)[key] = cut(inner);
    }
  }
}

/** Where servers put the words of an error that has no `message`. */
const WORDS_OF_ERRORS = [
  "message",
  "error",
  "reason",
  "detail",
  "description",
  "text",
  "code",
];

/** The words of an error whose `message` is no text; some put an object there, or under `error`. */
export function wordsOfError(error: Readonly<Record<string, unknown>>): string {
  const { message, error: inner } = error;
  const words = [error, message, inner].flatMap((of) =>
    typeof of === "object" && of !== null
      ? WORDS_OF_ERRORS.map((key) => (of as typeof error)[key])
      : []
  ).find((value) => typeof value === "string" || typeof value === "number");
  return words === undefined ? "no reason given" : String(words);
}
