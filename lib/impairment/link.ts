/**
 * One direction of an impaired network: a packet of so many bytes enters at a
 * time, and the link says when it comes out, how many times, or never.
 *
 * In order, as a packet meets them: an outage, loss, the queue before the
 * rate limit, delay with jitter, reordering, duplication. Nothing is
 * allocated for a packet.
 *
 * @module
 */

import type { LinkImpairment } from "./impairment.ts";

/** What was done to packets; written to in place. */
export interface LinkCounts {
  /** Packets that entered. */
  packets: number;
  /** Those that did not come out. */
  dropped: number;
  /** Of those, repeats of packets sent before (RFC 4588). */
  droppedRepeats: number;
  /** Those that came out later than they entered. */
  delayed: number;
  /** Those that came out twice. */
  duplicated: number;
  /** Those that were still in it when the client left: a second copy counts too. */
  unfinished: number;
}

/** Adds what became of the last packet that entered a link, at that time, and whether it was a repeat. */
export function countPacket(
  link: Link,
  counts: LinkCounts,
  enteredMs: number,
  isRepeat = false,
): void {
  counts.packets++;
  if (link.copies === 0) {
    counts.dropped++;
    if (isRepeat) counts.droppedRepeats++;
  } else if (link.releaseMs > enteredMs) counts.delayed++;
  if (link.copies === 2) counts.duplicated++;
}

/** IPv4 and UDP headers, which a rate limit counts as well. */
const HEADER_BYTES = 28;
const DEFAULT_REORDER_MS = 30;
const DEFAULT_QUEUE_MS = 500;
/** A burst is counted in packets; where none comes it goes on as if so many did. */
const USUAL_PACKETS_PER_MS = 0.1;
/** Apart enough to be told apart as deadlines, too close to be seen. */
const IN_ORDER_MS = 1e-4;

/** One direction of an impaired network. */
export class Link {
  /** How many times the last packet comes out: 0 is lost, 2 is duplicated. */
  copies = 0;
  /** When it does, on the clock that it entered by. */
  releaseMs = 0;
  readonly #impairment: LinkImpairment;
  readonly #random: () => number;
  readonly #startMs: number;
  readonly #lossToGood: number;
  readonly #lossToBad: number;
  readonly #lossInBad: number;
  readonly #badShare: number;
  readonly #queueBytes: number;
  #isBad: boolean;
  #rateFreeMs = -Infinity;
  #lastReleaseMs = -Infinity;

  /** `random` draws from 0 to below 1; outages count from `startMs`, each at the end of its `outageEveryMs`. */
  constructor(
    impairment: LinkImpairment,
    random: () => number,
    startMs: number,
  ) {
    this.#impairment = impairment;
    this.#random = random;
    this.#startMs = startMs;
    const { lossRatio = 0, lossBurstPackets, rateBps = Infinity } = impairment;
    this.#lossInBad = impairment.lossInBurstRatio ?? 1;
    // Of a chain of two states, p to bad and r to good, the share p / (p + r) is bad.
    const badShare = lossRatio === 0 ? 0 : lossRatio / this.#lossInBad;
    this.#lossToGood = lossBurstPackets === undefined
      ? 1 - badShare
      : 1 / lossBurstPackets;
    this.#lossToBad = lossBurstPackets === undefined
      ? badShare
      : badShare / (1 - badShare) * this.#lossToGood;
    this.#queueBytes = impairment.queueBytes ??
      rateBps / 8 * DEFAULT_QUEUE_MS / 1000;
    this.#badShare = badShare;
    this.#isBad = lossRatio > 0 && random() < badShare;
  }

  /** How much longer every packet takes, jitter apart. */
  get delayMs(): number {
    return this.#impairment.delayMs ?? 0;
  }

  /** Whether nothing goes through at this time. */
  isOut(nowMs: number): boolean {
    return this.#impairment.lossRatio === 1 || this.#isGone(nowMs);
  }

