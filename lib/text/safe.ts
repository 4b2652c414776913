/**
 * The door to screens and streams: what is told may hold what a server, a
 * path or a file said, and none of that may reach a terminal as it is, nor
 * the secrets of a URL anyone.
 *
 * @module
 */

import { rowJson } from "./row_json.ts";
import { sanitize, UNSAFE } from "./sanitize.ts";
import { shownText } from "./shown_url.ts";

/** One line: without line breaks, anything that a terminal acts upon, and secrets in URLs. */
export function safeLine(text: string): string {
  return shownText(sanitize(text));
}

/** Lines that we laid out ourselves, in colours or not; what is in them is made safe. */
export function safeText(text: string): string {
  return text.split(LAYOUT)
    .map((part, at) => at % 2 === 1 ? part : safeLine(part))
    .join("");
}

/** A value with all its texts made safe, before they are laid out in lines. */
export function safeValue<T>(value: T): T {
  if (typeof value === "string") return safeLine(value) as T & string;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(safeValue) as T & unknown[];
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      safeLine(key),
      safeValue(inner),
    ]),
  ) as T & object;
}

/** A value as JSON for a terminal: what a terminal acts upon is escaped, so nothing is lost. */
export function safeJson(value: unknown): string {
  return escaped(rowJson(JSON.parse(jsonWithoutSecrets(value))));
}

/** The same as one line. */
export function safeJsonLine(value: unknown): string {
  return escaped(jsonWithoutSecrets(value));
}

function jsonWithoutSecrets(value: unknown): string {
  return JSON.stringify(value, (_, inner) => withoutSecrets(inner));
}

function escaped(json: string): string {
  return json.replaceAll(
    UNSAFE,
    (characters) =>
      characters.split("").map((one) =>
        `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`
      ).join(""),
  );
}

/** A text, or the names in an object: what is in it is asked for next. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return shownText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [shownText(key), inner]),
  );
}

/** Line ends, and Select Graphic Rendition (ECMA-48 section 8.3.117): colours, and nothing else. */
const LAYOUT = new RegExp("(\x1b\\[[0-9;]*m|\r?\n)");
