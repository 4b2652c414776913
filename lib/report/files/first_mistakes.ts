/**
 * A schema names each mistake in what it checks, at a thousand bytes each: a
 * small file of nothing but mistakes would fill the memory before anyone is
 * told of the first.
 *
 * @module
 */

import type { z } from "../deps.ts";

/** Nobody is told of more than one; the others are of what it was seen in. */
const MAX_MISTAKES = 100;

/** Of each check under way, by its context, how much in lists was wrong. */
const mistakes = new WeakMap<object, number>();
const bounded = new WeakSet<z.core.$ZodType>();

/**
 * Has a schema look no further in lists and records than to its first
 * mistakes: what has some is refused as before. What is one of several
 * alternatives is left as it is, for mistakes in one of them are none.
 */
export function toFirstMistakes<Schema extends z.core.$ZodType>(
  schema: Schema,
): Schema {
  if (bounded.has(schema)) return schema;
  bounded.add(schema);
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  switch (def.type) {
    case "object":
      Object.values(def.shape).forEach(toFirstMistakes);
      break;
    case "tuple":
      def.items.forEach(toFirstMistakes);
      break;
    case "optional":
    case "nullable":
    case "default":
      toFirstMistakes(def.innerType);
      break;
    case "array":
      stopping(toFirstMistakes(def.element));
      break;
    case "record":
      stopping(toFirstMistakes(def.valueType));
  }
  return schema;
}

const stops = new WeakSet<z.core.$ZodType>();

/** Has it take whatever comes once enough was wrong. */
function stopping(item: z.core.$ZodType): void {
  if (stops.has(item)) return;
  stops.add(item);
  const run = item._zod.run.bind(item._zod);
  item._zod.run = (payload, context) => {
    const before = mistakes.get(context) ?? 0;
    if (before >= MAX_MISTAKES) return payload;
    const result = run(payload, context);
    if (!(result instanceof Promise) && result.issues.length > 0) {
      mistakes.set(context, before + 1);
    }
    return result;
  };
}
