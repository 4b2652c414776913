/** What a reactor's users need of it, in virtual time. */

import type { Task } from "../../../../lib/rtc/mod.ts";

/** Deadlines that are run by hand, in their order. */
export class Deadlines {
  now = 0;
  meanWaitMs = 0;
  /** Who keeps the loop turning. */
  retained = 0;
  readonly #tasks = new Set<Task>();

  get size(): number {
    return this.#tasks.size;
  }

  nowMs(): number {
    return this.now;
  }

  schedule(task: Task): void {
    this.#tasks.add(task);
  }

  cancel(task: Task): void {
    this.#tasks.delete(task);
  }

  retain(): void {
    this.retained++;
  }

  release(): void {
    this.retained--;
  }

  /** Goes on to a time, running what is due on the way. */
  goTo(ms: number): void {
    while (this.#runNext(ms));
    this.now = ms;
  }

  /** The same, and promises settle before each deadline. */
  async comeTo(ms: number): Promise<void> {
    do {
      for (let turn = 0; turn < 64; turn++) await undefined;
    } while (this.#runNext(ms));
    this.now = ms;
  }

  #runNext(untilMs: number): boolean {
    const [next] = [...this.#tasks].sort((a, b) => a.dueMs - b.dueMs);
    if (next === undefined || next.dueMs > untilMs) return false;
    this.now = Math.max(this.now, next.dueMs);
    next.run(this.now);
    if (next.dueMs === Infinity) this.#tasks.delete(next);
    return true;
  }
}
