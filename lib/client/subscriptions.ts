/**
 * Which of the room's tracks a client consumes: the first ones that it hears
 * of, up to its limits by kind, and never more in one stay than the server
 * allows. When a track goes, its place is free for another.
 *
 * The server counts every consumer of a stay, closed ones too, and says so
 * only by refusing one: so the count is kept here as well.
 *
 * @module
 */

import type { MediaKind } from "../protocol/mod.ts";

/** A track that someone in the room sends. */
export interface OfferedProducer {
  readonly participantId: string;
  readonly producerId: string;
  readonly kind: MediaKind;
}

/** How many tracks to consume. */
export interface SubscriptionLimits {
  readonly maxAudio: number;
  readonly maxVideo: number;
  /** Consumers that the server grants in one stay. */
  readonly perStay: number;
}

/** The bookkeeping of one stay in a room. */
export class Subscriptions {
  readonly #limits: SubscriptionLimits;
  readonly #offered = new Map<string, OfferedProducer>();
  readonly #taken = new Map<string, MediaKind>();
  #left: number;
  #isExhausted = false;

  constructor(limits: SubscriptionLimits) {
    this.#limits = limits;
    this.#left = limits.perStay;
  }

  /** Someone sends a track. */
  offer(producer: OfferedProducer): void {
    if (this.#taken.has(producer.producerId)) return;
    this.#offered.set(producer.producerId, producer);
  }

  /** Whether a place is taken by this track. */
  has(producerId: string): boolean {
    return this.#taken.has(producerId);
  }

  /** A track has ended, or cannot be had: its place is free. */
  withdraw(producerId: string): void {
    this.#offered.delete(producerId);
    this.#taken.delete(producerId);
  }

  /** The server refused a track: it made no consumer, so none is counted. */
  refuse(producerId: string): void {
    this.withdraw(producerId);
    this.#left++;
  }

  /** Nobody knows what became of the request: the track is on offer again. */
  giveBack(producer: OfferedProducer): void {
    this.#taken.delete(producer.producerId);
    this.offer(producer);
  }

  /** The tracks to consume now; their places are taken. */
  take(): OfferedProducer[] {
    const chosen: OfferedProducer[] = [];
    for (const producer of this.#offered.values()) {
      if (this.#left === 0 || this.#isExhausted) break;
      if (!this.#hasPlace(producer.kind)) continue;
      chosen.push(producer);
      this.#left--;
      this.#taken.set(producer.producerId, producer.kind);
    }
    for (const { producerId } of chosen) this.#offered.delete(producerId);
    return chosen;
  }

  /** The server refuses further consumers in this stay. */
  exhaust(): void {
    this.#isExhausted = true;
  }

  #hasPlace(kind: MediaKind): boolean {
    let count = 0;
    for (const taken of this.#taken.values()) if (taken === kind) count++;
    return count <
      (kind === "audio" ? this.#limits.maxAudio : this.#limits.maxVideo);
  }
}
