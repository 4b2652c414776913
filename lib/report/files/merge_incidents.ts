/**
 * Incidents of a run whose coordinator is gone: those that it had found, and
 * what its agents saw after that, each among its own clients, as one.
 *
 * @module
 */

import { type Incident, MAX_NAMED_CLIENTS } from "../../metrics/mod.ts";

/** What begins so soon after another of its kind began or ended is the same, seen elsewhere. */
const SAME_SEC = 2;

/**
 * Those that were `told` by then, and those of each agent that went on or
 * began later, in the order of time. How many clients one hit at once is at
 * most what they say together.
 */
export function mergeIncidents(
  told: readonly Incident[],
  knownSec: number,
  ofAgents: readonly (readonly Incident[])[],
): Incident[] {
  const seen = ofAgents.flat()
    .filter(({ untilSec }) => knownSec < (untilSec ?? Infinity))
    .sort(inOrder);
  const merged: Incident[] = [];
  for (const incident of seen) {
    const at = merged.findLastIndex((other) => isSame(other, incident));
    if (at < 0) merged.push(incident);
    else merged[at] = together(merged[at], incident);
  }
  const goesOn = (known: Incident) =>
    merged.find((other) =>
      isSame({ ...known, untilSec: known.untilSec ?? knownSec }, other)
    );
  // What the coordinator knew of one was of all, and is not counted twice.
  const known = new Set(told.map(goesOn));
  return [
    ...told.map((one): Incident => ({
      ...one,
      untilSec: one.untilSec ?? goesOn(one)?.untilSec ?? null,
    })),
    ...merged.filter((one) => !known.has(one)),
  ].sort(inOrder);
}

function inOrder(a: Incident, b: Incident): number {
  return a.fromSec - b.fromSec || (a.kind < b.kind ? -1 : 1);
}

function isSame(a: Incident, b: Incident): boolean {
  return a.kind === b.kind && a.lost?.node === b.lost?.node &&
    b.fromSec <= (a.untilSec ?? Infinity) + SAME_SEC &&
    a.fromSec <= (b.untilSec ?? Infinity) + SAME_SEC;
}

/** The same trouble, of clients of two machines. */
function together(a: Incident, b: Incident): Incident {
  const kinds = Map.groupBy([...a.also, ...b.also], ({ kind }) => kind);
  const clientIds = [...new Set([...a.clientIds, ...b.clientIds])];
  return {
    ...a,
    fromSec: Math.min(a.fromSec, b.fromSec),
    untilSec: a.untilSec === null || b.untilSec === null
      ? null
      : Math.max(a.untilSec, b.untilSec),
    clients: a.clients + b.clients,
    of: a.of + b.of,
    rooms: a.rooms + b.rooms,
    clientIds: clientIds.slice(0, MAX_NAMED_CLIENTS),
    worstRatio: Math.max(a.worstRatio, b.worstRatio),
    also: [...kinds].map(([kind, all]) => ({
      kind,
      clients: all.reduce((sum, { clients }) => sum + clients, 0),
      worstRatio: Math.max(...all.map(({ worstRatio }) => worstRatio)),
    })),
    picturesAgainSec: latest(a.picturesAgainSec, b.picturesAgainSec),
    generator: {
      maxCpuRatio: Math.max(
        a.generator.maxCpuRatio,
        b.generator.maxCpuRatio,
      ),
      maxLateRatio: Math.max(
        a.generator.maxLateRatio,
        b.generator.maxLateRatio,
      ),
    },
  };
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}
