/**
 * Consumers that the server makes without being asked. The port asks for
 * tracks: so each is a track on offer, and asking for it finds it here. One
 * that nobody asks for within a few seconds is declined; it stays on offer.
 */

import type { Clock } from "../../time/mod.ts";
import type { Consumer, RoomEvent } from "../port.ts";

/** A server waits for so long and longer; a client that wants it says so at once. */
const DECLINE_MS = 5_000;

interface Pushed {
  readonly consumer: Consumer;
  readonly isWanted: Promise<boolean>;
  /** Whether it is wanted; does nothing once that was said. */
  readonly answer: (isWanted: boolean) => void;
}

/** Those of one visit. */
export class PushedConsumers {
  readonly #clock: Clock;
  readonly #onEvent: (event: RoomEvent) => void;
  /** By the track that they are offered as. */
  readonly #pushed = new Map<string, Pushed>();
  /** The track of every consumer, whoever asked for it. */
  readonly #tracks = new Map<string, string>();
  /** Tracks of which a consumer is on its way. */
  readonly #expected = new Set<string>();

  constructor(clock: Clock, onEvent: (event: RoomEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** Whether there is a consumer of a track, or will be. */
  hasTrack(producerId: string): boolean {
    return this.#pushed.has(producerId) || this.#expected.has(producerId);
  }

  /** A consumer of this track is on its way. */
  expect(producerId: string): void {
    this.#expected.add(producerId);
  }

  /** The server made a consumer of somebody's track, and may tell twice. Resolves with whether it is wanted. */
  offer(peerId: string, consumer: Consumer): Promise<boolean> {
    const { consumerId, producerId: original, kind } = consumer;
    const told = this.#of(consumerId);
    if (told !== undefined) return told.isWanted;
    this.#expected.delete(original);
    // A server may send one track several times: each is a track here.
    const producerId = this.#pushed.has(original)
      ? `${original}/${consumerId}`
      : original;
    const answered = Promise.withResolvers<boolean>();
    const cancel = this.#clock.setTimer(
      DECLINE_MS,
      () => answered.resolve(false),
    );
    this.#pushed.set(producerId, {
      consumer: { ...consumer, producerId },
      isWanted: answered.promise,
      answer: (isWanted) => {
        cancel();
        answered.resolve(isWanted);
      },
    });
    this.note(consumerId, producerId);
    this.#onEvent({ type: "producer", producerId, peerId, kind });
    return answered.promise;
  }

  /** The consumer that is there of a track; `undefined` where the server must be asked for it. */
  take(producerId: string): Consumer | undefined {
    return this.#pushed.get(producerId)?.consumer;
  }

  /** A consumer carries this track. */
  note(consumerId: string, producerId: string): void {
    this.#tracks.set(consumerId, producerId);
  }

  /** The track that a consumer carries. */
  trackOf(consumerId: string): string | undefined {
    return this.#tracks.get(consumerId);
  }

  /** Its packets may come. */
  accept(consumerId: string): void {
    this.#of(consumerId)?.answer(true);
  }

  /** It is not wanted. */
  decline(consumerId: string): void {
    this.#of(consumerId)?.answer(false);
  }

  /** A consumer has ended; returns the track that it carried. */
  close(consumerId: string): string | undefined {
    const producerId = this.#tracks.get(consumerId);
    this.#of(consumerId)?.answer(false);
    this.#tracks.delete(consumerId);
    if (producerId !== undefined) this.#pushed.delete(producerId);
    return producerId;
  }

  /** A track has ended, and its consumer with it. */
  closeTrack(producerId: string): void {
    this.#expected.delete(producerId);
    const pushed = this.#pushed.get(producerId);
    if (pushed !== undefined) this.close(pushed.consumer.consumerId);
  }

  /** The visit is over. */
  end(): void {
    for (const { answer } of this.#pushed.values()) answer(false);
  }

  #of(consumerId: string): Pushed | undefined {
    const producerId = this.#tracks.get(consumerId);
    return producerId === undefined ? undefined : this.#pushed.get(producerId);
  }
}
