/** Deadlines on a clock that is moved by hand. */

import type { Scheduler } from "../client/mod.ts";
import type { Clock } from "../time/mod.ts";

/** What is scheduled; the same as a reactor's task. */
type Task = Parameters<Scheduler["schedule"]>[0];

/**
 * A scheduler for tests, with the tasks of the real reactor and the time of a
 * fake clock. Like the reactor it comes round in turns, and a turn runs
 * everything that is due by then, however often.
 *
 * @example
 * ```ts
 * import { FakeClock, FakeScheduler } from "./mod.ts";
 *
 * const clock = new FakeClock();
 * const scheduler = new FakeScheduler(clock);
 * scheduler.schedule({
 *   dueMs: 20,
 *   heapIndex: -1,
 *   run() {
 *     this.dueMs += 20;
 *   },
 * });
 * await clock.run(1000);
 * ```
 *
 * @internal
 */
export class FakeScheduler implements Scheduler {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #tasks = new Set<Task>();
  #cancelTurn: (() => void) | undefined;

  /** Turns are `turnMs` apart: long ones make long stories cheap. */
  constructor(clock: Clock, turnMs = 5) {
    this.#clock = clock;
    this.#pauseMs = turnMs;
  }

  /** Tasks that are scheduled: 0 when the tested thing cleaned up. */
  get size(): number {
    return this.#tasks.size;
  }

  /** The clock's time in ms. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** Schedules a task by its `dueMs`; `Infinity` is never. */
  schedule(task: Task): void {
    this.#tasks.add(task);
    task.heapIndex = 0;
    this.#cancelTurn ??= this.#clock.setTimer(
      this.#pauseMs,
      () => this.#turn(),
    );
  }

  /** Takes a task out; a no-op for one that is not scheduled. */
  cancel(task: Task): void {
    this.#tasks.delete(task);
    task.heapIndex = -1;
    if (this.#tasks.size > 0) return;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  #turn(): void {
    this.#cancelTurn = undefined;
    const nowMs = this.#clock.nowMs();
    for (const task of [...this.#tasks]) {
      try {
        while (this.#tasks.has(task) && task.dueMs <= nowMs) task.run(nowMs);
      } catch (error) {
        this.cancel(task);
        if (task.onError === undefined) throw error;
        task.onError(error);
      }
      if (task.dueMs === Infinity) this.cancel(task);
    }
    if (this.#tasks.size === 0) return;
    this.#cancelTurn ??= this.#clock.setTimer(
      this.#pauseMs,
      () => this.#turn(),
    );
  }
}
