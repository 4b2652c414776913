/**
 * Time, as an argument: what the server's deadlines are made of.
 *
 * @module
 */

/** A clock that can be asked to call back. */
export interface Scheduler {
  /** Milliseconds since some moment; never goes backwards. */
  nowMs(): number;
  /** Calls `action` once in `delayMs`, unless the returned function is called before. */
  after(delayMs: number, action: () => void): () => void;
}

/** Real time. */
export const systemScheduler: Scheduler = {
  nowMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Calls `action` every `periodMs` until the returned function is called. */
export function every(
  scheduler: Scheduler,
  periodMs: number,
  action: () => void,
): () => void {
  let cancel = scheduler.after(periodMs, tick);
  return () => cancel();

  function tick() {
    cancel = scheduler.after(periodMs, tick);
    action();
  }
}
