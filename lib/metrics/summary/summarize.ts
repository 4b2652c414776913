/**
 * From the merged snapshot of a run to its summary.
 *
 * @module
 */

import { offsetNotes } from "./across_machines.ts";
import type { ClientRecord } from "../client_record.ts";
import { isTooShort } from "../client_rates.ts";
import {
  clockNotes,
  standstillsOf,
  STEADY,
  wallJumpsOf,
} from "../clock_health.ts";
import { evaluate } from "../judgement/evaluate.ts";
import {
  type ClientTally,
  counterOf,
  errorCounts,
  ratio,
  tallyClients,
  total,
  totalErrors,
  trendOf,
} from "../figures.ts";
import { worstClientsOf } from "../judgement/badness.ts";
import { judge } from "../judgement/judgement.ts";
import type { ServerStreams } from "./loss_origin.ts";
import { summarizeOthers } from "../other_tracks.ts";
import type { CounterName } from "../catalog.ts";
import { allowedLosses, saturationOf, unexpectedLosses } from "./saturation.ts";
import { summarizeNodes } from "./summarize_nodes.ts";
import type { Snapshot } from "../snapshot.ts";
import { type DurationStats, roundMs, trendStats, usToMs } from "../stats.ts";
import { summarizeGroups } from "./summarize_groups.ts";
import { summarizeMedia } from "./summarize_media.ts";
import { allMetrics, placed } from "./summarize_metrics.ts";
import { summarizeRooms } from "./summarize_rooms.ts";
import type {
  ErrorSummary,
  GeneratorSummary,
  Incident,
  JsonValue,
  ScenarioReport,
  ServerSummary,
  Summary,
  TimedIncident,
  TimelinePoint,
  Verdict,
} from "./summary.ts";
import type { Threshold } from "../judgement/threshold.ts";
import { Trend } from "../trend.ts";
import { EXIT_CODES } from "../../exit_codes.ts";
import { type Ending, verdictOf } from "../judgement/verdict.ts";
import { mostFrequent } from "../judgement/words.ts";

/** A server of which nothing is known but where it is. */
export function unwatchedServer(
  { url, engine }: Pick<ServerSummary, "url" | "engine">,
): ServerSummary {
  return { url, engine, load: null, reported: null, notes: [] };
}

/** What a summary is made from. */
export interface SummaryInput {
  /** The version of rtcrowd. */
  readonly version: string;
  /** When the run began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** The seed of everything drawn. */
  readonly seed: number;
  /** The options as used. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** The server that was tested. */
  readonly server: ServerSummary;
  /** All nodes merged. */
  readonly snapshot: Snapshot;
  /** The run, stretch by stretch. */
  readonly timeline: readonly TimelinePoint[];
  /** Why nothing was seen of something that was to be watched. @default {all of it was} */
  readonly unwatched?: string | undefined;
  /** What all programs used of this machine, of what its cores could. @default {unknown} */
  readonly machineCpuRatio?: number | null | undefined;
  /** What began and ended meanwhile. @default {nothing} */
  readonly incidents?: readonly Incident[] | undefined;
  /** How many lesser incidents are not among them. @default {0} */
  readonly incidentsLeftOut?: number | undefined;
  /** How it ended; ask for a summary of a run that goes on as `interrupted`. */
  readonly ending: Ending;
  /** What was asked of it. */
  readonly thresholds: readonly Threshold[];
  /** What the server counted of its streams; `null` where it cannot be asked, or not yet. @default {null} */
  readonly streams?: ServerStreams | null | undefined;
  /** The scenario that it was. @default {a plan that was given} */
  readonly scenario?: ScenarioReport | undefined;
  /** Whether the scenario takes the server away on purpose. @default {false} */
  readonly isDisrupted?: boolean | undefined;
  /** What the scenario makes of a verdict; not asked when the run was cut off. @default {nothing else} */
  readonly judge?: ((verdict: Verdict) => Verdict) | undefined;
}

