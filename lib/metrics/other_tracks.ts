/**
 * What was found of tracks in the rooms that no client of the run sends: each
 * counts once, however many clients met it.
 *
 * @module
 */

import type { OthersSummary } from "./summary/summary.ts";

/** One such track, on whichever nodes it was met. */
export interface OtherTrack {
  /** Its id on the server. */
  readonly producerId: string;
  /** Whether any packet of it came to anyone. */
  readonly hasFlowed: boolean;
  /** Whether nothing came of it when it was last looked at. */
  readonly isSilent: boolean;
  /** Its codec, or those that it may have, when clients do not take it. */
  readonly codec: string | null;
  /** Why the server did not hand it out, in its words. */
  readonly refusal: string | null;
}

/** What two nodes know, put together. */
export function mergeOtherTracks(
  a: readonly OtherTrack[],
  b: readonly OtherTrack[],
): readonly OtherTrack[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Map(a.map((track) => [track.producerId, track]));
  for (const track of b) {
    const same = merged.get(track.producerId);
    merged.set(track.producerId, same ? bothOf(same, track) : track);
  }
  return [...merged.values()].sort((x, y) =>
    x.producerId < y.producerId ? -1 : 1
  );
}

function bothOf(a: OtherTrack, b: OtherTrack): OtherTrack {
  return {
    producerId: a.producerId,
    hasFlowed: a.hasFlowed || b.hasFlowed,
    isSilent: a.isSilent && b.isSilent,
    codec: shorter(a.codec, b.codec),
    refusal: shorter(a.refusal, b.refusal),
  };
}

/** Who can tell less apart says more; of what is equally long, the same of both whichever comes first. */
export function shorter(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  if (a.length !== b.length) return a.length < b.length ? a : b;
  return a < b ? a : b;
}

/** Counts them. */
export function summarizeOthers(
  tracks: readonly OtherTrack[],
  packetsReceived: number,
): OthersSummary {
  const had = tracks.filter(({ codec, refusal, hasFlowed }) =>
    hasFlowed || (codec === null && refusal === null)
  );
  const leftOut = tracks.filter((track) => !had.includes(track));
  return {
    codecs: countsOf(leftOut.flatMap(({ codec }) => codec ?? [])),
    refusals: countsOf(
      leftOut.flatMap(({ codec, refusal }) =>
        codec === null && refusal !== null ? [refusal] : []
      ),
    ),
    neverSent: had.filter(({ hasFlowed }) => !hasFlowed).length,
    fellSilent: had.filter(({ hasFlowed, isSilent }) => hasFlowed && isSilent)
      .length,
    flowed: had.filter(({ hasFlowed, isSilent }) => hasFlowed && !isSilent)
      .length,
    packetsReceived,
  };
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(
    [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
  );
}
