/**
 * A client that a node drives, and how its record is kept up to date.
 *
 * @module
 */

import type { Network } from "../impairment/mod.ts";
import type {
  ClientFigures,
  ClientRecorder,
  NodeMeter,
} from "../metrics/mod.ts";
import type { DrivenClient, DrivenTotals } from "./client_port.ts";
import type { ClientPlan } from "./plan.ts";
import type { MediaWatch } from "./media_watch.ts";
import type { SecondMeter } from "./second_meter.ts";

/** Where simulcast tracks are counted by the layer that comes in, the smallest first. */
export const LAYER_GAUGES = [
  "consumersLayer0",
  "consumersLayer1",
  "consumersLayer2",
] as const;

/** A client that a node drives. */
export interface Driven {
  readonly plan: ClientPlan;
  readonly client: DrivenClient;
  readonly record: ClientRecorder;
  /** Between it and the server. */
  readonly network: Network;
  /** On the node's clock. */
  readonly dueMs: number;
  connectedMs: number;
  /** When its channel was lost; -1 when its media flows. */
  lostMs: number;
  /** When it was back in the room since; -1 before. */
  returnedMs: number;
  /** The end of the last outage of its network that it has recovered from; -1 before. */
  recoveredFromMs: number;
  /** The end of the one that it has not recovered from yet; -1 without one. */
  recoveringFromMs: number;
  /** What it has of the tracks that it wants. */
  readonly media: MediaWatch;
  lastError: string | null;
  leaving: Promise<void> | undefined;
  cancelTimer: () => void;
}

/** From now on it is on its way back. Who is not connected has nothing to lose. */
export function noteLost(driven: Driven, nowMs: number): void {
  if (driven.lostMs >= 0 || driven.connectedMs < 0) return;
  driven.lostMs = nowMs;
  driven.returnedMs = -1;
}

/** It is no longer connected. */
export function endSession(driven: Driven, nowMs: number): void {
  if (driven.connectedMs < 0) return;
  driven.record.figures.sessionDurationMs += nowMs - driven.connectedMs;
  driven.connectedMs = -1;
}

/** Figures that have the name of what is known of the client's media. */
const SAME = [
  "framesShown",
  "videosBegun",
  "framesDropped",
  "freezes",
  "frozenMs",
  "longestFreezeMs",
  "playedMs",
  "pictureIdJumps",
  "timestampJumps",
  "layerSwitches",
  "pliSent",
  "nackSent",
  "pliReceived",
  "firReceived",
  "nackReceived",
] as const satisfies readonly (keyof ClientFigures & keyof DrivenTotals)[];

/** Brings its record up to date with its media so far. */
export function refreshFigures(
  driven: Driven,
  totals: DrivenTotals,
  meter: NodeMeter,
  nowMs: number,
): void {
  const { figures } = driven.record;
  if (driven.connectedMs >= 0) {
    endSession(driven, nowMs);
    driven.connectedMs = nowMs;
  }
  figures.packetsSent = totals.packetsSent;
  figures.packetsReceived = totals.received;
  figures.packetsExpected = totals.expected;
  figures.packetsLost = totals.lost;
  figures.packetsRepaired = totals.repaired;
  figures.packetsDroppedIn = driven.network.inboundCounts.dropped;
  figures.packetsDroppedOut = driven.network.outboundCounts.dropped;
  figures.packetsFromOthers = totals.fromOthers;
  figures.packetsDeliverable = totals.deliverable;
  figures.bytesSent = totals.bytesSent;
  figures.bytesReceived = totals.bytes;
  figures.consumersFlowing = totals.flowing;
  if (totals.maxLatencyUs > 0) {
    figures.maxMediaLatencyMs = totals.maxLatencyUs / 1000;
  }
  for (const name of SAME) figures[name] = totals[name];
  if (totals.firstFrameMs >= 0) figures.firstKeyFrameMs = totals.firstFrameMs;
  noteFirst(driven, meter, "timeToFirstMediaSent", totals.firstSentMs);
  noteFirst(driven, meter, "timeToFirstMediaReceived", totals.firstReceivedMs);
  noteRecovery(driven, totals, meter);
  noteNetworkRecovery(driven, meter, nowMs);
}

