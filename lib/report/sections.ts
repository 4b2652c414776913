/**
 * The sections of the text, each a function from the summary to lines; one
 * that has nothing to say gives none.
 *
 * @module
 */

import {
  type Band,
  type BandMetric,
  BANDS,
  byBadness,
  type DurationStats,
  roomBadness,
  type RoomSummary,
  type ServerLoad,
  type ServerTold,
  type Summary,
  worse,
  type WorstClient,
} from "../metrics/mod.ts";
import { boundText, figureText } from "./bands_text.ts";
import {
  formatBps,
  formatBytes,
  formatCores,
  formatCount,
  formatCounted,
  formatMeasured,
  formatMs,
  formatRatio,
} from "./format.ts";
import { row, table, wrapWords } from "./layout.ts";
import { columnsOf, fit, type Line, type Piece, piece } from "./painted.ts";

/** Rooms that the text lists; the file has them all. */
const MAX_ROOMS = 20;
/** Addresses of the server that the text lists; the file has more. */
const MAX_ADDRESSES = 8;

/** Clients, how long they took to connect, and reconnections if any. */
export function clientLines(summary: Summary, width: number): Line[] {
  const {
    totalClients,
    successfulConnections: reached,
    connectedAtEnd: connected,
    failedConnections: failed,
    pendingConnections: pending,
  } = summary;
  const settled = reached + failed;
  const share: Line[] = settled === 0 ? [] : [
    [piece(formatRatio(connected / settled)), ...judged(summary, "connected")],
  ];
  const connection: DurationStats | null = reached === 0 ? null : {
    count: reached,
    minMs: 0,
    maxMs: 0,
    avgMs: summary.averageConnectionTimeMs,
    p50Ms: summary.p50ConnectionTimeMs,
    p95Ms: summary.p95ConnectionTimeMs,
    p99Ms: summary.p99ConnectionTimeMs,
  };
  return [
    ...row("Clients", [
      say(`${formatCount(totalClients)} in all`),
      say(`${formatCount(connected)} connected`),
      ...(reached > connected
        ? [say(`${formatCount(reached - connected)} lost again`)]
        : []),
      say(`${formatCount(failed)} failed`),
      ...(pending > 0 ? [say(`${formatCount(pending)} pending`)] : []),
      ...share,
    ], width),
    ...(connection === null
      ? []
      : durationRow("Connection", connection, width)),
    ...returnLines(summary, width),
  ];
}

/** What clients lost and how they came back, where any lost something. */
function returnLines({ returns, media }: Summary, width: number): Line[] {
  const { losses, neverBack, failedAttempts } = returns;
  if (losses === 0) return [];
  const ways = [
    [returns.iceRestart, "by ICE restart"],
    [returns.reconnected, "reconnected"],
    [returns.rejoined, "by rejoining"],
  ] as const;
  return [
    ...row("Came back", [
      say(`lost ${formatCounted(losses, "time")}`),
      ...ways.flatMap(([count, how]) =>
        count === 0 ? [] : [say(`${formatCount(count)} ${how}`)]
      ),
      ...(failedAttempts === 0
        ? []
        : [say(`${formatCounted(failedAttempts, "attempt")} failed`)]),
      ...(neverBack === 0 ? [] : [
        [piece(
          `${formatCounted(neverBack, "client")} without media since`,
          "critical",
        )],
      ]),
    ], width),
    ...durationRow("Back after", media.recoveryMs.channel, width),
  ];
}

/** Every figure that is judged, with its bounds; then what is not good, in sentences. */
export function judgementLines({ judgement }: Summary, width: number): Line[] {
  if (judgement.length === 0) return [];
  const lines = table(
    ["Key metric", "value", "judged", "good", "critical"],
    judgement.map(({ figure, value, band }) => [
      BANDS[figure].name,
      figureText(figure, value),
      band,
      boundText(figure, "good"),
      boundText(figure, "critical"),
    ]),
    [3, 4],
    width,
  );
  const bad = judgement.filter(({ band }) => band !== "good");
  return [
    ...lines.map((line, i) =>
      i === 0 ? line : toned(line, judgement[i - 1].band)
    ),
    ...bad.flatMap(({ band, says }) => row(band, [say(says)], width)),
  ];
}

/** What is good needs no colour of its own. */
function toned(line: Line, band: Band): Line {
  return band === "good" ? line : line.map(({ text }) => piece(text, band));
}

