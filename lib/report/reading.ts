/**
 * Reading back what a run wrote for others. Beside `mod.ts` this is the room's
 * second door: who reads nothing needs no schema library.
 *
 * @module
 */

import type { Summary } from "../metrics/mod.ts";
import { summarySchema } from "../metrics/summary/summary_schema.ts";
import { asWritten } from "./files/as_written.ts";
import { readFile } from "./files/read_file.ts";
import type { ClientResult } from "./files/results.ts";
import { resultsSchema } from "./files/results_schema.ts";

export { resultsSchema, summarySchema };

/**
 * Reads the text of a `load_test_summary.json`; unknown keys are dropped.
 * Throws a `SyntaxError` whose one line names the first key that is wrong.
 */
export function parseSummary(text: string): Summary {
  const { data, json } = readFile("summary", text, summarySchema);
  return asWritten(data, json);
}

/**
 * Reads the text of a `load_test_results.json`; unknown keys are dropped.
 * Throws a `SyntaxError` whose one line names the first key that is wrong.
 */
export function parseResults(text: string): ClientResult[] {
  return readFile("results", text, resultsSchema).data;
}
