/**
 * Tracks that clients of this run send in the room of a client, that it has
 * room for, and that the server tells it nothing of. What was not told cannot
 * be asked for, and is missing all the same.
 *
 * @module
 */

import { MEDIA_KINDS, type MediaKind } from "../ortc/mod.ts";
import type { SentTracks } from "./own_publishers.ts";

/** A server may take so many looks, a second apart, to tell of a track. */
const LOOKS = 4;

/** What is known of the tracks of one kind. */
export interface KnownTracks {
  /** What other clients of the run send now. */
  readonly sent: SentTracks;
  /** As many of them as it takes at most. */
  readonly wanted: number;
  /** Those that the server told of, whosoever they are; of more than are wanted they need not be all. */
  readonly told: number;
}

/** The untold tracks of one stay, look by look. */
export class UntoldTracks {
  /** Packets that were sent on them between the last two looks, about. */
  packetsMissed = 0;
  /** How many were untold at each of the last looks. */
  readonly #looks: Record<MediaKind, number[]> = { audio: [], video: [] };
  #lookedMs = NaN;

  /** Those that should have been told of by now. */
  get size(): number {
    return this.#of("audio") + this.#of("video");
  }

  /** Those of one kind: what comes and goes meanwhile is not among them. */
  #of(kind: MediaKind): number {
    const looks = this.#looks[kind];
    return looks.length < LOOKS ? 0 : Math.min(...looks);
  }

  /** Looks once more, about a second after the last time; returns the kinds of which some are untold now, and none were before. */
  look(
    nowMs: number,
    knownOf: (kind: MediaKind) => KnownTracks,
  ): MediaKind[] {
    const newly: MediaKind[] = [];
    const seconds = (nowMs - this.#lookedMs) / 1000 || 0;
    this.#lookedMs = nowMs;
    this.packetsMissed = 0;
    for (const kind of MEDIA_KINDS) {
      const { sent, wanted, told } = knownOf(kind);
      const looks = this.#looks[kind];
      const before = this.#of(kind);
      looks.push(Math.max(0, wanted - told));
      if (looks.length > LOOKS) looks.shift();
      const untold = this.#of(kind);
      if (untold === 0) continue;
      if (before === 0) newly.push(kind);
      const each = sent.packetsPerSecond / sent.tracks;
      this.packetsMissed += untold * each * seconds;
    }
    return newly;
  }
}
