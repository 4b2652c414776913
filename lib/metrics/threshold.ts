/**
 * Thresholds: what a run must keep to, written by people.
 *
 * ```text
 * threshold = metric [aggregate] operator value ["abort" ["after" delay]]
 * metric    = a counter, rate or trend of the catalog, such as "loss",
 *             "freezeCount", "mediaLatency", or its shorter name
 *           | "errors" | "join" | a signaling operation such as
 *             "produce_video"
 * aggregate = "avg" | "min" | "max" | "med" | "count" | "p(" 0…100 ")"
 * operator  = "<" | "<=" | ">" | ">=" | "==" | "!="
 * value     = number [unit]
 * unit      = "us" | "ms" | "s" | "m" | "%" | "fps"
 *           | "bps" | "kbps" | "Mbps"
 * delay     = number ("ms" | "s" | "m" | "h")
 * ```
 *
 * Durations and what is told of each second need an aggregate; rates and
 * counts have none. A bare number is in milliseconds, for bitrates in bits a
 * second, for frame rates in frames a second, and else a ratio, so
 * `loss < 0.01` is `loss < 1%`. Which operations there are is the signaling's
 * affair; `join` is the first of them. Counts are of the whole run and all its
 * clients.
 *
 * Every threshold is judged by the whole run at its end. One with `abort`
 * is judged each second besides, as soon as there is something to judge, and
 * ends the run when it is not kept: `loss < 5% abort after 10s` leaves the
 * run ten seconds to settle first.
 *
 * @module
 */

import type { Operator } from "./comparison.ts";
import { nearest } from "../text/mod.ts";
import {
  type CounterName,
  metric,
  METRIC_NAMES,
  type MetricName,
  METRICS,
  type OwnTrendName,
  type RateName,
  type TrendName,
  unitOfTrend,
} from "./catalog.ts";

/** Which number of a distribution is meant. */
export type Aggregate =
  | { readonly kind: "avg" | "min" | "max" | "count" }
  | { readonly kind: "percentile"; readonly p: number };

/** What a threshold looks at. */
export type ThresholdSubject =
  | {
    readonly kind: "trend";
    readonly trend: TrendName;
    readonly aggregate: Aggregate;
  }
  | { readonly kind: "rate"; readonly rate: RateName }
  | { readonly kind: "count"; readonly counter: CounterName }
  | { readonly kind: "errors" };

/** What a threshold's value is counted in. */
export type ThresholdUnit = "ms" | "ratio" | "count" | "fps" | "bps";

/** A threshold, read. */
export interface Threshold {
  /** As it was written, spaces evened out. */
  readonly expression: string;
  /** What it looks at. */
  readonly subject: ThresholdSubject;
  /** How that must stand to the bound. */
  readonly operator: Operator;
  /** The bound, in `unit`. */
  readonly bound: number;
  /** Milliseconds, a ratio, a count, bits or frames a second. */
  readonly unit: ThresholdUnit;
  /** How old the run must be, in milliseconds, to be ended when this fails; `null` when it goes on. */
  readonly abortAfterMs: number | null;
}

type Measure =
  | { readonly kind: "trend"; readonly trend: TrendName }
  | { readonly kind: "rate"; readonly rate: RateName }
  | { readonly kind: "count"; readonly counter: CounterName }
  | { readonly kind: "errors" };

/** All trends, rates and counters by their names, then by their shorter ones; what the open families have. */
const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ["errors", { kind: "errors" }],
  ...METRIC_NAMES.flatMap((name): (readonly [string, Measure])[] => {
    const measure = measureOf(name);
    const { alias } = metric(name);
    if (measure === undefined) return [];
    return [
      [name, measure],
      ...(alias === undefined ? [] : [[alias, measure] as const]),
    ];
  }),
]);

/** What signaling measures: its operations, and `join`, which is the first of them. */
function measureOfOperation(
  name: string,
  operations: readonly string[],
): Measure | undefined {
  const operation = name === "join" ? operations[0] : name;
  if (operation === undefined || !operations.includes(operation)) {
    return undefined;
  }
  return { kind: "trend", trend: `signaling.${operation}` };
}

/** Amounts at one time are nothing that a whole run can be judged by. */
function measureOf(name: MetricName): Measure | undefined {
  switch (METRICS[name].type) {
    case "trend":
      return { kind: "trend", trend: name as OwnTrendName };
    case "rate":
      return { kind: "rate", rate: name as RateName };
    case "counter":
      return { kind: "count", counter: name as CounterName };
    case "gauge":
      return undefined;
  }
}

/** The metrics that a threshold can name where signaling measures these operations. */
export function thresholdMetrics(operations: readonly string[]): string[] {
  return ["join", ...MEASURES.keys(), ...operations];
}

const ABORT = /\sabort(?:\s+after\s+(\d+(?:\.\d+)?)(ms|s|m|h))?\s*$/;
const DELAY_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const SHAPE =
  /^\s*([\w.]+)\s*(?:\s([a-z]+)\s*(?:\(\s*([^()]*?)\s*\))?)?\s*(<=|>=|==|!=|<|>)\s*([^\s%a-zA-Z]+)\s*([%a-zA-Z]*)\s*$/;

