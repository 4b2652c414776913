/**
 * Reading a summary back from its file.
 *
 * @module
 */

import type { Summary } from "../metrics/mod.ts";
import { summarySchema } from "../metrics/summary_schema.ts";
import { asWritten } from "./as_written.ts";

/**
 * Reads the text of a `load_test_summary.json`; unknown keys are dropped.
 * Throws a `SyntaxError` whose one line names the first key that is wrong.
 */
export function parseSummary(text: string): Summary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SyntaxError("Cannot read summary: it is not JSON");
  }
  const { success, data, error } = summarySchema.safeParse(json);
  if (success) return asWritten(data, json);
  const { path, message } = error.issues[0];
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  throw new SyntaxError(`Cannot read summary: ${where}${message}`);
}
