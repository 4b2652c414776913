/**
 * A client that a node drives, and how its record is kept up to date.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import {
  CLIENT_COUNTS,
  type ClientCount,
  type ClientRecorder,
  type NodeMeter,
  type ReturnKind,
  type TotalName,
  TOTALS,
} from "../../metrics/mod.ts";
import type { ClientTotals } from "../../client/mod.ts";
import type { DrivenClient } from "./client_port.ts";
import type { ClientPlan } from "../plan/plan.ts";
import type { MediaWatch } from "./media_watch.ts";
import type { SignalingWatch } from "./signaling_watch.ts";
import type { SecondMeter } from "./second_meter.ts";

/** Where simulcast tracks are counted by the layer that comes in, the smallest first. */
const LAYER_GAUGES = [
  "consumersLayer0",
  "consumersLayer1",
  "consumersLayer2",
] as const;

/** What a client's record has of its media. */
const TOTALS_OF_RECORD = TOTALS.filter((
  name,
): name is TotalName & ClientCount =>
  (CLIENT_COUNTS as readonly string[]).includes(name)
);

/** A client that a node drives. */
export interface Driven {
  readonly plan: ClientPlan;
  /** The place of its record among those of its node. */
  readonly place: number;
  readonly client: DrivenClient;
  readonly record: ClientRecorder;
  /** Between it and the server. */
  readonly network: Network;
  /** On the node's clock. */
  readonly dueMs: number;
  /** When it first tried to join, on the node's clock; -1 before. */
  triedMs: number;
  connectedMs: number;
  /** When its channel or a transport was lost; -1 when its media flows. */
  lostMs: number;
  /** Whether it received anything then. */
  wasReceiving: boolean;
  /** When it was back since; -1 before. */
  returnedMs: number;
  /** How it came back. */
  returnedHow: ReturnKind;
  /** The end of the last outage of its network that it has recovered from; -1 before. */
  recoveredFromMs: number;
  /** The end of the one that it has not recovered from yet; -1 without one. */
  recoveringFromMs: number;
  /** What it has of the tracks that it wants. */
  readonly media: MediaWatch;
  /** What the server's signaling answers it. */
  readonly signaling: SignalingWatch;
  lastError: string | null;
  leaving: Promise<void> | undefined;
  cancelTimer: () => void;
}

/** From now on it is on its way back; a loss before its media flowed again is part of the one before. */
export function noteLost(driven: Driven, sinceMs: number): void {
  driven.returnedMs = -1;
  if (driven.lostMs >= 0) return;
  driven.lostMs = sinceMs;
  driven.wasReceiving = driven.client.consumersOpen > 0;
}

/** Who is in a room, or on the way to one. */
const ACTIVE: ReadonlySet<string> = new Set(["joining", "connected", "away"]);

/** It is no longer connected. */
export function endSession(driven: Driven, nowMs: number): void {
  if (driven.connectedMs < 0) return;
  driven.record.figures.sessionDurationMs += nowMs - driven.connectedMs;
  driven.connectedMs = -1;
}

/** Brings its record up to date with its media so far. */
export function refreshFigures(
  driven: Driven,
  totals: ClientTotals,
  meter: NodeMeter,
  nowMs: number,
): void {
  const { figures } = driven.record;
  if (driven.connectedMs >= 0) {
    endSession(driven, nowMs);
    driven.connectedMs = nowMs;
  }
  for (const name of TOTALS_OF_RECORD) figures[name] = totals[name];
  figures.impairedInDropped = driven.network.inboundCounts.dropped;
  figures.impairedOutDropped = driven.network.outboundCounts.dropped;
  figures.consumersFlowing = totals.consumersFlowing;
  figures.longestFreezeMs = totals.longestFreezeMs;
  const { maxMediaLatencyMs, maxTimeToFirstFrameMs } = totals;
  if (maxMediaLatencyMs >= 0) figures.maxMediaLatencyMs = maxMediaLatencyMs;
  if (maxTimeToFirstFrameMs >= 0) {
    figures.maxTimeToFirstFrameMs = maxTimeToFirstFrameMs;
  }
  const { dueMs } = driven;
  const { firstSentMs, firstReceivedMs, othersSinceMs } = totals;
  noteFirst(driven, meter, "timeToFirstMediaSent", firstSentMs, dueMs);
  const sinceMs = Math.max(dueMs, othersSinceMs);
  noteFirst(
    driven,
    meter,
    "timeToFirstMediaReceived",
    firstReceivedMs,
    sinceMs,
  );
  noteFirstMedia(driven, totals, meter);
  noteRecovery(driven, totals, meter);
  noteNetworkRecovery(driven, meter, nowMs);
}

