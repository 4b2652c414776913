/**
 * The text of a file that a run left, read as what its schema says.
 *
 * @module
 */

import type { z } from "./deps.ts";

/**
 * Reads it; unknown keys are dropped. Throws a `SyntaxError` whose one line
 * names the first key that is wrong. `json` is what stands there.
 */
export function readFile<T>(
  what: "summary" | "results",
  text: string,
  schema: z.ZodType<T>,
): { readonly data: T; readonly json: unknown } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SyntaxError(`Cannot read ${what}: it is not JSON`);
  }
  const { success, data, error } = schema.safeParse(json);
  if (success) return { data, json };
  const { path, message } = error.issues[0];
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  throw new SyntaxError(`Cannot read ${what}: ${where}${message}`);
}
