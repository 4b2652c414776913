/**
 * The light on the status line: the worst of what is watched, in a word.
 *
 * @module
 */

import {
  type Band,
  briefly,
  type ChartPoint,
  judge,
  saturationOf,
  type Snapshot,
  tallyClients,
  type ThresholdResult,
} from "../../tool.ts";

/** How the load does, and what is to blame. */
export interface Health {
  readonly band: Band;
  /** Empty when all is good. */
  readonly reason: string;
}

/** All is good. */
export const HEALTHY: Health = { band: "good", reason: "" };

/**
 * How the load does: by what a run would be judged by, the thresholds, and
 * the generator itself.
 */
export function healthOf(
  snapshot: Snapshot,
  moments: readonly ChartPoint[],
  thresholds: readonly ThresholdResult[],
): Health {
  const judgement = judge({
    snapshot,
    tally: tallyClients(snapshot.clients, false),
    timeline: moments,
    serverCpu: known(serverCpuRatio(moments)),
    serverRss: known(moments.at(-1)?.serverRssBytes),
  });
  // A threshold on what is not measured yet has not failed yet.
  const failed = thresholds
    .filter(({ passed, value }) => !passed && value !== null)
    .map(({ expression }) => expression);
  const saturation = saturationOf(snapshot);
  const critical = [
    ...(saturation === null ? [] : ["generator saturated"]),
    ...briefly(judgement, "critical"),
    ...failed,
  ];
  if (critical.length > 0) {
    return { band: "critical", reason: critical.join(", ") };
  }
  const warning = briefly(judgement, "warning");
  return warning.length === 0
    ? HEALTHY
    : { band: "warning", reason: warning.join(", ") };
}

/** CPU of the server's busiest process over the last five seconds, in cores: one busy second is no overload. */
export function serverCpuRatio(moments: readonly ChartPoint[]): number {
  const last = moments.slice(-SUSTAINED_SEC)
    .map(({ serverCpuRatio }) => serverCpuRatio)
    .filter((ratio) => !Number.isNaN(ratio));
  return last.reduce((sum, ratio) => sum + ratio, 0) / last.length;
}

const SUSTAINED_SEC = 5;

function known(value = NaN): number | null {
  return Number.isNaN(value) ? null : value;
}