/** Adds it to the gauges, and what it receives and its round trip to the trends. */
export function refreshGauges(
  { client, record: { figures } }: Driven,
  meter: NodeMeter,
  seconds: SecondMeter,
  onFrozen: (from: string, frozenMs: number) => void,
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
      meter.trend("roundTripTime").record(ms * 1000);
      figures.maxRoundTripTimeMs = Math.max(
        figures.maxRoundTripTimeMs ?? 0,
        ms,
      );
    }
  }
  const { queueingMs, bitrateBps } = client.takeUplink();
  if (queueingMs >= 0) meter.trend("uplinkQueueing").record(queueingMs * 1000);
  if (bitrateBps >= 0) meter.trend("uplinkBitrate").record(bitrateBps);
  // Media goes on while a client without a channel comes back.
  for (const second of client.takeSeconds()) {
    seconds.record(second);
    const { from, frozenMs } = second;
    if (frozenMs > 0 && from !== undefined) onFrozen(from, frozenMs);
  }
  if (figures.state === "away") gauges.clientsAway++;
  if (ACTIVE.has(figures.state)) gauges.clientsActive++;
  gauges.packetsOverdue += figures.packetsOverdue;
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
  { record: { figures } }: Driven,
  meter: NodeMeter,
  name: "timeToFirstMediaSent" | "timeToFirstMediaReceived" | "firstMedia",
  atMs: number,
  sinceMs: number,
): void {
  const key = `${name}Ms` as const;
  if (atMs < 0 || figures[key] !== null) return;
  const ms = Math.max(0, atMs - sinceMs);
  figures[key] = ms;
  meter.trend(name).record(ms * 1000);
}

/** It sends, if it is to, and receives, if somebody else sends: the later of both, each since it could. */
function noteFirstMedia(
  driven: Driven,
  { firstSentMs, firstReceivedMs, othersSinceMs }: ClientTotals,
  meter: NodeMeter,
): void {
  const { triedMs, record: { figures } } = driven;
  const waits = (figures.sends.length > 0 && firstSentMs < 0) ||
    (othersSinceMs >= 0 && firstReceivedMs < 0);
  if (triedMs < 0 || waits) return;
  const heardMs = firstReceivedMs - Math.max(0, othersSinceMs - triedMs);
  const lastMs = Math.max(firstSentMs, firstReceivedMs < 0 ? -1 : heardMs);
  noteFirst(driven, meter, "firstMedia", lastMs, triedMs);
}

/** It has recovered when it is back and media flows the way that it flowed before. */
function noteRecovery(
  driven: Driven,
  totals: ClientTotals,
  meter: NodeMeter,
): void {
  const { returnedMs, lostMs } = driven;
  if (lostMs < 0 || returnedMs < 0) return;
  const flowsAt = flowsSince(driven, totals);
  if (flowsAt === undefined) return;
  const recoveredMs = Math.max(flowsAt, returnedMs);
  const ms = recoveredMs - lostMs;
  driven.lostMs = -1;
  const { figures } = driven.record;
  figures.awaySinceMs = null;
  figures.maxRecoveryMs = Math.max(figures.maxRecoveryMs ?? 0, ms);
  meter.trend("recovery").record(ms * 1000);
  if (driven.recoveringFromMs < 0) return;
  const restoredMs = driven.recoveringFromMs;
  recordNetworkRecovery(driven, meter, restoredMs, recoveredMs - restoredMs);
}

/** When media flowed again since it was lost, on the node's clock; `undefined` while it does not. */
function flowsSince(
  { client, lostMs, returnedMs, returnedHow, wasReceiving }: Driven,
  totals: ClientTotals,
): number | undefined {
  if (returnedHow !== "rejoined") {
    // The last packet before it is not one after it.
    const resumedMs = client.resumedSince(lostMs + 1);
    return resumedMs === -1 ? returnedMs : resumedMs;
  }
  const firstMs = wasReceiving
    ? totals.stayFirstReceivedMs
    : totals.firstSentMs >= 0
    ? totals.stayFirstSentMs
    : returnedMs;
  return firstMs < 0 ? undefined : firstMs;
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
  if (driven.lostMs >= 0) {
    // It is not back itself: it has recovered from both together.
    driven.recoveringFromMs = restoredMs;
    return;
  }
  const resumedMs = driven.client.resumedSince(restoredMs);
  if (resumedMs === undefined) {
    // Who is not there yet has nothing to recover.
    const { state } = driven.record.figures;
    if (state === "connected") driven.recoveringFromMs = restoredMs;
    return;
  }
  recordNetworkRecovery(
    driven,
    meter,
    restoredMs,
    resumedMs < 0 ? -1 : resumedMs - restoredMs,
  );
}

/** It has recovered from the outage that ended at `restoredMs`; -1 where there was nothing to recover. */
function recordNetworkRecovery(
  driven: Driven,
  meter: NodeMeter,
  restoredMs: number,
  ms: number,
): void {
  driven.recoveringFromMs = -1;
  driven.recoveredFromMs = restoredMs;
  if (ms < 0) return;
  const { figures } = driven.record;
  figures.maxNetworkRecoveryMs = Math.max(
    figures.maxNetworkRecoveryMs ?? 0,
    ms,
  );
  meter.trend("networkRecovery").record(ms * 1000);
}

/** It has left, or its network was away once more, before it had recovered. */
export function noteNotRecovered(driven: Driven, meter: NodeMeter): void {
  if (driven.recoveringFromMs < 0) return;
  driven.recoveringFromMs = -1;
  meter.counters.networkNotRecovered++;
}