  /** When the last outage that is over at this time ended; -1 without one. */
  outageEndedMs(nowMs: number): number {
    const { outageMs = 0, outageEveryMs } = this.#impairment;
    if (outageMs === 0) return -1;
    const sinceMs = nowMs - this.#startMs;
    const endedMs = outageEveryMs === undefined
      ? sinceMs < outageMs ? 0 : outageMs
      : sinceMs - sinceMs % outageEveryMs;
    return endedMs === 0 ? -1 : this.#startMs + endedMs;
  }

  /**
   * Lets a packet of `bytes` enter; {@linkcode Link.copies} and
   * {@linkcode Link.releaseMs} say what becomes of it. One that is `patient`
   * waits for room in a full queue, where others are dropped.
   */
  enter(nowMs: number, bytes: number, patient = false): void {
    this.copies = 0;
    const isLost = this.#isLost();
    if (this.#isGone(nowMs) || isLost) return;
    const leavesMs = this.#leavesQueue(
      nowMs,
      bytes + HEADER_BYTES,
      patient,
    );
    if (leavesMs === Infinity) return;
    const { duplicateRatio = 0 } = this.#impairment;
    this.copies = duplicateRatio > 0 && this.#random() < duplicateRatio ? 2 : 1;
    this.releaseMs = this.#delayed(leavesMs);
  }

  /**
   * Time passes until somebody tries again: a burst that met the first try may
   * well be over. The chain moves on by as many packets as usually come then.
   */
  pass(ms: number): void {
    const memory = 1 - this.#lossToBad - this.#lossToGood;
    // Without bursts each packet is lost by itself.
    if (this.#impairment.lossBurstPackets === undefined) return;
    const left = (this.#isBad ? 1 : 0) - this.#badShare;
    const share = this.#badShare +
      left * Math.pow(Math.max(0, memory), ms * USUAL_PACKETS_PER_MS);
    this.#isBad = this.#random() < share;
  }

  #isGone(nowMs: number): boolean {
    const { outageMs = 0, outageEveryMs } = this.#impairment;
    if (outageMs === 0) return false;
    const sinceMs = nowMs - this.#startMs;
    return outageEveryMs === undefined
      ? sinceMs < outageMs
      : sinceMs % outageEveryMs >= outageEveryMs - outageMs;
  }

  /** Draws the loss and moves the chain on, also for a packet that an outage swallows. */
  #isLost(): boolean {
    if (this.#lossToBad === 0) return false;
    const isLost = this.#isBad &&
      (this.#lossInBad === 1 || this.#random() < this.#lossInBad);
    this.#isBad = this.#isBad
      ? this.#random() >= this.#lossToGood
      : this.#random() < this.#lossToBad;
    return isLost;
  }

  /** When the last bit has gone through the rate limit; `Infinity` when the queue is full. */
  #leavesQueue(nowMs: number, bytes: number, patient: boolean): number {
    const { rateBps } = this.#impairment;
    if (rateBps === undefined) return nowMs;
    const bytesPerMs = rateBps / 8000;
    const beginsMs = Math.max(nowMs, this.#rateFreeMs);
    const waiting = (beginsMs - nowMs) * bytesPerMs;
    const isFull = waiting > 0 && waiting + bytes > this.#queueBytes;
    if (isFull && !patient) return Infinity;
    this.#rateFreeMs = beginsMs + bytes / bytesPerMs;
    return this.#rateFreeMs;
  }

  #delayed(leavesMs: number): number {
    const {
      delayMs = 0,
      jitterMs = 0,
      jitterReorders = false,
      reorderRatio = 0,
      reorderMs = DEFAULT_REORDER_MS,
    } = this.#impairment;
    const spreadMs = jitterMs === 0 ? 0 : jitterMs * (2 * this.#random() - 1);
    const releaseMs = leavesMs + Math.max(0, delayMs + spreadMs);
    if (reorderRatio > 0 && this.#random() < reorderRatio) {
      return releaseMs + reorderMs;
    }
    if (jitterReorders) return releaseMs;
    const lastMs = this.#lastReleaseMs;
    this.#lastReleaseMs = releaseMs > lastMs ? releaseMs : lastMs + IN_ORDER_MS;
    return this.#lastReleaseMs;
  }
}
