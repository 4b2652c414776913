/**
 * A field that may be absent or `null` on the wire, and is `undefined` when
 * read: the server treats both alike, so nobody behind the parser has to.
 */

import { z } from "./deps.ts";

/** Makes `schema` optional, and takes a `null` for an absent value. */
// deno-lint-ignore explicit-module-boundary-types
export function absentOrNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null().transform(() => undefined)]).optional();
}
