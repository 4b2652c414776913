/**
 * Reading a summary back from its file.
 *
 * @module
 */

import type { Summary } from "../metrics/mod.ts";
import { summarySchema } from "../metrics/summary_schema.ts";
import { asWritten } from "./as_written.ts";
import { readFile } from "./read_file.ts";

/**
 * Reads the text of a `load_test_summary.json`; unknown keys are dropped.
 * Throws a `SyntaxError` whose one line names the first key that is wrong.
 */
export function parseSummary(text: string): Summary {
  const { data, json } = readFile("summary", text, summarySchema);
  return asWritten(data, json);
}
