/** Time as an argument: whatever waits or measures takes a clock, so that tests need not wait. */

/** A source of time and of timers. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Calls `fn` once after `delayMs`, unless the returned function was called before. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimer(delayMs, fn) {
    const id = setTimeout(fn, delayMs);
    return () => clearTimeout(id);
  },
};
