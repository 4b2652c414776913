/**
 * From the kernel's receive times to the thread's own clock. The kernel stamps
 * datagrams by the wall clock, which may be set while they come; what is
 * measured by them must not jump with it. So how far the two clocks are apart
 * is looked at before each drain, which costs a packet nothing, and a time
 * that cannot be, since what came before the last drain was read by it, is
 * set right.
 *
 * @module
 */

/** Two clocks read one after the other within so long, in milliseconds, were read at one time. */
const TIGHT_MS = 0.05;
const MAX_TRIES = 4;
/** Both clocks are slewed alike, so they only ever differ by steps; less than this is how well they can be read. */
const MIN_STEP_MS = 0.1;
/** What is read in a drain may have come after that began. */
const DRAIN_MS = 20;

/** Converts one thread's receive times. */
export class ReceiveClock {
  /** The kernel's clock less the thread's, in milliseconds. */
  aheadMs = 0;
  /** No datagram at hand came before this, by the thread's clock: an earlier drain would have read it. */
  earliestMs = -Infinity;
  /** Nor later than this, unless the drain takes long. */
  latestMs = Infinity;
  /**
   * How far the reactor's clock is behind the thread's. What came while the
   * thread stood still is told by the time that went on for it.
   */
  stoodMs = NaN;
  #stoodByNowMs = NaN;
  #aheadBeforeMs = 0;
  #drainMs = -Infinity;
  readonly #nowMs: () => number;
  readonly #kernelMs: () => number;

  readonly #readStoodMs: () => number;

  /**
   * `nowMs` reads the thread's clock, `kernelMs` the kernel's wall clock, and
   * `stoodMs` tells for how long the thread stood still so far.
   */
  constructor(
    nowMs: () => number,
    kernelMs: () => number,
    stoodMs: () => number = () => 0,
  ) {
    this.#nowMs = nowMs;
    this.#kernelMs = kernelMs;
    this.#readStoodMs = stoodMs;
    this.stoodMs = this.#stoodByNowMs = stoodMs();
    this.#look();
    this.#aheadBeforeMs = this.aheadMs;
  }

  /** To be called before each drain. */
  beginDrain(): void {
    this.#aheadBeforeMs = this.aheadMs;
    this.#look();
    this.earliestMs = this.#drainMs;
    this.#drainMs = this.#nowMs();
    this.latestMs = this.#drainMs + DRAIN_MS;
    this.stoodMs = this.#stoodByNowMs;
    this.#stoodByNowMs = this.#readStoodMs();
  }

  /** When a datagram came whose time cannot be: the wall clock was set between its arrival and now. */
  correct(kernelMs: number): number {
    const nowMs = this.#nowMs();
    const ms = kernelMs - this.#aheadBeforeMs;
    if (ms >= this.earliestMs && ms <= nowMs) return ms;
    const apartMs = kernelMs - this.aheadMs;
    return Math.max(Math.min(apartMs, nowMs), Math.min(this.earliestMs, nowMs));
  }

  #look(): void {
    let bestMs = Infinity;
    let aheadMs = this.aheadMs;
    for (let i = 0; i < MAX_TRIES && bestMs > TIGHT_MS; i++) {
      const beforeMs = this.#nowMs();
      const kernelMs = this.#kernelMs();
      const tookMs = this.#nowMs() - beforeMs;
      if (tookMs >= bestMs) continue;
      bestMs = tookMs;
      aheadMs = kernelMs - beforeMs - tookMs / 2;
    }
    if (Math.abs(aheadMs - this.aheadMs) > MIN_STEP_MS + bestMs) {
      this.aheadMs = aheadMs;
    }
  }
}
