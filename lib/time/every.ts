/** Doing something again and again, on any clock. */

import type { Clock } from "./clock.ts";

/** Calls `action` every `periodMs` until the returned function is called. */
export function every(
  clock: Clock,
  periodMs: number,
  action: () => void,
): () => void {
  let cancel = clock.setTimer(periodMs, tick);
  return () => cancel();

  function tick() {
    cancel = clock.setTimer(periodMs, tick);
    action();
  }
}
