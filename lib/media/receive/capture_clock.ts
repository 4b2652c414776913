/**
 * When a frame would have come by the clock of its sender: a line through
 * arrivals over RTP timestamps, by recursive least squares, so that the delay
 * of a single frame hardly moves it. A lasting change of delay does: where the
 * sum of what frames are off by, beyond what jitter explains, grows too large
 * (CUSUM), the line may shift at once.
 *
 * @module
 */

/** Before so many arrivals a line is no line: a frame comes as long after the last one as its timestamp says. */
const MIN_ARRIVALS = 2;
/** How little is known of where the line lies, before anything came and after a change of delay. */
const UNKNOWN_OFFSET = 1e10;
// Of the sums, in units of the RTP clock at 90 kHz.
const MAX_RESIDUAL = 7000;
const DRIFT = 6600;
const ALARM = 60_000;
const TICKS_PER_MS = 90;
/** After so long without an arrival everything is learnt anew. */
const RESET_MS = 10_000;

/** The clock of one video's sender, in terms of ours. */
export class CaptureClock {
  /** What {@linkcode CaptureClock.locate} found, in milliseconds of our clock. */
  locatedMs = NaN;
  readonly #ticksPerUnit: number;
  #arrivals = 0;
  #startMs = NaN;
  #lastMs = NaN;
  #lastTimestamp = NaN;
  /** Ticks since the first timestamp, of the last one. */
  #lastTicks = NaN;
  // The line: ticks for a millisecond, and ticks at the start.
  #slope = NaN;
  #offset = NaN;
  // How uncertain it is: a symmetric matrix.
  #p00 = NaN;
  #p01 = NaN;
  #p11 = NaN;
  #sumLate = NaN;
  #sumEarly = NaN;
  /** Ticks that the frame at hand is off the line; a fraction by itself would be boxed on the heap. */
  #residual = NaN;

  constructor(clockRateHz: number) {
    this.#ticksPerUnit = TICKS_PER_MS * 1000 / clockRateHz;
  }

  /** Forgets everything: timestamps, or our clock, go on from elsewhere. */
  reset(): void {
    this.#arrivals = 0;
  }

  /** The frame of this timestamp came at `nowMs`. One that others overtook says nothing. */
  note(frame: {
    readonly timestamp: number;
    readonly receivedMs: number;
  }): void {
    const { timestamp, receivedMs } = frame;
    if (this.#arrivals > 0 && receivedMs - this.#lastMs > RESET_MS) {
      this.#arrivals = 0;
    }
    if (this.#arrivals === 0) {
      this.#lastTimestamp = timestamp;
      this.#startMs = this.#lastMs = receivedMs;
      this.#begin();
    }
    const ticks = this.#lastTicks +
      ((timestamp - this.#lastTimestamp) | 0) * this.#ticksPerUnit;
    const ms = receivedMs - this.#startMs;
    const residual = ticks - ms * this.#slope - this.#offset;
    this.#residual = residual;
    if (this.#hasDelayChanged() && this.#arrivals >= MIN_ARRIVALS) {
      this.#p11 = UNKNOWN_OFFSET;
    }
    if (ticks < this.#lastTicks) return;
    const k0 = this.#p00 * ms + this.#p01;
    const k1 = this.#p01 * ms + this.#p11;
    const scale = 1 + ms * k0 + k1;
    const gain0 = k0 / scale;
    const gain1 = k1 / scale;
    this.#slope += gain0 * residual;
    this.#offset += gain1 * residual;
    this.#p00 -= gain0 * k0;
    this.#p01 -= gain0 * k1;
    this.#p11 -= gain1 * k1;
    this.#lastMs = receivedMs;
    this.#lastTimestamp = timestamp;
    this.#lastTicks = ticks;
    this.#arrivals++;
  }

  /** Finds when the frame of this timestamp would have come; `nowMs` where nothing is known. */
  locate(frame: {
    readonly timestamp: number;
    readonly nowMs: number;
  }): void {
    if (this.#arrivals === 0) {
      this.locatedMs = frame.nowMs;
      return;
    }
    const sinceLast = ((frame.timestamp - this.#lastTimestamp) | 0) *
      this.#ticksPerUnit;
    this.locatedMs = this.#arrivals < MIN_ARRIVALS || this.#slope < 1e-3
      ? this.#lastMs + sinceLast / TICKS_PER_MS
      : this.#startMs +
        (this.#lastTicks + sinceLast - this.#offset) / this.#slope;
  }

  #begin(): void {
    this.#lastTicks = 0;
    this.#slope = TICKS_PER_MS;
    this.#offset = 0;
    this.#p00 = 1;
    this.#p01 = 0;
    this.#p11 = UNKNOWN_OFFSET;
    this.#sumLate = this.#sumEarly = 0;
  }

  #hasDelayChanged(): boolean {
    const capped = Math.max(
      -MAX_RESIDUAL,
      Math.min(MAX_RESIDUAL, this.#residual),
    );
    this.#sumLate = Math.max(0, this.#sumLate + capped - DRIFT);
    this.#sumEarly = Math.min(0, this.#sumEarly + capped + DRIFT);
    if (this.#sumLate <= ALARM && this.#sumEarly >= -ALARM) return false;
    this.#sumLate = this.#sumEarly = 0;
    return true;
  }
}
