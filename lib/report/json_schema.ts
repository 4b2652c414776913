/**
 * The JSON Schemas of the files that a run writes, made from the zod schemas
 * and kept in `lib/report/schema/` for users of other languages.
 *
 * @module
 */

import { z } from "./deps.ts";
import { metricsPage } from "./metrics_page.ts";
import { resultsSchema } from "./files/results_schema.ts";
import {
  SHARED_FIELDS,
  summarySchema,
} from "../metrics/summary/summary_schema.ts";

/** The text of each JSON Schema file, and of the page of metrics, by its name. */
export function jsonSchemaFiles(): Readonly<Record<string, string>> {
  return {
    "load_test_results.json": textOf(resultsSchema),
    "load_test_summary.json": textOf(summarySchema),
    "metrics.md": metricsPage(),
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function textOf(schema: z.ZodType): string {
  const json = jsonSchemaOf(schema);
  for (const [name, fields] of Object.entries(SHARED_FIELDS)) {
    const { type, properties, required } = jsonSchemaOf(fields);
    const shared = { type, properties, required };
    if (share(json, shared, `#/$defs/${name}`)) json.$defs![name] = shared;
  }
  return `${lines(json, 0)}\n`;
}

/** "input" leaves further keys allowed: readers are to ignore what they do not know. */
function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => shorten(jsonSchema),
  });
}

/** Leaves out what is said twice. */
function shorten(schema: JsonSchema): void {
  // A format says what its pattern does, and keys are texts anyway.
  if (schema.format !== undefined) delete schema.pattern;
  delete schema.propertyNames;
  if (schema.enum !== undefined || schema.const !== undefined) {
    delete schema.type;
  }
  const [one, other] = schema.anyOf ?? [];
  if (other?.type === "null" && typeof one.type === "string") {
    delete schema.anyOf;
    Object.assign(schema, one, { type: [one.type, other.type] });
  }
}

/** Has every object that has all these fields refer to them; returns whether one does. */
function share(schema: JsonSchema, fields: JsonSchema, $ref: string): boolean {
  const { properties = {}, required = [], $defs = {} } = schema;
  const names = Object.keys(fields.properties!);
  const has = names.every((name) =>
    JSON.stringify(properties[name]) ===
      JSON.stringify(fields.properties![name]) &&
    required.includes(name) === fields.required!.includes(name)
  );
  if (has) {
    for (const name of names) delete properties[name];
    schema.required = required.filter((name) => !names.includes(name));
    schema.allOf = [...schema.allOf ?? [], { $ref }];
  }
  const parts = [
    ...Object.values(properties),
    ...Object.values($defs),
    schema.items,
    schema.additionalProperties,
    ...schema.anyOf ?? [],
  ];
  return parts
    .filter((part) => typeof part === "object")
    .map((part) => share(part as JsonSchema, fields, $ref))
    .includes(true) || has;
}

/** JSON with what fits into a line on one line; maps and lists of more are set in. */
function lines(value: unknown, depth: number, isMap = false): string {
  const line = JSON.stringify(value);
  if (
    value === null || typeof value !== "object" || line.length <= MAX_COLUMNS
  ) return line;
  if (Array.isArray(value)) {
    return setIn("[", value.map((one) => lines(one, depth + 1)), "]", depth);
  }
  const parts = Object.entries(value).map(([key, one]) =>
    `${JSON.stringify(key)}:${
      lines(one, isMap ? depth + 1 : depth, !isMap && MAPS.includes(key))
    }`
  );
  return isMap
    ? setIn("{", parts, "}", depth)
    : `{${filled(parts, true).join(`,\n${" ".repeat(depth + 1)}`)}}`;
}

/** Keywords under which keys are names. */
const MAPS: readonly string[] = ["properties", "$defs"];

function setIn(
  open: string,
  parts: readonly string[],
  close: string,
  depth: number,
): string {
  const pad = `\n${" ".repeat(depth + 1)}`;
  return `${open}${pad}${filled(parts, false).join(`,${pad}`)}\n${
    " ".repeat(depth)
  }${close}`;
}

/** Puts parts into lines together, those of several lines only where `hug`. */
function filled(parts: readonly string[], hug: boolean): string[] {
  const full: string[] = [];
  for (const part of parts) {
    const last = full.at(-1) ?? "";
    const line = `${last.split("\n").at(-1)},${part.split("\n")[0]}`;
    const fits = line.length <= MAX_COLUMNS &&
      (hug || !`${last}${part}`.includes("\n"));
    if (last !== "" && fits) full[full.length - 1] = `${last},${part}`;
    else full.push(part);
  }
  return full;
}

const MAX_COLUMNS = 200;
