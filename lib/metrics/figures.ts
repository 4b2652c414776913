/**
 * The figures that are divided or added up out of a snapshot when asked for.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import {
  type ClientCount,
  type ClientMost,
  type CounterName,
  isInCatalog,
  metric,
  type NamesOf,
  type RateName,
  type TrendName,
} from "./catalog.ts";
import {
  clientRate,
  isClientRate,
  isConnected,
  isSettled,
  isUnknown,
} from "./client_rates.ts";
import type { Snapshot } from "./snapshot.ts";
import { roundMs } from "./stats.ts";
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
  /** Those of them of whom nothing is known since their machine was lost, which may be. */
  readonly unknown: number;
  /** Those that tried and did not get there. */
  readonly failed: number;
  /** Those that are not due yet or still trying, or were when their machine was lost. */
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
  const unknown = due.filter(isUnknown).length;
  return {
    total: clients.length,
    reached,
    connected,
    away: reached - connected - unknown,
    unknown,
    failed: due.length - reached,
    pending: clients.length - due.length,
    runIsOver,
  };
}

/** A counter's value; 0 when nothing was counted. */
export function counterOf(
  { counters }: Pick<Snapshot, "counters">,
  name: CounterName,
): number {
  return counters[name] ?? 0;
}

/** A histogram has 26 KiB, and of most runs half are empty. */
const NOTHING = new Trend();

/** A trend's distribution, to be read; empty when nothing was recorded. */
export function trendOf(
  snapshot: Pick<Snapshot, "trends"> & Partial<Pick<Snapshot, "clients">>,
  name: TrendName,
): Trend {
  const { ofClients } = isInCatalog(name) ? metric(name) : {};
  if (ofClients !== undefined) return trendOfClients(snapshot, ofClients);
  const json = snapshot.trends[name];
  return json === undefined ? NOTHING : Trend.fromJSON(json);
}

/** Of every client that saw video; it changes until the client leaves, so it is made when asked for. */
function trendOfClients(
  { clients = [] }: Partial<Pick<Snapshot, "clients">>,
  figure: string,
): Trend {
  const trend = new Trend();
  for (const client of clients) {
    const ms = ofVideo(client, figure);
    if (ms !== null) trend.record(ms * 1000);
  }
  return trend;
}

/** This figure of a client that saw video; `null` of one that did not. */
export function ofVideo(client: ClientRecord, figure: string): number | null {
  return client.framesRendered > 0
    ? Number(client[figure as keyof ClientRecord])
    : null;
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
  return isClientRate(name)
    ? clientRate(snapshot.clients, name, tally.runIsOver)
    : divided(name, (counter) => counterOf(snapshot, counter));
}

/** Rates that are divided out of counters. */
export type DividedRate = Exclude<
  RateName,
  NamesOf<{ readonly of: "clients" }>
>;

/** A rate out of counters, wherever these are those of: a run, a room, or one client. */
export function divided(
  name: DividedRate,
  count: (name: CounterName) => number,
): number | null {
  switch (name) {
    case "silent":
      // Both are counted look by look, so that one may be a little ahead.
      return ratio(
        Math.max(0, count("tracksSilentMs") - count("tracksAwayMs")),
        count("tracksDueMs") - count("tracksAwayMs"),
      );
    case "away":
      return ratio(count("tracksAwayMs"), count("tracksDueMs"));
    case "signalingSilent":
      return ratio(count("signalingSilentMs"), count("signalingDueMs"));
    case "withheld":
      return ratio(
        count("tracksWithheldMs"),
        count("tracksDueMs") + count("tracksWithheldMs"),
      );
    case "deliveryRatio":
      return ratio(
        count("packetsReceived") - count("packetsFromOthers"),
        count("packetsDeliverable"),
      );
    case "receiveSendRatio":
      return ratio(count("packetsReceived"), count("packetsSent"));
    case "loss":
      // In a part of a run what was lost before it may be given back: nothing is lost then.
      return ratio(
        Math.max(0, count("packetsLost")),
        count("packetsExpected"),
      );
    case "uplinkLoss":
      return ratio(count("uplinkPacketsLost"), count("uplinkPacketsReported"));
    case "residualLoss":
      // Duplicates may outnumber losses: nothing is left of them then.
      return ratio(
        Math.max(0, count("packetsLost") - count("packetsRepaired")),
        count("packetsExpected"),
      );
    case "frozen":
      return ratio(count("totalFreezesDurationMs"), count("playedMs"));
    case "concealed":
      return ratio(count("concealedSamples"), count("totalSamplesReceived"));
    case "frameRate":
      // Each frame but the first of a video ended a gap.
      return ratio(
        (count("framesRendered") - count("videosBegun")) * 1000,
        count("playedMs"),
      );
    case "achievedRatio":
      return ratio(
        count("packetsSent"),
        count("packetsPlanned") - count("packetsWithoutPath"),
      );
  }
}

/** A rate of one client; what its record does not have of it counts as 0. */
export function clientsOwn(
  name: DividedRate,
  client: ClientRecord,
): number | null {
  return divided(name, (counter) => partOf(client, counter) ?? 0);
}

/** A client's part of a counter; `null` of one that its record does not have. */
export function partOf(
  client: ClientRecord,
  counter: CounterName,
): number | null {
  return metric(counter).perClient === "sum"
    ? client[counter as ClientCount]
    : null;
}

/** A part of a whole; `null` of nothing. */
export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Bits a second of so many bytes in so long; 0 in no time. */
export function bpsOver(ms: number, bytes: number): number {
  return ms > 0 ? Math.round(bytes * 8000 / ms) : 0;
}

/** The largest figure of any client; `null` when no client has one. */
export function most(
  clients: readonly ClientRecord[],
  key: ClientMost | "longestFreezeMs",
): number | null {
  const known = clients.flatMap((client) => client[key] ?? []);
  return known.length === 0
    ? null
    : roundMs(known.reduce((a, b) => Math.max(a, b)));
}

/** One figure of all these clients, added up. */
export function total(
  clients: readonly ClientRecord[],
  key: ClientCount | "sessionDurationMs" | "errorCount",
): number {
  return clients.reduce((sum, client) => sum + client[key], 0);
}

/** Tracks that the server has taken. */
export function tracksSent(snapshot: Snapshot): number {
  return Math.max(
    counterOf(snapshot, "producersCreated"),
    snapshot.stopped?.length ?? 0,
  );
}
