/**
 * How much may be sent again: over half a second no more than what was sent,
 * as in libwebrtc, which takes its target bit rate for that. Whoever misses
 * more asks again, or for a key frame; without a limit, one outage has
 * everything sent several times into a network that is full already.
 *
 * @module
 */

const WINDOW_MS = 500;

/** What the repairs of one track may take. */
export class RtxBudget {
  /** Bytes that repairs may take yet in this stretch; of the first one, nothing is known. */
  #room = Infinity;
  #beganMs: number;
  #sentBefore = 0;

  /** `nowMs` is when the track begins. */
  constructor(nowMs: number) {
    this.#beganMs = nowMs;
  }

  /** The track was silent and goes on: what it sent meanwhile says nothing. */
  restart(nowMs: number, sentBytes: number): void {
    this.#room = Infinity;
    this.#beganMs = nowMs;
    this.#sentBefore = sentBytes;
  }

  /** Takes room for a repair of `bytes`, of a track that has sent `sentBytes` so far; `false` when there is none. */
  take(bytes: number, nowMs: number, sentBytes: number): boolean {
    const forMs = nowMs - this.#beganMs;
    if (forMs >= WINDOW_MS) {
      this.#room = (sentBytes - this.#sentBefore) / forMs * WINDOW_MS;
      this.#beganMs = nowMs;
      this.#sentBefore = sentBytes;
    }
    if (this.#room < bytes) return false;
    this.#room -= bytes;
    return true;
  }
}
