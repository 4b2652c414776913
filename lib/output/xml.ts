/**
 * Texts of others in XML 1.0.
 *
 * @module
 */

import { sanitize } from "../text/mod.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * A text as it may stand between tags and between quotes: escaped, and
 * without what XML 1.0 section 2.2 has no character for, however it is
 * spelled. Line feeds stay.
 */
export function xmlText(text: string): string {
  return text.split("\n").map(sanitize).join("\n")
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (one) => ENTITIES[one]);
}
