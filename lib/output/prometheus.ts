/**
 * The totals of a run in Prometheus' text format, version 0.0.4: counters,
 * gauges, and cumulative histograms in base units.
 *
 * @module
 */

import type { Trend, TrendUnit } from "../metrics/mod.ts";
import { safeLine } from "../text/mod.ts";
import {
  type BaseUnit,
  type Family,
  type Labels,
  type TotalsInput,
  totalsOf,
} from "./families.ts";

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
  bps: [1e3, 3e3, 1e4, 3e4, 6e4, 1e5, 1.5e5, 2e5, 3e5, 5e5, 1e6],
  fps: [1, 5, 10, 12, 15, 20, 24, 27, 30, 45, 60, 90],
};

/** What a name ends with, unless it has the word already. */
const UNIT_WORDS: Readonly<Record<BaseUnit, string>> = {
  "s": "seconds",
  "1": "ratio",
  "By": "bytes",
  "By/s": "bytes_per_second",
  "{frame}/s": "frames_per_second",
  "{packet}": "",
  "{cpu}": "",
  "": "",
};

/** All families, each once, ended by a line feed. */
export function renderPrometheus(input: TotalsInput): string {
  return totalsOf(input).map(familyText).join("");
}

function familyText(family: Family): string {
  const { kind, doc } = family;
  const name = fullName(family);
  const help = safeLine(doc).replaceAll("\\", "\\\\");
  const samples = family.kind === "histogram"
    ? family.samples.flatMap(({ labels, trend, stepsPerUnit }) =>
      histogram(name, labels, trend, stepsPerUnit, BOUNDS[family.shownIn])
    )
    : family.samples.map(({ labels, value }) => sample(name, labels, value));
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...samples,
    "",
  ].join("\n");
}

/** By the rules of Prometheus: its unit, and `total` of what only grows. */
function fullName({ name, unit, kind }: Family): string {
  const word = UNIT_WORDS[unit];
  const isTold = word === "" || name.split("_").includes(word);
  return [
    "rtcrowd",
    name,
    ...(isTold ? [] : [word]),
    ...(kind === "counter" ? ["total"] : []),
  ].join("_");
}

/** Buckets that add up, and the exact sum and count. */
function histogram(
  name: string,
  labels: Labels,
  trend: Trend,
  stepsPerUnit: number,
  bounds: readonly number[],
): string[] {
  const at = (le: string, count: number) =>
    sample(`${name}_bucket`, { ...labels, le }, count);
  return [
    ...bounds.map((bound) =>
      at(`${bound}`, trend.countUpTo(bound * stepsPerUnit))
    ),
    at("+Inf", trend.count),
    sample(`${name}_sum`, labels, trend.sum / stepsPerUnit),
    sample(`${name}_count`, labels, trend.count),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) =>
    `${key}="${
      safeLine(text).replaceAll(/["\\]/g, (character) => `\\${character}`)
    }"`
  );
  const shown = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${shown} ${value}`;
}