/** What was sent and received, and how well. */
export function mediaLines(summary: Summary, width: number): Line[] {
  const { media } = summary;
  const { deliveryRatio, receiveSendRatio, loss, packetsDeliverable } = media;
  return [
    ...row("Sent", [
      say(formatCounted(summary.totalPacketsSent, "packet")),
      say(formatBytes(summary.totalBytesSent)),
      say(`${formatBps(media.sendBpsPerClient)} a client`),
    ], width),
    ...row("Received", [
      say(formatCounted(summary.totalPacketsReceived, "packet")),
      say(formatBytes(summary.totalBytesReceived)),
      say(`${formatBps(media.receiveBpsPerClient)} a client`),
    ], width),
    ...(deliveryRatio === null ? [] : row("Delivered", [
      [
        piece(formatRatio(deliveryRatio)),
        ...judged(summary, "deliveryRatio", "receiveSendRatio"),
      ],
      say(`${formatCount(packetsDeliverable)} deliverable`),
      ...(receiveSendRatio === null
        ? []
        : [say(`${formatRatio(receiveSendRatio)} of sent`)]),
    ], width)),
    ...(loss.expected === 0 ? [] : row("Loss", [
      say(
        `${formatRatio(loss.ratio)}, ${formatCount(loss.lost)} of ${
          formatCount(loss.expected)
        } packets`,
      ),
      say(`${formatCount(loss.repaired)} repaired`),
      ...(loss.repaired === 0
        ? []
        : [say(`${formatRatio(loss.residualRatio)} left`)]),
      ...(loss.consumerRatio.max === 0 ? [] : [
        say(`p99 ${formatRatio(loss.consumerRatio.p99)} in a track's second`),
      ]),
    ], width)),
    ...originLines(summary, width),
    ...impairedLines(summary, width),
    ...(media.layerSwitches === 0 ? [] : row("Layers", [
      say(
        `${formatCounted(media.layerSwitches, "change")} of what is received`,
      ),
    ], width)),
    ...bitrateLines(summary, width),
    ...durationRow("Latency", media.latencyMs, width),
    ...durationRow("Jitter", media.jitterMs, width),
    ...durationRow("Round trip", media.roundTripMs, width),
    ...videoLines(summary, width),
    ...networkBackLines(summary, width),
    ...durationRow("First sent", media.timeToFirstSentMs, width),
    ...durationRow("First received", media.timeToFirstReceivedMs, width),
    ...durationRow("First frame", media.timeToFirstKeyFrameMs, width),
  ];
}

/** How long media was away after networks were back, and how often not all of it came back. */
function networkBackLines({ media }: Summary, width: number): Line[] {
  const { networkNotRecovered: missing, recoveryMs: { network } } = media;
  const times = network.count === 0 ? [] : durationThings(network);
  return row("Network back", [
    ...times,
    ...(missing === 0 ? [] : [say(`${formatCount(missing)} never`)]),
  ], width);
}

/** What each received track had, second by second. */
function bitrateLines({ media }: Summary, width: number): Line[] {
  const { video, audio } = media.consumerBps;
  const parts = [["video", video], ["audio", audio]] as const;
  return row(
    "Bitrate",
    parts.flatMap(([kind, { count, p5, p50, p95 }]) =>
      count === 0 ? [] : [
        say(
          `${kind} p5 ${formatBps(p5)}, p50 ${formatBps(p50)}, p95 ${
            formatBps(p95)
          }`,
        ),
      ]
    ),
    width,
  );
}

/** What viewers saw, where there was video. */
function videoLines({ media: { video } }: Summary, width: number): Line[] {
  const { frameRate, consumerFrameRate, framesDropped } = video;
  const { freezes, frozenRatio } = video;
  if (frameRate === null) return [];
  const jumps = video.pictureIdJumps + video.timestampJumps;
  return row("Video", [
    say(`${frameRate.toFixed(1)} fps`),
    ...(consumerFrameRate.count === 0
      ? []
      : [say(`p5 ${consumerFrameRate.p5.toFixed(1)} fps`)]),
    ...(framesDropped === 0
      ? []
      : [say(`${formatCounted(framesDropped, "frame")} dropped`)]),
    say(formatCounted(freezes, "freeze")),
    ...(freezes === 0 ? [] : [
      say(`${formatRatio(frozenRatio ?? 0)} of the time`),
      say(`up to ${formatMs(video.longestFreezeMs)}`),
    ]),
    ...(jumps === 0
      ? []
      : [say(`${formatCounted(jumps, "frame")} out of line`)]),
  ], width);
}

