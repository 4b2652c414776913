/**
 * A steady window: a crowd of one size for a while, and how that went.
 *
 * @module
 */

import {
  busyThreadsText,
  evaluate,
  rateOf,
  saturationOf,
  type ServerLoad,
  type ServerThreadLoad,
  type Snapshot,
  snapshotBetween,
  tallyClients,
  type Threshold,
  type ThresholdResult,
  type TimelinePoint,
  type TrendName,
  trendOf,
} from "../metrics/mod.ts";
import { formatCount, formatCounted } from "../text/mod.ts";

/** What kept a number of clients from being healthy. */
export interface CapacityLimit {
  /** Who or what it was. */
  readonly kind:
    | "threshold"
    | "server CPU"
    | "server sockets"
    | "generator"
    | "this machine"
    | "most"
    | "time";
  /** In words. */
  readonly text: string;
}

/** How a window went. */
export interface WindowVerdict {
  /** What failed; `null` when nothing did. */
  readonly limit: CapacityLimit | null;
  /** How it did by each threshold that had something to judge. */
  readonly thresholds: readonly ThresholdResult[];
  /** Packets lost, of those expected; `null` when none were. */
  readonly lossRatio: number | null;
  /** Media latency that 95 % did not exceed; `null` when none was measured. */
  readonly latencyP95Ms: number | null;
  /** Share of its threads' time that the generator used; `null` when unknown. */
  readonly generatorCpuRatio: number | null;
  /** What the server used, in cores; `null` where it was not watched. */
  readonly serverCpuRatio: number | null;
  /** What its busiest process used, in cores; `null` where it was not watched. */
  readonly busiestProcessRatio: number | null;
  /** Its busy threads, and the others of their kind; none where it was not watched. */
  readonly busyThreads: readonly ServerThreadLoad[];
  /** Datagrams that found a socket of its full; `null` where it was not watched. */
  readonly serverUdpDrops: number | null;
  /** Share of this machine's cores that was used; `null` when unknown. */
  readonly machineCpuRatio: number | null;
  /** Share of them that neither the generator nor the server used; `null` when unknown. */
  readonly othersCpuRatio: number | null;
}

/** What happened between two looks. */
export interface WindowInput {
  /** Before clients were asked to join. */
  readonly joining: Snapshot;
  /** Once they had settled. */
  readonly steady: Snapshot;
  /** At the end. */
  readonly end: Snapshot;
  /** The run so far, with the server in it where it is watched. */
  readonly timeline: readonly TimelinePoint[];
  /** What was sampled of the server meanwhile; `null` where it was not watched. @default {null} */
  readonly load?: ServerLoad | null | undefined;
  /** What the window must keep to. */
  readonly thresholds: readonly Threshold[];
  /** Clients that should be there: who is on the way back is no load. */
  readonly clients: number;
  /** This machine meanwhile; `null` when unknown. */
  readonly machine: {
    /** Cores that were busy on average. */
    readonly busy: number;
    /** Cores that there are. */
    readonly cores: number;
    /** Whether the server that is watched is one of those that used them. */
    readonly hasServer: boolean;
  } | null;
}

/** From so much of a core on, a process or a thread can be called busy. */
const BUSY = 0.9;
/** Packets wait for a core long before all of them are busy all the time. */
const MACHINE_BUSY = 0.8;
/** Programs that use more than this of a machine get in the way. */
const OTHERS_BUSY = 0.1;

/** Whether other programs may be to blame for what was not kept. */
export function isDisturbed(
  { limit, othersCpuRatio }: Pick<WindowVerdict, "limit" | "othersCpuRatio">,
): boolean {
  return limit !== null && (othersCpuRatio ?? 0) > OTHERS_BUSY;
}

/**
 * Judges the time between two snapshots. What is measured while clients join
 * is taken from `joining` on, media from `steady` on; what was not measured
 * is not judged.
 */
