/**
 * What TCP makes of a bad network: everything arrives, once and in order, and
 * what the network loses arrives late, with all that is behind it.
 *
 * A segment that is lost is sent again after the round trip and 200 ms, as
 * Linux has it, then after twice that, and so on (RFC 6298); so it is in an
 * outage, after whose end it may take as long again until somebody tries. Nobody is
 * told of losses by later segments (RFC 2018): messages of signaling are few.
 * Before a rate that others fill they wait in the queue and are not dropped,
 * as routers have it that give each flow its turn (RFC 8290).
 *
 * @module
 */

import type { Link } from "./link.ts";
import type { Direction, Network } from "./network.ts";

/** Time, as a stream needs it; the clock of the network. */
export interface StreamClock {
  /** Milliseconds. */
  nowMs(): number;
  /** Calls back once; returns the way to cancel. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

/** What fits into a segment with its options in an Ethernet frame, in bytes. */
const SEGMENT_BYTES = 1448;
/** By so much TCP's header is longer than UDP's, which a link counts. */
const MORE_HEADER_BYTES = 24;
const MIN_RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSION_MS = 120_000;

interface Held {
  readonly arrive: () => void;
  /** Segments that are not there yet. */
  missing: number;
}

/** A TCP connection through a network that may be impaired, and may change at any time. */
export class Stream {
  readonly #network: Pick<Network, Direction | "isMediaOnly">;
  readonly #clock: StreamClock;
  readonly #held: Readonly<Record<Direction, Held[]>> = {
    inbound: [],
    outbound: [],
  };
  readonly #cancels = new Set<() => void>();

  /** Nothing is sent yet. */
  constructor(
    network: Pick<Network, Direction | "isMediaOnly">,
    clock: StreamClock,
  ) {
    this.#network = network;
    this.#clock = clock;
  }

  /** Calls `arrive` once so many bytes have come through, and all before them; at once where nothing impairs. */
  carry(direction: Direction, bytes: number, arrive: () => void): void {
    const queue = this.#held[direction];
    if (this.#link(direction) === undefined && queue.length === 0) {
      return arrive();
    }
    const segments = Math.max(1, Math.ceil(bytes / SEGMENT_BYTES));
    const held: Held = { arrive, missing: segments };
    queue.push(held);
    for (let at = 0, left = bytes; at < segments; at++) {
      const size = Math.min(left, SEGMENT_BYTES);
      left -= size;
      this.#send(direction, held, size, this.#firstPauseMs());
    }
  }

  /** Forgets what is under way: it never arrives. */
  forget(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#held.inbound.length = this.#held.outbound.length = 0;
  }

  #send(
    direction: Direction,
    held: Held,
    bytes: number,
    pauseMs: number,
  ): void {
    const link = this.#link(direction);
    const nowMs = this.#clock.nowMs();
    let waitMs = 0;
    if (link !== undefined) {
      link.enter(nowMs, bytes + MORE_HEADER_BYTES, true);
      if (link.copies === 0) {
        const nextMs = Math.min(2 * pauseMs, MAX_RETRANSMISSION_MS);
        return this.#after(pauseMs, () => {
          this.#link(direction)?.pass(pauseMs);
          this.#send(direction, held, bytes, nextMs);
        });
      }
      waitMs = Math.max(0, link.releaseMs - nowMs);
    }
    this.#after(waitMs, () => {
      held.missing--;
      this.#handOut(this.#held[direction]);
    });
  }

  /** One a turn of the event loop, as a socket does. */
  #handOut(queue: Held[]): void {
    if (queue[0]?.missing !== 0) return;
    queue.shift()!.arrive();
    if (queue[0]?.missing === 0) this.#after(0, () => this.#handOut(queue));
  }

  #link(direction: Direction): Link | undefined {
    return this.#network.isMediaOnly ? undefined : this.#network[direction];
  }

  #firstPauseMs(): number {
    const { inbound, outbound } = this.#network;
    return MIN_RETRANSMISSION_MS + (inbound?.delayMs ?? 0) +
      (outbound?.delayMs ?? 0);
  }

  #after(delayMs: number, fn: () => void): void {
    const cancel = this.#clock.setTimer(delayMs, () => {
      this.#cancels.delete(cancel);
      fn();
    });
    this.#cancels.add(cancel);
  }
}