/** Where packets were lost, where any were. */
function originLines(
  { media: { lossOrigin } }: Summary,
  width: number,
): Line[] {
  const { beforeServer, inServer, afterServer, late, ...rest } = lossOrigin;
  const places = [
    [rest.refused, "refused by our system"],
    [rest.impairedOut, "by impairment out"],
    [beforeServer, "on the way to the server"],
    [inServer, "in the server"],
    [afterServer, "on the way from it"],
    [rest.impairedIn, "by impairment in"],
    [rest.ourKernel, "in our kernel"],
  ] as const;
  const lost = places.flatMap(([packets, place]) =>
    packets === null || packets === 0
      ? []
      : [say(`${formatCount(packets)} ${place}`)]
  );
  if (lost.length === 0) return [];
  return row("Lost where", [
    ...lost,
    ...(inServer === null ? [say("the server not seen")] : []),
    ...(late === 0 ? [] : [say(`${formatCount(late)} left late`)]),
  ], width);
}

/** What impaired networks dropped, and how often NAT changed ports, where there were any. */
function impairedLines({ media }: Summary, width: number): Line[] {
  const { inbound, outbound, rebinds } = media.impaired;
  const parts = [
    { where: "in", ...inbound },
    { where: "out", ...outbound },
  ].flatMap(({ where, packets, dropped }) =>
    packets === 0 ? [] : [
      say(
        `${formatCount(dropped)} of ${formatCount(packets)} dropped ${where}`,
      ),
    ]
  );
  if (rebinds > 0) parts.push(say(`${formatCounted(rebinds, "port")} rebound`));
  return parts.length === 0 ? [] : row("Impaired", parts, width);
}

/** The latencies of each signaling operation. */
export function signalingLines(summary: Summary, width: number): Line[] {
  const operations = Object.entries(summary.signalingLatencies.operations);
  if (operations.length === 0) return [];
  return table(
    ["Signaling", "requests", "avg", "p50", "p95", "p99", "max"],
    operations.map(([name, stats]) => [
      name,
      formatCount(stats.count),
      formatMs(stats.avgMs),
      formatMs(stats.p50Ms),
      formatMs(stats.p95Ms),
      formatMs(stats.p99Ms),
      formatMs(stats.maxMs),
    ]),
    [1, 2, 6, 5],
    width,
  );
}

/** Room by room, when there are several, the worst first. */
export function roomLines({ rooms }: Summary, width: number): Line[] {
  if (rooms.length < 2) return [];
  const worst = rooms.toSorted(byBadness(roomBadness, ({ roomId }) => roomId));
  const lines = table(
    [
      "Room",
      "clients",
      "connected",
      "sent",
      "received",
      "recv/sent",
      "silent",
      "loss",
      "fps",
      "freezes",
      "errors",
    ],
    worst.slice(0, MAX_ROOMS).map((room) => [
      room.roomId,
      formatCount(room.totalClients),
      formatCount(room.connectedAtEnd),
      formatCount(room.totalPacketsSent),
      formatCount(room.totalPacketsReceived),
      room.totalPacketsSent === 0
        ? "-"
        : formatRatio(room.totalPacketsReceived / room.totalPacketsSent),
      room.silentRatio === null ? "-" : formatRatio(room.silentRatio),
      room.totalPacketsReceived === 0 ? "-" : formatRatio(room.lossRatio),
      room.frameRate === null ? "-" : room.frameRate.toFixed(1),
      room.frameRate === null ? "-" : formatCount(room.freezes),
      formatCount(room.totalErrors),
    ]),
    [3, 4, 5, 2, 8, 9],
    width,
  );
  const left = worst.slice(MAX_ROOMS);
  return left.length === 0
    ? lines
    : [...lines, ...moreLines(left.length, "room", roomText(left[0]), width)];
}

/** A room in a few words. */
function roomText(room: RoomSummary): string {
  const { roomId, totalClients, connectedAtEnd, silentRatio, lossRatio } = room;
  return `${roomId}: ${connectedAtEnd}/${totalClients} connected, ${
    silentRatio === null ? "nothing due" : `${formatRatio(silentRatio)} silent`
  }, ${formatRatio(lossRatio)} lost, ${
    formatCounted(room.totalErrors, "error")
  }`;
}

