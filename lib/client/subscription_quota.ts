/**
 * Which of the room's tracks a client consumes, up to its limits by kind and
 * to what the server allows: those that are worth most, among equals the first
 * ones that it hears of. When a track goes, its place is free for another; one
 * that turns out to bring nothing makes way for one that may.
 *
 * @module
 */

import { MEDIA_KINDS, type MediaKind } from "../ortc/mod.ts";
import type { Allowance } from "./allowance.ts";

/** A track that someone in the room sends. */
export interface OfferedProducer {
  readonly participantId: string;
  readonly producerId: string;
  readonly kind: MediaKind;
}

/** What a track is worth to a receiver. */
export const WORTH = {
  /** Its sender is gone. */
  nothing: 0,
  /** Nothing comes of it. */
  silent: 1,
  /** It flows, or nothing speaks against it. */
  good: 2,
  /** A client of this run is there to send it. */
  own: 3,
} as const;

/** One of {@linkcode WORTH}. */
export type Worth = typeof WORTH[keyof typeof WORTH];

/** How many tracks to consume, and which. */
export interface SubscriptionLimits {
  readonly maxAudio: number;
  readonly maxVideo: number;
  /** What the server grants. */
  readonly allowance: Allowance;
  readonly worthOf: (producer: OfferedProducer) => Worth;
}

/** The bookkeeping of one stay in a room. */
export class SubscriptionQuota {
  readonly #limits: SubscriptionLimits;
  readonly #offered = new Map<string, OfferedProducer>();
  readonly #taken = new Map<string, OfferedProducer>();
  /** Tracks that had a place, and that the server's allowance is too small for. */
  readonly #denied = new Set<string>();
  readonly #places: Record<MediaKind, number>;
  /** Consumers that count for the server: closed ones, and those under way. */
  #made = 0;

  constructor(limits: SubscriptionLimits) {
    this.#limits = limits;
    this.#places = { audio: limits.maxAudio, video: limits.maxVideo };
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

  /** Places of this kind that are taken. */
  taken(kind: MediaKind): number {
    const { maxAudio, maxVideo } = this.#limits;
    return (kind === "audio" ? maxAudio : maxVideo) - this.#places[kind];
  }

  /** A track has ended, or cannot be had: its place is free. */
  withdraw(producerId: string): void {
    this.#offered.delete(producerId);
    this.#denied.delete(producerId);
    this.#free(producerId);
  }

  /** The server refused a track: it made no consumer, so none is counted. */
  refuse(producerId: string): void {
    this.withdraw(producerId);
    this.#made--;
  }

  /** Nobody knows what became of the request: the track is on offer again. */
  giveBack(producer: OfferedProducer): void {
    this.#free(producer.producerId);
    this.offer(producer);
  }

  /** Counts a consumer that takes no place; returns whether the server grants one more. */
  spend(): boolean {
    if (this.#left === 0) return false;
    this.#made++;
    return true;
  }

  /** The server refused one more consumer: the track is on offer, and denied. */
  deny(producer: OfferedProducer): void {
    this.#made--;
    this.giveBack(producer);
  }

  /**
   * Frees places of tracks that bring nothing, as many as others that may
   * bring something wait for one; returns whose they were.
   */
  makeWay(): OfferedProducer[] {
    const { worthOf } = this.#limits;
    let left = this.#left;
    if (left === 0 || this.#offered.size === 0) return [];
    const poor = [...this.#taken.values()]
      .map((producer) => ({ producer, worth: worthOf(producer) }))
      .filter(({ worth }) => worth < WORTH.good)
      .sort((a, b) => a.worth - b.worth);
    const freed: OfferedProducer[] = [];
    for (const kind of MEDIA_KINDS) {
      const some = poor.filter(({ producer }) => producer.kind === kind);
      if (some.length === 0) continue;
      let waiting = 0;
      for (const offered of this.#offered.values()) {
        if (offered.kind === kind && worthOf(offered) >= WORTH.good) waiting++;
      }
      const many = Math.min(waiting - this.#places[kind], left);
      for (const { producer } of some.slice(0, Math.max(0, many))) {
        this.giveBack(producer);
        freed.push(producer);
        left--;
      }
    }
    return freed;
  }

  /** The tracks to consume now; their places are taken. `onDenied` is told of each that there is a place for and no allowance, once. */
  take(onDenied: (producer: OfferedProducer) => void = () => {}) {
    const chosen: OfferedProducer[] = [];
    const { audio, video } = this.#places;
    if (audio + video === 0 || this.#offered.size === 0) return chosen;
    let left = this.#left;
    const places = { audio, video };
    for (const producer of this.#byWorth()) {
      const { producerId, kind } = producer;
      if (places[kind] === 0) continue;
      places[kind]--;
      if (left > 0) {
        left--;
        chosen.push(producer);
      } else if (!this.#denied.has(producerId)) {
        this.#denied.add(producerId);
        onDenied(producer);
      }
    }
    for (const producer of chosen) {
      this.#made++;
      this.#places[producer.kind]--;
      this.#offered.delete(producer.producerId);
      this.#taken.set(producer.producerId, producer);
    }
    return chosen;
  }

  get #left(): number {
    return Math.max(0, this.#limits.allowance.consumers - this.#made);
  }

  #free(producerId: string): void {
    const producer = this.#taken.get(producerId);
    if (producer === undefined) return;
    this.#taken.delete(producerId);
    this.#places[producer.kind]++;
  }

  /** What is on offer and worth anything, the best first. */
  #byWorth(): OfferedProducer[] {
    const byWorth: OfferedProducer[][] = [[], [], [], []];
    for (const producer of this.#offered.values()) {
      byWorth[this.#limits.worthOf(producer)].push(producer);
    }
    const { own, good, silent } = WORTH;
    return [...byWorth[own], ...byWorth[good], ...byWorth[silent]];
  }
}
