/**
 * The text of a file that a run left, read as what its schema says.
 *
 * @module
 */

import { jsonOf, unreadable } from "./bounded_json.ts";
import type { z } from "../deps.ts";
import { toFirstMistakes } from "./first_mistakes.ts";

/**
 * Reads it; unknown keys are dropped. Throws a `SyntaxError` whose one line
 * names the first key that is wrong. `json` is what stands there.
 */
export function readFile<T>(
  what: "summary" | "results",
  text: string,
  schema: z.ZodType<T>,
): { readonly data: T; readonly json: unknown } {
  const json = jsonOf(text, what);
  const { success, data, error } = toFirstMistakes(schema).safeParse(json);
  if (success) return { data, json };
  const { path, message } = error.issues[0];
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  throw unreadable(what, `${where}${message}`);
}
