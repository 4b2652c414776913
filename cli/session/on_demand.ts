/**
 * The session and a run's screen, loaded only where one is shown.
 *
 * @module
 */

import type { SessionOptions } from "./options.ts";
import type { RunScreen, RunScreenOptions } from "./run_screen.ts";

/** Runs a session; resolves with the exit code once the terminal is as it was. */
export async function runSession(options: SessionOptions): Promise<number> {
  const session = await import("./session.ts");
  return await session.runSession(options);
}

/** Shows a run's screen; `undefined` where there is no terminal to show it on. */
export async function openRunScreen(
  options: RunScreenOptions,
): Promise<RunScreen | undefined> {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  const screen = await import("./run_screen.ts");
  return await screen.openRunScreen(options);
}