/** What was to be watched and was not seen, in words. */
function unwatchedOf(
  { server, unwatched, snapshot }: SummaryInput,
): string | undefined {
  if (isTooShort(snapshot.clients)) {
    return "nothing was received, and nobody was there for long enough to say whether something should have been";
  }
  const isSeen = server.load !== null || server.reported !== null;
  const why = isSeen ? unwatched : server.notes.at(0);
  return why &&
    `nothing was seen of ${
      isSeen ? "a part of the server that" : "the server, which"
    } was to be watched: ${why}`;
}

/** Whether it is invalid however it goes on: who was lost is lost. */
function isDecided({ ending, snapshot }: SummaryInput): boolean {
  return ending.kind === "interrupted" && ending.goesOn === true &&
    unexpectedLosses(snapshot.generator.lost) !== null;
}

/** Everything that a run came to. */
export function summarize(input: SummaryInput): Summary {
  const { snapshot, ending } = input;
  const { clients } = snapshot;
  const tally = tallyClients(clients, ending.kind === "finished");
  const counter = (name: CounterName) => counterOf(snapshot, name);
  const connection = trendStats(trendOf(snapshot, "connectionTime"));
  const thresholds = input.thresholds.map((threshold) =>
    evaluate(threshold, snapshot, tally)
  );
  const saturation = saturationOf(snapshot, input.machineCpuRatio);
  const { load } = input.server;
  const judgement = judge({
    snapshot,
    tally,
    timeline: input.timeline,
    serverCpu: load?.sustainedThreadRatio ?? null,
    serverRss: load?.maxRssBytes ?? null,
    isDisrupted: input.isDisrupted,
  });
  const plain = verdictOf({
    ending: isDecided(input) ? { kind: "finished" } : ending,
    tally,
    commonCause: commonCause(clients),
    saturation,
    thresholds,
    judgement,
    unwatched: unwatchedOf(input),
    lost: allowedLosses(snapshot.generator.lost),
  });
  const verdict = ending.kind === "finished"
    ? input.judge?.(plain) ?? plain
    : plain;
  const connected = clients.filter((client) => client.connectionSuccessful);
  return {
    version: input.version,
    startedAt: input.startedAt,
    elapsedMs: roundMs(snapshot.atMs),
    seed: input.seed,
    config: input.config,
    ...(input.scenario !== undefined && { scenario: input.scenario }),
    server: input.server,
    partial: ending.kind !== "finished",
    invalid: saturation === null ? null : { reason: saturation },
    verdict,
    judgement,
    exitCode: EXIT_CODES[verdict.status],
    totalClients: tally.total,
    successfulConnections: tally.reached,
    failedConnections: tally.failed,
    connectedAtEnd: tally.connected,
    unknownAtEnd: tally.unknown,
    pendingConnections: tally.pending,
    averageConnectionTimeMs: connection.avgMs,
    p50ConnectionTimeMs: connection.p50Ms,
    p95ConnectionTimeMs: connection.p95Ms,
    p99ConnectionTimeMs: connection.p99Ms,
    totalPacketsSent: counter("packetsSent"),
    totalPacketsReceived: counter("packetsReceived"),
    totalBytesSent: counter("bytesSent"),
    totalBytesReceived: counter("bytesReceived"),
    averageSessionDurationMs: connected.length === 0
      ? 0
      : roundMs(total(connected, "sessionDurationMs") / connected.length),
    totalErrors: totalErrors(snapshot),
    totalProducersCreated: counter("producersCreated"),
    totalConsumersCreated: counter("consumersCreated"),
    totalReconnections: total(clients, "reconnections"),
    totalReconnectionFailures: total(clients, "reconnectionFailures"),
    returns: {
      ...placed("returns", snapshot, tally),
      neverBack:
        clients.filter(({ awaySinceMs }) => awaySinceMs !== null).length,
    },
    signalingLatencies: { operations: operationStats(snapshot) },
    worstClients: worstClientsOf(clients, tally.runIsOver),
    groups: summarizeGroups(clients),
    rooms: summarizeRooms(clients),
    media: summarizeMedia(snapshot, input.streams ?? null, tally),
    metrics: allMetrics(snapshot, tally),
    candidates: snapshot.candidates ?? [],
    others: summarizeOthers(
      snapshot.others ?? [],
      counter("packetsFromOthers"),
    ),
    consumerLimit: snapshot.consumersAllowed == null ? null : {
      consumers: snapshot.consumersAllowed,
      denied: counter("consumersDenied"),
    },
    errors: summarizeErrors(snapshot),
    unknownMessages: counter("unknownMessages"),
    malformedMessages: counter("malformedMessages"),
    generator: summarizeGenerator(snapshot, tally, input.server),
    thresholds,
    incidents: (input.incidents ?? []).map((incident) =>
      timedIncident(incident, input.startedAt)
    ),
    incidentsLeftOut: input.incidentsLeftOut ?? 0,
    timeline: input.timeline,
  };
}

