/**
 * The figures that are divided or added up out of a snapshot when asked for.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { clientRate, isConnected, isSettled } from "./client_rates.ts";
import type { CounterName, RateName, TrendName } from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";
import { Trend } from "./trend.ts";

/** How many clients got how far. */
export interface ClientTally {
  /** All that there are. */
  readonly total: number;
  /** Those whose transports all came up, whatever became of them since. */
  readonly reached: number;
  /** Those of them that are connected, or were when they left. */
  readonly connected: number;
  /** Those of them that are not, nor were when they left: they gave up, or are on their way back. */
  readonly away: number;
  /** Those that tried and did not get there. */
  readonly failed: number;
  /** Those that are not due yet or still trying. */
  readonly pending: number;
  /** Whether the run was over: who had not got there by then has failed. */
  readonly runIsOver: boolean;
}

/**
 * Counts clients. Once a run is over as planned, one that is still trying, or
 * left while it was, has failed; a run that was cut off had them leave.
 */
export function tallyClients(
  clients: readonly ClientRecord[],
  runIsOver: boolean,
): ClientTally {
  const due = clients.filter((client) => isSettled(client, runIsOver));
  const reached = due.filter((client) => client.connectionSuccessful).length;
  const connected = due.filter(isConnected).length;
  return {
    total: clients.length,
    reached,
    connected,
    away: reached - connected,
    failed: due.length - reached,
    pending: clients.length - due.length,
    runIsOver,
  };
}

/** A counter's value; 0 when nothing was counted. */
export function counterOf(snapshot: Snapshot, name: CounterName): number {
  return snapshot.counters[name] ?? 0;
}

/** A trend's distribution; empty when nothing was recorded. */
export function trendOf(snapshot: Snapshot, name: TrendName): Trend {
  if (name === "freezeTime") return frozen(snapshot, "frozenMs");
  if (name === "longestFreeze") return frozen(snapshot, "longestFreezeMs");
  const json = snapshot.trends[name];
  return json === undefined ? new Trend() : Trend.fromJSON(json);
}

/** Of every client that saw video; it changes until the client leaves, so it is made when asked for. */
function frozen(
  { clients }: Snapshot,
  figure: "frozenMs" | "longestFreezeMs",
): Trend {
  const trend = new Trend();
  for (const client of clients) {
    if (client.framesShown > 0) trend.record(client[figure] * 1000);
  }
  return trend;
}

/** The counts of errors by kind, the most frequent first. */
export function errorCounts(
  { counters }: Snapshot,
): readonly (readonly [kind: string, count: number])[] {
  return Object.entries(counters)
    .filter(([name, count]) => name.startsWith("errors.") && count > 0)
    .map(([name, count]) => [name.slice("errors.".length), count] as const)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** All errors, of every kind. */
export function totalErrors(snapshot: Snapshot): number {
  return errorCounts(snapshot).reduce((sum, [, count]) => sum + count, 0);
}

/** A rate, as a ratio or a second; `null` when there is nothing to divide by. */
export function rateOf(
  snapshot: Snapshot,
  name: RateName,
  tally: ClientTally,
): number | null {
  const counter = (name: CounterName) => counterOf(snapshot, name);
  switch (name) {
    case "connected":
    case "clientsWithErrors":
    case "lostForGood":
    case "lostMedia":
    case "neverReceived":
    case "neverSent":
      return clientRate(snapshot.clients, name, tally.runIsOver);
    case "silent":
      return ratio(
        counter("tracksSilentMs") - counter("tracksAwayMs"),
        counter("tracksDueMs") - counter("tracksAwayMs"),
      );
    case "away":
      return ratio(counter("tracksAwayMs"), counter("tracksDueMs"));
    case "deliveryRatio":
      return deliveryRatioOf({
        packetsReceived: counter("packetsReceived"),
        packetsFromOthers: counter("packetsFromOthers"),
        packetsDeliverable: counter("packetsDeliverable"),
      });
    case "receiveSendRatio":
      return ratio(counter("packetsReceived"), counter("packetsSent"));
    case "loss":
      return ratio(counter("packetsLost"), counter("packetsExpected"));
    case "residualLoss":
      return residualLossOf({
        packetsLost: counter("packetsLost"),
        packetsRepaired: counter("packetsRepaired"),
        packetsExpected: counter("packetsExpected"),
      });
    case "frozen":
      return ratio(counter("frozenMs"), counter("playedMs"));
    case "frameRate":
      return frameRateOf({
        framesShown: counter("framesShown"),
        videosBegun: counter("videosBegun"),
        playedMs: counter("playedMs"),
      });
    case "achievedRatio":
      return ratio(counter("packetsSent"), counter("packetsPlanned"));
  }
}

/** Received of what clients of this run should have had of each other; `null` when that was nothing. */
export function deliveryRatioOf(
  { packetsReceived, packetsFromOthers, packetsDeliverable }: {
    readonly packetsReceived: number;
    readonly packetsFromOthers: number;
    readonly packetsDeliverable: number;
  },
): number | null {
  return ratio(packetsReceived - packetsFromOthers, packetsDeliverable);
}

/** Frames a second of what was shown: each but the first ended a gap. `null` without video. */
export function frameRateOf(
  { framesShown, videosBegun, playedMs }: {
    readonly framesShown: number;
    readonly videosBegun: number;
    readonly playedMs: number;
  },
): number | null {
  return ratio((framesShown - videosBegun) * 1000, playedMs);
}

/** What no repair made up for; duplicates may outnumber losses: nothing is left of them then. */
export function residualLossOf(
  { packetsLost, packetsRepaired, packetsExpected }: {
    readonly packetsLost: number;
    readonly packetsRepaired: number;
    readonly packetsExpected: number;
  },
): number | null {
  return ratio(Math.max(0, packetsLost - packetsRepaired), packetsExpected);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
