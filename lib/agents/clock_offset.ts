/**
 * How far another machine's clock is ahead, by NTP's four timestamps over a
 * link (RFC 5905 section 8).
 *
 * What was sent here cannot have come there before, and the other way round:
 * so each exchange bounds the difference on both sides, and of many the
 * quickest way there and the quickest way back say most. What they say grows
 * old, for clocks run apart.
 *
 * @module
 */

import { Slew } from "../time/mod.ts";
import { type ClockOffset, Trend } from "../metrics/mod.ts";

/** One question and its answer: when it went and came back by the clock here, and when it came and went by the one there, in milliseconds. */
export interface Exchange {
  readonly askedMs: number;
  readonly receivedMs: number;
  readonly sentMs: number;
  readonly heardMs: number;
}

/** Two clocks run apart by no more: each quartz is wrong by up to 100 ppm. */
const APART = 0.0002;

/** How far the other clock is ahead, within what is possible. */
export class OffsetBounds {
  #lowMs = -Infinity;
  #highMs = Infinity;
  #atMs = 0;
  #leaps = 0;

  /** How often the clocks ran apart faster than clocks do: one was set, or stood still. */
  get leaps(): number {
    return this.#leaps;
  }

  /** How far the other is ahead, in milliseconds: it is in the middle. */
  get middleMs(): number {
    return this.#highMs < Infinity ? (this.#lowMs + this.#highMs) / 2 : 0;
  }

  /** By how much that may be wrong now, either way; `Infinity` before anything is known. */
  boundMs(nowMs: number): number {
    return (this.#highMs - this.#lowMs) / 2 + this.#age(nowMs);
  }

  /** Takes in an exchange; one that cannot be says nothing. */
  add({ askedMs, receivedMs, sentMs, heardMs }: Exchange): void {
    const lowMs = sentMs - heardMs;
    const highMs = receivedMs - askedMs + (heardMs - askedMs) * APART;
    if (!(lowMs <= highMs)) return;
    const age = this.#age(heardMs);
    this.#atMs = heardMs;
    this.#lowMs = Math.max(this.#lowMs - age, lowMs);
    this.#highMs = Math.min(this.#highMs + age, highMs);
    if (this.#lowMs <= this.#highMs) return;
    this.#leaps++;
    [this.#lowMs, this.#highMs] = [lowMs, highMs];
  }

  #age(nowMs: number): number {
    return Math.max(0, nowMs - this.#atMs) * APART;
  }
}

/** Samples that are taken before a run. */
const SAMPLES = 40;
/** For so long at most, once there is one. */
const MAX_SAMPLING_MS = 5_000;

/** The run's clock as one machine knows it, which goes by it without a step. */
export class RunClock {
  readonly #wallNowMs: () => number;
  readonly #bounds = new OffsetBounds();
  readonly #roundTrips = new Trend();
  #slew: Slew | undefined;
  #worstMs = 0;

  /** `wallNowMs` is this machine's wall clock, which goes on steadily. */
  constructor(wallNowMs: () => number) {
    this.#wallNowMs = wallNowMs;
  }

  /** How far the run's clock is ahead of this machine's, as far as is known. */
  get aheadMs(): number {
    return this.#bounds.middleMs;
  }

  /** How long a message and its answer are on their way, since the run began. */
  get roundTrips(): Trend {
    return this.#roundTrips;
  }

  /** Compares clocks again and again; `ask` gives `undefined` where no answer came. */
  async compare(
    ask: () => Promise<Exchange | undefined>,
    isOver: () => boolean,
  ): Promise<void> {
    const begunMs = this.#wallNowMs();
    for (let i = 0; i < SAMPLES && !isOver(); i++) {
      const nowMs = this.#wallNowMs();
      const isKnown = this.#bounds.boundMs(nowMs) < Infinity;
      if (isKnown && nowMs - begunMs > MAX_SAMPLING_MS) break;
      const exchange = await ask();
      if (exchange !== undefined) this.#bounds.add(exchange);
    }
    this.#slew = new Slew(this.aheadMs, this.#wallNowMs());
  }

  /** Takes in an exchange of the run; what was long on its way for its length says nothing of the link. */
  take(exchange: Exchange, isLong: boolean): void {
    this.#bounds.add(exchange);
    this.#slew?.aim(this.aheadMs, this.#wallNowMs());
    if (isLong || this.#slew === undefined) return;
    const { askedMs, receivedMs, sentMs, heardMs } = exchange;
    const tripMs = heardMs - askedMs - (sentMs - receivedMs);
    if (tripMs >= 0) this.#roundTrips.record(tripMs * 1000);
  }

  /** What is to be said of it now; `undefined` before clocks were compared. */
  look(): ClockOffset | undefined {
    const slew = this.#slew;
    if (slew === undefined) return undefined;
    const nowMs = this.#wallNowMs();
    slew.advance(nowMs);
    const lagMs = Math.abs(this.aheadMs - slew.currentMs);
    const boundMs = this.#bounds.boundMs(nowMs) + lagMs;
    this.#worstMs = Math.max(this.#worstMs, boundMs);
    const isKnown = this.#worstMs < Infinity;
    return {
      aheadMs: isKnown ? -slew.currentMs : null,
      boundMs: isKnown ? this.#worstMs : null,
      leaps: this.#bounds.leaps,
    };
  }
}
