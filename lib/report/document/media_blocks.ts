/**
 * What a report says of media: what went, what came, how well, and where the
 * rest was lost.
 *
 * @module
 */

import type { Summary } from "../../metrics/mod.ts";
import {
  formatBps,
  formatBytes,
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import {
  type Block,
  duration,
  durationFigures,
  type Figure,
  figures,
  judged,
  percentile,
} from "./blocks.ts";

/** What was sent and received, and how well. */
export function mediaBlocks(summary: Summary): Block[] {
  const { media } = summary;
  return [
    figures("Sent", [
      formatCounted(summary.totalPacketsSent, "packet"),
      formatBytes(summary.totalBytesSent),
      `${formatBps(media.sendBpsPerClient)} a client`,
    ]),
    figures("Received", [
      formatCounted(summary.totalPacketsReceived, "packet"),
      formatBytes(summary.totalBytesReceived),
      `${formatBps(media.receiveBpsPerClient)} a client`,
    ]),
    figures("Delivered", deliveredFigures(summary)),
    figures("Loss", lossFigures(summary)),
    figures("Lost where", originFigures(summary)),
    figures("Impaired", impairedFigures(summary)),
    figures("Adds up", equationFigures(summary)),
    figures(
      "Layers",
      media.layerSwitches === 0 ? [] : [
        `${formatCounted(media.layerSwitches, "change")} of what is received`,
      ],
    ),
    figures("Bitrate", bitrateFigures(summary)),
    duration("Latency", media.latencyMs),
    figures("", acrossFigures(summary)),
    duration("Jitter", media.jitterMs),
    duration("Round trip", media.roundTripTimeMs),
    figures("Video", videoFigures(summary)),
    figures("Audio", audioFigures(summary)),
    figures("Network back", networkBackFigures(summary)),
    duration("First sent", media.timeToFirstSentMs),
    duration("First received", media.timeToFirstReceivedMs),
    duration("First frame", media.timeToFirstFrameMs),
  ];
}

/** By how much latencies between machines may be wrong, or that they are not among them. */
function acrossFigures({ media, metrics }: Summary): string[] {
  const { latencyAcrossMachines: across } = media;
  if (across === undefined) return [];
  if (!across.isKnown) {
    return [
      across.boundMs === null
        ? "not known between machines: their clocks could not be compared"
        : `not known between machines: their clocks are known to ±${
          formatMs(across.boundMs)
        } only`,
    ];
  }
  const { count, med } = metrics.mediaLatencySameMachine.values;
  return [
    `±${formatMs(across.boundMs ?? 0)} between machines`,
    ...(count === 0 ? [] : [`within one p50 ${formatMs(med)}`]),
  ];
}

function deliveredFigures(summary: Summary): Figure[] {
  const { deliveryRatio, receiveSendRatio, packetsDeliverable } = summary.media;
  return deliveryRatio === null ? [] : [
    {
      text: formatRatio(deliveryRatio),
      band: judged(summary, "deliveryRatio", "receiveSendRatio"),
    },
    `${formatCount(packetsDeliverable)} deliverable`,
    ...(receiveSendRatio === null
      ? []
      : [`${formatRatio(receiveSendRatio)} of sent`]),
  ];
}

function lossFigures({ media: { loss, nackCountSent } }: Summary): string[] {
  return loss.expected === 0 ? [] : [
    `${formatRatio(loss.ratio)}, ${formatCount(loss.lost)} of ${
      formatCounted(loss.expected, "packet")
    }`,
    ...(nackCountSent === 0
      ? []
      : [`${formatCounted(nackCountSent, "NACK")} sent`]),
    `${formatCount(loss.repaired)} repaired`,
    ...(loss.repaired === 0 ? [] : [`${formatRatio(loss.residualRatio)} left`]),
    ...(loss.consumerRatio.max === 0 ? [] : [
      `p99 ${
        percentile(
          formatRatio(loss.consumerRatio.p99),
          loss.consumerRatio,
          99,
        )
      } in a track's second`,
    ]),
  ];
}

/** Where packets were lost, where any were. */
function originFigures({ media: { lossOrigin } }: Summary): string[] {
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
      : [`${formatCount(packets)} ${place}`]
  );
  return lost.length === 0 ? [] : [
    ...lost,
    ...(inServer === null ? ["the server not seen"] : []),
    ...(late === 0 ? [] : [`${formatCount(late)} left late`]),
  ];
}

