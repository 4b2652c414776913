/** From a table of schemas, one for each message `type`, to the union of the messages. */

import type { DeepReadonly } from "../../../ortc/mod.ts";
import type { z } from "./deps.ts";

/** The messages of `Table`, told apart by `type`. */
export type MessageUnion<Table extends Readonly<Record<string, z.ZodType>>> = {
  [Type in keyof Table]: Flat<
    & { readonly type: Type }
    & Named<DeepReadonly<z.infer<Table[Type]>>>
  >;
}[keyof Table];

/** One object type instead of an intersection, for readable hovers and errors. */
type Flat<T> = { readonly [Key in keyof T]: T[Key] };

/** Without the index signature that the schema of an empty object has. */
type Named<T> = {
  readonly [Key in keyof T as string extends Key ? never : Key]: T[Key];
};
