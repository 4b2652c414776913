/**
 * What we did ourselves, or could not do in time. A figure that is bad is bad, and is never called
 * good; but as far as networks that we impaired and clients that we cut off
 * explain it, it is no more than a warning, and its sentence says so.
 *
 * @module
 */

import type { BandMetric } from "./bands.ts";
import type { ClientRecord } from "../client_record.ts";
import { isSettled } from "../client_rates.ts";
import { counterOf, ratio, trendOf } from "../figures.ts";
import type { CounterName } from "../catalog.ts";
import type { Snapshot } from "../snapshot.ts";
import { isImpaired } from "../summary/summarize_groups.ts";
import { ofClients, percent } from "./words.ts";

/** Who is so late at times is away for long enough to freeze pictures now and then, as is a server on the same machine. */
const FREEZING_LATENESS_MS = 25;
/** For how many times as long as it is late pictures may stand still by it: until a jitter buffer has them again. */
const FREEZES_TIMES = 10;

/** How much of a figure is our own doing. */
export interface Excuse {
  /** The figure without it. */
  readonly without: number;
  /** What we did, in words. */
  readonly says: string;
}

/**
 * What of a figure our own doing explains; `undefined` where that is nothing.
 * `isDisrupted` says that the scenario took the server away on purpose.
 */
export function excuseOf(
  metric: BandMetric,
  value: number,
  snapshot: Snapshot,
  isDisrupted: boolean,
): Excuse | undefined {
  const impaired = impairedShare(snapshot);
  const cut = isDisrupted ? 1 : cutShare(snapshot.clients);
  const out = timeShare(snapshot, "tracksOutMs");
  const away = timeShare(snapshot, "tracksAwayMs");
  const dropped = [
    ...(impaired === 0
      ? []
      : [`impaired networks dropped ${percent(impaired)} of the packets`]),
    ...(out === 0
      ? []
      : [`networks were out on purpose ${percent(out)} of the time`]),
  ];
  const gone = away === 0
    ? []
    : [`clients were away ${percent(away)} of the time`];
  const taken = isDisrupted
    ? ["the server was taken away on purpose"]
    : cut === 0
    ? []
    : [cutText(snapshot.clients)];
  const excuse = (share: number, without: number, says: readonly string[]) =>
    share === 0 ? undefined : { without, says: says.join(", ") };
  switch (metric) {
    case "deliveryRatio":
      return excuse(
        impaired + cut + out + away,
        Math.min(
          1,
          value / Math.max(1 - impaired, 1e-9) + cut + out + away,
        ),
        [...dropped, ...taken, ...gone],
      );
    case "silent":
      return excuse(
        impaired + cut + out,
        Math.max(0, value - impaired - cut - out),
        [...dropped, ...taken],
      );
    case "silentAtEnd":
      // Who was cut off should be back by then.
      return excuse(impaired, Math.max(0, value - impaired), dropped);
    case "frozen": {
      // One packet that is missing, or late enough, may freeze a second of pictures.
      const late = latenessMs(snapshot);
      const isLate = late >= FREEZING_LATENESS_MS;
      const byLateness = isLate ? lateShare(snapshot) * FREEZES_TIMES : 0;
      const others = impaired > 0 ? frozenElsewhere(snapshot) : undefined;
      const without = Math.max(
        0,
        (others?.part ?? value) - cut - out - away - byLateness,
      );
      return excuse(
        impaired + cut + out + away + byLateness,
        without,
        [
          ...dropped,
          ...(without === 0 || others === undefined
            ? []
            : [`in rooms without any it is ${percent(others.ratio)}`]),
          ...taken,
          ...gone,
          ...(isLate
            ? [
              `the generator itself was ${Math.round(late)} ms late at times${
                without === 0
                  ? ""
                  : `, which explains ${percent(byLateness)} at most`
              }`,
            ]
            : []),
        ],
      );
    }
    case "errors": {
      const without = isDisrupted ? 0 : unprovokedErrors(snapshot.clients);
      return excuse(value - without, without, [...dropped, ...taken]);
    }
    case "stopped":
      return excuse(isDisrupted ? 1 : 0, 0, taken);
    case "signalingSilent":
      return excuse(impaired + cut + out, 0, [...dropped, ...taken]);
    case "withheld":
      return excuse(impaired + out, 0, dropped);
    case "away":
      return excuse(cut, Math.max(0, value - cut), taken);
    case "unpublished":
    case "neverSent":
    case "neverReceived":
    case "lostForGood":
    case "lostMedia":
    case "connected":
    case "receiveSendRatio":
    case "serverCpu":
    case "serverRss":
      return undefined;
  }
}

