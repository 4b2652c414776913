/**
 * The JSON Schemas of the files that a run writes, made from the zod schemas
 * and kept in `lib/report/schema/` for users of other languages.
 *
 * @module
 */

import { z } from "./deps.ts";
import { metricsPage } from "./metrics_page.ts";
import { resultsSchema } from "./results_schema.ts";
import { summarySchema } from "../metrics/summary_schema.ts";

/** The text of each JSON Schema file, and of the page of metrics, by its name. */
export function jsonSchemaFiles(): Readonly<Record<string, string>> {
  return {
    "load_test_results.json": textOf(resultsSchema),
    "load_test_summary.json": textOf(summarySchema),
    "metrics.md": metricsPage(),
  };
}

function textOf(schema: z.ZodType): string {
  // "input" leaves further keys allowed: readers are to ignore what they do not know.
  return `${
    compact(
      z.toJSONSchema(schema, { io: "input", override: withoutEcho }),
      0,
    )
  }\n`;
}

/** A format says what its pattern does, and keys are texts anyway. */
function withoutEcho(
  { jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema },
): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  delete jsonSchema.propertyNames;
}

/** JSON with what fits into a line on one line. */
function compact(value: unknown, depth: number): string {
  const line = JSON.stringify(value);
  if (
    value === null || typeof value !== "object" ||
    line.length <= MAX_COLUMNS
  ) return line;
  const pad = " ".repeat(depth + 1);
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((one) => compact(one, depth + 1))]
    : [
      "{",
      "}",
      Object.entries(value).map(([key, one]) =>
        `${JSON.stringify(key)}: ${compact(one, depth + 1)}`
      ),
    ];
  return `${open}\n${parts.map((part) => `${pad}${part}`).join(",\n")}\n${
    " ".repeat(depth)
  }${close}`;
}

const MAX_COLUMNS = 200;