export function judgeWindow(
  { joining, steady, end, timeline, load, thresholds, clients, machine }:
    WindowInput,
): WindowVerdict {
  const whole = snapshotBetween(joining, end);
  const window = snapshotBetween(steady, end);
  const tally = tallyClients(window.clients, true);
  const results = thresholds
    .map((threshold) =>
      evaluate(threshold, isOfJoining(threshold) ? whole : window, tally)
    )
    .filter(({ value }) => value !== null);
  const { cpuUs, threadUs } = window.generator;
  const latency = trendOf(window, "mediaLatency");
  const server = timeline.flatMap((point) =>
    point.tSec * 1000 > steady.atMs && point.server !== undefined
      ? [point.server]
      : []
  );
  const serverCpuRatio = mean(server.map(({ cpuRatio }) => cpuRatio));
  const windowMs = end.atMs - steady.atMs;
  const measured = {
    thresholds: results,
    lossRatio: rateOf(window, "loss", tally),
    latencyP95Ms: latency.count === 0 ? null : latency.percentile(95) / 1000,
    generatorCpuRatio: threadUs > 0 ? cpuUs / threadUs : null,
    serverCpuRatio,
    busiestProcessRatio: mean(
      server.map(({ maxProcessRatio }) => maxProcessRatio),
    ),
    busyThreads: load?.busyThreads ?? [],
    serverUdpDrops: server.length === 0
      ? null
      : server.reduce((sum, { udpDrops }) => sum + (udpDrops ?? 0), 0),
    machineCpuRatio: machine && machine.busy / machine.cores,
    // A server that is not watched may be any of the others.
    othersCpuRatio: machine === null || serverCpuRatio === null || windowMs <= 0
      ? null
      : Math.max(
        0,
        machine.busy - cpuUs / 1000 / windowMs -
          (machine.hasServer ? serverCpuRatio : 0),
      ) / machine.cores,
  };
  const there = end.clients.filter(({ state }) => state === "connected").length;
  const missing = there < clients
    ? `only ${formatCount(there)} of ${
      formatCounted(clients, "client")
    } connected`
    : null;
  return {
    ...measured,
    limit: limitOf(measured, saturationOf(window), missing),
  };
}

function limitOf(
  {
    thresholds,
    generatorCpuRatio,
    busiestProcessRatio,
    busyThreads,
    serverUdpDrops,
    machineCpuRatio,
    othersCpuRatio,
  }: Omit<WindowVerdict, "limit">,
  saturation: string | null,
  missing: string | null,
): CapacityLimit | null {
  const failed = thresholds.find(({ passed }) => !passed);
  const what = saturation ??
    (failed ? `"${failed.expression}" failed` : missing);
  if (what === null) return null;
  const drops = serverUdpDrops ?? 0;
  const dropped = drops === 0
    ? ""
    : `, with ${
      formatCounted(drops, "datagram")
    } dropped at the server's sockets`;
  const busy = busyThreadsText(busyThreads);
  if (busy !== undefined) {
    return { kind: "server CPU", text: `${what}, with ${busy}${dropped}` };
  }
  if ((busiestProcessRatio ?? 0) >= BUSY) {
    return {
      kind: "server CPU",
      text: `${what}, with the server's busiest process at ${
        percent(busiestProcessRatio!)
      } of a core${dropped}`,
    };
  }
  if ((generatorCpuRatio ?? 0) >= BUSY) {
    return {
      kind: "generator",
      text: `${what}, with the generator at ${
        percent(generatorCpuRatio!)
      } of its CPU`,
    };
  }
  if ((machineCpuRatio ?? 0) >= MACHINE_BUSY) {
    const others = (othersCpuRatio ?? 0) > OTHERS_BUSY
      ? `, ${percent(othersCpuRatio!)} by other programs`
      : "";
    return {
      kind: "this machine",
      text: `${what}, with this machine's cores ${
        percent(machineCpuRatio!)
      } busy${others}`,
    };
  }
  if (drops > 0 && saturation === null) {
    return { kind: "server sockets", text: `${what}${dropped}` };
  }
  return {
    kind: saturation === null ? "threshold" : "generator",
    text: what,
  };
}

/** What happens once to a client, or to each of its tracks, as it comes. */
const OF_JOINING: readonly TrendName[] = [
  "join",
  "firstMedia",
  "connectionTime",
  "timeToFirstMediaSent",
  "timeToFirstMediaReceived",
  "firstPacket",
  "timeToFirstFrame",
];

/** Whether it is about joining, which a steady crowd does not do. */
function isOfJoining({ subject }: Threshold): boolean {
  return subject.kind === "trend" &&
    (subject.trend.startsWith("signaling.") ||
      OF_JOINING.includes(subject.trend));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
