/**
 * The reactor of one thread: it runs what is due by absolute deadline, lets
 * the lane hand over what has arrived, and sleeps in between. Nothing is
 * allocated for a deadline, and there is no `async` on the way of a packet.
 *
 * @module
 */

import { type AwakeClock, threadClock } from "../../time/mod.ts";
import type { Lane } from "./lane.ts";

/** Something with a next deadline. One object may be scheduled at most once at a time. */
export interface Task {
  /** When {@linkcode Task.run} wants to be called, in milliseconds of the reactor's clock. */
  dueMs: number;
  /** Position in the reactor's heap; the reactor's own, -1 when not scheduled. */
  heapIndex: number;
  /** Does what is due and moves `dueMs` on; `Infinity` ends the task. */
  run(nowMs: number): void;
  /**
   * The thread stood still for so many milliseconds, which the reactor's
   * clock left out: others went on meanwhile. What came has not been read
   * yet, and is told by a clock that did not stand still.
   */
  onStandstill?(ms: number): void;
  /**
   * What came in a standstill has been read: time goes on from where it stood
   * still. Whoever changes `dueMs` schedules itself anew.
   */
  onCaughtUp?(ms: number): void;
  /**
   * Told what {@linkcode Task.run} threw; the task has been taken out by then.
   * What one without it throws goes through to the event loop.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/** What is told about the loop itself. */
export interface ReactorObserver {
  /** Called once a turn: how late the turn began, in milliseconds. */
  onTurn(lateMs: number): void;
  /** What came in a standstill has been read, and the tasks know it by now. */
  onCaughtUp?(): void;
}

/** How often the thread stood still so far, and for how long. */
type Standstills = Pick<AwakeClock, "standstillCount" | "stoodMs">;
type ReactorClock = Standstills & Pick<AwakeClock, "nowMs">;

/**
 * While a native lane has sockets the loop turns at this pace, as packets wait
 * for it: an interval costs half of what a timeout a turn does, and allocates
 * next to nothing. (It really comes round every 2.2 ms.)
 */
const TICK_MS = 1;
/**
 * A turn of the event loop costs as much as a dozen packets. So while nothing
 * but packets is under way, one turn has several beats, with the thread at
 * rest in between: for {@linkcode BEAT_MS}, or longer where nothing is due.
 */
const BEAT_MS = 3;
/** A turn that rests longer than this rests no more. */
const TURN_MS = 2 * BEAT_MS;
/** For so long after a {@linkcode Reactor.expectEvents} turns are short. */
const STIRRED_MS = 250;
/**
 * Between two drains while no transport is coming up. What a packet is about
 * is spread over memory: several of a socket at once cost much less than one
 * by one, and the kernel has noted when each of them came.
 */
const DRAIN_MS = 8;
/** For so long after a {@linkcode Reactor.readSoon} it is done more often: what a network lost once it loses again. */
const SOON_MS = 5000;
/** But not for more than a part in so many of the time. */
const SOON_PARTS = 12;
/** Packets sent or received in one turn before other work of the thread gets its chance. */
const TASKS_PER_TURN = 4096;

/** Runs tasks by deadline and drains a lane. */
export class Reactor {
  readonly lane: Lane;
  observer: ReactorObserver | undefined;
  readonly #heap: Task[] = [];
  /**
   * By heap index, the deadline that each task was sorted by. A task changes
   * its `dueMs` while it stands in the heap; these stay until it is moved.
   */
  readonly #keys: number[] = [];
  readonly #turn = () => this.#run();
  readonly #wake = () => {
    this.#timer = undefined;
    this.#run();
  };
  #interval: ReturnType<typeof setInterval> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeMs = Infinity;
  #sockets = 0;
  #hasty = 0;
  #stirredMs = -Infinity;
  #drainMs = 0;
  #readUntilMs = 0;
  #soonMs = -Infinity;
  #running = false;
  #open = true;
  readonly #clock: ReactorClock;
  /** The standstills that tasks were told of, and those that they caught up with. */
  #told: Standstills;
  #caughtUp: Standstills;

