/**
 * What a coordinator thinks of an agent, by what it hears of it.
 *
 * @module
 */

/** Each side looks so often what time has brought. */
export const LOOK_MS = 1_000;
/** Nobody waits longer for an answer. */
export const REQUEST_MS = 2_000;
/** An agent that is silent for so long is asked whether it is there. */
const LATE_AFTER_MS = 3_000;
/** An agent that is silent for so long is lost. */
const LOST_AFTER_MS = 15_000;
/** Nobody serves an agent's subject for so long: it is not there any more, and not only cut off for a moment. */
const ABSENT_AFTER_MS = 3_000;

/** Whether an agent is there. Times are milliseconds on any one clock. */
export class Liveness {
  #heardMs: number;
  #absentSinceMs: number | undefined;

  /** It was heard of now. */
  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** It has said something; returns for how long it had not. */
  hear(nowMs: number): number {
    const silentMs = nowMs - this.#heardMs;
    this.#heardMs = nowMs;
    this.#absentSinceMs = undefined;
    return silentMs;
  }

  /** Nobody answered for it. */
  miss(nowMs: number): void {
    this.#absentSinceMs ??= nowMs;
  }

  /** For how long it has been silent, where that is long enough to ask; else `undefined`. */
  lateMs(nowMs: number): number | undefined {
    const silentMs = nowMs - this.#heardMs;
    return silentMs >= LATE_AFTER_MS ? silentMs : undefined;
  }

  /** Why it is lost; `undefined` while it is not. */
  lost(nowMs: number): string | undefined {
    const silentMs = nowMs - this.#heardMs;
    if (silentMs >= LOST_AFTER_MS) {
      return `no word in ${Math.round(silentMs / 1000)} s`;
    }
    return this.#absentSinceMs !== undefined &&
        nowMs - this.#absentSinceMs >= ABSENT_AFTER_MS
      ? "it is not there any more"
      : undefined;
  }
}
