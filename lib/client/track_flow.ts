/**
 * Which tracks should come to a client at one time, and which do.
 *
 * @module
 */

import type { ConsumedTrack } from "./inbound_tracks.ts";

/** Tracks that should come at one time. */
export interface TrackFlow {
  /** Those that clients of this run send and that have had a second to come; those that are paused left out. */
  readonly due: number;
  /** Those of them of which something came in the last second. */
  readonly flowing: number;
}

/** A track may take so long to begin, and be silent for so long while it flows. */
export const SILENT_AFTER_MS = 1000;

/**
 * Of these tracks, at this time by the scheduler's clock. One that the server
 * says to send nothing of is not due, unless it went silent before that was
 * said: then something is out.
 */
export function trackFlow(
  tracks: Iterable<ConsumedTrack>,
  nowMs: number,
): TrackFlow {
  let due = 0;
  let flowing = 0;
  for (const track of tracks) {
    const { receiver } = track;
    const isCutOff = track.isCutOff && receiver.packetsReceived > 0;
    if (!track.shouldFlow || (receiver.isSuspended && !isCutOff)) continue;
    const isSilent = isCutOff || receiver.silentMs(nowMs) >= SILENT_AFTER_MS;
    // One that is new is not due before it could be silent.
    if (!isSilent && receiver.packetsReceived === 0) continue;
    due++;
    if (!isSilent) flowing++;
  }
  return { due, flowing };
}
