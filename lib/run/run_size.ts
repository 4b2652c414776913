/**
 * How large a plan is: what it asks of a machine at its peak.
 *
 * @module
 */

import type { ClientPlan, RunPlan } from "../load/mod.ts";
import type { RunSize } from "../machine/mod.ts";
import { mostReceived, streamsOf } from "../media/mod.ts";
import type { EngineKind } from "../sfu/mod.ts";

/** A client that leaves has its sockets for about so long. */
const LEAVING_MS = 2_000;

/** How large a plan is at its peak. */
export function runSize(
  { clients }: Pick<RunPlan, "clients">,
  workers: number,
  engine: EngineKind | null,
  datapath: RunSize["datapath"],
): RunSize {
  const changes = clients.flatMap((client) => {
    const { audio, video } = mostReceived(client.media);
    const transports = (client.role === "publisher" ? 1 : 0) +
      (audio + video > 0 ? 1 : 0);
    return [
      { atMs: client.joinAtMs, clients: 1, transports },
      ...(client.leaveAtMs === null ? [] : [{
        atMs: client.leaveAtMs + LEAVING_MS,
        clients: -1,
        transports: -transports,
      }]),
    ];
  }).sort((a, b) => a.atMs - b.atMs);
  const now = { clients: 0, transports: 0 };
  const most = { clients: 0, transports: 0 };
  for (const change of changes) {
    now.clients += change.clients;
    now.transports += change.transports;
    most.clients = Math.max(most.clients, now.clients);
    most.transports = Math.max(most.transports, now.transports);
  }
  const share = clients.length === 0 ? 0 : most.clients / clients.length;
  return {
    ...most,
    packetsHz: Math.round(packetsHz(clients) * share),
    workers,
    datapath,
    engine,
  };
}

/** RTP packets a second, sent and received, if all clients were there at once. */
function packetsHz(clients: readonly ClientPlan[]) {
  let hz = 0;
  for (const room of Map.groupBy(clients, ({ roomId }) => roomId).values()) {
    const parts = room.map(partOf);
    for (const kind of ["audio", "video"] as const) {
      hz += flowHz(parts.map((part) => part[kind]));
    }
  }
  return hz;
}

/** What one client has to do with audio, or with video. */
interface Part {
  /** Packets a second that it sends. */
  readonly sentHz: number;
  /** Those of them, at most, that go to each receiver. */
  readonly forwardedHz: number;
  /** Tracks that it receives, at most. */
  readonly most: number;
}

function partOf(
  { role, media }: ClientPlan,
): Readonly<Record<"audio" | "video", Part>> {
  const most = mostReceived(media);
  const part = (kind: "audio" | "video"): Part => {
    const isSent = role === "publisher" && media[kind];
    const rates = isSent
      ? streamsOf(kind, media).map(({ packetsPerSecond }) => packetsPerSecond)
      : [0];
    return {
      sentHz: rates.reduce((sum, hz) => sum + hz, 0),
      forwardedHz: Math.max(...rates),
      most: most[kind],
    };
  };
  return { audio: part("audio"), video: part("video") };
}

/** Packets a second, sent and received, of one kind in one room, where each receives those of the others that have most. */
function flowHz(parts: readonly Part[]): number {
  const rates = parts.map(({ forwardedHz }) => forwardedHz)
    .sort((a, b) => b - a);
  const sums = [0];
  for (const hz of rates) sums.push(sums.at(-1)! + hz);
  return parts.reduce((sum, { sentHz, forwardedHz, most }) => {
    const tracks = Math.min(most, parts.length - 1);
    // Whoever is among those that have most has the next one in place of its own.
    const receivedHz = forwardedHz >= rates[tracks]
      ? sums[tracks + 1] - forwardedHz
      : sums[tracks];
    return sum + sentHz + receivedHz;
  }, 0);
}
