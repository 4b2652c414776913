/**
 * The light on the status line: the worst of what is watched, in a word.
 *
 * @module
 */

import {
  type Band,
  band,
  type BandMetric,
  counterOf,
  rateOf,
  saturationOf,
  type Snapshot,
  tallyClients,
  type ThresholdResult,
  totalErrors,
} from "../../mod.ts";
import type { Moment } from "./live_history.ts";

/** How the load does, and what is to blame. */
export interface Health {
  readonly band: Band;
  /** Empty when all is good. */
  readonly reason: string;
}

/** All is good. */
export const HEALTHY: Health = { band: "good", reason: "" };

const NAMES: Readonly<Record<BandMetric, string>> = {
  connected: "connections",
  errors: "errors",
  receiveSendRatio: "receive/send ratio",
  serverCpu: "server CPU",
  serverRss: "server memory",
};

/** How the load does by the bands, the thresholds, and the generator itself. */
export function healthOf(
  snapshot: Snapshot,
  moments: readonly Moment[],
  thresholds: readonly ThresholdResult[],
): Health {
  const tally = tallyClients(snapshot.clients, false);
  const connected = rateOf(snapshot, "connected", tally);
  // Where nobody can receive, nothing received is no fault.
  const receiveSendRatio = counterOf(snapshot, "packetsDeliverable") === 0
    ? null
    : rateOf(snapshot, "receiveSendRatio", tally);
  const figures: readonly (readonly [BandMetric, number | null])[] = [
    ["connected", connected],
    ["errors", totalErrors(snapshot)],
    ["receiveSendRatio", receiveSendRatio],
    ["serverCpu", known(serverCpuRatio(moments))],
    ["serverRss", known(moments.at(-1)?.serverRssBytes)],
  ];
  const of = (wanted: Band) =>
    figures
      .filter(([metric, value]) =>
        value !== null && band(metric, value) === wanted
      )
      .map(([metric]) => NAMES[metric]);
  // A threshold on what is not measured yet is not broken yet.
  const broken = thresholds
    .filter(({ ok, value }) => !ok && value !== null)
    .map(({ expression }) => expression);
  const saturation = saturationOf(snapshot);
  const critical = [
    ...(saturation === null ? [] : ["generator saturated"]),
    ...of("critical"),
    ...broken,
  ];
  if (critical.length > 0) {
    return { band: "critical", reason: critical.join(", ") };
  }
  const warning = of("warning");
  return warning.length > 0
    ? { band: "warning", reason: warning.join(", ") }
    : HEALTHY;
}

/** CPU of the server's busiest process over the last five seconds, in cores: one busy second is no overload. */
export function serverCpuRatio(moments: readonly Moment[]): number {
  const last = moments.slice(-SUSTAINED_SEC)
    .map(({ serverCpuPercent }) => serverCpuPercent)
    .filter((percent) => !Number.isNaN(percent));
  return last.reduce((sum, percent) => sum + percent, 0) / last.length / 100;
}

const SUSTAINED_SEC = 5;

function known(value = NaN): number | null {
  return Number.isNaN(value) ? null : value;
}
