/**
 * Who was hurt most where a threshold was not kept: the client or the room
 * whose own figure is furthest on the wrong side.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { clientRate } from "./client_rates.ts";
import { deliveryRatioOf, frameRateOf, residualLossOf } from "./figures.ts";
import {
  type CounterName,
  METRICS,
  type RateName,
  type TrendName,
} from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Threshold } from "./threshold.ts";

/** Who was hurt most. */
export interface WorstHit {
  /** Whether it is one client or a whole room. */
  readonly kind: "client" | "room";
  /** Which: `client-7`, or the room's id. */
  readonly id: string;
  /** Its own figure, in the threshold's unit. */
  readonly value: number;
}

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
      METRICS[subject.rate].better === "higher");
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
        byClient(clients, (client) => countOf(client, subject.counter) || null),
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
  switch (rate) {
    case "loss":
      return byClient(
        clients,
        (client) => ratio(client.packetsLost, client.packetsExpected),
      );
    case "residualLoss":
      return byClient(clients, residualLossOf);
    case "connected":
    case "clientsWithErrors":
    case "lostForGood":
    case "lostMedia":
    case "neverReceived":
    case "neverSent":
      return byRoom(clients, (members) => clientRate(members, rate, false));
    case "frozen":
      return byClient(
        clients,
        (client) => ratio(client.frozenMs, client.playedMs),
      );
    case "frameRate":
      return byClient(clients, frameRateOf);
    case "deliveryRatio":
      return byClient(clients, deliveryRatioOf);
    case "receiveSendRatio":
      return byRoom(clients, (members) =>
        ratio(
          members.reduce((sum, one) => sum + one.packetsReceived, 0),
          members.reduce((sum, one) => sum + one.packetsSent, 0),
        ));
    case "silent":
      return byClient(
        clients,
        (client) => ratio(client.tracksSilentMs, client.tracksDueMs),
      );
    case "away":
    case "achievedRatio":
      return [];
  }
}

/** What is counted of each client too has the counter's name there. */
function countOf(client: ClientRecord, counter: CounterName): number | null {
  const own = client[counter as keyof ClientRecord];
  return typeof own === "number" ? own : null;
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
  switch (trend) {
    case "connectionTime":
      return client.connectionTimeMs;
    case "timeToFirstMediaSent":
      return client.timeToFirstMediaSentMs;
    case "timeToFirstMediaReceived":
      return client.timeToFirstMediaReceivedMs;
    case "recovery":
      return client.recoveryMs;
    case "networkRecovery":
      return small ? null : client.networkRecoveryMs;
    case "mediaLatency":
      return small ? null : client.maxMediaLatencyMs;
    case "jitter":
      return small ? null : client.maxJitterMs;
    case "roundTrip":
      return small ? null : client.maxRoundTripMs;
    case "firstKeyFrame":
      return small ? null : client.firstKeyFrameMs;
    case "freezeTime":
      return client.framesShown > 0 ? client.frozenMs : null;
    case "longestFreeze":
      return client.framesShown > 0 ? client.longestFreezeMs : null;
  }
  const operation = client.signaling[trend.replace(/^signaling\./, "")];
  if (operation === undefined) return null;
  return small ? operation.minMs : operation.maxMs;
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
