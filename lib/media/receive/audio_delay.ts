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
/** Arrivals are told apart by the steps of the sound card. */
const TICK_MS = 10;
/** For so many times {@linkcode LOOK_MS} the soonest and the latest packet are remembered. */
const SLICES = 4;
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
  /** How long after its timestamp the soonest packet of the last two seconds came; Infinity before any. */
  soonestMs = NaN;
  /** So much later came the latest of them that was not overtaken. */
  spreadMs = NaN;
  readonly #delays = new Distribution(KEEP);
  /** Made with the first packet that was overtaken. */
  #overtaken: Distribution | undefined;
  // The soonest and the latest of each slice of the last seconds, in turn.
  readonly #soonest = new Float64Array(SLICES);
  readonly #latest = new Float64Array(SLICES);
  #slice = 0;
  #sliceSinceMs = NaN;
  /** Of the packet at hand; a fraction by itself would be boxed on the heap. */
  #transitMs = NaN;
  #longestMs = NaN;
  #lookMs = NaN;

  constructor() {
    this.restart();
  }

  /** Times go on from elsewhere. */
  restart(): void {
    this.#soonest.fill(Infinity);
    this.#latest.fill(-Infinity);
    this.soonestMs = Infinity;
    this.#sliceSinceMs = this.#lookMs = -Infinity;
    this.#longestMs = this.spreadMs = 0;
  }

  /** A packet came at `nowMs`, so long after its timestamp; overtaken by another one or in order. */
  note(
    packet: { readonly nowMs: number; readonly transitMs: number },
    isOvertaken: boolean,
  ): void {
    const { nowMs } = packet;
    this.#transitMs = packet.transitMs - nowMs % TICK_MS;
    if (nowMs - this.#sliceSinceMs >= LOOK_MS) this.#nextSlice(packet);
    if (!isOvertaken) this.#remember();
    const delayMs = Math.max(0, this.#transitMs - this.soonestMs);
    if (isOvertaken) this.#overtaken ??= new Distribution(KEEP_OVERTAKEN);
    this.#overtaken?.add(isOvertaken ? Math.floor(delayMs / STEP_MS) : 0);
    if (isOvertaken) return;
    if (nowMs - this.#lookMs > LOOK_MS) {
      if (this.#lookMs >= 0) this.#look();
      this.#lookMs = nowMs;
      this.#longestMs = 0;
    }
    if (delayMs > this.#longestMs) this.#longestMs = delayMs;
  }

  #nextSlice({ nowMs }: { readonly nowMs: number }): void {
    if (nowMs - this.#sliceSinceMs >= SLICES * LOOK_MS) {
      this.#soonest.fill(Infinity);
      this.#latest.fill(-Infinity);
    }
    this.#sliceSinceMs = nowMs;
    this.#slice = (this.#slice + 1) % SLICES;
    this.#soonest[this.#slice] = Infinity;
    this.#latest[this.#slice] = -Infinity;
    this.soonestMs = Infinity;
    let latestMs = -Infinity;
    for (let i = 0; i < SLICES; i++) {
      if (this.#soonest[i] < this.soonestMs) this.soonestMs = this.#soonest[i];
      if (this.#latest[i] > latestMs) latestMs = this.#latest[i];
    }
    this.spreadMs = Math.max(0, latestMs - this.soonestMs);
  }

  #remember(): void {
    const transitMs = this.#transitMs;
    const slice = this.#slice;
    if (transitMs < this.#soonest[slice]) this.#soonest[slice] = transitMs;
    if (transitMs > this.#latest[slice]) this.#latest[slice] = transitMs;
    if (transitMs < this.soonestMs) {
      if (this.soonestMs < Infinity) {
        this.spreadMs += this.soonestMs - transitMs;
      }
      this.soonestMs = transitMs;
    } else if (transitMs - this.soonestMs > this.spreadMs) {
      this.spreadMs = transitMs - this.soonestMs;
    }
  }

  #look(): void {
    this.#delays.add(Math.floor(this.#longestMs / STEP_MS));
    const baseMs = (1 + this.#delays.quantile(QUANTILE)) * STEP_MS;
    this.targetMs = this.#overtaken === undefined
      ? baseMs
      : Math.max(baseMs, (1 + this.#overtaken.cheapest(baseMs)) * STEP_MS);
  }
}
