/**
 * The totals of a run in Prometheus' text format, version 0.0.4: counters,
 * gauges, and cumulative histograms in base units. No label names a client.
 *
 * @module
 */

import {
  errorCounts,
  METRICS,
  type Snapshot,
  STEPS_PER_UNIT,
  type TimelinePoint,
  Trend,
  type TrendJson,
  type TrendUnit,
} from "../metrics/mod.ts";
import { safeLine } from "../text/mod.ts";

/** What is told besides the snapshot. */
export interface ScrapeInput {
  readonly snapshot: Snapshot;
  /** The last second, where there has been one. */
  readonly point: TimelinePoint | undefined;
  /** Labels of `rtcrowd_run_info`. */
  readonly info: Readonly<Record<string, string>>;
}

/** The content type of {@linkcode renderPrometheus}. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Upper bounds of buckets, by what a trend is shown in, in its base unit. */
const BOUNDS: Readonly<Record<TrendUnit, readonly number[]>> = {
  ms: [
    ...[0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075],
    ...[0.01, 0.02, 0.03, 0.05, 0.075],
    ...[0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10],
  ],
  ratio: [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
  bps: [1e4, 3e4, 6e4, 1e5, 2e5, 5e5, 1e6, 1.5e6, 2e6, 3e6, 5e6, 1e7],
  fps: [1, 5, 10, 12, 15, 20, 24, 27, 30, 45, 60, 90],
};

const UNIT_NAMES: Readonly<Record<TrendUnit, string>> = {
  ms: "_seconds",
  ratio: "_ratio",
  bps: "_bits_per_second",
  fps: "_frames_per_second",
};

/** All families, each once, ended by a line feed. */
export function renderPrometheus(input: ScrapeInput): string {
  return [
    family("run_info", "gauge", "The run; always 1.", [
      sample("run_info", input.info, 1),
    ]),
    ...catalogFamilies(input.snapshot),
    family(
      "errors_total",
      "counter",
      "Errors by kind.",
      errorCounts(input.snapshot).map(([kind, count]) =>
        sample("errors_total", { kind }, count)
      ),
    ),
    signalingFamily(input.snapshot),
    ...machineFamilies(input),
  ].filter((text) => text !== "").join("");
}

/** Every metric that adds up; rates are queries over these. */
function catalogFamilies({ counters, gauges, trends }: Snapshot): string[] {
  return Object.entries(METRICS).map(([name, { type, unit, doc }]) => {
    const base = snakeCase(name.replace(/Ms$/, ""));
    switch (type) {
      case "rate":
        return "";
      case "gauge":
        return family(base, "gauge", doc, [
          sample(base, {}, gauges[name] ?? 0),
        ]);
      case "counter": {
        const isTime = unit === "ms";
        const full = `${base}${isTime ? "_seconds" : ""}_total`;
        const value = (counters[name] ?? 0) / (isTime ? 1000 : 1);
        return family(full, "counter", doc, [sample(full, {}, value)]);
      }
      case "trend": {
        const full = `${base}${UNIT_NAMES[unit]}`;
        const json = trends[name];
        return json === undefined
          ? ""
          : family(full, "histogram", doc, histogram(full, {}, json, unit));
      }
    }
  });
}

function signalingFamily({ trends }: Snapshot): string {
  const name = "signaling_seconds";
  const samples = Object.entries(trends).flatMap(([trend, json]) => {
    const [, operation] = /^signaling\.(.+)$/.exec(trend) ?? [];
    return operation === undefined
      ? []
      : histogram(name, { operation }, json, "ms");
  });
  const doc = "From when a request was due until its reply.";
  return family(name, "histogram", doc, samples);
}

function machineFamilies({ snapshot, point }: ScrapeInput): string[] {
  const one = (name: string, type: string, doc: string, value: number) =>
    family(name, type, doc, [sample(name, {}, value)]);
  const { cpuUs } = snapshot.generator;
  const server = point?.server;
  return [
    one(
      "generator_cpu_seconds_total",
      "counter",
      "CPU time that the generator used.",
      cpuUs / 1e6,
    ),
    ...(server === undefined ? [] : [
      one(
        "server_cpu_cores",
        "gauge",
        "CPU that the server used in the last second.",
        server.cpuRatio,
      ),
      one(
        "server_memory_bytes",
        "gauge",
        "Memory that the server uses.",
        server.rssBytes,
      ),
    ]),
  ];
}

/** Buckets that add up, and the exact sum and count. */
function histogram(
  name: string,
  labels: Readonly<Record<string, string>>,
  json: TrendJson,
  unit: TrendUnit,
): string[] {
  const trend = Trend.fromJSON(json);
  const stepsPerUnit = STEPS_PER_UNIT[unit] * (unit === "ms" ? 1000 : 1);
  const at = (le: string, count: number) =>
    sample(`${name}_bucket`, { ...labels, le }, count);
  return [
    ...BOUNDS[unit].map((bound) =>
      at(`${bound}`, trend.countUpTo(bound * stepsPerUnit))
    ),
    at("+Inf", trend.count),
    sample(`${name}_sum`, labels, trend.sum / stepsPerUnit),
    sample(`${name}_count`, labels, trend.count),
  ];
}

/** A family of samples; none where there are no samples. */
function family(
  name: string,
  type: string,
  doc: string,
  samples: readonly string[],
): string {
  if (samples.length === 0) return "";
  const help = safeLine(doc).replaceAll("\\", "\\\\");
  return [
    `# HELP rtcrowd_${name} ${help}`,
    `# TYPE rtcrowd_${name} ${type}`,
    ...samples,
    "",
  ].join("\n");
}

function sample(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): string {
  const pairs = Object.entries(labels).map(([key, text]) =>
    `${key}="${
      safeLine(text).replaceAll(/["\\]/g, (character) => `\\${character}`)
    }"`
  );
  const shown = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `rtcrowd_${name}${shown} ${value}`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (big) => `_${big.toLowerCase()}`);
}
