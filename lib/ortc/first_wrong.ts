/**
 * Lists and dictionaries that are read up to the first wrong value, as the
 * server does. One frame has room for tens of thousands, and to say of each
 * what is wrong with it would hold everybody up for a second.
 */

import { z } from "./deps.ts";

/** A list of what `schema` takes. */
export function listOf<Value>(schema: z.ZodType<Value>): z.ZodType<Value[]> {
  return z.array(z.unknown()).transform((values, context) =>
    readEach(values.entries(), schema, context).map(([, value]) => value)
  );
}

/** A dictionary of what `schema` takes. */
export function recordOf<Value>(
  schema: z.ZodType<Value>,
): z.ZodType<Record<string, Value>> {
  return z.record(z.string(), z.unknown()).transform((values, context) =>
    Object.fromEntries(readEach(Object.entries(values), schema, context))
  );
}

function readEach<Key extends string | number, Value>(
  entries: Iterable<[Key, unknown]>,
  schema: z.ZodType<Value>,
  context: z.RefinementCtx,
): [Key, Value][] {
  const read: [Key, Value][] = [];
  for (const [key, value] of entries) {
    const { data, error } = schema.safeParse(value);
    if (error !== undefined) {
      const [{ message, path }] = error.issues;
      context.addIssue({ code: "custom", message, path: [key, ...path] });
      return [];
    }
    read.push([key, data!]);
  }
  return read;
}
