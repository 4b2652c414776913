/**
 * One client in full as plain lines, for `inspect`.
 *
 * @module
 */

import {
  type ClientRecord,
  describeImpairment,
  formatBytes,
  formatCount,
  formatCounted,
  formatMs,
  type Member,
} from "../../../tool.ts";
import { sanitize } from "../../terminal/mod.ts";

/** Everything known of one client. */
export function clientLines(
  member: Member,
  record: ClientRecord | undefined,
): string[] {
  const { index, roomId, role, media, silent, impairment } = member;
  const sends = [
    ...(media.audio ? ["audio"] : []),
    ...(!media.video ? [] : [
      media.clip === undefined
        ? `video ${media.quality} at ${media.fps} fps${
          media.simulcast ? " in layers" : ""
        }`
        : "video",
    ]),
  ].join(" and ") +
    (media.clip === undefined ? "" : ` of ${sanitize(media.clip)}`);
  const head = [
    `client      ${index}, ${role} in ${sanitize(roomId)}`,
    `media       ${role === "publisher" ? `sends ${sends}` : "sends nothing"}${
      silent.length > 0 ? ` (${silent.join(" and ")} off)` : ""
    }`,
    `            receives at most ${media.maxAudio} audio and ${media.maxVideo} video`,
    ...(impairment === undefined
      ? []
      : [`network     ${describeImpairment(impairment)}`]),
  ];
  if (record === undefined) return [...head, "state       scheduled"];
  return [
    ...head,
    `state       ${record.state}${
      record.failureCause === null ? "" : `: ${sanitize(record.failureCause)}`
    }`,
    `connection  ${
      known(record.connectionTimeMs)
    } after it was scheduled; joined ${
      known(record.joinMs)
    } after its first attempt`,
    `first media sent after ${
      known(record.timeToFirstMediaSentMs)
    }, received after ${known(record.timeToFirstMediaReceivedMs)}`,
    `sent        ${formatCounted(record.packetsSent, "packet")}, ${
      formatBytes(record.bytesSent)
    }`,
    `received    ${formatCounted(record.packetsReceived, "packet")}, ${
      formatBytes(record.bytesReceived)
    }, lost ${formatCount(record.packetsLost)} of ${
      formatCount(record.packetsExpected)
    }, ${formatCount(record.packetsRepaired)} repaired`,
    ...droppedLines(record),
    `video       ${
      formatCounted(record.framesRendered, "frame")
    }, first after ${known(record.maxTimeToFirstFrameMs)}, ${
      formatCount(record.framesDropped)
    } dropped`,
    `freezes     ${formatCount(record.freezeCount)}, ${
      formatMs(record.totalFreezesDurationMs)
    } summed over its tracks, ${formatMs(record.longestFreezeMs)} at most`,
    `at most     latency ${known(record.maxMediaLatencyMs)}, jitter ${
      known(record.maxJitterMs)
    }, round trip ${known(record.maxRoundTripTimeMs)}`,
    `feedback    sent ${formatCount(record.retransmissionRequestsSent)} NACK, ${
      formatCount(record.pliCountSent)
    } PLI`,
    `            received ${
      formatCount(record.retransmissionRequestsReceived)
    } NACK, ${formatCount(record.pliCountReceived)} PLI, ${
      formatCount(record.firCountReceived)
    } FIR`,
    `tracks      ${record.producersCreated} sent, ${record.consumersCreated} received, ${record.consumersFlowing} of them with media`,
    ...(record.maxNetworkRecoveryMs === null ? [] : [
      `recovery    media at most ${
        formatMs(record.maxNetworkRecoveryMs)
      } after its network was back`,
    ]),
    `came back   ${record.reconnections} of ${
      formatCounted(record.losses, "time")
    }: ${record.returnsByIceRestart} by ICE restart, ${record.returnsByReconnect} reconnected, ${record.returnsByRejoin} by rejoining; ${
      formatCounted(record.reconnectionFailures, "attempt")
    } failed`,
    ...Object.entries(record.signaling).map((
      [operation, { count, sumMs, maxMs }],
    ) =>
      `${sanitize(operation)}: ${count}, mean ${
        formatMs(sumMs / count)
      }, most ${formatMs(maxMs)}`
    ),
    ...record.errors.map(({ kind, message, atMs }) =>
      `error       ${formatMs(atMs)}: ${sanitize(kind)}: ${sanitize(message)}`
    ),
  ];
}

/** What its network dropped, now or before. */
function droppedLines(
  { impairment, impairedInDropped, impairedOutDropped }: ClientRecord,
): string[] {
  if (impairment === null && impairedInDropped + impairedOutDropped === 0) {
    return [];
  }
  return [
    `dropped     by its network ${
      formatCounted(impairedInDropped, "packet")
    } on the way in, ${formatCount(impairedOutDropped)} on the way out`,
  ];
}

function known(ms: number | null): string {
  return ms === null ? "–" : formatMs(ms);
}
