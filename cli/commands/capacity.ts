/**
 * `capacity`: the scenario of that name, as a command.
 *
 * @module
 */

import { runCommand } from "./run.ts";

/** One line. */
export const CAPACITY_SUMMARY =
  "How many clients a server holds, and what limits it.";

/** Carries `capacity` out; resolves with the exit code. */
export function capacityCommand(args: readonly string[]): Promise<number> {
  return runCommand(["--scenario=capacity", ...args]);
}
