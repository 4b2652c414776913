/**
 * Several runs side by side, a row each: as a table for a screen, as CSV and
 * as JSON. What load makes of a server is read down a column.
 *
 * @module
 */

import type { BandMetric, Summary } from "../metrics/mod.ts";
import { type CsvCell, csvRow } from "./csv_row.ts";
import {
  formatBytes,
  formatCores,
  formatCount,
  formatMs,
  formatRatio,
} from "../text/mod.ts";
import { sanitize, type Span, span, type Style } from "../text/mod.ts";
import { metricDuration } from "./document/blocks.ts";
import type { TextOptions } from "./text.ts";
import { wideTable } from "./wide_table.ts";

/** One of several runs. */
export interface NamedRun {
  /** What tells it from the others. */
  readonly name: string;
  /** What it came to; `null` when it left nothing. */
  readonly summary: Summary | null;
}

/** A column. */
interface Column {
  /** Its name in the files. */
  readonly key: string;
  /** Its heading on a screen. */
  readonly heading: string;
  readonly value: (summary: Summary) => CsvCell;
  /** How a number is shown. */
  readonly show: (value: number) => string;
  /** How good it is. */
  readonly style?: (summary: Summary) => Style;
}

const COLUMNS: readonly Column[] = [
  column("clients", "clients", (run) => run.totalClients, formatCount),
  {
    ...column(
      "connected",
      "connected",
      (run) => run.successfulConnections,
      formatCount,
    ),
    style: judged("connected"),
  },
  {
    ...column("errors", "errors", (run) => run.totalErrors, formatCount),
    style: judged("errors"),
  },
  column(
    "p50ConnectionTimeMs",
    "conn p50",
    (run) => known(connections(run), run.p50ConnectionTimeMs),
    formatMs,
  ),
  column(
    "p95ConnectionTimeMs",
    "p95",
    (run) => known(connections(run), run.p95ConnectionTimeMs),
    formatMs,
  ),
  column(
    "p99ConnectionTimeMs",
    "p99",
    (run) => known(connections(run), run.p99ConnectionTimeMs),
    formatMs,
  ),
  column(
    "p50MediaLatencyMs",
    "media p50",
    ({ media }) => known(media.latencyMs.count, media.latencyMs.p50Ms),
    formatMs,
  ),
  column(
    "p95MediaLatencyMs",
    "p95",
    ({ media }) => known(media.latencyMs.count, media.latencyMs.p95Ms),
    formatMs,
  ),
  column(
    "lossRatio",
    "loss",
    ({ media: { loss } }) => known(loss.expected, loss.ratio),
    formatRatio,
  ),
  {
    ...column(
      "receiveSendRatio",
      "recv/sent",
      ({ media }) => media.receiveSendRatio,
      formatRatio,
    ),
    style: judged("receiveSendRatio"),
  },
  column(
    "serverMeanCpuRatio",
    "server CPU",
    ({ server }) => server.load?.meanCpuRatio ?? null,
    formatCores,
  ),
  {
    ...column(
      "serverMaxCpuRatio",
      "max",
      ({ server }) => server.load?.maxCpuRatio ?? null,
      formatCores,
    ),
    style: judged("serverCpu"),
  },
  {
    ...column(
      "serverMaxRssBytes",
      "RSS",
      ({ server }) => server.load?.maxRssBytes ?? null,
      formatBytes,
    ),
    style: judged("serverRss"),
  },
  column(
    "serverMaxFds",
    "FDs",
    ({ server }) => server.load?.maxFds ?? null,
    formatCount,
  ),
  column(
    "generatorCpuRatio",
    "generator CPU",
    ({ generator }) => generator.cpuRatio,
    formatRatio,
  ),
  {
    ...column("verdict", "verdict", (run) => run.verdict.status, formatCount),
    style: ({ verdict }) => verdict.status === "passed" ? "good" : "critical",
  },
];

const NO_RESULT = "no result";

/**
 * The runs as a table. It is as wide as it has to be: a row is never broken,
 * a narrow screen cuts it.
 */
export function renderRuns(
  runs: readonly NamedRun[],
  options: TextOptions,
): string {
  return wideTable(
    ["run", ...COLUMNS.map(({ heading }) => heading)],
    runs.map(({ name, summary }) => [
      span(sanitize(name)),
      ...COLUMNS.map((column) => shownCell(column, summary)),
    ]),
    options,
  );
}

/** The runs as CSV (RFC 4180), a row each; what is not known is empty. */
export function renderRunsCsv(runs: readonly NamedRun[]): string {
  const rows = runs.map((run) => Object.values(plainRun(run)));
  return [["run", ...COLUMNS.map(({ key }) => key)], ...rows]
    .map(csvRow).join("");
}

/** The runs as data for JSON, an object each; what is not known is `null`. */
export function plainRuns(
  runs: readonly NamedRun[],
): readonly Readonly<Record<string, number | string | null>>[] {
  return runs.map(plainRun);
}

function plainRun({ name, summary }: NamedRun): Record<string, CsvCell> {
  return Object.fromEntries([
    ["run", name],
    ...COLUMNS.map((column) => [column.key, cell(column, summary)] as const),
  ]);
}

function cell({ key, value }: Column, summary: Summary | null): CsvCell {
  if (summary === null) return key === "verdict" ? NO_RESULT : null;
  return value(summary);
}

function shownCell(column: Column, summary: Summary | null): Span {
  const value = cell(column, summary);
  const style = summary === null
    ? "critical"
    : column.style?.(summary) ?? "plain";
  if (value === null) return span("-", "dim");
  return span(
    typeof value === "number" ? column.show(value) : sanitize(value),
    style,
  );
}

/** How many times to connect the run has: in a part of it, of whoever came in that part. */
function connections(summary: Summary): number {
  return metricDuration(summary, "connectionTime").count;
}

function known(count: number, value: number): number | null {
  return count === 0 ? null : value;
}

function column(
  key: string,
  heading: string,
  value: Column["value"],
  show: Column["show"],
): Column {
  return { key, heading, value, show };
}

/** How good a figure was judged to be. */
function judged(metric: BandMetric): NonNullable<Column["style"]> {
  return ({ judgement }) =>
    judgement.find(({ figure }) => figure === metric)?.band ?? "plain";
}
