/**
 * Tracks that clients of the run went on sending although the server said that
 * they are paused, or closed: each counts once, however many clients heard it.
 *
 * @module
 */

/** One such track. */
export interface StoppedTrack {
  /** Its id on the server. */
  readonly producerId: string;
  /** What the server said last. */
  readonly how: "paused" | "closed";
}

/** A run has not so many; what is more is not named. */
export const MAX_STOPPED = 10_000;

/** What two nodes know, put together. */
export function mergeStopped(
  a: readonly StoppedTrack[],
  b: readonly StoppedTrack[],
): readonly StoppedTrack[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Map(a.map((track) => [track.producerId, track]));
  for (const track of b) {
    // What is closed stays so.
    if (track.how === "closed" || !merged.has(track.producerId)) {
      merged.set(track.producerId, track);
    }
  }
  return [...merged.values()].sort((x, y) =>
    x.producerId < y.producerId ? -1 : 1
  );
}

/** In words: `paused 12`, `paused 12 and closed 1`. */
export function stoppedText(tracks: readonly StoppedTrack[]): string {
  return (["paused", "closed"] as const).flatMap((how) => {
    const many = tracks.filter((track) => track.how === how).length;
    return many === 0 ? [] : [`${how} ${many}`];
  }).join(" and ");
}
