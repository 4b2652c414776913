/**
 * A scenario's file as a program of its own.
 *
 * @module
 */

/**
 * Runs the scenario of a file as the command line does, with the process's
 * arguments: `deno run -A my_scenario.ts --embedded clients=5` is
 * `run --scenario my_scenario.ts --embedded clients=5`. Do not await it at the
 * top of the file: the file is needed, complete, to run it.
 *
 * @example
 * ```ts ignore
 * if (import.meta.main) runAsProgram(import.meta.url);
 * ```
 */
export async function runAsProgram(fileUrl: string): Promise<void> {
  // Only a program needs the command line, so only a program loads it.
  const { main } = await import(import.meta.resolve("../../cli/main.ts"));
  Deno.exitCode = await main(["run", "--scenario", fileUrl, ...Deno.args]);
}
