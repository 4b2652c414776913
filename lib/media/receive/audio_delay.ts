/**
 * For how long sound has to be held back so that packets come in time, as
 * NetEq of libwebrtc learns it: of how much later packets come than the
 * soonest of the last seconds, what 95 of a hundred stay below, and where
 * packets overtake each other as much more as is worth what it saves. Old
 * packets are forgotten bit by bit.
 *
 * @module
 */

/** Delays are told apart by so much. */
const STEP_MS = 20;
const STEPS = 100;
/** Before anything is known. */
const FIRST_MS = 80;
const QUANTILE = 0.95;
/** What is kept with each new one: of delays, and of packets that were overtaken. */
const KEEP = 0.983;
const KEEP_OVERTAKEN = 0.9993;
/** What was known first counts for less. */
const FIRST_WEIGHT = 2;
/** Of so long only the longest delay counts. */
const LOOK_MS = 500;
/** Two of these the soonest packet is remembered for. */
const SOONEST_MS = 1000;
/** So much more delay is worth a packet in a hundred. */
const MS_PER_PERCENT = 20;

/** How delays are distributed, the newest ones counting most. */
class Distribution {
  readonly #shares = new Float64Array(STEPS);
  readonly #keep: number;
  #added = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  add(step: number): void {
    const keep = Math.max(
      0,
      Math.min(this.#keep, 1 - FIRST_WEIGHT / (++this.#added + 1)),
    );
    for (let i = 0; i < STEPS; i++) this.#shares[i] *= keep;
    this.#shares[Math.min(step, STEPS - 1)] += 1 - keep;
  }

  /** The step that so much of it does not exceed. */
  quantile(part: number): number {
    let above = 1;
    for (let step = 0; step < STEPS; step++) {
      above -= this.#shares[step];
      if (above <= 1 - part) return step;
    }
    return STEPS - 1;
  }

  /** The step at which the delay and what exceeds it cost least together. */
  cheapest(baseMs: number): number {
    let best = 0;
    let least = Infinity;
    let above = 1;
    for (let step = 0; step < STEPS; step++) {
      above -= this.#shares[step];
      const cost = Math.max(baseMs, step * STEP_MS) +
        MS_PER_PERCENT * 100 * Math.max(0, above);
      if (cost >= least) continue;
      least = cost;
      best = step;
    }
    return best;
  }
}

/** The delay that one audio track needs. */
export class AudioDelay {
  /** That delay, in whole milliseconds. */
  targetMs = FIRST_MS;
  readonly #delays = new Distribution(KEEP);
  /** Made with the first packet that was overtaken. */
  #overtaken: Distribution | undefined;
  #soonestMs = NaN;
  #formerSoonestMs = NaN;
  #soonestSinceMs = NaN;
  #longestMs = NaN;
  #lookMs = NaN;

  constructor() {
    this.restart();
  }

  /** Times go on from elsewhere. */
  restart(): void {
    this.#soonestMs = this.#formerSoonestMs = Infinity;
    this.#soonestSinceMs = this.#lookMs = -Infinity;
    this.#longestMs = 0;
  }

  /** A packet came at `nowMs`, so long after its timestamp; overtaken by another one or in order. */
  note(
    packet: { readonly nowMs: number; readonly transitMs: number },
    isOvertaken: boolean,
  ): void {
    const { nowMs, transitMs } = packet;
    if (nowMs - this.#soonestSinceMs >= SOONEST_MS) {
      this.#formerSoonestMs = this.#soonestMs;
      this.#soonestMs = Infinity;
      this.#soonestSinceMs = nowMs;
    }
    if (transitMs < this.#soonestMs) this.#soonestMs = transitMs;
    const delayMs = transitMs -
      Math.min(this.#soonestMs, this.#formerSoonestMs);
    if (isOvertaken) this.#overtaken ??= new Distribution(KEEP_OVERTAKEN);
    else if (delayMs > this.#longestMs) this.#longestMs = delayMs;
    this.#overtaken?.add(isOvertaken ? Math.floor(delayMs / STEP_MS) : 0);
    if (nowMs - this.#lookMs < LOOK_MS) return;
    if (this.#lookMs >= 0) this.#look();
    this.#lookMs = nowMs;
    this.#longestMs = 0;
  }

  #look(): void {
    this.#delays.add(Math.floor(this.#longestMs / STEP_MS));
    const baseMs = (1 + this.#delays.quantile(QUANTILE)) * STEP_MS;
    this.targetMs = this.#overtaken === undefined
      ? baseMs
      : Math.max(baseMs, (1 + this.#overtaken.cheapest(baseMs)) * STEP_MS);
  }
}