/** By how much the latest of a hundred packets left late, or of a hundred turns came late to what had arrived. */
function latenessMs(snapshot: Snapshot): number {
  return Math.max(
    trendOf(snapshot, "lateness").percentile(99),
    trendOf(snapshot, "loopLag").percentile(99),
  ) / 1000;
}

/** The share of packets that left so late, or of turns that came so late. */
function lateShare(snapshot: Snapshot): number {
  const shares = (["lateness", "loopLag"] as const).map((name) => {
    const trend = trendOf(snapshot, name);
    return trend.count === 0
      ? 0
      : 1 - trend.countUpTo(FREEZING_LATENESS_MS * 1000) / trend.count;
  });
  return Math.max(...shares);
}

/** For how long pictures stood still where nobody of the room has an impaired network: of the time of all, and of their own. */
function frozenElsewhere(
  { clients }: Snapshot,
): { readonly part: number; readonly ratio: number } {
  const rooms = new Set(
    clients.filter(isImpaired).map(({ roomId }) => roomId),
  );
  let [frozenMs, playedMs, allMs] = [0, 0, 0];
  for (const client of clients) {
    allMs += client.playedMs;
    if (rooms.has(client.roomId)) continue;
    frozenMs += client.totalFreezesDurationMs;
    playedMs += client.playedMs;
  }
  return {
    part: ratio(frozenMs, allMs) ?? 0,
    ratio: ratio(frozenMs, playedMs) ?? 0,
  };
}

/** The share of packets that impaired networks dropped on their way from client to client. */
function impairedShare(snapshot: Snapshot): number {
  const counter = (name: CounterName) => counterOf(snapshot, name);
  const droppedIn = counter("impairedInDropped");
  const came = counter("packetsReceived") +
    counter("retransmittedPacketsReceived") + droppedIn;
  const sent = counter("packetsSent") + counter("retransmittedPacketsSent");
  const inbound = came > 0 ? droppedIn / came : 0;
  const outbound = sent > 0
    ? Math.min(1, counter("impairedOutDropped") / sent)
    : 0;
  return 1 - (1 - inbound) * (1 - outbound);
}

/** A part of the time that tracks should have come. */
function timeShare(
  snapshot: Snapshot,
  name: "tracksOutMs" | "tracksAwayMs",
): number {
  const dueMs = counterOf(snapshot, "tracksDueMs");
  return dueMs > 0 ? counterOf(snapshot, name) / dueMs : 0;
}

function cutShare(clients: readonly ClientRecord[]): number {
  const cut = clients.filter(({ cuts }) => cuts > 0).length;
  return cut === 0 ? 0 : cut / clients.length;
}

function cutText(clients: readonly ClientRecord[]): string {
  const cut = clients.filter(({ cuts }) => cuts > 0).length;
  const were = cut === 1 ? "was" : "were";
  return `${ofClients(cut, clients.length)} ${were} cut off on purpose`;
}

/** The share of clients that met errors although we did nothing to them. */
function unprovokedErrors(clients: readonly ClientRecord[]): number {
  const due = clients.filter((client) => isSettled(client, true));
  const hurt = due.filter((client) =>
    client.errorCount > 0 && client.cuts === 0 &&
    client.impairedInDropped + client.impairedOutDropped === 0
  );
  return due.length === 0 ? 0 : hurt.length / due.length;
}