/** Adds it to the gauges, and what it receives and its round trip to the trends. */
export function refreshGauges(
  { client, record: { figures } }: Driven,
  meter: NodeMeter,
  seconds: SecondMeter,
): void {
  const { gauges } = meter;
  if (figures.state === "connected") {
    gauges.clientsConnected++;
    const jitter = meter.trend("jitter");
    for (const ms of client.jittersMs()) {
      jitter.record(ms * 1000);
      figures.maxJitterMs = Math.max(figures.maxJitterMs ?? 0, ms);
    }
    const ms = client.roundTripMs;
    if (ms >= 0) {
      meter.trend("roundTrip").record(ms * 1000);
      figures.maxRoundTripMs = Math.max(figures.maxRoundTripMs ?? 0, ms);
    }
  }
  // Media goes on while a client without a channel comes back.
  for (const second of client.takeSeconds()) seconds.record(second);
  if (figures.state === "connected" || figures.state === "joining") {
    gauges.clientsActive++;
  }
  gauges.producersOpen += client.producersOpen;
  gauges.consumersOpen += client.consumersOpen;
  for (const layer of client.receivedLayers()) {
    const gauge = layer === undefined
      ? "consumersNoLayer"
      : LAYER_GAUGES.at(layer);
    if (gauge !== undefined) gauges[gauge]++;
  }
}

function noteFirst(
  { record: { figures }, dueMs }: Driven,
  meter: NodeMeter,
  name: "timeToFirstMediaSent" | "timeToFirstMediaReceived",
  atMs: number,
): void {
  const key = `${name}Ms` as const;
  if (atMs < 0 || figures[key] !== null) return;
  figures[key] = atMs - dueMs;
  meter.trend(name).record((atMs - dueMs) * 1000);
}

/** It has recovered when it is back and media flows the way that it flowed before. */
function noteRecovery(
  driven: Driven,
  totals: DrivenTotals,
  meter: NodeMeter,
): void {
  if (driven.lostMs < 0 || driven.returnedMs < 0) return;
  const flowsAt = totals.firstReceivedMs >= 0
    ? totals.stayFirstReceivedMs
    : totals.firstSentMs >= 0
    ? totals.stayFirstSentMs
    : driven.returnedMs;
  if (flowsAt < 0) return;
  const ms = Math.max(flowsAt, driven.returnedMs) - driven.lostMs;
  driven.lostMs = -1;
  const { figures } = driven.record;
  figures.recoveryMs = Math.max(figures.recoveryMs ?? 0, ms);
  meter.trend("recovery").record(ms * 1000);
}

/** It has recovered from an outage of its network when media flows again. */
function noteNetworkRecovery(
  driven: Driven,
  meter: NodeMeter,
  nowMs: number,
): void {
  const restoredMs = driven.network.restoredMs(nowMs);
  if (restoredMs === driven.recoveredFromMs) return;
  if (restoredMs !== driven.recoveringFromMs) noteNotRecovered(driven, meter);
  const resumedMs = driven.client.resumedSince(restoredMs);
  if (resumedMs === undefined) {
    // Who is not there yet has nothing to recover.
    const { state } = driven.record.figures;
    if (state === "connected") driven.recoveringFromMs = restoredMs;
    return;
  }
  driven.recoveringFromMs = -1;
  driven.recoveredFromMs = restoredMs;
  if (resumedMs < 0) return;
  const ms = resumedMs - restoredMs;
  const { figures } = driven.record;
  figures.networkRecoveryMs = Math.max(figures.networkRecoveryMs ?? 0, ms);
  meter.trend("networkRecovery").record(ms * 1000);
}

/** It has left, or its network was away once more, before it had recovered. */
export function noteNotRecovered(driven: Driven, meter: NodeMeter): void {
  if (driven.recoveringFromMs < 0) return;
  driven.recoveringFromMs = -1;
  meter.counters.networkNotRecovered++;
}
