/**
 * The numbers of now as plain lines: for `stats`, `inspect`, and wherever
 * there are no charts.
 *
 * @module
 */

import {
  type ClientRecord,
  counterOf,
  describeImpairment,
  errorCounts,
  formatBps,
  formatBytes,
  formatCount,
  formatMs,
  formatRatio,
  rateOf,
  type Snapshot,
  tallyClients,
  type Trend,
  trendBetween,
  trendOf,
} from "../../mod.ts";
import { sanitize } from "../terminal/mod.ts";
import type { Member } from "./load.ts";
import type { Model, ServerUse, ServerView } from "./model.ts";

/** Every number that the charts draw, and the totals. */
export function statsLines(model: Model): string[] {
  const { live, load, thresholds } = model;
  const { snapshot } = live;
  const now = live.history.moments.at(-1);
  const connected = snapshot.gauges.clientsConnected ?? 0;
  const rooms = new Set(load.members.map(({ roomId }) => roomId)).size;
  const loss = rateOf(snapshot, "loss", tallyClients(snapshot.clients, false));
  const signaling = trendBetween(
    [],
    Object.entries(snapshot.trends)
      .filter(([name]) => name.startsWith("signaling."))
      .map(([, trend]) => trend),
  );
  return [
    `clients     ${connected} of ${load.members.length} connected, in ${rooms} ${
      rooms === 1 ? "room" : "rooms"
    }`,
    `sent        ${formatCount(now?.sentPerSec ?? 0)} packets/s, ${
      formatBps(now?.sendBps ?? 0)
    }, ${total(snapshot, "packetsSent")} packets in all`,
    `received    ${formatCount(now?.receivedPerSec ?? 0)} packets/s, ${
      formatBps(now?.receiveBps ?? 0)
    }, ${total(snapshot, "packetsReceived")} packets in all`,
    `loss        ${formatRatio((now?.lossPercent ?? 0) / 100)} now, ${
      formatRatio(loss ?? 0)
    } in all`,
    ...layerLines(snapshot),
    `media       ${spread(trendOf(snapshot, "mediaLatency"))}`,
    ...bitrateLines(snapshot),
    `video       ${(now?.frameRate ?? 0).toFixed(1)} fps, ${
      total(snapshot, "framesDropped")
    } frames dropped, ${total(snapshot, "freezes")} freezes, first frame ${
      spread(trendOf(snapshot, "firstKeyFrame"))
    }`,
    `round trip  ${spread(trendOf(snapshot, "roundTrip"))}`,
    `signaling   ${spread(signaling)}`,
    `connection  ${spread(trendOf(snapshot, "connectionTime"))}`,
    ...recoveryLines(snapshot),
    `errors      ${errorsText(snapshot)}`,
    `generator   CPU ${
      formatRatio((now?.generatorCpuPercent ?? 0) / 100)
    }, packets ${spread(trendOf(snapshot, "lateness"))} late`,
    ...useLines(live.serverUse),
    ...thresholds.map(({ expression }, i) => {
      const result = live.thresholds.at(i);
      return `threshold   ${expression}: ${
        result === undefined || result.value === null
          ? "not measured yet"
          : result.ok
          ? "kept"
          : "broken"
      }`;
    }),
  ];
}

/** What each second of each received track had. */
function bitrateLines(snapshot: Snapshot): string[] {
  const parts = [["video", "videoBitrate"], ["audio", "audioBitrate"]] as const;
  const kinds = parts.flatMap(([kind, name]) => {
    const trend = trendOf(snapshot, name);
    if (trend.count === 0) return [];
    const at = (p: number) => formatBps(trend.percentile(p));
    return [`${kind} p5 ${at(5)}, p50 ${at(50)}`];
  });
  return kinds.length === 0 ? [] : [`a track     ${kinds.join("; ")}`];
}

/** How long media was away after networks were back, where any were gone. */
function recoveryLines(snapshot: Snapshot): string[] {
  const trend = trendOf(snapshot, "networkRecovery");
  return trend.count === 0 ? [] : [`recovery    ${spread(trend)}`];
}

