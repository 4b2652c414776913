/** Time that passes when it is told to. */

import type { Scheduler } from "../../../lib/sfu/signaling/scheduler.ts";

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

export class FakeScheduler implements Scheduler {
  readonly #timers = new Set<Timer>();
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many calls are outstanding. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass and runs what falls due, in order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter((t) => t.dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = due.dueMs;
      due.action();
    }
    this.#nowMs = untilMs;
  }
}
