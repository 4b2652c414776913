/**
 * Latency from one machine to another: as right as their clocks are known to
 * be apart. Where that is not known well enough, what went between machines
 * is left out, and what stayed within one is left.
 *
 * @module
 */

import { trendOf } from "../figures.ts";
import type { ClockOffset, NodePart, Snapshot } from "../snapshot.ts";

/** How well latencies between machines are known. */
export interface AcrossMachines {
  /** By how much a latency between two of them is wrong at most, in milliseconds; `null` where clocks could not be compared. */
  readonly boundMs: number | null;
  /** Whether such latencies are among the figures. */
  readonly isKnown: boolean;
}

type Several = Pick<Snapshot, "parts">;

/** Latencies that may be wrong by more say nothing: most are no longer themselves. */
const MAX_BOUND_MS = 5;

/** How well latencies between machines are known; `undefined` where clients were on one. */
export function acrossMachines(snapshot: Several): AcrossMachines | undefined {
  const machines = machinesOf(snapshot);
  if (machines.length < 2) return undefined;
  const bounds = machines.map(({ offset }) => offset?.boundMs ?? null);
  if (bounds.includes(null)) return { boundMs: null, isKnown: false };
  // Both ends of a way may be wrong.
  const [a, b] = (bounds as number[]).toSorted((a, b) => b - a);
  return { boundMs: a + b, isKnown: a + b <= MAX_BOUND_MS };
}

/** The same without latencies that are not known. */
export function withKnownLatency(snapshot: Snapshot): Snapshot {
  if (acrossMachines(snapshot)?.isKnown !== false) return snapshot;
  const { mediaLatency: _, ...trends } = snapshot.trends;
  const within = trends.mediaLatencySameMachine;
  return {
    ...snapshot,
    trends: {
      ...trends,
      ...(within !== undefined && { mediaLatency: within }),
    },
  };
}

/** What a person should know of the machines' clocks, one sentence each. */
export function offsetNotes(snapshot: Snapshot): string[] {
  const across = acrossMachines(snapshot);
  if (across === undefined) return [];
  const { boundMs, isKnown } = across;
  const notes = machinesOf(snapshot).flatMap(({ node, offset }) =>
    offset === undefined ? [] : notesOf(node, offset)
  );
  if (isKnown) return notes;
  const within = trendOf(snapshot, "mediaLatencySameMachine").count > 0
    ? "only those within one are told"
    : "none are told";
  return [
    ...notes,
    `latencies between machines are not known, for their clocks ${
      boundMs === null
        ? "could not be compared"
        : `are known to ±${boundMs.toFixed(1)} ms only`
    }: ${within}`,
  ];
}

function machinesOf({ parts = [] }: Several): readonly NodePart[] {
  return parts.filter(({ machine }) => machine !== undefined);
}

/** Differences that are worth a word: clocks that are kept in time differ by less. */
const MIN_TOLD_MS = 5;

function notesOf(node: string, offset: ClockOffset): string[] {
  const { aheadMs, boundMs, leaps } = offset;
  if (aheadMs === null || boundMs === null) {
    return [`${node}'s clock could not be compared`];
  }
  return [
    ...(Math.abs(aheadMs) > MIN_TOLD_MS + boundMs
      ? [
        `${node}'s clock is ${inMs(aheadMs)} ${
          aheadMs > 0 ? "ahead" : "behind"
        }; its latencies are corrected, to ±${boundMs.toFixed(1)} ms`,
      ]
      : []),
    ...(leaps > 0
      ? [
        `${node}'s clock ran away ${
          leaps === 1 ? "once" : `${leaps} times`
        } during the run, faster than clocks do`,
      ]
      : []),
  ];
}

function inMs(ms: number): string {
  const size = Math.abs(ms);
  return size < 10_000
    ? `${Math.round(size)} ms`
    : `${(size / 1000).toFixed(1)} s`;
}
