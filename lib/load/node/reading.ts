/**
 * What many clients come to at the end of a second, read one after the other:
 * so many at a time as the packets between do not notice. All of few clients
 * are read at once.
 *
 * @module
 */

import type { Task } from "../../rtc/mod.ts";

/** Packets that are due wait so long at most. */
const SLICE_MS = 1;
/** From one slice to the next: the reactor looks after packets meanwhile. */
const PAUSE_MS = 3;

/** Where slices take their turns: a reactor. */
export interface Slicer {
  schedule(task: Task): void;
  cancel(task: Task): void;
}

/** What is read of clients, one by one, and what follows. */
export interface ReadingOptions<Item> {
  /** Who is read; who comes while it goes on, too. */
  readonly items: Iterable<Item>;
  readonly read: (item: Item) => void;
  /** Called once, when all are read. */
  readonly onDone: () => void;
  /** Milliseconds that pass while work is done. */
  readonly nowMs: () => number;
  /** @default {all are read at once} */
  readonly slicer?: Slicer | undefined;
}

/** Reads until it is done or ended. */
export class Reading<Item> implements Task {
  dueMs = NaN;
  heapIndex = -1;
  readonly #options: ReadingOptions<Item>;
  readonly #rest: Iterator<Item>;

  constructor(options: ReadingOptions<Item>) {
    this.#options = options;
    this.#rest = options.items[Symbol.iterator]();
  }

  /** Reads the first slice; `onDone` may be called before this returns. */
  begin(): void {
    const { slicer, nowMs } = this.#options;
    this.run(nowMs());
    if (this.dueMs !== Infinity) slicer?.schedule(this);
  }

  /** Reads a slice. */
  run(nowMs: number): void {
    const { read, onDone, slicer, nowMs: clock } = this.#options;
    const untilMs = slicer === undefined ? Infinity : clock() + SLICE_MS;
    do {
      const { value, done } = this.#rest.next();
      if (done) {
        this.dueMs = Infinity;
        return onDone();
      }
      read(value);
    } while (clock() < untilMs);
    // Behind what is due by then: that goes first.
    this.dueMs = nowMs + PAUSE_MS;
  }

  /** Reads no more, and is never done. */
  end(): void {
    this.dueMs = Infinity;
    this.#options.slicer?.cancel(this);
  }
}