/** Which layers of simulcast come in, where there is any. */
function layerLines({ gauges, counters }: Snapshot): string[] {
  const tracks = [
    gauges.consumersLayer0 ?? 0,
    gauges.consumersLayer1 ?? 0,
    gauges.consumersLayer2 ?? 0,
    gauges.consumersNoLayer ?? 0,
  ];
  const switches = counters.layerSwitches ?? 0;
  if (tracks.every((count) => count === 0) && switches === 0) return [];
  const [small, middle, large, none] = tracks.map(formatCount);
  return [
    `layers      ${small} tracks in layer 0, ${middle} in 1, ${large} in 2, ${none} in none; ${
      formatCount(switches)
    } changes`,
  ];
}

/** What is known of the server. */
export function serverLines(
  server: ServerView | undefined,
  use: ServerUse | undefined,
): string[] {
  if (server === undefined) return ["The server is not there yet."];
  const { url, engine, pids } = server;
  return [
    `server      ${sanitize(url)}`,
    engine === null
      ? "started by  somebody else"
      : `started by  this session: engine ${engine}, pids ${pids.join(", ")}`,
    ...useLines(use, "CPU and memory are not known from here"),
  ];
}

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
    }, receives at most ${media.maxAudio} audio and ${media.maxVideo} video`,
    ...(impairment === undefined
      ? []
      : [`network     ${describeImpairment(impairment)}`]),
  ];
  if (record === undefined) return [...head, "state       due"];
  return [
    ...head,
    `state       ${record.state}${
      record.failureCause === null ? "" : `: ${sanitize(record.failureCause)}`
    }`,
    `connection  ${known(record.connectionTimeMs)} after it was due`,
    `first media sent after ${
      known(record.timeToFirstMediaSentMs)
    }, received after ${known(record.timeToFirstMediaReceivedMs)}`,
    `sent        ${formatCount(record.packetsSent)} packets, ${
      formatBytes(record.bytesSent)
    }`,
    `received    ${formatCount(record.packetsReceived)} packets, ${
      formatBytes(record.bytesReceived)
    }, lost ${formatCount(record.packetsLost)} of ${
      formatCount(record.packetsExpected)
    }`,
    `video       ${formatCount(record.framesShown)} frames, first after ${
      known(record.firstKeyFrameMs)
    }, ${formatCount(record.framesDropped)} dropped, ${
      formatCount(record.freezes)
    } freezes, ${formatMs(record.frozenMs)} in all`,
    `round trip  ${known(record.maxRoundTripMs)} at most`,
    `tracks      ${record.producersCreated} sent, ${record.consumersCreated} received, ${record.consumersFlowing} of them with media`,
    ...(record.networkRecoveryMs === null ? [] : [
      `recovery    media ${
        formatMs(record.networkRecoveryMs)
      } after its network was back`,
    ]),
    `came back   ${record.reconnections} times, failed to ${record.reconnectionFailures} times`,
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

function useLines(use: ServerUse | undefined, otherwise?: string): string[] {
  if (use === undefined) {
    return otherwise === undefined ? [] : [`use         ${otherwise}`];
  }
  return [
    `server use  busiest process ${
      formatRatio(use.maxProcessRatio)
    } of a core, all ${formatRatio(use.cpuRatio)}, memory ${
      formatBytes(use.rssBytes)
    }`,
  ];
}

function total(
  snapshot: Snapshot,
  name: Parameters<typeof counterOf>[1],
): string {
  return formatCount(counterOf(snapshot, name));
}

function spread(trend: Trend): string {
  if (trend.count === 0) return "–";
  const at = (p: number) => formatMs(trend.percentile(p) / 1000);
  return `p50 ${at(50)}, p95 ${at(95)}, p99 ${at(99)}`;
}

function errorsText(snapshot: Snapshot): string {
  const counts = errorCounts(snapshot);
  return counts.length === 0
    ? "none"
    : counts.map(([kind, count]) => `${count} ${sanitize(kind)}`).join(", ");
}

function known(ms: number | null): string {
  return ms === null ? "–" : formatMs(ms);
}