/** Those clients that were hurt most, the worst first, when any were. */
export function worstClientLines(
  { worstClients: { clients, others, worstOther } }: Summary,
  width: number,
): Line[] {
  if (clients.length === 0) return [];
  const lines = table(
    [
      "Worst clients",
      "room",
      "connected",
      "silent",
      "without media",
      "loss",
      "frozen",
      "errors",
    ],
    clients.map((client) => [
      client.clientId,
      client.roomId,
      client.isConnected ? "yes" : "no",
      shown(client.silentRatio),
      formatMs(client.withoutMediaMs),
      shown(client.lossRatio),
      shown(client.frozenRatio),
      formatCount(client.errorCount),
    ]),
    [6, 5, 2, 7],
    width,
  );
  return worstOther === null ? lines : [
    ...lines,
    ...moreLines(others, "client", clientText(worstOther), width),
  ];
}

function clientText(client: WorstClient): string {
  return `${client.clientId}: ${
    client.isConnected ? "connected" : "not connected"
  }, ${shown(client.silentRatio)} silent, ${
    formatCounted(client.errorCount, "error")
  }`;
}

/** How many more there are, and how bad the worst of them is. */
function moreLines(
  count: number,
  thing: string,
  worst: string,
  width: number,
): Line[] {
  const more = `and ${formatCounted(count, thing)} more`;
  return wrapWords(`${more}, the worst of them ${worst}`, width)
    .map((part) => [piece(part, "faint")]);
}

function shown(ratio: number | null): string {
  return ratio === null ? "-" : formatRatio(ratio);
}

/** Where media went, and what was tried in vain. */
export function candidateLines(
  { candidates }: Summary,
  width: number,
): Line[] {
  const shown = candidates.slice(0, MAX_ADDRESSES);
  const more = candidates.length - shown.length;
  return row("Addresses", [
    ...shown.map((one): Line => {
      const family = one.family === "name" ? "" : ` (${one.family})`;
      const where = `${one.protocol} ${one.address}${family}`;
      const who = formatCounted(one.clients, "client");
      return one.problem === null
        ? say(`${where}: ${who}`)
        : [piece(`${where}: ${one.problem}, tried by ${who}`, "warning")];
    }),
    ...(more > 0 ? [say(`${formatCount(more)} more`)] : []),
  ], width);
}

/** What was found beside the clients of the run, in sentences. */
export function othersLines(
  { others, consumerLimit }: Summary,
  width: number,
): Line[] {
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
  return sentences.flatMap((sentence) =>
    wrapWords(piece(sentence).text, width).map((line) => [piece(line)])
  );
}

/** Errors by kind, each with an example. */
export function errorLines(summary: Summary, width: number): Line[] {
  const { totalErrors, errors, unknownMessages, malformedMessages } = summary;
  const unread = unknownMessages + malformedMessages;
  return [
    ...row("Errors", [
      [piece(formatCount(totalErrors)), ...judged(summary, "errors")],
    ], width),
    ...Object.entries(errors).flatMap(([kind, { count, example }]) =>
      row("", [
        say(
          `${formatCount(count)} ${kind}${
            example === null ? "" : `: ${example}`
          }`,
        ),
      ], width)
    ),
    ...(unread === 0 ? [] : row("Messages", [
      say(`${formatCount(unknownMessages)} of unknown type`),
      say(`${formatCount(malformedMessages)} malformed`),
    ], width)),
  ];
}

/** What the server used and said, when it was watched. */
export function serverLines(summary: Summary, width: number): Line[] {
  const { load, told, notes } = summary.server;
  return [
    ...(load === null ? [] : row("Server", loadThings(load, summary), width)),
    ...(told === null ? [] : row("It says", toldThings(told), width)),
    ...notes.flatMap((note, i) =>
      row(i === 0 ? "Watching it" : "", [say(note)], width)
    ),
  ];
}

function loadThings(load: ServerLoad, summary: Summary): Line[] {
  const { busiestProcess, sustainedThreadRatio, maxRssBytes, maxFds } = load;
  return [
    say(
      `CPU ${load.cpuSeconds.toFixed(1)} s, mean ${
        formatCores(load.meanCpuRatio)
      }, max ${formatCores(load.maxCpuRatio)}`,
    ),
    say(
      `busiest ${busiestProcess.name} ${formatCores(busiestProcess.cpuRatio)}`,
    ),
    [
      piece(`thread ${formatCores(sustainedThreadRatio)}`),
      ...judged(summary, "serverCpu"),
    ],
    [
      piece(`memory ${formatBytes(maxRssBytes)}`),
      ...judged(summary, "serverRss"),
    ],
    ...(maxFds === null ? [] : [say(formatCounted(maxFds, "file"))]),
    say(`${formatCounted(load.udpDrops, "datagram")} dropped`),
  ];
}

