/**
 * Why clients failed, in words that stand in a sentence.
 *
 * @module
 */

import type { ClientRecord } from "../metrics/mod.ts";

/** Why the last of those that failed did; `undefined` where none did. */
export function lastCause(
  clients: readonly ClientRecord[],
): string | undefined {
  return clients.findLast(({ state }) => state === "failed")
    ?.failureCause?.replace(/\.$/, "");
}
