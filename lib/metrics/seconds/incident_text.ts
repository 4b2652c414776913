/**
 * Incidents in words.
 *
 * @module
 */

import { formatClock, formatCounted } from "../../text/mod.ts";
import type { IncidentChange } from "./incidents.ts";
import type {
  Incident,
  IncidentKind,
  TimedIncident,
} from "../summary/summary.ts";
import { ofClients, percent } from "../judgement/words.ts";

/** What an incident is, as short as it can be: `8 of 8 clients without media`. */
export function incidentName(
  { kind, clients, of, worstRatio, lost }: Incident,
): string {
  const who = ofClients(clients, of);
  switch (kind) {
    case "lost":
      return `${who} unknown${
        lost === undefined
          ? ""
          : `: ${lost.node} was lost at ${
            formatClock(lost.atSec * 1000)
          }, ${lost.reason}`
      }`;
    case "noMedia":
      return `${who} without media`;
    case "away":
      return `${who} away from the server`;
    case "signaling":
      return `${who} without answers of the signaling`;
    case "loss":
      return `${who} losing up to ${percent(worstRatio)} of their packets`;
    case "freezes":
      return `${who} with frozen pictures`;
    case "joins":
      return `${percent(worstRatio)} of joins failing`;
    case "generator":
      return `generator late with ${percent(worstRatio)} of its packets`;
  }
}

/** All that is known of an incident, in parts of a sentence. */
export function incidentFigures(incident: TimedIncident): string[] {
  const { fromSec, untilSec, from, until, rooms, clientIds, clients } =
    incident;
  const { also, picturesAgainSec, server, generator } = incident;
  const lasted = untilSec === null
    ? "to the end"
    : `${(untilSec - fromSec).toFixed(1)} s`;
  const more = clients - clientIds.length;
  return [
    `${clock(from)}${until === null ? "" : ` to ${clock(until)}`} UTC`,
    lasted,
    incidentName(incident),
    ...(clientIds.length === 0 ? [] : [
      // Some came as others went: those named are more than it says.
      `${more < 0 ? `at most ${clients} at once: ` : ""}${
        clientIds.slice(0, MAX_IDS).join(" ")
      }${clientIds.length > MAX_IDS || more > 0 ? " …" : ""} in ${
        formatCounted(rooms, "room")
      }`,
    ]),
    ...also.map(({ kind, clients, worstRatio }) =>
      `${ALSO[kind]} at ${clients}, up to ${percent(worstRatio)}`
    ),
    ...(picturesAgainSec === null
      ? []
      : [`pictures moved again at ${formatClock(picturesAgainSec * 1000)}`]),
    ...(server === null ? [] : [
      `${isIdled(server) ? "the server next to idle: " : "server "}CPU ${
        cores(server.minCpuRatio)
      } to ${cores(server.maxCpuRatio)}${
        server.cpuRatioBefore === null
          ? ""
          : `, ${cores(server.cpuRatioBefore)} before`
      }`,
      ...(server.udpDrops === 0 ? [] : [
        `${
          formatCounted(server.udpDrops, "datagram")
        } dropped at the server's sockets`,
      ]),
    ]),
    `generator CPU ${percent(generator.maxCpuRatio)}, ${
      percent(generator.maxLateRatio)
    } of packets late`,
  ];
}

/** When an incident was, by the run's own time: `0:12 to 0:15`. */
export function incidentTime({ fromSec, untilSec }: Incident): string {
  return untilSec === null
    ? `${formatClock(fromSec * 1000)} on`
    : `${formatClock(fromSec * 1000)} to ${formatClock(untilSec * 1000)}`;
}

/** What has just begun, or ended, in one line. */
export function incidentLine(
  { change, incident }: IncidentChange,
): string {
  const { fromSec, untilSec, picturesAgainSec } = incident;
  return change === "began"
    ? `since ${formatClock(fromSec * 1000)}: ${incidentName(incident)}`
    : `over at ${formatClock((untilSec ?? fromSec) * 1000)}, after ${
      ((untilSec ?? fromSec) - fromSec).toFixed(1)
    } s: ${incidentName(incident)}${
      picturesAgainSec === null
        ? ""
        : `; pictures moved again at ${formatClock(picturesAgainSec * 1000)}`
    }`;
}

/** Clients that a line names. */
const MAX_IDS = 5;

const ALSO: Readonly<Record<IncidentKind, string>> = {
  lost: "lost",
  noMedia: "no media",
  away: "away",
  signaling: "no answers",
  loss: "loss",
  freezes: "frozen",
  joins: "failed joins",
  generator: "late",
};

/** Of less there is nothing to tell. */
const WORTH_CORES = 0.02;
/** What falls to less than this part of what it was does next to nothing. */
const IDLED = 1 / 4;

/** Whether it did its work before, and then stopped to. */
function isIdled(
  { cpuRatioBefore, maxCpuRatio }: NonNullable<Incident["server"]>,
): boolean {
  return (cpuRatioBefore ?? 0) >= WORTH_CORES &&
    maxCpuRatio < cpuRatioBefore! * IDLED;
}

/** The time of day, to the second. */
function clock(iso: string): string {
  return iso.slice(11, 19);
}

function cores(ratio: number): string {
  return ratio.toFixed(2);
}
