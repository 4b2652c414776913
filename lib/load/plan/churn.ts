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
const MIN_SESSION_MS = 2000;

/** The spans of a crowd, given in order of joining, with churn on top, in order of joining. */
export function withChurn(
  spans: readonly Span[],
  options: ChurnOptions,
  random: Random,
): Span[] {
  const { ratePerSec, fromMs, untilMs } = options;
  const result = [...spans];
  // Only each slot's latest span can be present: looking at those alone
  // keeps a day of churn cheap.
  const latestOfSlot = new Map<number, Span>();
  const position = new Map(result.map((span, i) => [span, i]));
  const departures = Math.floor((untilMs - fromMs) / 1000 * ratePerSec);
  let due = 0;
  for (let i = 0; i < departures; i++) {
    const atMs = departureMs(options, i, random);
    while (due < spans.length && spans[due].joinAtMs < atMs) {
      latestOfSlot.set(spans[due].slot, result[due]);
      due++;
    }
    const leaver = drawLeaver(latestOfSlot.values(), atMs, random);
    if (leaver === undefined) continue;
    const { slot, leaveAtMs } = leaver;
    const replacement: Span = { slot, joinAtMs: atMs, leaveAtMs };
    result[position.get(leaver)!] = { ...leaver, leaveAtMs: atMs };
    position.set(replacement, result.length);
    latestOfSlot.set(slot, replacement);
    result.push(replacement);
  }
  return result.sort((a, b) => a.joinAtMs - b.joinAtMs || a.slot - b.slot);
}

/** When the departure of this number is, from 0: somewhere in its own part of the time. */
export function departureMs(
  { ratePerSec, fromMs }: Pick<ChurnOptions, "ratePerSec" | "fromMs">,
  number: number,
  random: Random,
): number {
  return fromMs + Math.round((number + random()) / ratePerSec * 1000);
}

/** Who leaves at this moment, of spans in order of their slots; `undefined` when nobody is there. */
export function drawLeaver<S extends Omit<Span, "slot">>(
  spans: Iterable<S>,
  atMs: number,
  random: Random,
): S | undefined {
  let oldest: S | undefined;
  const settled: S[] = [];
  for (const span of spans) {
    const { joinAtMs, leaveAtMs } = span;
    if (leaveAtMs !== null && leaveAtMs <= atMs) continue;
    if (oldest === undefined || joinAtMs < oldest.joinAtMs) oldest = span;
    if (joinAtMs + MIN_SESSION_MS <= atMs) settled.push(span);
  }
  if (settled.length === 0) return oldest;
  return settled[Math.floor(random() * settled.length)];
}
