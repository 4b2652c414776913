/**
 * Two groups of runs against each other. A run is one value: seconds of one
 * run hang together, and taken for independent they cry wolf.
 *
 * @module
 */

import { type JsonValue, ratio, type Summary } from "../metrics/mod.ts";
import { metricDuration } from "../report/mod.ts";
import { formatIn, type Unit } from "../text/mod.ts";
import {
  holm,
  medianOf,
  permutationP,
  shiftOf,
  smallestP,
} from "./permutation.ts";

/** What is found of one figure. `cannot tell`: too few runs, or it was not measured in each. */
export type Change = "worse" | "better" | "no difference" | "cannot tell";

/** One figure of both groups. */
export interface ComparedFigure {
  readonly name: string;
  /** Whether a change for the worse is a regression. */
  readonly isGate: boolean;
  readonly unit: Unit;
  /** Medians over the runs of a side; `null` where no run measured it. */
  readonly a: number | null;
  readonly b: number | null;
  /** What each run of a side had, in the order of the runs. */
  readonly each: {
    readonly a: readonly (number | null)[];
    readonly b: readonly (number | null)[];
  };
  /** From `a` to `b`, in the figure's unit; `null` where either is not known. */
  readonly shift: number | null;
  /** Of a gate corrected for all gates; `null` where nothing was tested. */
  readonly p: number | null;
  readonly change: Change;
}

/** A setting that is not the same on both sides. */
export interface ChangedSetting {
  readonly name: string;
  /** All values of a side. */
  readonly a: readonly JsonValue[];
  readonly b: readonly JsonValue[];
}

/** What comparing came to. */
export interface Comparison {
  readonly runs: { readonly a: number; readonly b: number };
  readonly settings: readonly ChangedSetting[];
  readonly figures: readonly ComparedFigure[];
  /** `regression`: a gate is worse. */
  readonly result: "regression" | "no regression" | "cannot tell";
}

interface Figure {
  readonly name: string;
  readonly isGate: boolean;
  readonly unit: Unit;
  readonly better: "higher" | "lower";
  /** A smaller change matters to nobody, in the figure's unit. */
  readonly minimum: number;
  readonly value: (summary: Summary) => number | null;
}

const ALPHA = 0.05;
/** A smaller change matters to nobody, as a share of what it was. */
const MIN_SHARE = 0.05;

const FIGURES: readonly Figure[] = [
  gate(
    "connected at the end",
    "ratio",
    "higher",
    0.001,
    ({ connectedAtEnd, totalClients, unknownAtEnd }) =>
      ratio(connectedAtEnd, totalClients - unknownAtEnd),
  ),
  gate(
    "loss left",
    "ratio",
    "lower",
    0.001,
    ({ media }) => media.loss.expected === 0 ? null : media.loss.residualRatio,
  ),
  gate(
    "media latency p95",
    "ms",
    "lower",
    1,
    ({ media }) => media.latencyMs.count === 0 ? null : media.latencyMs.p95Ms,
  ),
  gate(
    "frozen",
    "ratio",
    "lower",
    0.001,
    ({ media }) => media.video.frozenRatio,
  ),
  gate(
    "server CPU a client",
    "cores",
    "lower",
    0.0005,
    (run) =>
      run.server.load === null
        ? null
        : ratio(run.server.load.meanCpuRatio, run.connectedAtEnd),
  ),
  shown(
    "pictures a second",
    "fps",
    "higher",
    1,
    ({ media }) => media.video.frameRate,
  ),
  shown(
    "freezes",
    "count",
    "lower",
    1,
    ({ media }) =>
      media.video.frameRate === null ? null : media.video.freezeCount,
  ),
  shown(
    "loss before retransmission",
    "ratio",
    "lower",
    0.001,
    ({ media }) => media.loss.expected === 0 ? null : media.loss.ratio,
  ),
  shown("join p95", "ms", "lower", 1, (run) => {
    const { count, p95Ms } = metricDuration(run, "join");
    return count === 0 ? null : p95Ms;
  }),
  shown(
    "received a client",
    "bps",
    "higher",
    1000,
    ({ media }) => media.receiveBpsPerClient,
  ),
  shown("errors", "count", "lower", 1, ({ totalErrors }) => totalErrors),
  shown(
    "server memory at most",
    "bytes",
    "lower",
    1e6,
    ({ server }) => server.load?.maxRssBytes ?? null,
  ),
];

