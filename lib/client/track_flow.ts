/**
 * Which tracks should come to a client at one time, and which do.
 *
 * @module
 */

import type { ConsumedTrack } from "./consumed_track.ts";

/** Tracks that should come at one time. */
export interface TrackFlow {
  /** Those that clients of this run send and that have had a second to come; those that are paused left out. */
  readonly due: number;
  /** Those of them of which something came in the last second. */
  readonly flowing: number;
  /** For how long nothing has come of any of them, in milliseconds; 0 while something does, and where none was had. */
  readonly silentMs: number;
  /** Those besides of which the server chooses to send nothing, and says so. */
  readonly withheld: number;
  /** Those of the due ones that the server never told of. */
  readonly untold: number;
  /** Packets that should have come on those of which nothing came for a moment, and are not counted as deliverable yet. */
  readonly overdue: number;
}

/** That of nobody. */
export const NO_FLOW: TrackFlow = {
  due: 0,
  flowing: 0,
  silentMs: 0,
  withheld: 0,
  untold: 0,
  overdue: 0,
};

/** A track may take so long to begin, and be silent for so long while it flows. */
export const SILENT_AFTER_MS = 1000;

/** What is silent for so long is late already. */
const LATE_AFTER_MS = 300;

/**
 * Of these tracks, at this time by the scheduler's clock. One that the server
 * says to send nothing of is not due, unless it went silent before that was
 * said: then something is out.
 */
export function trackFlow(
  tracks: Iterable<ConsumedTrack>,
  nowMs: number,
): Omit<TrackFlow, "untold"> {
  let due = 0;
  let flowing = 0;
  let leastMs = Infinity;
  let withheld = 0;
  let overdue = 0;
  for (const track of tracks) {
    const { receiver, origin } = track;
    const isCutOff = track.isCutOff && receiver.packetsReceived > 0;
    if (!track.shouldFlow) continue;
    if (receiver.isSuspended && !isCutOff) {
      withheld++;
      continue;
    }
    const silentMs = receiver.silentMs(nowMs);
    const isSilent = isCutOff || silentMs >= SILENT_AFTER_MS;
    // One that is new is not due before it could be silent.
    if (!isSilent && receiver.packetsReceived === 0) continue;
    due++;
    if (!isSilent) flowing++;
    if (receiver.packetsReceived > 0) leastMs = Math.min(leastMs, silentMs);
    if (silentMs < LATE_AFTER_MS || origin.of !== "own") continue;
    // What is silent for longer counts as deliverable.
    overdue += Math.min(silentMs, SILENT_AFTER_MS) / 1000 *
      (origin.packetsPerSecond ?? 0);
  }
  return {
    due,
    flowing,
    silentMs: flowing === 0 && leastMs < Infinity ? leastMs : 0,
    withheld,
    overdue: Math.round(overdue),
  };
}
