/**
 * Whether the generator kept up. Where it did not, what was measured says
 * something about the generator rather than the server, and the run is
 * invalid.
 *
 * @module
 */

import { counterOf, trendOf } from "./figures.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a generator that keeps up keeps to. */
export const SATURATION_LIMITS = {
  /** At least this share of the packets that were due has been sent. */
  achievedRatio: 0.95,
  /** 95 % of the packets left no later than this after they were due: the time between two audio packets. */
  latenessP95Ms: 20,
  /** At most this share of the arriving packets was dropped by our own kernel, unread. */
  kernelDropRatio: 0.001,
} as const;

/** Why the run is invalid, in one sentence; `null` when the generator kept up. */
export function saturationOf(snapshot: Snapshot): string | null {
  const planned = counterOf(snapshot, "packetsPlanned");
  const sent = counterOf(snapshot, "packetsSent");
  if (sent < planned * SATURATION_LIMITS.achievedRatio) {
    return `the generator sent only ${
      percent(sent / planned)
    } of the packets that were due`;
  }
  const p95Ms = trendOf(snapshot, "lateness").percentile(95) / 1000;
  if (p95Ms > SATURATION_LIMITS.latenessP95Ms) {
    return `the generator sent 5 % of its packets ${
      p95Ms.toFixed(1)
    } ms late or more`;
  }
  const drops = snapshot.generator.kernelDrops ?? 0;
  const arrived = counterOf(snapshot, "packetsReceived") + drops;
  if (drops > arrived * SATURATION_LIMITS.kernelDropRatio) {
    return `the generator's kernel dropped ${drops} packets (${
      percent(drops / arrived)
    }) before they could be read`;
  }
  return null;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
