/**
 * Churn: people leave and others take their places. A rate of R means R
 * departures a second, one in each 1/R of a second at a moment drawn from
 * it, by someone drawn from those present; the replacement is due that very
 * moment, in the same slot, and is a new client.
 *
 * @module
 */

import type { Span } from "./profile.ts";
import type { Random } from "./random.ts";

/** When and how much to churn. */
export interface ChurnOptions {
  /** Departures a second; 0 is none. */
  readonly ratePerSec: number;
  /** When it begins, in milliseconds since the run began. */
  readonly fromMs: number;
  /** When it ends. */
  readonly untilMs: number;
}

/** Who has been there for less is spared, unless all have, when the one goes that came first: a join takes a moment. */
export const MIN_SESSION_MS = 2000;

/** The spans of a crowd, given in order of joining, with churn on top, in order of joining. */
export function withChurn(
  spans: readonly Span[],
  options: ChurnOptions,
  random: Random,
): Span[] {
  const result = [...spans];
  // Only each slot's latest span can be present: looking at those alone
  // keeps a day of churn cheap.
  const latestOfSlot = new Map<number, number>();
  let due = 0;
  for (const atMs of departureTimes(options, random)) {
    while (due < spans.length && spans[due].joinAtMs < atMs) {
      latestOfSlot.set(spans[due].slot, due);
      due++;
    }
    const leaver = drawLeaver(result, latestOfSlot.values(), atMs, random);
    if (leaver === undefined) continue;
    const { slot, leaveAtMs } = result[leaver];
    result[leaver] = { ...result[leaver], leaveAtMs: atMs };
    latestOfSlot.set(slot, result.length);
    result.push({ slot, joinAtMs: atMs, leaveAtMs });
  }
  return result.sort((a, b) => a.joinAtMs - b.joinAtMs || a.slot - b.slot);
}

function* departureTimes(
  { ratePerSec, fromMs, untilMs }: ChurnOptions,
  random: Random,
): Iterable<number> {
  const departures = Math.floor((untilMs - fromMs) / 1000 * ratePerSec);
  for (let i = 0; i < departures; i++) {
    yield fromMs + Math.round((i + random()) / ratePerSec * 1000);
  }
}

/** The position of who leaves at this moment; `undefined` when nobody is there. */
function drawLeaver(
  spans: readonly Span[],
  latest: Iterable<number>,
  atMs: number,
  random: Random,
): number | undefined {
  let oldest: number | undefined;
  const settled: number[] = [];
  for (const position of latest) {
    const { joinAtMs, leaveAtMs } = spans[position];
    if (leaveAtMs !== null && leaveAtMs <= atMs) continue;
    if (oldest === undefined || joinAtMs < spans[oldest].joinAtMs) {
      oldest = position;
    }
    if (joinAtMs + MIN_SESSION_MS <= atMs) settled.push(position);
  }
  if (settled.length === 0) return oldest;
  return settled[Math.floor(random() * settled.length)];
}