/** An incident with the time of the wall. */
function timedIncident(
  incident: Incident,
  startedAt: string,
): TimedIncident {
  const at = (sec: number) =>
    new Date(Date.parse(startedAt) + sec * 1000).toISOString();
  const { kind, fromSec, untilSec, ...rest } = incident;
  return {
    kind,
    from: at(fromSec),
    until: untilSec === null ? null : at(untilSec),
    fromSec,
    untilSec,
    ...rest,
  };
}

function operationStats(
  snapshot: Snapshot,
): Readonly<Record<string, DurationStats>> {
  const prefix = "signaling.";
  return Object.fromEntries(
    Object.entries(snapshot.trends)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, json]) =>
        [
          name.slice(prefix.length),
          trendStats(Trend.fromJSON(json)),
        ] as const
      )
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

function summarizeErrors(
  snapshot: Snapshot,
): Readonly<Record<string, ErrorSummary>> {
  const examples = new Map<string, string>();
  for (const { errors } of snapshot.clients) {
    for (const { kind, message } of errors) {
      if (!examples.has(kind)) examples.set(kind, message);
    }
  }
  return Object.fromEntries(
    errorCounts(snapshot).map(([kind, count]) => [
      kind,
      { count, example: examples.get(kind) ?? null },
    ]),
  );
}

function summarizeGenerator(
  snapshot: Snapshot,
  tally: ClientTally,
  { load }: ServerSummary,
): GeneratorSummary {
  const { generator } = snapshot;
  const { clock = STEADY } = generator;
  const nodes = summarizeNodes(snapshot, tally.runIsOver);
  return {
    ...placed("generator", snapshot, tally),
    lane: generator.lanes.join("+"),
    cipher: generator.ciphers.join("+"),
    dtls: generator.dtls.join("+"),
    workers: generator.workers,
    cpuSeconds: usToMs(generator.cpuUs) / 1000,
    cpuRatio: ratio(generator.cpuUs, generator.threadUs),
    cpuPerServerCpu: load !== null && load.meanCpuRatio > 0 && snapshot.atMs > 0
      ? roundRatio(usToMs(generator.cpuUs) / snapshot.atMs / load.meanCpuRatio)
      : null,
    kernelDrops: generator.kernelDrops,
    heldBackJoins: generator.heldBackJoins,
    standstills: standstillsOf(clock),
    wallJumps: wallJumpsOf(clock),
    ...(nodes !== undefined && { nodes }),
    notes: [
      ...generator.notes,
      ...allowedLosses(generator.lost),
      ...clockNotes(clock, generator.workers),
      ...offsetNotes(snapshot),
    ],
  };
}

function roundRatio(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}

/** The cause that most failed clients share. */
function commonCause(clients: readonly ClientRecord[]): string | null {
  return mostFrequent(
    clients.flatMap(({ failureCause }) => failureCause ?? []),
  ) ?? null;
}