  constructor(lane: Lane, clock: ReactorClock = threadClock) {
    this.lane = lane;
    this.#clock = clock;
    this.#told = this.#caughtUp = standstillsOf(clock);
    lane.onLate = () => {
      if (this.#hasStood()) this.#tellStandstill();
    };
  }

  /** The reactor's clock, in milliseconds: monotonic, starting anywhere; it does not go on while the thread stands still. */
  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** What came until then has been handed over, by the reactor's clock. */
  get readUntilMs(): number {
    return this.lane.kind === "native" ? this.#readUntilMs : this.nowMs();
  }

  /** How long a task that is due waits for the next beat, on average, in milliseconds. */
  get meanWaitMs(): number {
    return this.lane.kind === "native" ? BEAT_MS / 2 : 0;
  }

  /** Schedules a task by its `dueMs`, or moves one that is scheduled already. */
  schedule(task: Task): void {
    if (task.heapIndex < 0) {
      task.heapIndex = this.#heap.length;
      this.#heap.push(task);
      this.#keys.push(task.dueMs);
      this.#up(task.heapIndex);
    } else {
      this.#move(task);
    }
    if (!this.#running) this.#sleep();
  }

  /** Takes a task out; a no-op for one that is not scheduled. */
  cancel(task: Task): void {
    const index = task.heapIndex;
    if (index < 0) return;
    task.heapIndex = -1;
    const last = this.#heap.pop()!;
    const key = this.#keys.pop()!;
    if (last === task) return;
    this.#heap[index] = last;
    this.#keys[index] = key;
    last.heapIndex = index;
    this.#up(index);
    this.#down(last.heapIndex);
  }

  /** Keeps the loop turning while at least one socket is open. */
  retain(): void {
    this.#sockets++;
    if (!this.#running) this.#sleep();
  }

  /** Undoes one {@linkcode Reactor.retain}. */
  release(): void {
    this.#sockets--;
    if (!this.#running) this.#sleep();
  }

  /** Reads what arrives as soon as can be, until {@linkcode Reactor.leaveLowLatency}: a handshake waits for each answer. */
  enterLowLatency(): void {
    this.#hasty++;
  }

  /** Undoes one {@linkcode Reactor.enterLowLatency}. */
  leaveLowLatency(): void {
    this.#hasty--;
  }

  /**
   * Leaves the event loop its turns for a while: something that it has to
   * carry is on its way, a reply for example.
   */
  expectEvents(): void {
    this.#stirredMs = this.nowMs() + STIRRED_MS;
  }

  /**
   * Packets are missing: for a while, what arrives is read at each beat, and
   * before anything else is done. Who has to ask asks sooner, and nobody asks
   * again for what is there.
   */
  readSoon(): void {
    this.#soonMs = this.nowMs() + SOON_MS;
  }

  /** Stops the loop and closes the lane; idempotent. */
  close(): void {
    this.#open = false;
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    this.lane.close();
  }

  #run(): void {
    this.#running = true;
    const startMs = this.nowMs();
    this.observer?.onTurn(Math.max(0, startMs - this.#wakeMs));
    try {
      this.#beat(startMs);
      let beatMs = startMs + BEAT_MS;
      while (beatMs <= startMs + TURN_MS && this.#mayRest()) {
        const nowMs = this.nowMs();
        if (nowMs > beatMs) break;
        const untilMs = Math.max(beatMs, this.#nextMs());
        this.lane.rest(untilMs - nowMs);
        this.#beat(this.nowMs());
        beatMs = untilMs + BEAT_MS;
      }
    } finally {
      this.#running = false;
      this.#sleep();
    }
  }

  /** When there is something to do: a task, or what has arrived. */
  #nextMs(): number {
    return this.#keys.length === 0
      ? this.#drainMs
      : Math.min(this.#keys[0], this.#drainMs);
  }

  #beat(nowMs: number): void {
    if (this.#hasStood()) this.#wakeUp();
    const isSoon = nowMs < this.#soonMs;
    const isUnread = nowMs >= this.#drainMs;
    if (!isSoon || !isUnread) this.#runDue(nowMs);
    if (this.#hasty === 0 && !isUnread) return;
    if (this.#hasStood()) this.#wakeUp();
    else this.lane.drain();
    this.#readUntilMs = nowMs;
    const readMs = this.nowMs();
    const leastMs = Math.max(BEAT_MS, SOON_PARTS * (readMs - nowMs));
    this.#drainMs = nowMs + (isSoon ? Math.min(leastMs, DRAIN_MS) : DRAIN_MS);
    this.#runDue(readMs);
  }

  /**
   * What came while the thread stood still is read as it came, and compared
   * with nothing before: a server that stood still with it may have sent it
   * only now. Then everyone goes on from here.
   */
  #wakeUp(): void {
    const ms = this.#clock.stoodMs - this.#caughtUp.stoodMs;
    this.#caughtUp = standstillsOf(this.#clock);
    this.#tellStandstill();
    this.lane.drain();
    for (const task of [...this.#heap]) task.onCaughtUp?.(ms);
    this.observer?.onCaughtUp?.();
  }

  /** Whether the thread stood still since the tasks last went on from a standstill. */
  #hasStood(): boolean {
    this.nowMs();
    return this.#clock.standstillCount !== this.#caughtUp.standstillCount;
  }

  #tellStandstill(): void {
    if (this.#clock.standstillCount === this.#told.standstillCount) return;
    const ms = this.#clock.stoodMs - this.#told.stoodMs;
    this.#told = standstillsOf(this.#clock);
    for (const task of [...this.#heap]) task.onStandstill?.(ms);
  }

  /** Whether the thread has nothing to do but packets. */
  #mayRest(): boolean {
    return this.#open && this.#sockets > 0 && this.#hasty === 0 &&
      this.lane.kind === "native" && this.nowMs() >= this.#stirredMs;
  }

  #runDue(nowMs: number): void {
    // What throws ends its own client, and not the others' turn.
    for (let left = TASKS_PER_TURN; left > 0;) {
      left = this.#runSome(nowMs, left);
    }
  }

  /** Runs up to `most` of what is due; returns how many more may run. */
  #runSome(nowMs: number, most: number): number {
    let task: Task | undefined;
    let left = most;
    try {
      for (; left > 0; left--) {
        task = this.#heap[0];
        if (task === undefined || this.#keys[0] > nowMs || !this.#open) {
          return 0;
        }
        task.run(nowMs);
        if (task.heapIndex < 0) continue;
        if (task.dueMs === Infinity) this.cancel(task);
        else this.#move(task);
      }
    } catch (error) {
      if (task?.onError === undefined) throw error;
      this.cancel(task);
      task.onError(error);
    }
    return left - 1;
  }

  #sleep(): void {
    if (!this.#open) return;
    if (this.#sockets > 0 && this.lane.kind === "native") {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#interval ??= setInterval(this.#turn, TICK_MS);
      this.#wakeMs = this.nowMs() + TICK_MS;
      return;
    }
    clearInterval(this.#interval);
    this.#interval = undefined;
    const dueMs = this.#keys.length === 0 ? Infinity : this.#keys[0];
    if (this.#timer !== undefined) {
      if (dueMs >= this.#wakeMs) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    if (dueMs === Infinity) return;
    this.#wakeMs = dueMs;
    this.#timer = setTimeout(
      this.#wake,
      Math.max(0, dueMs - this.nowMs() - 1),
    );
  }

  /** Sorts a task anew by its `dueMs`. */
  #move(task: Task): void {
    this.#keys[task.heapIndex] = task.dueMs;
    this.#up(task.heapIndex);
    this.#down(task.heapIndex);
  }

  #up(index: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    const task = heap[index];
    const key = keys[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (keys[parent] <= key) break;
      heap[index] = heap[parent];
      keys[index] = keys[parent];
      heap[index].heapIndex = index;
      index = parent;
    }
    heap[index] = task;
    keys[index] = key;
    task.heapIndex = index;
  }

  #down(index: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    const size = heap.length;
    const task = heap[index];
    const key = keys[index];
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      heap[index] = heap[child];
      keys[index] = keys[child];
      heap[index].heapIndex = index;
      index = child;
    }
    heap[index] = task;
    keys[index] = key;
    task.heapIndex = index;
  }
}

function standstillsOf({ standstillCount, stoodMs }: Standstills): Standstills {
  return { standstillCount, stoodMs };
}
