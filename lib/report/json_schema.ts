/**
 * The JSON Schemas of the files that a run writes, made from the zod schemas
 * and kept in `lib/report/schema/` for users of other languages.
 *
 * @module
 */

import { z } from "./deps.ts";
import { resultsSchema } from "./results_schema.ts";
import { summarySchema } from "./summary_schema.ts";

/** The text of each JSON Schema file, by its name. */
export function jsonSchemaFiles(): Readonly<Record<string, string>> {
  return {
    "load_test_results.json": textOf(resultsSchema),
    "load_test_summary.json": textOf(summarySchema),
  };
}

function textOf(schema: z.ZodType): string {
  // "input" leaves further keys allowed: readers are to ignore what they do not know.
  return JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2) +
    "\n";
}
