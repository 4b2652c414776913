/**
 * What `run` says while it goes on, as plain lines, and what to do next when
 * it could not go on.
 *
 * @module
 */

import {
  type ChannelError,
  type ClientRecord,
  formatBps,
  formatCount,
  formatCounted,
  formatRatio,
  incidentName,
  MODE_PUBLISH_RATIOS,
  type OptionValues,
  publisherCount,
  type RunProgress,
  shownUrl,
  SYNTHETIC,
  type TimedMeetingOptions,
} from "../../tool.ts";
import { reachAdvice } from "../session/mod.ts";
import type { RunValues } from "./options/run_options.ts";
import type { GivenDump } from "./options/value_kind.ts";

/** What a meeting's options come to. */
export type MeetingValues = OptionValues<TimedMeetingOptions>;

/** What is about to run, in a line; `media` is what is sent, in words. */
export function meetingLine(
  values: MeetingValues,
  { drivenBy, seed, media }: {
    readonly drivenBy: string;
    readonly seed: number;
    readonly media: string;
  },
): string {
  const { clients, rooms, room } = values;
  const isSynthetic = values.media === SYNTHETIC;
  const sent = [
    ...(values.audio ? ["audio"] : []),
    ...(!values.video ? [] : isSynthetic
      ? [
        `video ${values.quality} at ${values.fps}${
          values.simulcast ? " in layers" : ""
        }`,
      ]
      : ["video"]),
  ].join(" and ") + (isSynthetic ? "" : ` of ${media}`);
  const where = rooms === 1
    ? `room ${room}`
    : `${rooms} rooms${aloneText(clients, rooms)}`;
  return `${formatCounted(clients, "client")} in ${where}, ${sent}${
    publishersText(values)
  }, ${seconds(values.duration)} after a ramp of ${
    seconds(values.rampUp)
  }, ${drivenBy}, seed ${seed}`;
}

/** In how many rooms there is one client, who has nobody to receive from: they are filled in turn. */
function aloneText(clients: number, rooms: number): string {
  if (clients === 1) return "";
  if (clients <= rooms) return " (each alone)";
  const alone = 2 * rooms - clients;
  return alone <= 0 ? "" : ` (${formatCount(alone)} of one client alone)`;
}

/** How many send that, where not all do; and how many rooms are left without anybody who does. */
function publishersText(
  { clients, rooms, mode, publishRatio }: MeetingValues,
): string {
  const ratio = publishRatio ?? MODE_PUBLISH_RATIOS[mode];
  const publishers = publisherCount(clients, ratio);
  if (publishers === clients) return "";
  const silent = Math.min(rooms, clients) - publishers;
  return ` from ${formatCount(publishers)} of them${
    silent <= 0 || publishers === 0
      ? ""
      : ` (nobody sends in ${formatCounted(silent, "room")})`
  }`;
}

/** Which of those that were to be dumped never came; `undefined` where all did. */
export function undumpedLine(
  dump: Pick<GivenDump, "clients"> | undefined,
  clients: readonly Pick<ClientRecord, "index">[],
): string | undefined {
  if (typeof dump?.clients !== "object") return undefined;
  const came = new Set(clients.map(({ index }) => index));
  const missing = dump.clients.filter((index) => !came.has(index));
  if (missing.length === 0) return undefined;
  const who = missing.map((index) => `client-${index}`).join(", ");
  const [first, last] = [Math.min(...came), Math.max(...came)];
  const had = came.size === 0
    ? "had no clients"
    : came.size === 1
    ? `had client-${first} alone`
    : `had client-${first} to client-${last}`;
  return `Cannot dump ${who}: the run ${had}.`;
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
  { phase, elapsedMs, endMs, point, snapshot, incidents }: Omit<
    RunProgress,
    "second"
  >,
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
    ...incidents.slice(0, 1).map((incident) => `NOW ${incidentName(incident)}`),
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
      : reachAdvice(failure, "add --embedded")
  }`;
}

/** Why a run broke, and what to try where there is something. */
export function brokeLine(reason: string, withPassword: boolean): string {
  const line = `Cannot finish the run: ${reason.replace(/\.$/, "")}.`;
  const advice = brokeAdvice(reason, withPassword);
  return advice === undefined ? line : `${line} ${advice}`;
}

/** How a reason begins that only the server can tell more of. */
const NEEDS_SERVER =
  /^(no client is left|no client got connected|nobody gets in|the server went away)/;

function brokeAdvice(
  reason: string,
  withPassword: boolean,
): string | undefined {
  // The words of ours around it, for a server can say anything.
  const [ours, theirs = ""] = reason.split(/(?<= said) (?=")/);
  if (/password/i.test(theirs)) {
    return withPassword ? "Check --password." : "Give it with --password.";
  }
  if (/ ICE checks |offers no address|address of the server/.test(ours)) {
    return "Check which address the server announces, and the way of UDP to it: doctor tries each.";
  }
  if (/ the lobby\b/.test(ours)) {
    return "Have a moderator let clients in, or the room do without a lobby.";
  }
  if (/: the adapter (threw|makes) /.test(ours)) {
    return "Mend the adapter: adapter check tries it, step by step.";
  }
  if (/when the client left(;|$)/.test(ours)) {
    return "Look into the server's log, or give it more time with --duration.";
  }
  // The generator's own: no server can tell more of it.
  if (/^no client [a-z ]+: \S+ was lost: /.test(ours)) return undefined;
  return NEEDS_SERVER.test(ours) ? "Look into the server's log." : undefined;
}

function seconds(ms: number): string {
  const shown = ms / 1000;
  return `${Number.isInteger(shown) ? shown : shown.toFixed(1)} s`;
}
