/**
 * Thresholds: what a run must keep to, written by people as
 * {@linkcode THRESHOLD_GRAMMAR} says. Which operations of signaling there are
 * is the signaling's affair.
 *
 * @module
 */

import type { Operator } from "./comparison.ts";
import { nearest } from "../../text/mod.ts";
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
} from "../catalog.ts";

/** How a threshold is written, line by line, and when it is judged. */
export const THRESHOLD_GRAMMAR: readonly string[] = [
  `threshold = metric [aggregate] operator value ["abort" ["after" delay]]`,
  `metric    = a counter, rate or trend of this list, or its shorter name`,
  `          | "errors" | "signaling." operation, as "signaling.join_room"`,
  `aggregate = "avg" | "min" | "max" | "med" | "count" | "p(" 0…100 ")"`,
  `operator  = "<" | "<=" | ">" | ">=" | "==" | "!="`,
  `value     = number [unit]`,
  `unit      = "us" | "ms" | "s" | "m" | "%" | "fps" | "bps" | "kbps" | "Mbps"`,
  `delay     = number ("ms" | "s" | "m" | "h")`,
  "",
  "Trends need an aggregate; rates and counters have none. A ratio needs % or",
  "is between 0 and 1 with a decimal point: loss < 1% is loss < 0.01. Other bare",
  "numbers are milliseconds, bits a second, frames a second or counts. Counters",
  "are of the whole run and all its clients.",
  "",
  "Each threshold is judged by the whole run at its end. One with abort is",
  "judged each second besides, once there is something to judge, and ends the",
  "run when it fails: loss < 5% abort after 10s leaves it ten seconds to settle.",
];

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

const SIGNALING = "signaling.";

/** What signaling measures: the replies of its operations, each as `signaling.produce_video` or shorter `produce_video`. */
function measureOfOperation(
  name: string,
  operations: readonly string[],
): Measure | undefined {
  const operation = name.startsWith(SIGNALING)
    ? name.slice(SIGNALING.length)
    : name;
  return operations.includes(operation)
    ? { kind: "trend", trend: `${SIGNALING}${operation}` }
    : undefined;
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
  return [
    ...MEASURES.keys(),
    ...operations.map((operation) => `${SIGNALING}${operation}`),
  ];
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
  const useful = (unit: ThresholdUnit, bound: number, most = Infinity) => {
    const idle = idleness(operator as Operator, bound, most);
    if (idle === undefined) return bound;
    const range = unit !== "ratio"
      ? "is never below 0"
      : most === Infinity
      ? "is never below 0%"
      : "is from 0% to 100%";
    return complain(`${name} ${range}, so that can never be ${idle}`);
  };
  const measure = MEASURES.get(name) ??
    measureOfOperation(name, operations) ??
    complain(unknownMetric(name, operations));
  const number = digits.trim() === "" ? NaN : Number(digits);
  if (!Number.isFinite(number)) complain(`"${digits}" is not a number`);
  const amount: Amount = { number, digits, suffix };
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
    const isShare = measure.kind === "rate" && unit === "ratio" &&
      !MAY_EXCEED_ALL.has(measure.rate);
    const bound = boundOf(
      name,
      unit,
      amount,
      complain,
      `${name} ${operator}`,
      (bound) => useful(unit, bound, isShare ? 1 : Infinity),
    );
    return { ...common, subject: measure, bound, unit };
  }

  const aggregate = parseAggregate(name, aggregateName, argument, complain);
  const isCount = aggregate.kind === "count";
  const unit = isCount ? "count" : unitOfTrend(measure.trend);
  const which = argument === undefined ? "" : `(${argument})`;
  const bound = boundOf(
    isCount ? "count" : name,
    unit,
    amount,
    complain,
    `${name} ${aggregateName}${which} ${operator}`,
    (bound) => useful(unit, bound),
  );
  return { ...common, subject: { ...measure, aggregate }, bound, unit };
}

/** Rates that are no share of a whole, or may be a little ahead of it. */
const MAY_EXCEED_ALL: ReadonlySet<RateName> = new Set<RateName>([
  "receiveSendRatio",
  "deliveryRatio",
  "achievedRatio",
]);

/** What can never become of a bound on something from 0 to `most`; `undefined` where it may be kept and broken. */
function idleness(
  operator: Operator,
  bound: number,
  most: number,
): "kept" | "broken" | undefined {
  const isOutside = bound < 0 || bound > most;
  switch (operator) {
    case "<":
      return bound <= 0 ? "kept" : isOutside ? "broken" : undefined;
    case "<=":
      return bound < 0 ? "kept" : isOutside ? "broken" : undefined;
    case ">":
      return bound < 0 ? "broken" : bound >= most ? "kept" : undefined;
    case ">=":
      return bound < 0 ? "broken" : isOutside ? "kept" : undefined;
    case "==":
      return isOutside ? "kept" : undefined;
    case "!=":
      return isOutside ? "broken" : undefined;
  }
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

/** A number as it was written. */
interface Amount {
  readonly number: number;
  readonly digits: string;
  readonly suffix: string;
}

/** The bound in `unit`; `before` is what stands before it, and `useful` complains of one that can never be kept, or broken. */
function boundOf(
  name: string,
  unit: ThresholdUnit,
  { number, digits, suffix }: Amount,
  complain: (problem: string) => never,
  before: string,
  useful: (bound: number) => number,
): number {
  if (suffix === "") {
    const isPlain = unit !== "ratio" || (number >= 0 && number < 1) ||
      (number === 1 && digits.includes("."));
    if (isPlain) return useful(number);
    // Nobody is told to write what would be refused.
    useful(number / 100);
    return complain(bothSpellings(before, number));
  }
  return Object.hasOwn(SUFFIXES[unit], suffix)
    ? useful(number / SUFFIXES[unit][suffix])
    : complain(WRONG_SUFFIX[unit](name, suffix));
}

/** A bare 1 may be meant as 1 %, and as all of it. */
function bothSpellings(before: string, number: number): string {
  const part = Number((number / 100).toPrecision(12));
  const spellings = [
    `"${before} ${number}%"`,
    ...(number > 0 && part < 1 ? [`"${before} ${part}"`] : []),
    ...(part === 1 ? [`"${before} 1.0"`] : []),
  ].join(" or ");
  return `a ratio needs % or a decimal point between 0 and 1, so write ${spellings}${
    number === 1 ? `; all of it is "${before} 100%"` : ""
  }`;
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

/** Words under which reports, and people, know metrics of other names. */
const WORDS_OF_REPORTS: ReadonlyMap<string, MetricName> = new Map([
  ["bitrate", "videoBitrate"],
  ["delivered", "deliveryRatio"],
  ["fps", "frameRate"],
  ["freezes", "freezeCount"],
  ["latency", "mediaLatency"],
  ["packetloss", "loss"],
  ["rtt", "roundTripTime"],
]);

function unknownMetric(name: string, operations: readonly string[]): string {
  const suggestion = WORDS_OF_REPORTS.get(name.toLowerCase()) ??
    nearest(name, [...thresholdMetrics(operations), ...operations]);
  return suggestion === undefined
    ? `there is no metric "${name}"; "help metrics" lists them`
    : `there is no metric "${name}", did you mean "${suggestion}"?`;
}
