/**
 * How far another machine's clock is ahead: NTP's four timestamps over a
 * link, of which the answer with the least round trip says most (RFC 5905
 * section 8).
 *
 * @module
 */

import type { NodeClock } from "../load/mod.ts";

/** How two clocks differ. */
export interface ClockOffset {
  /** How far the other is ahead, in milliseconds. */
  readonly aheadMs: number;
  /** By how much that may be wrong, either way. */
  readonly boundMs: number;
}

/** Samples that are taken. */
const SAMPLES = 40;
/** For so long at most, once there is one. */
const MAX_SAMPLING_MS = 5_000;

/** Asks for the other's time again and again; `ask` gives `undefined` where no answer came. */
export async function measureOffset(
  ask: () => Promise<number | undefined>,
  clock: Pick<NodeClock, "nowMs" | "wallNowMs">,
  isOver: () => boolean,
): Promise<ClockOffset> {
  let best = { aheadMs: 0, boundMs: Infinity };
  const begunMs = clock.nowMs();
  for (let i = 0; i < SAMPLES && !isOver(); i++) {
    const isLong = clock.nowMs() - begunMs > MAX_SAMPLING_MS;
    if (isLong && best.boundMs < Infinity) break;
    const askedMs = clock.nowMs();
    const askedWallMs = clock.wallNowMs();
    const wallMs = await ask();
    const boundMs = (clock.nowMs() - askedMs) / 2;
    if (wallMs === undefined || boundMs >= best.boundMs) continue;
    best = { boundMs, aheadMs: wallMs - (askedWallMs + boundMs) };
  }
  return best;
}

/** Differences that are worth a word: clocks that are kept in time differ by less. */
const MIN_TOLD_MS = 5;

/** What a person should know of a node's clock, one sentence each: how it differed, and what became of that in the run. */
export function offsetNotes(
  node: string,
  begun: ClockOffset,
  ended: ClockOffset | undefined,
): string[] {
  const { aheadMs, boundMs } = begun;
  const driftMs = ended === undefined || ended.boundMs === Infinity
    ? 0
    : ended.aheadMs - aheadMs;
  const uncertainMs = boundMs + (ended?.boundMs ?? 0);
  return [
    ...(boundMs === Infinity
      ? [
        `${node}'s clock could not be compared: latencies between machines are by their own clocks`,
      ]
      : Math.abs(aheadMs) > MIN_TOLD_MS + boundMs
      ? [
        `${node}'s clock was ${inMs(aheadMs)} ${
          aheadMs > 0 ? "behind" : "ahead"
        }; latencies between machines are corrected, to ±${
          boundMs.toFixed(1)
        } ms`,
      ]
      : boundMs > MIN_TOLD_MS
      ? [
        `${node}'s clock is known to ±${
          boundMs.toFixed(1)
        } ms only, and so are latencies between machines`,
      ]
      : []),
    ...(Math.abs(driftMs) > MIN_TOLD_MS + uncertainMs
      ? [
        `${node}'s clock went ${driftMs > 0 ? "slow" : "fast"} by ${
          inMs(driftMs)
        } during the run: latencies between machines are wrong by up to that`,
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
