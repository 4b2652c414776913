/**
 * The charts, by name: what each draws, in which unit, and by which band its
 * newest number is judged.
 *
 * @module
 */

import type { BandMetric, ChartPoint, SeriesName } from "../../tool.ts";
import { serverCpuRatio } from "./health.ts";

/** One chart. */
export interface ChartDefinition {
  readonly title: string;
  /** The title where there is room for it. */
  readonly longTitle: string;
  /** Written behind every number. */
  readonly unit: string;
  readonly series: readonly (readonly [label: string, name: SeriesName])[];
  /** What is judged of it, with the value of now; NaN when that is unknown. */
  readonly judged?: (
    moments: readonly ChartPoint[],
  ) => readonly [BandMetric, number];
}

/** All charts, those that matter most first. */
const CHARTS = {
  packets: {
    title: "packets",
    longTitle: "packets",
    unit: "/s",
    series: [["sent", "packetsSentPerSec"], [
      "received",
      "packetsReceivedPerSec",
    ]],
  },
  media: {
    title: "media",
    longTitle: "media latency",
    unit: "ms",
    series: percentiles("media"),
  },
  bitrate: {
    title: "bitrate",
    longTitle: "bitrate",
    unit: "bps",
    series: [["sent", "sendBps"], ["received", "receiveBps"]],
  },
  loss: {
    title: "loss",
    longTitle: "packet loss",
    unit: "%",
    series: [["lost", "lossRatio"]],
  },
  cpu: {
    title: "CPU",
    longTitle: "CPU",
    unit: "%",
    series: [["server", "serverCpuRatio"], [
      "generator",
      "cpuRatio",
    ]],
    judged: (moments) => ["serverCpu", serverCpuRatio(moments)],
  },
  signaling: {
    title: "signaling",
    longTitle: "signaling latency",
    unit: "ms",
    series: percentiles("signaling"),
  },
  clients: {
    title: "clients",
    longTitle: "clients",
    unit: "",
    series: [["wanted", "clientsWanted"], ["connected", "clientsConnected"]],
  },
  memory: {
    title: "server RSS",
    longTitle: "server memory (RSS)",
    unit: "B",
    series: [["all", "serverRssBytes"]],
    judged: (moments) => [
      "serverRss",
      moments.at(-1)?.serverRssBytes ?? NaN,
    ],
  },
  connection: {
    title: "connection",
    longTitle: "connection time",
    unit: "ms",
    series: percentiles("connection"),
  },
  video: {
    title: "video",
    longTitle: "frames of a video",
    unit: "fps",
    series: [["shown", "frameRate"], ["dropped", "droppedFrameRate"]],
  },
  freezes: {
    title: "frozen",
    longTitle: "time that videos stand still",
    unit: "%",
    series: [["of the time", "frozenRatio"]],
  },
  roundTrip: {
    title: "round trip",
    longTitle: "round trip to the server",
    unit: "ms",
    series: percentiles("roundTripTime"),
  },
  jitter: {
    title: "jitter",
    longTitle: "jitter",
    unit: "ms",
    series: [["p50", "jitterP50Ms"], ["p95", "jitterP95Ms"]],
  },
  videoBitrate: {
    title: "a video",
    longTitle: "bitrate of a received video",
    unit: "bps",
    series: [["p5", "videoP5Bps"], ["p50", "videoP50Bps"]],
  },
  feedback: {
    title: "feedback",
    longTitle: "feedback that clients send",
    unit: "/s",
    series: [["NACK", "nackPerSec"], ["PLI", "pliPerSec"]],
  },
} as const satisfies Readonly<Record<string, ChartDefinition>>;

/** A chart's name. */
export type ChartName = keyof typeof CHARTS;

/** The names, in that order. */
export const CHART_NAMES = Object.keys(CHARTS) as readonly ChartName[];

/** The definition of a chart, whichever it is. */
export function chartOf(name: ChartName): ChartDefinition {
  return CHARTS[name];
}

/** The three that are drawn of what has percentiles in milliseconds. */
function percentiles<Name extends string>(name: Name) {
  return [
    ["p50", `${name}P50Ms`],
    ["p95", `${name}P95Ms`],
    ["p99", `${name}P99Ms`],
  ] as const;
}
