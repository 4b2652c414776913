/**
 * Silence over time: the stretches of a run in which tracks that should come
 * did not, since when, and which share of them.
 *
 * @module
 */

import { BANDS } from "./bands.ts";

/** A part of a run, as a timeline has it. */
export interface SilencePoint {
  /** Its end, in seconds since the run began. */
  readonly tSec: number;
  /** Tracks that should have come in it, on average. */
  readonly tracksDue: number;
  /** The share of them of which nothing came. */
  readonly silentRatio: number;
}

/** A stretch in which a share of the tracks was silent. */
export interface Silence {
  /** When it began, in seconds since the run began. */
  readonly fromSec: number;
  /** When it was over; `null` where it went on to the end. */
  readonly toSec: number | null;
  /** The share of the tracks that should have come, on average. */
  readonly share: number;
}

/** What is shorter may be over before anybody is sure of it. */
const MIN_SEC = 3;
/** Looks are a second apart, and may be a little early. */
const SLACK_SEC = 0.5;

/**
 * The stretches in which more than `leastShare` of the tracks were silent,
 * in their order. Times in which nothing should have come neither end one
 * nor count.
 */
export function silences(
  timeline: readonly SilencePoint[],
  leastShare: number,
): Silence[] {
  const parts = timeline.map(({ tSec, tracksDue, silentRatio }, i) => {
    const fromSec = timeline[i - 1]?.tSec ?? 0;
    return { fromSec, tSec, due: tracksDue * (tSec - fromSec), silentRatio };
  }).filter(({ due }) => due > 0);
  const found: Silence[] = [];
  let begin = 0;
  for (let end = 0; end <= parts.length; end++) {
    if (end < parts.length && parts[end].silentRatio > leastShare) continue;
    const stretch = parts.slice(begin, end);
    begin = end + 1;
    const seconds = stretch.reduce(
      (sum, one) => sum + one.tSec - one.fromSec,
      0,
    );
    if (seconds < MIN_SEC - SLACK_SEC) continue;
    const due = stretch.reduce((sum, one) => sum + one.due, 0);
    const silent = stretch.reduce(
      (sum, one) => sum + one.due * one.silentRatio,
      0,
    );
    found.push({
      fromSec: stretch[0].fromSec,
      toSec: end === parts.length ? null : stretch.at(-1)!.tSec,
      share: Math.round(silent / due * 1000) / 1000,
    });
  }
  return found;
}

/** The silence that goes on at the end: a bad one rather than a longer one. */
export function endingSilence(
  timeline: readonly SilencePoint[],
): Silence | undefined {
  for (const [, share] of boundsOfSilence()) {
    const last = silences(timeline, share).at(-1);
    if (last?.toSec === null) return last;
  }
  return undefined;
}

/** The worst silence that was over before the end. */
export function worstSilence(
  timeline: readonly SilencePoint[],
): Silence | undefined {
  for (const [, share] of boundsOfSilence()) {
    const found = silences(timeline, share).toSorted((a, b) =>
      lengthOf(b) * b.share - lengthOf(a) * a.share
    );
    if (found.length > 0) return found[0];
  }
  return undefined;

  function lengthOf({ fromSec, toSec }: Silence): number {
    return (toSec ?? timeline.at(-1)!.tSec) - fromSec;
  }
}

function boundsOfSilence() {
  const { critical, good } = BANDS.silentAtEnd;
  return [critical, good] as const;
}
