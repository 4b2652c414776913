/** A clock that stands still until it is told to go on. */

import type { Clock } from "../time/mod.ts";

/** Turns of the microtask queue in which promises can settle between two timers. */
const SETTLING_TURNS = 128;

interface Timer {
  readonly atMs: number;
  readonly fn: () => void;
}

/**
 * A clock for tests: timers fire when {@linkcode FakeClock.advance} or
 * {@linkcode FakeClock.run} passes their time, in the order of their times and
 * then of their setting.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** Starts at `nowMs`. */
  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  /** Timers that are set and have not fired: 0 when the tested thing cleaned up. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** The time in ms. */
  nowMs(): number {
    return this.#nowMs;
  }

  /** Sets a timer; returns the way to cancel it. */
  setTimer(delayMs: number, fn: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` pass at once; what awaits a promise goes on only afterwards. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#fireNext(endMs));
    this.#nowMs = endMs;
  }

  /** Lets `ms` pass, and promises settle before the first timer and after each one. */
  async run(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    do await settle(); while (this.#fireNext(endMs));
    this.#nowMs = endMs;
  }

  /** Fires the earliest timer that is due by `endMs`, if there is one. */
  #fireNext(endMs: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.atMs < next.atMs) next = timer;
    }
    if (next === undefined || next.atMs > endMs) return false;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.fn();
    return true;
  }
}

/** Gives promises that are ready the time to run their continuations. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) await undefined;
}
