/**
 * For how long a server's signaling answered nothing, look by look: media may
 * flow meanwhile, and nobody notices before he asks for something.
 *
 * @module
 */

import type { ClientFigures } from "../../metrics/mod.ts";

/** What is answered sooner is slow, and told by latencies. */
const SILENT_AFTER_MS = 3000;

/** Looks at one client again and again. */
export class SignalingWatch {
  #lookedMs = NaN;
  /** Up to when its silence has been counted; not before it was connected. */
  #countedMs = -Infinity;

  /** Adds to its figures, where the server has owed it an answer for so long now; -1 where nobody could answer. */
  look(
    waitMs: number,
    figures: Pick<ClientFigures, "signalingDueMs" | "signalingSilentMs">,
    nowMs: number,
  ): void {
    const lookedMs = this.#lookedMs;
    this.#lookedMs = waitMs < 0 ? NaN : nowMs;
    if (waitMs < 0) return;
    if (Number.isNaN(lookedMs)) this.#countedMs = nowMs;
    else figures.signalingDueMs += nowMs - lookedMs;
    if (waitMs < SILENT_AFTER_MS) return;
    const fromMs = Math.max(nowMs - waitMs, this.#countedMs);
    figures.signalingSilentMs += nowMs - fromMs;
    this.#countedMs = nowMs;
  }
}