/** What may stand behind a number, and how many make one of the unit. */
const SUFFIXES: Readonly<
  Record<ThresholdUnit, Readonly<Record<string, number>>>
> = {
  ms: { us: 1000, ms: 1, s: 1 / 1000, m: 1 / 60_000 },
  ratio: { "%": 100 },
  fps: { fps: 1 },
  bps: { bps: 1, kbps: 1 / 1000, Mbps: 1 / 1_000_000 },
  count: {},
};

const WRONG_SUFFIX: Readonly<
  Record<ThresholdUnit, (name: string, suffix: string) => string>
> = {
  ms: (name, suffix) =>
    `${name} is a duration, so write us, ms, s or m instead of "${suffix}"`,
  ratio: (name, suffix) =>
    `${name} is a share, so write % instead of "${suffix}"`,
  fps: (name, suffix) =>
    `${name} is in frames a second, so write fps instead of "${suffix}"`,
  bps: (name, suffix) =>
    `${name} is in bits a second, so write bps, kbps or Mbps instead of "${suffix}"`,
  count: (name, suffix) => `${name} is a count, so leave out "${suffix}"`,
};

/**
 * Reads a threshold where signaling measures these operations. Throws a
 * `SyntaxError` whose one line says what is wrong with it and what would be
 * right.
 *
 * @example
 * ```ts
 * parseThreshold("join p(95) < 500ms", ["join_room"]).bound; // 500
 * ```
 */
export function parseThreshold(
  text: string,
  operations: readonly string[],
): Threshold {
  const complain = (problem: string): never => {
    throw new SyntaxError(`Cannot read threshold "${text.trim()}": ${problem}`);
  };
  const abort = ABORT.exec(text);
  const rule = abort === null ? text : text.slice(0, abort.index);
  if (/\sabort\b/.test(rule)) {
    return complain(`end it with "abort" or "abort after 10s"`);
  }
  const match = SHAPE.exec(rule);
  if (match === null) {
    return complain(
      `write metric [aggregate] operator value, such as "join p(95) < 500ms" or "loss < 1%"`,
    );
  }
  const [, name, aggregateName = "", argument, operator, digits, suffix] =
    match;
  const measure = MEASURES.get(name) ??
    measureOfOperation(name, operations) ??
    complain(unknownMetric(name, operations));
  const number = digits.trim() === "" ? NaN : Number(digits);
  if (!Number.isFinite(number)) complain(`"${digits}" is not a number`);
  const common = {
    expression: text.trim().replaceAll(/\s+/g, " "),
    operator: operator as Operator,
    abortAfterMs: abort === null
      ? null
      : Number(abort[1] ?? 0) * DELAY_MS[abort[2] ?? "ms"],
  };

  if (measure.kind !== "trend") {
    if (aggregateName !== "") {
      complain(`${name} is one number, so leave out "${aggregateName}"`);
    }
    const unit = unitOf(measure);
    const bound = number / divisorOf(name, unit, suffix, complain);
    return { ...common, subject: measure, bound, unit };
  }

  const aggregate = parseAggregate(name, aggregateName, argument, complain);
  const isCount = aggregate.kind === "count";
  const unit = isCount ? "count" : unitOfTrend(measure.trend);
  const divisor = divisorOf(isCount ? "count" : name, unit, suffix, complain);
  return {
    ...common,
    subject: { ...measure, aggregate },
    bound: number / divisor,
    unit,
  };
}

function unitOf(measure: Exclude<Measure, { kind: "trend" }>): ThresholdUnit {
  switch (measure.kind) {
    case "rate":
      return METRICS[measure.rate].unit;
    case "count":
      return METRICS[measure.counter].unit === "ms" ? "ms" : "count";
    case "errors":
      return "count";
  }
}

function divisorOf(
  name: string,
  unit: ThresholdUnit,
  suffix: string,
  complain: (problem: string) => never,
): number {
  if (suffix === "") return 1;
  return Object.hasOwn(SUFFIXES[unit], suffix)
    ? SUFFIXES[unit][suffix]
    : complain(WRONG_SUFFIX[unit](name, suffix));
}

function parseAggregate(
  metric: string,
  name: string,
  argument: string | undefined,
  complain: (problem: string) => never,
): Aggregate {
  if (argument !== undefined && name !== "p") {
    complain(`${name} takes nothing in brackets, so leave out "(${argument})"`);
  }
  switch (name) {
    case "avg":
    case "min":
    case "max":
    case "count":
      return { kind: name };
    case "med":
      return { kind: "percentile", p: 50 };
    case "p": {
      const p = argument ? Number(argument) : NaN;
      if (!(p >= 0 && p <= 100)) {
        complain(`"p(${argument ?? ""})" needs a number from 0 to 100`);
      }
      return { kind: "percentile", p };
    }
    case "":
      return complain(
        `${metric} is a distribution, so say which number of it: "${metric} p(95) …"`,
      );
  }
  return complain(
    `there is no aggregate "${name}": use avg, min, max, med, count or p(N)`,
  );
}

function unknownMetric(name: string, operations: readonly string[]): string {
  const known = thresholdMetrics(operations);
  const suggestion = nearest(name, known);
  return suggestion === undefined
    ? `there is no metric "${name}"; there are ${known.join(", ")}`
    : `there is no metric "${name}", did you mean "${suggestion}"?`;
}
