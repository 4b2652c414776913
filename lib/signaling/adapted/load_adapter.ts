/** An adapter from its module. */

import type { Adapter } from "../adapter/mod.ts";
import { guardAgainst } from "./strays.ts";
import { messageOf } from "../../text/mod.ts";

/** Loads the default export of a module. Throws an `Error` whose message is one line without a name in front. */
export async function loadAdapter(url: string): Promise<Adapter> {
  let exported: { readonly default?: unknown };
  try {
    exported = await import(url);
  } catch (error) {
    const reason = messageOf(error);
    const line = reason.trim().replaceAll(/\s*\n\s*/g, " ");
    throw new Error(`cannot load ${url}: ${line.replace(/\.$/, "")}`);
  }
  if (typeof exported.default !== "function") {
    throw new Error(
      `${url} has no adapter: its default export is no function`,
    );
  }
  guardAgainst(url);
  return exported.default as Adapter;
}
