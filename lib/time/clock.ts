/** Time as an argument: whatever waits or measures takes a clock, so that tests need not wait. */

import { threadClock } from "./thread_clock.ts";

/** A source of time and of timers. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Calls `fn` once after `delayMs`, unless the returned function was called before. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

/** The real clock; where it is watched, it does not go on while the thread stands still. */
export const systemClock: Clock = {
  nowMs: () => threadClock.nowMs(),
  setTimer: (delayMs, fn) => threadClock.setTimer(delayMs, fn),
};
