/**
 * Runs the benches, all of them or those named, one after the other, each in
 * a process of its own, so that none warms or litters another:
 *
 * ```text
 * deno task bench [--quick] [coordinator] [packet_path] [join] [joins] [hours] [memory] [profiles] [run] [scale] [screen] [tabs [--tabs=N]]
 * ```
 *
 * Each prints one JSON line a figure. `--quick` shows that they work; its
 * figures mean little. Exits with 1 when one breaks, with 2 when it is given
 * a name that is none.
 *
 * @module
 */

import { startChild } from "./child.ts";

const BENCHES = [
  "coordinator",
  "packet_path",
  "join",
  "joins",
  "hours",
  "memory",
  "profiles",
  "run",
  "scale",
  "screen",
  "tabs",
] as const;

/** Every client has sockets. */
const FILES = "20000";
const WITH_ULIMIT = new URL("../../scripts/with-ulimit.sh", import.meta.url);

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const isOption = (arg: string) =>
    arg === "--quick" || arg.startsWith("--tabs=");
  const options = args.filter(isOption);
  const named = args.filter((arg) => !isOption(arg));
  const unknown = named.filter((name) =>
    !BENCHES.some((bench) => bench === name)
  );
  if (unknown.length > 0) {
    console.error(
      `Cannot run ${unknown.join(", ")}: the benches are ${
        BENCHES.join(", ")
      }.`,
    );
    return 2;
  }
  let code = 0;
  for (const name of named.length === 0 ? BENCHES : named) {
    const child = startChild(import.meta.resolve(`./${name}.ts`), {
      args: options,
      flags: ["--v8-flags=--expose-gc"],
      through: [WITH_ULIMIT.pathname, "-n", FILES, "--"],
      stdout: "inherit",
    });
    const status = await child.status;
    if (!status.success) {
      console.error(`${name} broke (code ${status.code}).`);
      code = 1;
    }
  }
  return code;
}
