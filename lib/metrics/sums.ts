/**
 * Sums and shares over client records.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { roundMs } from "./stats.ts";

/** Bits a second of so many bytes in so long; 0 in no time. */
export function bpsOver(ms: number, bytes: number): number {
  return ms > 0 ? Math.round(bytes * 8000 / ms) : 0;
}

/** The largest figure of any client; `null` when no client has one. */
export function most(
  clients: readonly ClientRecord[],
  key:
    | "maxMediaLatencyMs"
    | "maxJitterMs"
    | "maxRoundTripMs"
    | "firstKeyFrameMs"
    | "networkRecoveryMs"
    | "longestFreezeMs",
): number | null {
  const known = clients.flatMap((client) => client[key] ?? []);
  return known.length === 0
    ? null
    : roundMs(known.reduce((a, b) => Math.max(a, b)));
}

/** A part of a whole; `null` of nothing. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Keys of a record's plain numbers. */
export type NumberKey = {
  [K in keyof ClientRecord]: ClientRecord[K] extends number ? K : never;
}[keyof ClientRecord];

/** One figure of all these clients, added up. */
export function total(
  clients: readonly ClientRecord[],
  key: NumberKey,
): number {
  return clients.reduce((sum, client) => sum + client[key], 0);
}
