/**
 * Who was hurt most where a threshold was not kept: the client or the room
 * whose own figure is furthest on the wrong side.
 *
 * @module
 */

import type { ClientRecord } from "../client_record.ts";
import {
  firstKey,
  isInCatalog,
  metric,
  mostKey,
  type RateName,
  type TrendName,
} from "../catalog.ts";
import { clientRate, isClientRate } from "../client_rates.ts";
import { clientsOwn, divided, ofVideo, partOf } from "../figures.ts";
import type { Snapshot } from "../snapshot.ts";
import type { WorstHit } from "../summary/summary.ts";
import type { Threshold } from "./threshold.ts";

/**
 * The client or room that is furthest from keeping a threshold; `undefined`
 * for what is not measured a client, or where its own worst is not known.
 */
export function worstHit(
  { subject, operator }: Threshold,
  { clients }: Snapshot,
): WorstHit | undefined {
  const small = operator === ">" || operator === ">=" ||
    (operator === "==" && subject.kind === "rate" &&
      metric(subject.rate).better === "higher");
  const pick = (hits: readonly WorstHit[]): WorstHit | undefined =>
    hits.toSorted((a, b) => small ? a.value - b.value : b.value - a.value)
      .at(0);
  switch (subject.kind) {
    case "trend":
      if (subject.aggregate.kind === "count") return undefined;
      return pick(
        byClient(clients, (client) => ownOf(client, subject.trend, small)),
      );
    case "rate":
      return pick(byRate(clients, subject.rate));
    case "count":
      // Of a sum that is too small, nobody is to blame.
      return small ? undefined : pick(
        byClient(clients, (client) => partOf(client, subject.counter) || null),
      );
    case "errors":
      return pick(
        byClient(clients, ({ errorCount }) => errorCount || null),
      );
  }
}

function byClient(
  clients: readonly ClientRecord[],
  figure: (client: ClientRecord) => number | null,
): WorstHit[] {
  return clients.flatMap((client) => {
    const value = figure(client);
    return value === null
      ? []
      : [{ kind: "client", id: client.clientId, value }];
  });
}

function byRoom(
  clients: readonly ClientRecord[],
  figure: (members: readonly ClientRecord[]) => number | null,
): WorstHit[] {
  return [...Map.groupBy(clients, ({ roomId }) => roomId)].flatMap(
    ([id, members]) => {
      const value = figure(members);
      return value === null ? [] : [{ kind: "room", id, value }];
    },
  );
}

function byRate(clients: readonly ClientRecord[], rate: RateName): WorstHit[] {
  if (isClientRate(rate)) {
    return byRoom(clients, (members) => clientRate(members, rate, false));
  }
  switch (metric(rate).blames) {
    case "client":
      return byClient(clients, (client) => clientsOwn(rate, client));
    case "room":
      return byRoom(clients, (members) =>
        divided(
          rate,
          (counter) =>
            members.reduce((sum, one) => sum + (partOf(one, counter) ?? 0), 0),
        ));
    case undefined:
      return [];
  }
}

/**
 * A client's own figure of a distribution: its largest, or its smallest, where
 * it has several. What is kept of it may be the largest only.
 */
function ownOf(
  client: ClientRecord,
  trend: TrendName,
  small: boolean,
): number | null {
  if (isInCatalog(trend)) {
    const { perClient, ofClients } = metric(trend);
    if (ofClients !== undefined) return ofVideo(client, ofClients);
    if (perClient === "first") return client[firstKey(trend)];
    return perClient === "max" && !small ? client[mostKey(trend)] : null;
  }
  const operation = client.signaling[trend.replace(/^signaling\./, "")];
  if (operation === undefined) return null;
  return small ? operation.minMs : operation.maxMs;
}
