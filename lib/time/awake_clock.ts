/**
 * A clock that goes on only while its thread does. A process that is stopped
 * (SIGSTOP), a machine that is paused, or a thread that something blocks,
 * neither runs nor waits for a processor: what went by meanwhile is nobody's
 * latency, nobody's freeze and no deadline's, so this clock leaves it out, and
 * everything that is timed by it needs not know. A thread that is busy, or
 * that other programs keep from running, is late instead, and stays it.
 *
 * It also notices a wall clock that is set, and a machine that slept, during
 * which the steady clock did not go on anyway.
 *
 * @module
 */

/** Where a clock has its times from. */
export interface ClockSources {
  /** Steady milliseconds, starting anywhere. */
  nowMs(): number;
  /** Milliseconds since 1970, by a clock that may be set. */
  wallMs(): number;
  /** For how long the thread ran, or waited for a processor, since anywhere. */
  busyMs(): number;
  /** Since the machine was started, sleep included, in milliseconds; `null` where that is not known. */
  uptimeMs(): number | null;
  /** Calls back after a while; returns the way to cancel. */
  setTimer(delayMs: number, fn: () => void): () => void;
  /** Calls back again and again, without keeping the program alive; returns the way to stop. */
  setInterval(everyMs: number, fn: () => void): () => void;
}

/** A time in which a thread stood still. */
export interface Standstill {
  /** When, on the thread's clock, which did not go on meanwhile. */
  readonly atMs: number;
  /** For how long. */
  readonly ms: number;
}

/** The wall clock was set. */
export interface WallJump {
  /** When it was noticed, on the thread's clock. */
  readonly atMs: number;
  /** On, or back where it is negative. */
  readonly byMs: number;
}

/** While it is watched, a clock is read at least so often. */
const BEAT_MS = 100;
/** What stands still for less is late, and not worth a word. */
const MIN_STANDSTILL_MS = 400;
/** Of a gap at least this share must have been neither work nor waiting for a processor. */
const MIN_STILL_SHARE = 0.5;
/** Wall clocks are read in whole milliseconds. */
const MIN_JUMP_MS = 15;
/** Two clocks read one after the other within so long were read at one time. */
const TIGHT_MS = 2;
/** A machine does not sleep for less. */
const MIN_SLEEP_MS = 1000;
/** A timer that fires so early fires: timers are not exact. */
const EARLY_MS = 5;
/** Of a clock that is set all the time, so many times are told one by one. */
const MAX_TOLD = 50;

/** The time of one thread. */
export class AwakeClock {
  /** How often it stood still, or slept. */
  standstillCount = 0;
  readonly #sources: ClockSources;
  readonly #standstills: Standstill[] = [];
  readonly #jumps: WallJump[] = [];
  #stoodMs = 0;
  #readMs = 0;
  #busyMs = 0;
  #wallAheadMs = 0;
  #sleptMs = 0;
  #watchers = 0;
  #stop: () => void = () => {};

  constructor(sources: ClockSources) {
    this.#sources = sources;
  }

  /** For how long it stood still so far, while it was watched. */
  get stoodMs(): number {
    return this.#stoodMs;
  }

  /** The times in which it stood still or slept, while it was watched. */
  get standstills(): readonly Standstill[] {
    return this.#standstills;
  }

  /** When the wall clock was set, while this one was watched. */
  get wallJumps(): readonly WallJump[] {
    return this.#jumps;
  }

  /** Milliseconds, starting anywhere; never goes back. */
  nowMs(): number {
    const nowMs = this.#sources.nowMs();
    if (this.#watchers > 0 && nowMs - this.#readMs > MIN_STANDSTILL_MS) {
      this.#examine(nowMs);
    }
    this.#readMs = nowMs;
    return nowMs - this.#stoodMs;
  }

  /** Calls back once so much of this time has passed; returns the way to cancel. */
  setTimer(delayMs: number, fn: () => void): () => void {
    const dueMs = this.nowMs() + delayMs;
    const fire = () => {
      const restMs = dueMs - this.nowMs();
      if (restMs > EARLY_MS) cancel = this.#sources.setTimer(restMs, fire);
      else fn();
    };
    let cancel = this.#sources.setTimer(delayMs, fire);
    return () => cancel();
  }

  /** Notices what happens to time, from now on until what is returned is called. */
  watch(): () => void {
    if (this.#watchers++ === 0) {
      const { nowMs, wallMs, busyMs } = this.#sources;
      this.#readMs = nowMs();
      this.#busyMs = busyMs();
      this.#wallAheadMs = wallMs() - this.#readMs;
      this.#sleptMs = this.#sleep();
      this.#stop = this.#sources.setInterval(BEAT_MS, () => this.#beat());
    }
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      if (--this.#watchers === 0) this.#stop();
    };
  }

  #beat(): void {
    this.nowMs();
    this.#busyMs = this.#sources.busyMs();
    this.#lookAtWall();
  }

  /** Nobody read the clock for a while: whether the thread could not have. */
  #examine(nowMs: number): void {
    const gapMs = nowMs - this.#readMs;
    const busyMs = this.#sources.busyMs();
    const stillMs = gapMs - (busyMs - this.#busyMs);
    this.#busyMs = busyMs;
    if (stillMs < MIN_STANDSTILL_MS) return;
    if (stillMs < gapMs * MIN_STILL_SHARE) return;
    this.#note(this.#readMs - this.#stoodMs, gapMs);
    this.#stoodMs += gapMs;
  }

  #lookAtWall(): void {
    const beforeMs = this.#sources.nowMs();
    const wallMs = this.#sources.wallMs();
    const nowMs = this.#sources.nowMs();
    if (nowMs - beforeMs > TIGHT_MS) return;
    const byMs = wallMs - nowMs - this.#wallAheadMs;
    if (Math.abs(byMs) < MIN_JUMP_MS) return;
    this.#wallAheadMs += byMs;
    const sleptMs = this.#sleep() - this.#sleptMs;
    if (sleptMs >= MIN_SLEEP_MS) {
      this.#sleptMs += sleptMs;
      return this.#note(nowMs - this.#stoodMs, sleptMs);
    }
    const jump = { atMs: nowMs - this.#stoodMs, byMs: Math.round(byMs) };
    if (this.#jumps.length < MAX_TOLD) this.#jumps.push(jump);
    else {
      const last = this.#jumps.pop()!;
      this.#jumps.push({ ...last, byMs: last.byMs + jump.byMs });
    }
  }

  #note(atMs: number, ms: number): void {
    this.standstillCount++;
    if (this.#standstills.length < MAX_TOLD) {
      this.#standstills.push({ atMs, ms });
    } else {
      const last = this.#standstills.pop()!;
      this.#standstills.push({ ...last, ms: last.ms + ms });
    }
  }

  /** For how long the machine slept since anywhere. */
  #sleep(): number {
    const uptimeMs = this.#sources.uptimeMs();
    return uptimeMs === null ? 0 : uptimeMs - this.#sources.nowMs();
  }
}
