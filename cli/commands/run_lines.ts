/**
 * What `run` says while it goes on, as plain lines, and what to do next when
 * it could not go on.
 *
 * @module
 */

import {
  type ChannelError,
  formatBps,
  formatCount,
  formatCounted,
  formatRatio,
  type RunProgress,
  shownUrl,
  SYNTHETIC,
} from "../../mod.ts";
import type { RunValues } from "./run_options.ts";

/** What is about to run, in a line or two; `media` is what is sent, in words. */
export function configLines(
  values: RunValues,
  server: { readonly url: string; readonly pids: readonly number[] },
  workers: number,
  media: string,
): string[] {
  const { clients, rooms, room } = values;
  const isSynthetic = values.media === SYNTHETIC;
  const sent = [
    ...(values.videoOnly ? [] : ["audio"]),
    ...(values.audioOnly ? [] : isSynthetic
      ? [
        `video ${values.quality} at ${values.fps}${
          values.simulcast ? " in layers" : ""
        }`,
      ]
      : ["video"]),
  ].join(" and ") + (isSynthetic ? "" : ` of ${media}`);
  const where = rooms === 1 ? `room ${room}` : `${rooms} rooms`;
  const lines = [
    `${formatCounted(clients, "client")} in ${where}, ${sent}, ${
      seconds(values.duration)
    } after a ramp of ${seconds(values.rampUp)}, ${
      formatCounted(workers, "thread")
    }, seed ${values.seed}`,
  ];
  return [...lines, serverLine(values, server)];
}

/** Which server it is. */
export function serverLine(
  { embedded }: Pick<RunValues, "embedded">,
  { url, pids }: { readonly url: string; readonly pids: readonly number[] },
): string {
  return embedded === undefined
    ? `Server: ${shownUrl(url)}`
    : `Embedded server: ${embedded} on ${url}, ${
      pids.length === 1 ? "pid" : "pids"
    } ${pids.join(", ")}`;
}

/** Where a run is, on one line. */
export function progressLine(
  { phase, elapsedMs, endMs, point, snapshot }: RunProgress,
): string {
  const { gauges, counters } = snapshot;
  const active = gauges.clientsActive ?? 0;
  const errors = Object.entries(counters)
    .filter(([name]) => name.startsWith("errors."))
    .reduce((sum, [, count]) => sum + count, 0);
  return [
    `${phase.padEnd(8)} ${seconds(elapsedMs)}${
      phase === "teardown" ? "" : ` of ${seconds(endMs)}`
    }`,
    `${point.clients} of ${active} connected`,
    `sent ${formatCount(point.packetsSentPerSec)}/s ${
      formatBps(point.sendBps)
    }`,
    `received ${formatCount(point.packetsReceivedPerSec)}/s ${
      formatBps(point.receiveBps)
    }`,
    `loss ${formatRatio(point.lossRatio)}`,
    formatCounted(errors, "error"),
    `CPU ${formatRatio(point.cpuRatio)}`,
    ...(point.server === undefined
      ? []
      : [`server CPU ${formatRatio(point.server.cpuRatio)}`]),
  ].join("  ");
}

/** Why the server cannot be reached, and what to try. */
export function unreachableLine(
  { message, failure }: ChannelError,
  embedded: boolean,
): string {
  return `${message} ${
    embedded
      ? "The embedded server should answer: try again, or another engine."
      : reachAdvice(failure)
  }`;
}

/** What to try when a run broke for this reason; empty when there is nothing to say. */
export function brokeLine(reason: string, withPassword: boolean): string {
  const line = `Cannot finish the run: ${reason.replace(/\.$/, "")}.`;
  if (!/password/i.test(reason)) return line;
  return withPassword
    ? `${line} Check --password.`
    : `${line} Give it with --password.`;
}

function reachAdvice(failure: ChannelError["failure"]): string {
  switch (failure.kind) {
    case "badUrl":
      return "Give --server a ws:// or wss:// URL.";
    case "refused":
      return "Start the server, or add --embedded.";
    case "http":
      return httpAdvice(failure);
    case "notWebSocket":
      return "Something else answers there: check the port in --server.";
    case "certificate":
      return certificateAdvice(failure.problem);
    case "scheme":
      return failure.spoken === "tls"
        ? "Give --server a wss:// URL."
        : "Give --server a ws:// URL, or the port that speaks TLS.";
    case "proxy":
      return "Check HTTPS_PROXY and HTTP_PROXY, or name the server in NO_PROXY.";
    case "timeout":
      return "Check --server, the firewall, and whether the server hangs.";
    case "unreachable":
      return "Check --server and the network.";
    case "aborted":
      return "Try again.";
  }
}

function certificateAdvice(
  problem: (ChannelError["failure"] & { kind: "certificate" })["problem"],
): string {
  switch (problem) {
    case "expired":
    case "early":
      return "Renew it, check this machine's clock, or take it as it is with --insecure.";
    case "name":
      return "Give --server a name that it is for, or take any with --insecure.";
    case "selfSigned":
      return "Trust it with --ca FILE, or take any with --insecure.";
    case "issuer":
    case "unknown":
      return "Trust the authority with --ca FILE, or take any with --insecure.";
  }
}

function httpAdvice(
  { status, movedTo }: ChannelError["failure"] & { kind: "http" },
): string {
  if (movedTo !== undefined) {
    return /^wss?:/.test(movedTo)
      ? `Give --server ${movedTo}.`
      : "Check --server: no WebSocket server is there.";
  }
  switch (status) {
    case 401:
    case 403:
      return "It wants to know who asks: check --token, and --header for what its gateway wants, an Origin or a Cookie.";
    case 404:
      return "Check the path in --server; SimplestChat's is /ws.";
    case 407:
      return "A proxy wants a user and a password: give them in HTTPS_PROXY.";
    case 426:
      return "It, or a gateway before it, wants another protocol: check the path in --server, and that the gateway passes WebSocket upgrades on.";
    case 429:
      return "It, or a gateway before it, takes no more connections that fast: take a longer --ramp-up, or raise its limit.";
    case 500:
      return "The server failed: look into its log.";
    case 502:
    case 504:
      return "A gateway answers, and the server behind it does not: start that.";
    case 503:
      return "The server takes no more connections: free some, or raise its limit.";
  }
  return "Check --server: its answer is not a WebSocket server's.";
}

function seconds(ms: number): string {
  const shown = ms / 1000;
  return `${Number.isInteger(shown) ? shown : shown.toFixed(1)} s`;
}
