/**
 * A difference between clocks that is known better as time goes on. Who goes
 * by it must not see it jump: it is approached, so slowly that no rate and no
 * gap is seen to change by it.
 *
 * @module
 */

/** As fast as kernels and NTP move a clock: 500 ppm. */
const MS_PER_MS = 0.0005;

/** A difference in milliseconds, as it is gone by. */
export class Slew {
  /** What is gone by, as of the last {@linkcode Slew.advance}. */
  currentMs = NaN;
  /** Whether it is all that is known, so that nothing is to be done. */
  isSettled = true;
  #goalMs = NaN;
  #atMs = NaN;

  /** From the start it is what it is. */
  constructor(startMs: number, nowMs: number) {
    this.currentMs = this.#goalMs = startMs;
    this.#atMs = nowMs;
  }

  /** It is so much now, as far as is known. */
  aim(goalMs: number, nowMs: number): void {
    this.advance(nowMs);
    this.#goalMs = goalMs;
    this.isSettled = goalMs === this.currentMs;
  }

  /** Comes nearer to what is known, by as much as the time since the last call allows. */
  advance(nowMs: number): void {
    const mostMs = (nowMs - this.#atMs) * MS_PER_MS;
    this.#atMs = nowMs;
    if (!(mostMs > 0)) return;
    const restMs = this.#goalMs - this.currentMs;
    if (restMs > mostMs) this.currentMs += mostMs;
    else if (restMs < -mostMs) this.currentMs -= mostMs;
    else {
      this.currentMs = this.#goalMs;
      this.isSettled = true;
    }
  }
}
