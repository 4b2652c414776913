/**
 * The numbers of now as plain lines: for `stats`, `threshold`, `server`, and
 * wherever there are no charts.
 *
 * @module
 */

import {
  type CounterName,
  counterOf,
  errorCounts,
  formatBps,
  formatBytes,
  formatCount,
  formatCounted,
  formatMeasured,
  formatMs,
  formatRatio,
  isEnough,
  mergeTrendJson,
  ofFew,
  rateOf,
  type ServerPoint,
  type Snapshot,
  tallyClients,
  type Threshold,
  type ThresholdResult,
  Trend,
  trendOf,
} from "../../../tool.ts";
import { sanitize } from "../../terminal/mod.ts";
import type { Model, ServerView } from "../model.ts";

/** Every number that the charts draw, which are of now, and the totals; percentiles and what is "in all" are of all since the session began. */
export function statsLines(model: Model): string[] {
  const { live, load, thresholds } = model;
  const { snapshot } = live;
  const now = live.history.moments.at(-1);
  const connected = snapshot.gauges.clientsConnected ?? 0;
  const away = snapshot.gauges.clientsAway ?? 0;
  const rooms = new Set(load.members.map(({ roomId }) => roomId)).size;
  const loss = rateOf(snapshot, "loss", tallyClients(snapshot.clients, false));
  const signaling = Trend.fromJSON(mergeTrendJson(
    Object.entries(snapshot.trends)
      .filter(([name]) => name.startsWith("signaling."))
      .map(([, trend]) => trend),
  ));
  return [
    `clients     ${connected} of ${load.members.length} connected${
      away === 0 ? "" : `, ${away} away`
    }, in ${formatCounted(rooms, "room")}`,
    `sent        ${formatCount(now?.packetsSentPerSec ?? 0)} packets/s, ${
      formatBps(now?.sendBps ?? 0)
    }, ${total(snapshot, "packetsSent", "packet")} in all`,
    `received    ${formatCount(now?.packetsReceivedPerSec ?? 0)} packets/s, ${
      formatBps(now?.receiveBps ?? 0)
    }, ${total(snapshot, "packetsReceived", "packet")} in all`,
    `loss        ${formatRatio(now?.lossRatio ?? 0)} now, ${
      formatRatio(loss ?? 0)
    } in all`,
    ...layerLines(snapshot),
    `media       ${spread(trendOf(snapshot, "mediaLatency"))}`,
    ...bitrateLines(snapshot),
    `video       ${(now?.frameRate ?? 0).toFixed(1)} fps, ${
      total(snapshot, "framesDropped", "frame")
    } dropped and ${total(snapshot, "freezeCount", "freeze")} in all`,
    `first frame ${spread(trendOf(snapshot, "timeToFirstFrame"))}`,
    `round trip  ${spread(trendOf(snapshot, "roundTripTime"))}`,
    `jitter      ${spread(trendOf(snapshot, "jitter"))}`,
    `feedback    ${perSec(now?.nackPerSec)} NACK/s, ${
      total(snapshot, "retransmissionRequestsSent")
    } in all; ${perSec(now?.pliPerSec)} PLI/s, ${
      total(snapshot, "pliCountSent")
    } in all`,
    `signaling   ${spread(signaling)}`,
    `connection  ${spread(trendOf(snapshot, "connectionTime"))}`,
    `join        ${spread(trendOf(snapshot, "join"))}`,
    ...recoveryLines(snapshot),
    `errors      ${errorsText(snapshot)}`,
    `generator   CPU ${formatRatio(now?.cpuRatio ?? 0)}, packets ${
      spread(trendOf(snapshot, "lateness"))
    } late`,
    ...useLines(live.serverUse),
    ...thresholds.map((threshold, i) =>
      `threshold   ${thresholdText(threshold, live.thresholds.at(i))}`
    ),
  ];
}

/** How the load does by a threshold, and who is hurt most where it failed. */
export function thresholdText(
  { expression }: Threshold,
  result: ThresholdResult | undefined,
): string {
  if (result === undefined || result.value === null) {
    return `${expression}: not measured yet`;
  }
  const { passed, worst } = result;
  const whom = worst === undefined
    ? ""
    : `, worst ${sanitize(worst.id)}: ${
      formatMeasured({ value: worst.value, unit: result.unit })
    }`;
  return `${expression}: ${formatMeasured(result)}, ${
    passed ? "passed" : "failed"
  }${whom}`;
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

/** How long media was away after networks were back, and how often not all of it came back. */
function recoveryLines(snapshot: Snapshot): string[] {
  const trend = trendOf(snapshot, "networkRecovery");
  const missing = counterOf(snapshot, "networkNotRecovered");
  const parts = [
    ...(trend.count === 0 ? [] : [spread(trend)]),
    ...(missing === 0 ? [] : [`${formatCount(missing)} never`]),
  ];
  return parts.length === 0 ? [] : [`recovery    ${parts.join(", ")}`];
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
  const [, middle, large, none] = tracks.map(formatCount);
  return [
    `layers      ${
      formatCounted(tracks[0], "track")
    } in layer 0, ${middle} in 1, ${large} in 2, ${none} in none; ${
      formatCounted(switches, "change")
    }`,
  ];
}

/** What is known of the server. */
export function serverLines(
  server: ServerView | undefined,
  use: ServerPoint | undefined,
): string[] {
  if (server === undefined) return ["The server is not there yet."];
  const { url, engine, pids } = server;
  return [
    `server      ${sanitize(url)}`,
    engine === null
      ? "started by  somebody else"
      : `started by  this session: engine ${engine}, ${
        pids.length === 1 ? "pid" : "pids"
      } ${pids.join(", ")}`,
    ...useLines(use, "CPU and memory are not known from here"),
  ];
}

function useLines(use: ServerPoint | undefined, otherwise?: string): string[] {
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
  name: CounterName,
  thing?: string,
): string {
  const count = counterOf(snapshot, name);
  return thing === undefined ? formatCount(count) : formatCounted(count, thing);
}

function perSec(rate = 0): string {
  return formatCount(rate);
}

function spread(trend: Trend): string {
  if (trend.count === 0) return "–";
  const at = (p: number) => {
    const text = formatMs(trend.percentile(p) / 1000);
    return isEnough(trend.count, p) ? text : `${text} ${ofFew(trend.count)}`;
  };
  return `p50 ${at(50)}, p95 ${at(95)}, p99 ${at(99)}`;
}

function errorsText(snapshot: Snapshot): string {
  const counts = errorCounts(snapshot);
  return counts.length === 0
    ? "none"
    : counts.map(([kind, count]) => `${count} ${sanitize(kind)}`).join(", ");
}
