/**
 * Recovery: how long the clients of a scenario needed until their media
 * flowed again.
 *
 * @module
 */

import {
  type DurationStats,
  type Snapshot,
  valueStats,
  type Verdict,
} from "../metrics/mod.ts";
import type { LiveClient } from "./live_crowd.ts";

/** How a number of clients recovered. */
export interface Recovery {
  /** How many had something to recover from. */
  readonly cut: number;
  /** How many of them did not recover. */
  readonly lost: number;
  /** How long the others needed. */
  readonly recoveryMs: DurationStats;
  /** How long each needed; `null` for those that did not recover. */
  readonly clients: readonly {
    /** `client-<index>`. */
    readonly clientId: string;
    /** From the loss of its channel until its media flowed again. */
    readonly recoveryMs: number | null;
  }[];
}

/** How these clients recovered, as far as known. */
export function recoveryOf(
  { clients }: Snapshot,
  cut: readonly LiveClient[],
): Recovery {
  const wanted = new Set(cut.map(({ index }) => index));
  const each = clients
    .filter(({ index }) => wanted.has(index))
    .map(({ clientId, recoveryMs }) => ({
      clientId,
      recoveryMs: recoveryMs === null ? null : Math.round(recoveryMs),
    }));
  const times = each.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  return {
    cut: wanted.size,
    lost: wanted.size - times.length,
    recoveryMs: valueStats(times),
    clients: each,
  };
}

/** The verdict, unless some did not recover. */
export function withRecovery(
  { cut, lost }: Pick<Recovery, "cut" | "lost">,
  verdict: Verdict,
): Verdict {
  if (verdict.status !== "passed" || lost === 0) return verdict;
  return {
    status: "failed",
    reason: `${lost} of ${cut} clients did not recover`,
  };
}

/** How clients recovered, as text. */
export function recoveryLines({ cut, lost, recoveryMs }: Recovery): string[] {
  const { count, p50Ms, p95Ms, maxMs } = recoveryMs;
  const times = count === 0
    ? ""
    : `: p50 ${p50Ms} ms, p95 ${p95Ms} ms, max ${maxMs} ms`;
  return [
    `${cut - lost} of ${cut} clients recovered${times}`,
  ];
}
