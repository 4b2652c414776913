/**
 * What a report says of clients and rooms: who came, who stayed, who was hurt.
 *
 * @module
 */

import {
  byBadness,
  type GroupName,
  roomBadness,
  type RoomSummary,
  type Summary,
  type WorstClient,
} from "../../metrics/mod.ts";
import {
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import {
  type Block,
  duration,
  type Figure,
  figures,
  judged,
  metricDuration,
  type Sentence,
} from "./blocks.ts";

/** Rooms that a report lists; the file has them all. */
const MAX_ROOMS = 20;
/** Addresses of the server that a report lists; the file has more. */
const MAX_ADDRESSES = 8;

/** Clients, how long they took to connect, reconnections if any, and where media went. */
export function clientBlocks(summary: Summary): Block[] {
  const {
    totalClients,
    successfulConnections: reached,
    connectedAtEnd: connected,
    unknownAtEnd: unknown,
    failedConnections: failed,
    pendingConnections: pending,
  } = summary;
  const away = reached - connected - unknown;
  const settled = connected + away + failed;
  return [
    figures("Clients", [
      `${formatCount(totalClients)} in all`,
      `${formatCount(connected)} connected`,
      ...(away > 0 ? [`${formatCount(away)} lost again`] : []),
      ...(unknown > 0 ? [`${formatCount(unknown)} unknown`] : []),
      `${formatCount(failed)} never connected`,
      ...(pending > 0 ? [`${formatCount(pending)} pending`] : []),
      ...(settled === 0 ? [] : [{
        text: formatRatio(connected / settled),
        band: judged(summary, "connected"),
      }]),
    ]),
    duration("Connection", metricDuration(summary, "connectionTime")),
    duration("Join", metricDuration(summary, "join")),
    duration("First media", metricDuration(summary, "firstMedia")),
    ...returnBlocks(summary),
    candidateBlock(summary),
  ];
}

/** What clients lost and how they came back, where any lost something. */
function returnBlocks({ returns, media }: Summary): Block[] {
  const { losses, neverBack, failedAttempts } = returns;
  if (losses === 0) return [];
  const ways = [
    [returns.iceRestart, "by ICE restart"],
    [returns.reconnected, "reconnected"],
    [returns.rejoined, "by rejoining"],
  ] as const;
  return [
    figures("Came back", [
      `lost ${formatCounted(losses, "time")}`,
      ...ways.flatMap(([count, how]) =>
        count === 0 ? [] : [`${formatCount(count)} ${how}`]
      ),
      ...(failedAttempts === 0
        ? []
        : [`${formatCounted(failedAttempts, "attempt")} failed`]),
      ...(neverBack === 0 ? [] : [{
        text: `${formatCounted(neverBack, "client")} without media since`,
        style: "critical" as const,
      }]),
    ]),
    duration("Back after", media.recoveryMs.channel),
  ];
}

/** Where media went, and what was tried in vain. */
function candidateBlock({ candidates }: Summary): Block {
  const shown = candidates.slice(0, MAX_ADDRESSES);
  const more = candidates.length - shown.length;
  return figures("Addresses", [
    ...shown.map((one): Figure => {
      const family = one.family === "name" ? "" : ` (${one.family})`;
      const where = `${one.protocol} ${one.address}${family}`;
      const who = formatCounted(one.clients, "client");
      return one.problem === null ? `${where}: ${who}` : {
        text: `${where}: ${one.problem}, tried by ${who}`,
        style: "warning",
      };
    }),
    ...(more > 0 ? [`${formatCount(more)} more`] : []),
  ]);
}

const GROUPS: Readonly<Record<GroupName, string>> = {
  impaired: "impaired",
  roomMates: "their room mates",
  others: "all others",
  publishers: "publishers",
  viewers: "viewers",
};

/** What different clients had, where there are several groups. */
export function groupBlocks({ groups }: Summary): Block[] {
  return [{
    kind: "table",
    columns: [
      "Group",
      "clients",
      ["connected", 1],
      ["missing", 3],
      "loss",
      ["left", 4],
      "fps",
      "frozen",
      ["concealed", 5],
      ["connection", 2],
    ],
    rows: (Object.keys(GROUPS) as GroupName[]).flatMap((name) => {
      const group = groups[name];
      return group === undefined ? [] : [{
        cells: [
          GROUPS[name],
          formatCount(group.clients),
          formatCount(group.connectedAtEnd),
          shown(group.silentRatio),
          shown(group.lossRatio),
          shown(group.residualLossRatio),
          group.frameRate === null ? "-" : group.frameRate.toFixed(1),
          shown(group.frozenRatio),
          shown(group.concealedRatio),
          group.p50ConnectionTimeMs === null
            ? "-"
            : formatMs(group.p50ConnectionTimeMs),
        ],
      }];
    }),
  }];
}

/** Room by room, when there are several, the worst first. */
export function roomBlocks({ rooms }: Summary): Block[] {
  if (rooms.length < 2) return [];
  const worst = rooms.toSorted(byBadness(roomBadness, ({ roomId }) => roomId));
  const left = worst.slice(MAX_ROOMS);
  return [
    {
      kind: "table",
      columns: [
        "Room",
        "clients",
        ["connected", 4],
        ["sent", 1],
        ["received", 2],
        ["recv/sent", 3],
        "missing",
        "loss",
        ["fps", 6],
        ["frozen", 8],
        ["connection", 5],
        ["freezes", 4.5],
        "errors",
      ],
      rows: worst.slice(0, MAX_ROOMS).map((room) => ({
        cells: [
          room.roomId,
          formatCount(room.totalClients),
          formatCount(room.connectedAtEnd),
          formatCount(room.totalPacketsSent),
          formatCount(room.totalPacketsReceived),
          room.totalPacketsSent === 0
            ? "-"
            : formatRatio(room.totalPacketsReceived / room.totalPacketsSent),
          shown(room.silentRatio),
          room.totalPacketsReceived === 0 ? "-" : formatRatio(room.lossRatio),
          room.frameRate === null ? "-" : room.frameRate.toFixed(1),
          shown(room.frozenRatio),
          room.p50ConnectionTimeMs === null
            ? "-"
            : formatMs(room.p50ConnectionTimeMs),
          room.frameRate === null ? "-" : formatCount(room.freezeCount),
          formatCount(room.totalErrors),
        ],
      })),
    },
    ...(left.length === 0
      ? []
      : [more(left.length, "room", roomText(left[0]))]),
  ];
}

/** A room in a few words. */
function roomText(room: RoomSummary): string {
  const { roomId, totalClients, connectedAtEnd, silentRatio, lossRatio } = room;
  return `${roomId}: ${connectedAtEnd}/${totalClients} connected, ${
    silentRatio === null
      ? "nothing scheduled"
      : `${formatRatio(silentRatio)} missing`
  }, ${formatRatio(lossRatio)} lost, ${
    formatCounted(room.totalErrors, "error")
  }`;
}

/** Those clients that were hurt most, the worst first, when any were. */
export function worstClientBlocks(
  { worstClients: { clients, others, worstOther } }: Summary,
): Block[] {
  if (clients.length === 0) return [];
  return [
    {
      kind: "table",
      columns: [
        "Worst clients",
        "room",
        ["connected", 3],
        "missing",
        "no media",
        ["loss", 2],
        ["frozen", 1],
        ["errors", 4],
      ],
      rows: clients.map((client) => ({
        cells: [
          client.clientId,
          client.roomId,
          client.isConnected ? "yes" : "no",
          shown(client.silentRatio),
          formatMs(client.withoutMediaMs),
          shown(client.lossRatio),
          shown(client.frozenRatio),
          formatCount(client.errorCount),
        ],
      })),
    },
    ...(worstOther === null
      ? []
      : [more(others, "client", clientText(worstOther))]),
  ];
}

function clientText(client: WorstClient): string {
  return `${client.clientId}: ${
    client.isConnected ? "connected" : "not connected"
  }, ${shown(client.silentRatio)} missing, ${
    formatCounted(client.errorCount, "error")
  }`;
}

/** How many more there are, and how bad the worst of them is. */
function more(count: number, thing: string, worst: string): Sentence {
  const text = `and ${
    formatCounted(count, thing)
  } more, the worst of them ${worst}`;
  return { kind: "sentence", text, style: "dim" };
}

function shown(ratio: number | null): string {
  return ratio === null ? "-" : formatRatio(ratio);
}

/** What was found beside the clients of the run, in sentences. */
export function otherTrackBlocks({ others, consumerLimit }: Summary): Block[] {
  const some = (count: number) => `${formatCounted(count, "track")} of others`;
  const sentences = [
    ...Object.entries(others.codecs).map(([codec, count]) =>
      `${some(count)} ${
        count === 1 ? "uses" : "use"
      } ${codec}, which clients cannot take; left out`
    ),
    ...Object.entries(others.refusals).map(([words, count]) =>
      `${some(count)} left out: the server said "${words}"`
    ),
    ...(others.neverSent === 0
      ? []
      : [`${some(others.neverSent)} never sent a packet`]),
    ...(others.fellSilent === 0
      ? []
      : [`${some(others.fellSilent)} stopped sending`]),
    ...(others.flowed === 0 ? [] : [
      `${some(others.flowed)} flowed, with ${
        formatCounted(others.packetsReceived, "packet")
      }; not judged`,
    ]),
    ...(consumerLimit === null ? [] : [
      `The server grants a client ${
        formatCounted(consumerLimit.consumers, "consumer")
      } a stay, closed ones too: ${
        formatCounted(consumerLimit.denied, "wanted track")
      } left out`,
    ]),
  ];
  return sentences.map((text) => ({ kind: "sentence", text }));
}