/**
 * How what networks dropped and what receivers miss go together:
 *
 * dropped on the way in = packets + retransmissions, and
 * packets lost = those packets + what was lost elsewhere = repaired + left.
 */
function equationFigures({ media: { impaired, loss } }: Summary): string[] {
  const { dropped, retransmissionsDropped } = impaired.inbound;
  if (dropped === 0) return [];
  const packets = dropped - retransmissionsDropped;
  const elsewhere = loss.lost - packets;
  const signed = elsewhere < 0
    ? `- ${
      formatCount(-elsewhere)
    } that were duplicates, of others or after the last that came`
    : `+ ${formatCount(elsewhere)} lost elsewhere`;
  return [
    `${formatCount(dropped)} dropped in = ${
      formatCounted(packets, "packet")
    } + ${formatCounted(retransmissionsDropped, "retransmission")}`,
    `${formatCount(loss.lost)} lost = ${
      formatCount(packets)
    } of those ${signed}`,
    `${formatCount(loss.lost)} lost = ${
      formatCount(loss.repaired)
    } repaired + ${formatCount(loss.lost - loss.repaired)} left`,
  ];
}

/** What impaired networks dropped, and how often NAT changed ports, where there were any. */
function impairedFigures({ media }: Summary): string[] {
  const { inbound, outbound, rebinds } = media.impaired;
  const ways = [["in", inbound], ["out", outbound]] as const;
  return [
    ...ways.flatMap(([way, { packets, dropped }]) =>
      packets === 0 ? [] : [
        `${formatCount(dropped)} of ${formatCount(packets)} dropped ${way}`,
      ]
    ),
    ...(rebinds === 0 ? [] : [`${formatCounted(rebinds, "port")} rebound`]),
  ];
}

/** What each received track had, second by second. */
function bitrateFigures({ media: { consumerBps } }: Summary): string[] {
  const kinds = [
    ["video", consumerBps.video],
    ["audio", consumerBps.audio],
  ] as const;
  return kinds.flatMap(([kind, stats]) =>
    stats.count === 0 ? [] : [
      `${kind} p5 ${percentile(formatBps(stats.p5), stats, 5)}, p50 ${
        formatBps(stats.p50)
      }, p95 ${percentile(formatBps(stats.p95), stats, 95)}`,
    ]
  );
}

/** What viewers saw, where there was video. */
function videoFigures({ media: { video } }: Summary): string[] {
  const { frameRate, consumerFrameRate, framesDropped } = video;
  const { freezeCount, frozenRatio } = video;
  if (frameRate === null) return [];
  const jumps = video.pictureIdJumps + video.timestampJumps;
  return [
    `${frameRate.toFixed(1)} fps`,
    ...(consumerFrameRate.count === 0 ? [] : [`p5 ${
      percentile(
        `${consumerFrameRate.p5.toFixed(1)} fps`,
        consumerFrameRate,
        5,
      )
    } in a track's second`]),
    ...(framesDropped === 0
      ? []
      : [`${formatCounted(framesDropped, "frame")} dropped`]),
    formatCounted(freezeCount, "freeze"),
    ...(freezeCount === 0 ? [] : [
      `${formatRatio(frozenRatio ?? 0)} of the time`,
      `up to ${formatMs(video.longestFreezeMs)}`,
    ]),
    ...(jumps === 0 ? [] : [`${formatCounted(jumps, "frame")} out of line`]),
  ];
}

/** What listeners heard, where there was audio. */
function audioFigures({ media: { audio } }: Summary): string[] {
  const { concealedRatio, playoutDelayMs } = audio;
  if (concealedRatio === null) return [];
  return [
    `${formatRatio(concealedRatio)} made up`,
    ...(playoutDelayMs.count === 0
      ? []
      : [`p95 ${formatMs(playoutDelayMs.p95Ms)} held back`]),
  ];
}

/** How long media was away after networks were back, and how often not all of it came back. */
function networkBackFigures({ media }: Summary): readonly string[] {
  const { networkNotRecovered: missing, recoveryMs: { network } } = media;
  return [
    ...durationFigures(network),
    ...(missing === 0 ? [] : [`${formatCount(missing)} never`]),
  ];
}
