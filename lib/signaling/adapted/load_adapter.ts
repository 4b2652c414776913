/** An adapter by its name, or from its module. */

import type { Adapter } from "../adapter/mod.ts";
import { Console, stderr } from "./deps.ts";
import { guardAgainst } from "./strays.ts";
import { messageOf } from "../../text/mod.ts";
import { type LoadBounds, loadModule } from "../../load_module.ts";

/** Protocols that come along as adapters, by name. */
const OWN_ADAPTERS: Readonly<Record<string, () => Promise<Adapter>>> = {
  protoo: async () => (await import("../protoo/mod.ts")).protooAdapter,
};

/**
 * The adapter that a choice of signaling means. Throws an `Error` whose message
 * is one line without a name in front; `others` are names that are no adapters.
 */
export async function findAdapter(
  choice: string,
  others: readonly string[],
  bounds: Partial<LoadBounds> = {},
): Promise<Adapter> {
  if (Object.hasOwn(OWN_ADAPTERS, choice)) {
    guardAgainst(choice);
    return await OWN_ADAPTERS[choice]();
  }
  if (URL.canParse(choice)) return await loadAdapter(choice, bounds);
  const names = [...others, ...Object.keys(OWN_ADAPTERS)].join(", ");
  throw new Error(
    `there is no protocol "${choice}"; there are ${names}, and files such as ./my_adapter.ts`,
  );
}

/** Loads the default export of a module, whose prints go where they spoil no data. Throws an `Error` whose message is one line without a name in front. */
async function loadAdapter(
  url: string,
  bounds: Partial<LoadBounds>,
): Promise<Adapter> {
  globalThis.console = new Console(stderr) as unknown as typeof console;
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await loadModule(url, bounds);
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
