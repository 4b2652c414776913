/**
 * Whether the server is gone at the end of a run. A server that dies under
 * load is an outcome of its own: neither the fault of the generator nor a
 * run that could not be.
 *
 * @module
 */

import type { ClientRecord, Ending } from "../metrics/mod.ts";
import { formatClock, formatCount, formatCounted } from "../text/mod.ts";

/** What tells that a server is gone. */
export interface GoneSigns {
  /** When the run ended, in milliseconds since it began. */
  readonly endMs: number;
  /** Everybody, once they had left. */
  readonly clients: readonly ClientRecord[];
  /** Who had left before. */
  readonly hadLeft: ReadonlySet<number>;
  /** Why a server that is watched is not there; `undefined` where it is, or nobody watches. */
  readonly watched: string | undefined;
  /** Tries to reach it; resolves with why it cannot be, or with `undefined`. */
  readonly knock: () => Promise<string | undefined>;
}

/**
 * How a run ended, seen that its server may be gone: it says since when, and
 * who lost it. Where no client is connected any more that was, the server is
 * knocked at.
 */
export async function endingOf(
  ending: Ending,
  { endMs, clients, hadLeft, watched, knock }: GoneSigns,
): Promise<Ending> {
  if (ending.kind === "interrupted" || ending.kind === "gone") return ending;
  const why = watched ??
    (isDeserted(clients, hadLeft) ? await knock() : undefined);
  return why === undefined
    ? ending
    : { kind: "gone", reason: goneText(why, endMs, clients) };
}

/** The server went away for this reason, by `nowMs` since the run began or as soon as clients noticed. */
export function goneText(
  why: string,
  nowMs: number,
  clients: readonly ClientRecord[],
): string {
  const lost = clients.filter(hasLostIt);
  const sinceMs = lost.reduce(
    (first, { awaySinceMs }) => Math.min(first, awaySinceMs ?? first),
    nowMs,
  );
  const who = lost.length === 0
    ? ""
    : ` (${formatCount(lost.length)} of ${
      formatCounted(clients.length, "client")
    } lost it)`;
  return `the server went away at ${formatClock(sinceMs)}: ${
    why.replace(/\.$/, "")
  }${who}`;
}

/** Somebody was connected, and of those that did not leave by themselves nobody was at the end. */
function isDeserted(
  clients: readonly ClientRecord[],
  hadLeft: ReadonlySet<number>,
): boolean {
  const there = clients.filter(({ index, connectionSuccessful }) =>
    connectionSuccessful && !hadLeft.has(index)
  );
  return there.length > 0 && there.every(hasLostIt);
}

function hasLostIt({ state, connectionSuccessful }: ClientRecord): boolean {
  return connectionSuccessful && (state === "away" || state === "failed");
}
