/**
 * Keeps outgoing frames below the server's limit of 100 a second: a token
 * bucket that delays what is too early and drops nothing. A burst of 40 and 50
 * more a second make at most 90 in any second, and never empty the server's
 * own bucket (100 and 100), even when the network bunches frames up. Setting a
 * client up takes about 24 frames, so it is never delayed.
 */

import type { Clock } from "../../time/mod.ts";

const BURST_FRAMES = 40;
const FRAMES_PER_SECOND = 50;

/** Runs the sending of frames, in order, at a bounded rate. */
export class Pacer {
  readonly #clock: Clock;
  readonly #queue: (() => void)[] = [];
  #tokens = BURST_FRAMES;
  #filledAtMs: number;
  #cancel: (() => void) | undefined;

  /** Starts with a full bucket. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAtMs = clock.nowMs();
  }

  /** Runs `send` now if the rate allows it and nothing else waits, else in its turn. */
  push(send: () => void): void {
    this.#queue.push(send);
    if (this.#cancel === undefined) this.#drain();
  }

  /** Forgets what waits and takes nothing back; for a channel that is gone. */
  clear(): void {
    this.#queue.length = 0;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #drain(): void {
    this.#cancel = undefined;
    this.#refill();
    while (this.#tokens >= 1) {
      const send = this.#queue.shift();
      if (send === undefined) return;
      this.#tokens -= 1;
      send();
    }
    if (this.#queue.length === 0) return;
    const waitMs = Math.ceil((1 - this.#tokens) * 1000 / FRAMES_PER_SECOND);
    this.#cancel = this.#clock.setTimer(waitMs, () => this.#drain());
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const earned = (nowMs - this.#filledAtMs) * FRAMES_PER_SECOND / 1000;
    this.#tokens = Math.min(BURST_FRAMES, this.#tokens + earned);
    this.#filledAtMs = nowMs;
  }
}
