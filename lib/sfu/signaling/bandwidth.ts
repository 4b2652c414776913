/**
 * What the server makes of a bandwidth estimate: it tells the client every
 * ten seconds if it changed, and lets the client's consumers switch to the
 * layers that fit.
 *
 * @module
 */

import { type Clock, every } from "../../time/mod.ts";

/** How often the client is told, in milliseconds. */
const REPORT_MS = 10_000;
/** The least time between two switches of layers, in milliseconds. */
const SWITCH_MS = 2_000;

/** What happens with an estimate. */
export interface BandwidthActions {
  /** Tells the client; bit/s. */
  readonly report: (bps: number) => void;
  /** Applies a spatial layer to all consumers. */
  readonly prefer: (spatialLayer: number) => void;
}

/** Takes estimates; `stop` ends its reports. */
export interface BandwidthWatch {
  readonly estimated: (bps: number) => void;
  readonly stop: () => void;
}

/** The spatial layer that fits an estimate in bit/s. */
export function layerFor(bps: number): number {
  if (bps < 200_000) return 0;
  return bps < 600_000 ? 1 : 2;
}

/** Starts to watch. */
export function watchBandwidth(
  clock: Clock,
  actions: BandwidthActions,
): BandwidthWatch {
  let latest: number | undefined;
  let reported: number | undefined;
  let layer: number | undefined;
  let switchedAtMs = -Infinity;

  const stop = every(clock, REPORT_MS, () => {
    if (latest === undefined || latest === reported) return;
    reported = latest;
    actions.report(latest);
  });

  return {
    stop,
    estimated: (bps) => {
      latest = bps;
      const fitting = layerFor(bps);
      const nowMs = clock.nowMs();
      if (fitting === layer || nowMs - switchedAtMs < SWITCH_MS) return;
      layer = fitting;
      switchedAtMs = nowMs;
      actions.prefer(fitting);
    },
  };
}
