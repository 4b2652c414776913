/**
 * A steady window: a crowd of one size for a while, and how that went.
 *
 * @module
 */

import {
  evaluate,
  rateOf,
  saturationOf,
  type Snapshot,
  snapshotBetween,
  tallyClients,
  type Threshold,
  type ThresholdResult,
  type TimelinePoint,
  trendOf,
} from "../metrics/mod.ts";

/** What kept a number of clients from being healthy. */
export interface CapacityLimit {
  /** Who or what it was. */
  readonly kind:
    | "threshold"
    | "server CPU"
    | "generator"
    | "this machine"
    | "most"
    | "time";
  /** In words. */
  readonly text: string;
}

/** How a window went. */
export interface WindowVerdict {
  /** What was not kept; `null` when all was. */
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
}

/** From so much of a core on, a process or a thread can be called busy. */
const BUSY = 0.9;

/**
 * Judges the time between two snapshots. What is measured while clients join
 * is taken from `joining` on, media from `steady` on; what was not measured
 * is not judged.
 */
export function judgeWindow(
  { joining, steady, end, timeline, thresholds }: {
    readonly joining: Snapshot;
    readonly steady: Snapshot;
    readonly end: Snapshot;
    readonly timeline: readonly TimelinePoint[];
    readonly thresholds: readonly Threshold[];
  },
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
  const measured = {
    thresholds: results,
    lossRatio: rateOf(window, "loss", tally),
    latencyP95Ms: latency.count === 0 ? null : latency.percentileUs(95) / 1000,
    generatorCpuRatio: threadUs > 0 ? cpuUs / threadUs : null,
    serverCpuRatio: mean(server.map(({ cpuRatio }) => cpuRatio)),
    busiestProcessRatio: mean(
      server.map(({ maxProcessRatio }) => maxProcessRatio),
    ),
  };
  return { ...measured, limit: limitOf(measured, saturationOf(window)) };
}

function limitOf(
  { thresholds, generatorCpuRatio, busiestProcessRatio }: Omit<
    WindowVerdict,
    "limit"
  >,
  saturation: string | null,
): CapacityLimit | null {
  if (saturation !== null) return { kind: "generator", text: saturation };
  const broken = thresholds.find(({ ok }) => !ok);
  if (broken === undefined) return null;
  const what = `"${broken.expression}" was not kept`;
  if ((busiestProcessRatio ?? 0) >= BUSY) {
    return {
      kind: "server CPU",
      text: `${what}, with the server's busiest process at ${
        percent(busiestProcessRatio!)
      } of a core`,
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
  return { kind: "threshold", text: what };
}

/** Whether it is about joining, which a steady crowd does not do. */
function isOfJoining({ subject }: Threshold): boolean {
  return subject.kind === "trend" &&
    (subject.trend.startsWith("signaling.") ||
      subject.trend === "connectionTime" ||
      subject.trend === "timeToFirstMediaSent" ||
      subject.trend === "timeToFirstMediaReceived");
}

function mean(values: readonly number[]): number | null {
  return values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
