/**
 * What is reported of clients that no node reports: of those whose node is
 * gone, and of those that none took.
 *
 * @module
 */

import {
  type ClientRecord,
  ClientRecorder,
  isGone,
  type NodeLoss,
  PACKET_TOTALS,
  plainRecord,
  type Snapshot,
} from "../../metrics/mod.ts";
import type { ClientPlan } from "../plan/plan.ts";

/** A node that is gone. */
interface Gone {
  /** What it reported last, or nothing under its name. */
  readonly last: Snapshot;
  /** The second that its last report is to be of. */
  readonly second: number;
  /** Clients of its that it may have died before it could say a word of. */
  readonly plans: readonly ClientPlan[];
  /** When that was noticed, in milliseconds since the run began. */
  readonly atMs: number;
  readonly reason: string;
  /** Whether the run goes on without it: its clients are lost then, and have not failed. */
  readonly isAllowed: boolean;
}

/** The report that ends those of a node that is gone. */
export function lastReport(
  { last, second, plans, atMs, reason, isAllowed }: Gone,
): Snapshot {
  const { node } = last;
  const known = new Set(last.clients.map(({ index }) => index));
  const unheard = plans.filter(({ index }) => !known.has(index))
    .map((plan) => recordOf(plan, node));
  const clients = [...last.clients, ...unheard];
  const lost = clients.filter((client) => !isGone(client));
  const loss: NodeLoss = {
    node,
    atMs: Math.round(atMs),
    knownMs: Math.round(Math.min(last.atMs, atMs)),
    clients: lost.length,
    reason,
    ...(isAllowed && { isAllowed }),
  };
  const rest: Snapshot = {
    ...last,
    second,
    gauges: {},
    counters: { ...last.counters, ...countedOf(last.clients) },
    clients: clients.filter(isGone),
    generator: {
      ...last.generator,
      lost: [...last.generator.lost ?? [], loss],
    },
  };
  return isAllowed
    ? withClients(
      rest,
      lost.map((client) => ({ ...plainRecord(client), state: "lost" })),
    )
    : withFailed(rest, lost, `${node} was lost: ${reason}`, atMs);
}

/** With clients that have failed for this cause, which is an error of each. */
export function withFailed(
  snapshot: Snapshot,
  clients: readonly ClientRecord[],
  cause: string,
  nowMs: number,
): Snapshot {
  const key = "errors.worker";
  const before = snapshot.counters[key] ?? 0;
  const counters = { ...snapshot.counters, [key]: before + clients.length };
  return withClients(
    { ...snapshot, counters },
    clients.map((client) => failed(client, cause, nowMs)),
  );
}

function withClients(
  snapshot: Snapshot,
  clients: readonly ClientRecord[],
): Snapshot {
  return {
    ...snapshot,
    sequence: snapshot.sequence + 1,
    clients: [...snapshot.clients, ...clients],
  };
}

/** While a second is read, packets go on: of those after a client's turn nothing is known of whose they are, and with its node they are left out. */
function countedOf(clients: readonly ClientRecord[]): Record<string, number> {
  if (clients.length === 0) return {};
  return Object.fromEntries(
    PACKET_TOTALS.map((name) => [
      name,
      clients.reduce((sum, client) => sum + client[name], 0),
    ]),
  );
}

/** Of a client of which nothing is known. */
export function recordOf(
  { clientId, index, roomId, role }: ClientPlan,
  node: string,
): ClientRecord {
  return new ClientRecorder({ clientId, index, roomId, role, node }).toRecord();
}

function failed(
  client: ClientRecord,
  cause: string,
  nowMs: number,
): ClientRecord {
  const atMs = Math.round(nowMs);
  return {
    ...plainRecord(client),
    state: "failed",
    failureCause: cause,
    errorCount: client.errorCount + 1,
    errors: [...client.errors, { kind: "worker", message: cause, atMs }],
  };
}
