/**
 * CPU time: of this process by `getrusage`, of others by `/proc`.
 *
 * @module
 */

import { process } from "./deps.ts";

/** `sysconf(_SC_CLK_TCK)` of every Linux of today. */
const TICK_US = 10_000;

/** CPU time of this process so far, user and system, in microseconds. */
export function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of other processes so far, all of their threads, in microseconds. */
export function cpuUsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field is a name in brackets, which may hold spaces (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK_US;
  }, 0);
}