function toldThings(told: ServerTold): Line[] {
  const { maxParticipants, maxRooms, maxConnections, errors } = told;
  const counts = [
    [maxParticipants, "people"],
    [maxRooms, "rooms"],
    [maxConnections, "connections"],
    [errors, "errors"],
  ] as const;
  const known = counts.flatMap(([count, name]) =>
    count === null ? [] : [say(`${formatCount(count)} ${name}`)]
  );
  return known.length === 0 ? [say("nothing that we know")] : known;
}

/** How the generator itself did. */
export function generatorLines(
  { generator, invalid }: Summary,
  width: number,
): Line[] {
  const { achievedRatio, cpuRatio, kernelDrops, heldBackJoins } = generator;
  const health: Line = invalid === null
    ? [piece("kept up "), piece("(good)", "good")]
    : [
      piece(
        invalid.reason.includes("stood still") ? "stood still " : "saturated ",
      ),
      piece("(critical)", "critical"),
    ];
  return [
    ...row("Generator", [
      health,
      say(`${generator.lane} lane`),
      say(`${generator.cipher} cipher`),
      say(formatCounted(generator.workers, "worker")),
      say(
        `CPU ${generator.cpuSeconds.toFixed(1)} s${
          cpuRatio === null ? "" : `, ${formatRatio(cpuRatio)}`
        }`,
      ),
      ...(generator.cpuPerServerCpu === null ? [] : [
        say(`${generator.cpuPerServerCpu.toFixed(2)} of the server's CPU`),
      ]),
      ...(achievedRatio === null ? [] : [
        say(
          `sent ${formatRatio(achievedRatio)} of ${
            formatCount(generator.packetsPlanned)
          } due`,
        ),
      ]),
      ...(generator.packetsSkipped === 0 ? [] : [
        say(`${formatCount(generator.packetsSkipped)} skipped`),
      ]),
      ...(kernelDrops === null
        ? []
        : [say(`${formatCount(kernelDrops)} dropped by our kernel`)]),
      ...(heldBackJoins === 0 ? [] : [
        say(
          `${formatCounted(heldBackJoins, "join")} held back, up to ${
            formatMs(generator.heldBackMs.maxMs)
          }`,
        ),
      ]),
    ], width),
    ...generator.notes.flatMap((note) => row("", [say(note)], width)),
    ...durationRow("Lateness", generator.latenessMs, width),
    ...durationRow("Loop lag", generator.loopLagMs, width),
  ];
}

/** Threshold by threshold. */
export function thresholdLines({ thresholds }: Summary, width: number): Line[] {
  const columns = Math.max(
    ...thresholds.map(({ expression }) => columnsOf(expression)),
  );
  return thresholds.flatMap((result, i) =>
    row(i === 0 ? "Thresholds" : "", [
      [result.ok ? piece("kept    ", "good") : piece("not kept", "critical")],
      say(fit(result.expression, columns)),
      say(`was ${formatMeasured(result)}`),
      ...(result.worst === undefined ? [] : [
        say(
          `worst ${result.worst.id}: ${
            formatMeasured({ ...result, value: result.worst.value })
          }`,
        ),
      ]),
    ], width)
  );
}

function durationRow(
  label: string,
  stats: DurationStats,
  width: number,
): Line[] {
  return stats.count === 0 ? [] : row(label, durationThings(stats), width);
}

function durationThings(stats: DurationStats): Line[] {
  return [
    say(`avg ${formatMs(stats.avgMs)}`),
    say(`p50 ${formatMs(stats.p50Ms)}`),
    say(`p95 ${formatMs(stats.p95Ms)}`),
    say(`p99 ${formatMs(stats.p99Ms)}`),
  ];
}

/** The worst judgement of these figures, behind them; nothing where none is judged. */
function judged(
  { judgement }: Summary,
  ...figures: readonly BandMetric[]
): Piece[] {
  const bands = judgement.filter(({ figure }) => figures.includes(figure))
    .map(({ band }) => band);
  if (bands.length === 0) return [];
  const worst = bands.reduce(worse);
  return [piece(" "), piece(`(${worst})`, worst)];
}

function say(text: string): Line {
  return [piece(text)];
}
