/**
 * What a report says of the machines: the server as it was seen from outside,
 * and the generator itself.
 *
 * @module
 */

import {
  busyThreadsText,
  type NodeSummary,
  type ServerLoad,
  type ServerReported,
  type Summary,
  unevenThreadsText,
} from "../../metrics/mod.ts";
import {
  formatBytes,
  formatCores,
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import {
  type Block,
  duration,
  type Figure,
  figureRows,
  figures,
  judged,
} from "./blocks.ts";

/** What the server used and reported, when it was watched. */
export function serverBlocks(summary: Summary): Block[] {
  const { load, reported, notes } = summary.server;
  return [
    figures("Server", load === null ? [] : loadFigures(load, summary)),
    ...(load === null ? [] : threadBlocks(load, summary.rooms.length)),
    figures("It says", reported === null ? [] : reportedFigures(reported)),
    figureRows("Watching it", notes.map((note) => [note])),
  ];
}

function loadFigures(load: ServerLoad, summary: Summary): Figure[] {
  const { busiestProcess, sustainedThreadRatio, maxRssBytes, maxFds } = load;
  return [
    `CPU ${load.cpuSeconds.toFixed(1)} s, mean ${
      formatCores(load.meanCpuRatio)
    }, max ${formatCores(load.maxCpuRatio)}`,
    `busiest ${busiestProcess.name} ${formatCores(busiestProcess.cpuRatio)}`,
    {
      text: `thread ${formatCores(sustainedThreadRatio)}`,
      band: judged(summary, "serverCpu"),
    },
    {
      text: `memory ${formatBytes(maxRssBytes)}`,
      band: judged(summary, "serverRss"),
    },
    ...(maxFds === null ? [] : [formatCounted(maxFds, "file")]),
    `${formatCounted(load.udpDrops, "datagram")} dropped`,
  ];
}

/** A row a thread that was busy, and the others of its kind; then what they tell together. */
function threadBlocks({ busyThreads }: ServerLoad, rooms: number): Block[] {
  const says = busyThreadsText(busyThreads) ?? unevenText(busyThreads, rooms);
  const shown = busyThreads
    .toSorted((a, b) => b.meanCpuRatio - a.meanCpuRatio)
    .slice(0, MAX_THREADS);
  const more = busyThreads.length - shown.length;
  return [
    figureRows("Threads", [
      ...shown.map(({ name, meanCpuRatio, maxCpuRatio }) => [
        name,
        `mean ${formatCores(meanCpuRatio)}`,
        `max ${formatCores(maxCpuRatio)}`,
      ]),
      ...(more > 0 ? [[`${formatCount(more)} more, less busy`]] : []),
    ], 2),
    figures("", says === undefined ? [] : [{ text: says, style: "warning" }]),
  ];
}

/** One room is on one thread, as it has to be; several may be uneven, and what does most gives out first. */
function unevenText(
  threads: ServerLoad["busyThreads"],
  rooms: number,
): string | undefined {
  const says = rooms > 1 ? unevenThreadsText(threads) : undefined;
  return says && `${says}: the likely limit as more come`;
}

/** Threads that a report lists; the file has them all. */
const MAX_THREADS = 8;

function reportedFigures(reported: ServerReported): string[] {
  const { maxParticipants, maxRooms, maxConnections, errors } = reported;
  const counts = [
    [maxParticipants, "people"],
    [maxRooms, "rooms"],
    [maxConnections, "connections"],
    [errors, "errors"],
  ] as const;
  const known = counts.flatMap(([count, name]) =>
    count === null ? [] : [`${formatCount(count)} ${name}`]
  );
  return known.length === 0 ? ["nothing that we know"] : known;
}

/** How the generator itself did. */
export function generatorBlocks(summary: Summary): Block[] {
  const { generator } = summary;
  // A run that never began had none.
  if (generator.workers === 0) return [];
  return [
    figures("Generator", generatorFigures(summary)),
    ...generator.notes.map((note) => figures("", [note])),
    ...generator.nodes?.map((node) =>
      figures(node.name, nodeFigures(node, summary))
    ) ?? [],
    duration("Lateness", generator.latenessMs),
    duration("Loop lag", generator.loopLagMs),
  ];
}

function nodeFigures(node: NodeSummary, { verdict }: Summary): Figure[] {
  const { achievedRatio, cpuRatio, kernelDrops, heldBackJoins } = node;
  const { linkRoundTripP95Ms } = node;
  return [
    node.trouble === null ? { text: "kept up", band: "good" } : {
      text: node.trouble,
      band: verdict.status === "passed" ? "warning" : "critical",
    },
    ...(node.host === null ? [] : [`on ${node.host}`]),
    ...(node.cores === null ? [] : [formatCounted(node.cores, "core")]),
    formatCounted(node.workers, "worker"),
    formatCounted(node.clients, "client"),
    ...(goneFrom(node).map(([count, what]) => `${formatCount(count)} ${what}`)),
    ...(achievedRatio === null ? [] : [`sent ${formatRatio(achievedRatio)}`]),
    `lateness p95 ${formatMs(node.latenessP95Ms)}`,
    ...(cpuRatio === null ? [] : [`CPU ${formatRatio(cpuRatio)}`]),
    ...(kernelDrops === null || kernelDrops === 0
      ? []
      : [`${formatCount(kernelDrops)} dropped by its kernel`]),
    ...(heldBackJoins === 0
      ? []
      : [`${formatCounted(heldBackJoins, "join")} held back`]),
    ...(linkRoundTripP95Ms === null
      ? []
      : [`link p95 ${formatMs(linkRoundTripP95Ms)}`]),
    ...clockText(node),
    ...(node.clockSynchronised === false ? ["clock not synchronised"] : []),
  ];
}

/** Those of its clients that are not connected, in the words of all. */
function goneFrom(node: NodeSummary): (readonly [number, string])[] {
  const { successfulConnections, connectedAtEnd, unknownAtEnd } = node;
  const all = [
    [successfulConnections - connectedAtEnd - unknownAtEnd, "lost again"],
    [unknownAtEnd, "unknown"],
    [node.failedConnections, "failed"],
  ] as const;
  return all.filter(([count]) => count > 0);
}

/** How its clock stood to the run's, where that is known. */
function clockText({ clockAheadMs, clockBoundMs }: NodeSummary): string[] {
  if (clockAheadMs === null || clockBoundMs === null) return [];
  const way = clockAheadMs < 0 ? "behind" : "ahead";
  return [
    `clock ${formatMs(Math.abs(clockAheadMs))} ${way}, ±${
      formatMs(clockBoundMs)
    }`,
  ];
}

function reasonInShort(reason: string): string {
  if (reason.includes("stood still")) return "stood still";
  return reason.includes(" was lost at ") ? "incomplete" : "saturated";
}

function generatorFigures(
  { generator, invalid, verdict }: Summary,
): Figure[] {
  const { achievedRatio, cpuRatio, cpuPerServerCpu, packetsSkipped } =
    generator;
  const { kernelDrops, heldBackJoins } = generator;
  const share = cpuRatio === null ? "" : `, ${formatRatio(cpuRatio)}`;
  return [
    invalid === null ? { text: "kept up", band: "good" } : {
      text: reasonInShort(invalid.reason),
      // Where the run is a verdict all the same, it is no reason against it.
      band: verdict.status === "passed" ? "warning" : "critical",
    },
    `${generator.lane} lane`,
    `${generator.cipher} cipher`,
    ...(generator.dtls === "" ? [] : [`${generator.dtls} DTLS`]),
    formatCounted(generator.workers, "worker"),
    `CPU ${generator.cpuSeconds.toFixed(1)} s${share}`,
    ...(cpuPerServerCpu === null
      ? []
      : [`${cpuPerServerCpu.toFixed(2)} of the server's CPU`]),
    ...(achievedRatio === null ? [] : [
      `sent ${formatRatio(achievedRatio)} of ${
        formatCount(generator.packetsPlanned)
      } scheduled`,
    ]),
    ...(packetsSkipped === 0 ? [] : [`${formatCount(packetsSkipped)} skipped`]),
    ...(kernelDrops === null
      ? []
      : [`${formatCount(kernelDrops)} dropped by our kernel`]),
    ...(heldBackJoins === 0 ? [] : [
      `${formatCounted(heldBackJoins, "join")} held back, up to ${
        formatMs(generator.heldBackMs.maxMs)
      }`,
    ]),
  ];
}
