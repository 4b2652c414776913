/**
 * The wall clock with fractions of a millisecond: the runtime tells whole
 * ones, which is too coarse where clocks of machines are compared.
 *
 * @module
 */

/** Where the times are from. */
export interface FineWallSources {
  /** Steady milliseconds, with fractions. */
  nowMs(): number;
  /** Whole milliseconds since 1970. */
  wallMs(): number;
}

/** The two clocks are read one after the other. */
const SLACK_MS = 0.1;
/** A wall clock that does not go on in so many looks does not go on while one looks. */
const MAX_LOOKS = 200_000;

/** A wall clock that can be read finely; it is followed when it is set. */
export class FineWall {
  readonly #sources: FineWallSources;
  #aheadMs: number;

  /** `aheadMs` is how far the wall clock is ahead of the steady one, as far as that is known. */
  constructor(sources: FineWallSources, aheadMs: number) {
    this.#sources = sources;
    this.#aheadMs = aheadMs;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    const { nowMs, wallMs } = this.#sources;
    for (let tries = 0; tries < 2; tries++) {
      const beforeMs = nowMs() + this.#aheadMs;
      const wholeMs = wallMs();
      const fineMs = nowMs() + this.#aheadMs;
      // What is read between the two readings is between them, but for its fraction.
      if (fineMs > wholeMs - SLACK_MS && beforeMs < wholeMs + 1 + SLACK_MS) {
        return fineMs;
      }
      this.#aheadMs = this.#look();
    }
    return wallMs();
  }

  /** When a whole millisecond begins, its fraction is known. */
  #look(): number {
    const { nowMs, wallMs } = this.#sources;
    const begunMs = wallMs();
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const wholeMs = wallMs();
      if (wholeMs !== begunMs) return wholeMs - nowMs();
    }
    return begunMs - nowMs();
  }
}

/** This machine's wall clock. */
export const fineWall: FineWall = new FineWall(
  { nowMs: () => performance.now(), wallMs: () => Date.now() },
  performance.timeOrigin,
);
