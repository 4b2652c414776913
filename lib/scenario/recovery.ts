/**
 * Recovery: whether the clients of a scenario that lost something have media
 * again, how long that took, and how they came back.
 *
 * @module
 */

import {
  type ClientRecord,
  type DurationStats,
  type Snapshot,
  valueStats,
  type Verdict,
} from "../metrics/mod.ts";
import { formatCount, formatCounted } from "../text/mod.ts";
import type { VirtualUser } from "./crowd.ts";

/** How a number of clients recovered. */
export interface Recovery {
  /** How many were there when it happened. */
  readonly cut: number;
  /** How many of them lost nothing, and so had nothing to recover from. */
  readonly untouched: number;
  /** How many of them have no media: away, failed, or back and without any. */
  readonly lost: number;
  /** How long the others needed. */
  readonly recoveryMs: DurationStats;
  /** How they came back; a client may have come back more than once. */
  readonly how: {
    /** On the same transports, by new ICE credentials. */
    readonly iceRestart: number;
    /** On a new channel, as the same participant. */
    readonly reconnected: number;
    /** As a new participant. */
    readonly rejoined: number;
  };
  /** How long each needed; `null` for those that did not recover, or lost nothing. */
  readonly clients: readonly {
    /** `client-<index>`. */
    readonly clientId: string;
    /** From the loss of its channel or a transport until its media flowed again. */
    readonly recoveryMs: number | null;
  }[];
}

/** How these clients recovered since `before`, as far as known. */
export function recoveryOf(
  after: Snapshot,
  cut: readonly VirtualUser[],
  before: Snapshot,
): Recovery {
  const each = pairs(after, cut, before);
  const clients = each.map(({ now, earlier }) => ({
    clientId: now.clientId,
    recoveryMs: hasMedia(now) && now.losses > earlier.losses &&
        now.maxRecoveryMs !== null
      ? Math.round(now.maxRecoveryMs)
      : null,
  }));
  const since = (
    key: "returnsByIceRestart" | "returnsByReconnect" | "returnsByRejoin",
  ) => each.reduce((sum, { now, earlier }) => sum + now[key] - earlier[key], 0);
  return {
    cut: cut.length,
    untouched:
      each.filter(({ now, earlier }) =>
        hasMedia(now) && now.losses === earlier.losses
      ).length,
    lost: cut.length - each.filter(({ now }) => hasMedia(now)).length,
    recoveryMs: valueStats(
      clients.flatMap(({ recoveryMs }) => recoveryMs ?? []),
    ),
    how: {
      iceRestart: since("returnsByIceRestart"),
      reconnected: since("returnsByReconnect"),
      rejoined: since("returnsByRejoin"),
    },
    clients,
  };
}

/** Whether each of these clients has lost something since `before`, and has media again or has failed. */
export function isSettled(
  after: Snapshot,
  cut: readonly VirtualUser[],
  before: Snapshot,
): boolean {
  const each = pairs(after, cut, before);
  return each.length === cut.length &&
    each.every(({ now, earlier }) =>
      now.state === "failed" || (now.losses > earlier.losses && hasMedia(now))
    );
}

/** The verdict, unless some did not recover. */
export function withRecovery(
  { cut, lost }: Pick<Recovery, "cut" | "lost">,
  verdict: Verdict,
): Verdict {
  if (verdict.status !== "passed" || lost === 0) return verdict;
  return {
    status: "failed",
    reason: `${formatCount(lost)} of ${
      formatCounted(cut, "client")
    } did not recover`,
  };
}

/** How clients recovered, as text. */
export function recoveryLines(
  { cut, untouched, lost, recoveryMs, how }: Recovery,
): string[] {
  if (cut > 0 && untouched === cut) {
    return [`none of ${formatCounted(cut, "client")} lost anything`];
  }
  const { count, p50Ms, p95Ms, maxMs } = recoveryMs;
  const times = count === 0
    ? ""
    : `: p50 ${p50Ms} ms, p95 ${p95Ms} ms, max ${maxMs} ms`;
  const ways = ([
    [how.iceRestart, "by ICE restart"],
    [how.reconnected, "reconnected"],
    [how.rejoined, "by rejoining"],
  ] as const).flatMap(([times, way]) => times === 0 ? [] : [`${times} ${way}`]);
  return [
    `${formatCount(cut - untouched - lost)} of ${
      formatCounted(cut - untouched, "client")
    } recovered${times}`,
    ...(untouched === 0
      ? []
      : [`${formatCounted(untouched, "client")} lost nothing`]),
    ...(ways.length === 0 ? [] : [`they came back ${ways.join(", ")}`]),
  ];
}

/** What is known of each of these clients, then and now. */
function pairs(after: Snapshot, cut: readonly VirtualUser[], before: Snapshot) {
  const earlier = byIndex(before);
  const now = byIndex(after);
  return cut.flatMap(({ index }) => {
    const pair = { now: now.get(index), earlier: earlier.get(index) };
    return pair.now === undefined || pair.earlier === undefined
      ? []
      : [{ now: pair.now, earlier: pair.earlier }];
  });
}

function byIndex({ clients }: Snapshot): Map<number, ClientRecord> {
  return new Map(clients.map((client) => [client.index, client]));
}

/** It is there, and what it lost flows again, and has gone on. */
function hasMedia({ state, awaySinceMs, hasLostMedia }: ClientRecord): boolean {
  return state === "connected" && awaySinceMs === null && !hasLostMedia;
}
