/**
 * The real clock of this thread.
 *
 * @module
 */

import { AwakeClock } from "./awake_clock.ts";
import { process } from "./deps.ts";

/** What one thread of Linux did: nanoseconds that it ran, and that it waited for a processor. */
const SCHEDSTAT = "/proc/thread-self/schedstat";
const UPTIME = "/proc/uptime";

/** The time of this thread; a worker has one of its own. */
export const threadClock: AwakeClock = new AwakeClock({
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  busyMs,
  uptimeMs() {
    const uptime = readProc(UPTIME);
    return uptime === null ? null : Number(uptime.split(" ")[0]) * 1000;
  },
  setTimer(delayMs, fn) {
    const id = setTimeout(fn, delayMs);
    return () => clearTimeout(id);
  },
  setInterval(everyMs, fn) {
    const id = setInterval(fn, everyMs);
    Deno.unrefTimer(id);
    return () => clearInterval(id);
  },
});

/** Where the system does not tell of threads, what the process did stands for it. */
function busyMs(): number {
  const schedstat = readProc(SCHEDSTAT)?.split(" ").map(Number);
  if (schedstat !== undefined && schedstat.length >= 2) {
    return (schedstat[0] + schedstat[1]) / 1e6;
  }
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What may be read: asked once, as that costs as much as reading does. */
const readable = new Map<string, boolean>();

/** Only where that is allowed: asking would stop the program at a question. */
function readProc(path: string): string | null {
  try {
    let isReadable = readable.get(path);
    if (isReadable === undefined) {
      const { state } = Deno.permissions.querySync({ name: "read", path });
      isReadable = state === "granted";
      readable.set(path, isReadable);
    }
    return isReadable ? Deno.readTextFileSync(path) : null;
  } catch {
    return null;
  }
}
