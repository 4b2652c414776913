/**
 * `capacity`: the scenario of that name, as a command.
 *
 * @module
 */

import { runCommand } from "./run.ts";

/** Carries `capacity` out; resolves with the exit code. */
export function capacityCommand(args: readonly string[]): Promise<number> {
  return runCommand(["--scenario=capacity", ...args]);
}