/** Compares the runs `b` with the runs `a`, at most ten a side. */
export function compareRuns(
  a: readonly Summary[],
  b: readonly Summary[],
): Comparison {
  const tested = FIGURES.map((figure) => {
    const each = { a: a.map(figure.value), b: b.map(figure.value) };
    const [x, y] = [each.a, each.b].map((values) =>
      values.filter((value) => value !== null)
    );
    const isMeasured = x.length === a.length && y.length === b.length;
    // The same in every run: nothing that a test could find, or spoil.
    const isConstant = isMeasured && new Set([...x, ...y]).size === 1;
    return { figure, each, x, y, isMeasured, isConstant };
  });
  const gates = tested.filter(({ figure, isMeasured, isConstant }) =>
    figure.isGate && isMeasured && !isConstant
  );
  // With so few runs no difference, however large, would be found.
  const canTell = smallestP(a.length, b.length) * Math.max(1, gates.length) <=
    ALPHA;
  const corrected = canTell
    ? holm(gates.map(({ x, y }) => permutationP(x, y)))
    : [];
  const figures = tested.map((one): ComparedFigure => {
    const { figure, each, x, y, isMeasured, isConstant } = one;
    const p = !canTell || !isMeasured
      ? null
      : isConstant
      ? 1
      : figure.isGate
      ? corrected[gates.indexOf(one)]
      : permutationP(x, y);
    const isKnown = x.length > 0 && y.length > 0;
    return {
      name: figure.name,
      isGate: figure.isGate,
      unit: figure.unit,
      a: x.length === 0 ? null : medianOf(x),
      b: y.length === 0 ? null : medianOf(y),
      each,
      shift: isKnown ? shiftOf(x, y) : null,
      p,
      change: p === null
        ? "cannot tell"
        : changeOf(figure, medianOf(x), shiftOf(x, y), p),
    };
  });
  const isWorse = figures.some(({ isGate, change }) =>
    isGate && change === "worse"
  );
  return {
    runs: { a: a.length, b: b.length },
    settings: changedSettings(a, b),
    figures,
    result: isWorse ? "regression" : canTell ? "no regression" : "cannot tell",
  };
}

/** What there is to read of it, in lines: what is not the same first. */
export function comparisonRows(
  { figures }: Comparison,
): string[][] {
  return [
    ["figure", "A", "B", "change", "p", ""],
    ...figures.filter(({ a, b }) => a !== null || b !== null).map((one) => [
      `${one.name}${one.isGate ? "" : " *"}`,
      one.a === null ? "-" : formatIn(one.unit, one.a),
      one.b === null ? "-" : formatIn(one.unit, one.b),
      shiftText(one),
      one.p === null ? "-" : one.p.toFixed(3),
      one.change === "no difference" ? "~" : one.change,
    ]),
  ];
}

/** From A to B, and what share of A that is. */
export function shiftText({ a, shift, unit }: ComparedFigure): string {
  if (shift === null) return "-";
  const sign = shift < 0 ? "-" : "+";
  const size = formatIn(unit, Math.abs(shift));
  const share = a === null || a === 0 || unit === "ratio"
    ? ""
    : ` (${sign}${Math.abs(shift / a * 100).toFixed(0)} %)`;
  return shift === 0 ? "0" : `${sign}${size}${share}`;
}

function changeOf(
  { better, minimum, unit }: Figure,
  before: number,
  shift: number,
  p: number,
): Change {
  // Of a share that is to be high, as of who is connected, a little is much.
  const byShare = better === "lower" || unit !== "ratio";
  const isSmall = Math.abs(shift) < minimum ||
    byShare && Math.abs(shift) < Math.abs(before) * MIN_SHARE;
  if (p > ALPHA || isSmall) return "no difference";
  return shift > 0 === (better === "higher") ? "better" : "worse";
}

/** What was not the same on both sides, or not within one. The seed is to differ. */
function changedSettings(
  a: readonly Summary[],
  b: readonly Summary[],
): ChangedSetting[] {
  const sides = [a, b].map((runs) => runs.map(settingsOf));
  const names = new Set(sides.flat().flatMap(Object.keys));
  return [...names].flatMap((name) => {
    const [left, right] = sides.map((runs) => [
      ...new Set(runs.map((one) => JSON.stringify(one[name] ?? null))),
    ]);
    const isSame = left.length === 1 && right.length === 1 &&
      left[0] === right[0];
    return isSame ? [] : [{
      name,
      a: left.map((text) => JSON.parse(text)),
      b: right.map((text) => JSON.parse(text)),
    }];
  });
}

function settingsOf(run: Summary): Readonly<Record<string, JsonValue>> {
  const { engine, url } = run.server;
  return {
    version: run.version,
    scenario: run.scenario?.name ?? null,
    engine,
    // An embedded server has another port each time.
    server: engine === null ? url : null,
    packets: `${run.generator.lane}, ${run.generator.cipher}`,
    ...run.config,
  };
}

function gate(
  name: string,
  unit: Unit,
  better: Figure["better"],
  minimum: number,
  value: Figure["value"],
): Figure {
  return { name, isGate: true, unit, better, minimum, value };
}

function shown(...figure: Parameters<typeof gate>): Figure {
  return { ...gate(...figure), isGate: false };
}
