/**
 * The run over time: what the charts of the page draw, and the same as
 * sentences and as a table for whoever sees no charts.
 *
 * @module
 */

import {
  type Course,
  type CourseSecond,
  ratesOf,
  type Summary,
  type TimelinePoint,
} from "../../metrics/mod.ts";
import {
  formatBps,
  formatBytes,
  formatClock,
  formatCores,
  formatCount,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import { percentilesOf } from "../ndjson.ts";
import { type Child, html, type Markup } from "./markup.ts";

/** How the page's script writes a value. */
export type Show = "count" | "bps" | "ratio" | "cores" | "bytes" | "ms" | "fps";

/** One line of a chart; `values` has one a point, `null` where it is not known. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Which colour it has, where that is not by its place. */
  readonly colour?: number;
  /** An edge of a band: neither drawn by itself, nor read. */
  readonly isEdge?: true;
}

/** One chart. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly show: Show;
  readonly series: readonly Series[];
  /** What is filled: between which two lines, in the colour of which. */
  readonly bands?:
    readonly (readonly [from: number, to: number, colour: number])[];
  /** Its own axis; shares as `-log10(1 - share)`. @default {the time of the run} */
  readonly shares?: readonly number[];
}

/** All of them. */
export interface ChartData {
  /** Ends of the stretches, in seconds since the run began. */
  readonly tSec: readonly number[];
  readonly charts: readonly Chart[];
}

/** What is drawn of a stretch; a run of which no seconds are kept has its timeline alone. */
export interface Moment {
  readonly fromSec: number;
  readonly point: TimelinePoint;
  readonly second?: CourseSecond;
}

type Column = readonly [
  name: string,
  value: (moment: Moment) => number | null,
];

/** Charts of a run over time, the most telling first. */
export const CHARTS: readonly (readonly [
  id: string,
  title: string,
  show: Show,
  columns: readonly Column[],
  isBand?: true,
])[] = [
  ["clients", "Clients connected", "count", [
    ["clients", ({ point }) => point.clients],
  ]],
  ["quality", "Loss, silence and frozen pictures", "ratio", [
    ["packets lost", ({ point }) => point.lossRatio],
    ["tracks missing", ({ point }) => point.silentRatio],
    ["pictures frozen", frozen],
  ]],
  ["latency", "Media latency", "ms", percentiles("mediaLatency"), true],
  ["frames", "Frames a second, of a video", "fps", [
    [
      "shown",
      ({ second, ...moment }) =>
        second && hasVideo(second) && isLong(moment)
          ? ratesOf(second).frameRate
          : null,
    ],
  ]],
  ["bitrate", "Bit rate, all clients", "bps", [
    ["sent", ({ point }) => point.sendBps],
    ["received", ({ point }) => point.receiveBps],
  ]],
  ["packets", "Packets a second", "count", [
    ["sent", ({ point }) => point.packetsSentPerSec],
    ["received", ({ point }) => point.packetsReceivedPerSec],
  ]],
  ["roundTrip", "Round trip", "ms", percentiles("roundTripTime"), true],
  ["signaling", "Replies to requests", "ms", percentiles("signaling"), true],
  ["cpu", "CPU, of a core", "cores", [
    ["server", ({ point }) => point.server?.cpuRatio ?? null],
    [
      "its busiest process",
      ({ point }) => point.server?.maxProcessRatio ?? null,
    ],
    [
      "generator, of what its threads have",
      (moment) => isLong(moment) ? moment.point.cpuRatio : null,
    ],
  ]],
  ["memory", "Memory of the server", "bytes", [
    ["RSS", ({ point }) => point.server?.rssBytes ?? null],
  ]],
  ["errors", "Errors so far", "count", [
    ["errors", ({ second }) => second?.errors ?? null],
  ]],
];

function percentiles(name: keyof CourseSecond["trends"]): readonly Column[] {
  // Three lines ask for the same second, one after the other.
  const known = new WeakMap<CourseSecond, ReturnType<typeof percentilesOf>>();
  const of = (second: CourseSecond) => {
    const before = known.get(second) ?? percentilesOf(second.trends[name]);
    known.set(second, before);
    return before;
  };
  return [
    ["p50", ({ second }) => second ? of(second).p50Ms : null],
    ["p95", ({ second }) => second ? of(second).p95Ms : null],
    ["p99", ({ second }) => second ? of(second).p99Ms : null],
  ];
}

/** A run ends in a stretch of some milliseconds: a frame, or what is done at the end, is a large share of that. */
function isLong({ fromSec, point }: Omit<Moment, "second">): boolean {
  return point.tSec - fromSec >= SHORTEST_SEC;
}

const SHORTEST_SEC = 0.5;

function frozen({ second }: Moment): number | null {
  return second && hasVideo(second) ? ratesOf(second).frozenRatio : null;
}

function hasVideo({ grown }: CourseSecond): boolean {
  return grown.playedMs > 0;
}

/** The run stretch by stretch. */
export function momentsOf(
  { timeline }: Summary,
  { seconds }: Course,
): readonly Moment[] {
  return seconds.length > 0
    ? seconds.map((second) => ({
      fromSec: second.fromSec,
      point: second.point,
      second,
    }))
    : timeline.map((point, i) => ({
      fromSec: timeline[i - 1]?.tSec ?? 0,
      point,
    }));
}

/** What {@linkcode chartSeries} writes of a value. */
const SHOWS: Readonly<Record<Show, (value: number) => string>> = {
  count: formatCount,
  bps: formatBps,
  ratio: formatRatio,
  cores: formatCores,
  bytes: formatBytes,
  ms: formatMs,
  fps: (fps) => fps.toFixed(1),
};

/** Points that a chart has at most: an hour, second by second. */
const MAX_POINTS = 3600;
/** Rows of the table beside the charts. */
const MAX_ROWS = 60;
/** Fewer are no course. */
const MIN_POINTS = 2;

/** The charts of which anything is known. */
export function chartSeries(summary: Summary, course: Course): ChartData {
  const moments = sampled(momentsOf(summary, course), MAX_POINTS);
  const charts = CHARTS.map(([id, title, show, columns, isBand]): Chart => ({
    id,
    title,
    show,
    series: columns.map(([name, value]) => ({
      name,
      values: moments.map((moment) => rounded(value(moment))),
    })).filter(({ values }) => values.some((value) => value !== null)),
    ...(isBand && { bands: [[1, 0, 0], [2, 1, 1]] }),
  }));
  return {
    tSec: moments.map(({ point }) => rounded(point.tSec)!),
    charts: withCourse(charts, moments.length),
  };
}

/** The charts of so many points that show a course: nothing that went wrong is none. */
export function withCourse(charts: readonly Chart[], points: number): Chart[] {
  return points < MIN_POINTS
    ? []
    : charts.filter(({ id, series }) =>
      series.length > 0 &&
      (!id.startsWith("errors") ||
        series.some(({ values }) => values.some((value) => value)))
    );
}

/** Figures with places for the charts, and the table. */
export function chartSection(
  summary: Summary,
  { tSec, charts }: ChartData,
): Child {
  if (charts.length === 0) {
    return html`
      <section>
        <h2>Over time</h2>
        <p>The run was too short for a course.</p>
      </section>
    `;
  }
  return html`
    <section class="wide">
      <h2>Over time</h2>
      <p
        class="hint">Drag to zoom, double-click to see all. In a chart, arrow keys move the cursor, with Shift by ten seconds, Home and End to either end.${summary
            .incidents.length === 0
          ? ""
          : " Shaded: incidents."}</p>
      <div class="charts">${charts.map((chart) =>
        chartPlace(chart, sentence(chart, tSec))
      )}</div>
      <details
        id="course"><summary>The course as a table</summary>${courseTable(
          charts,
          tSec,
        )}</details>
    </section>
  `;
}

/** A place for a chart, and what it says to whoever does not see it. */
export function chartPlace(
  { id, title }: Pick<Chart, "id" | "title">,
  says: string,
): Markup {
  return html`
    <figure>
      <figcaption id="c-${id}">${title}</figcaption>
      <div class="chart" data-chart="${id}" role="img" tabindex="0"
        aria-label="${says}" aria-details="course"></div>
    </figure>
  `;
}

/** What a chart shows, in a sentence. */
export function sentence(
  { title, show, series }: Chart,
  tSec: readonly number[],
): string {
  const parts = series.filter(({ isEdge }) => !isEdge).map((
    { name, values },
  ) => {
    const known = values.flatMap((value, i) =>
      value === null ? [] : [{ value, at: tSec[i] }]
    );
    const sorted = known.toSorted((a, b) => a.value - b.value);
    const median = sorted[Math.floor(sorted.length / 2)];
    const most = sorted.at(-1)!;
    return `${name} ${SHOWS[show](median.value)} median, ${
      SHOWS[show](most.value)
    } at most, at ${formatClock(most.at * 1000)}`;
  });
  return `${title}: ${parts.join("; ")}.`;
}

export function courseTable(
  charts: readonly Chart[],
  tSec: readonly number[],
): Markup {
  const places = sampled(tSec.map((_, i) => i), MAX_ROWS);
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr><th scope="col">Time</th>${charts.map(({ title, series }) =>
            series.map(({ name }) =>
              html`<th scope="col" class="number">${title}: ${name}</th>`
            )
          )}</tr>
        </thead>
        <tbody>${places.map((i) =>
          html`<tr><th scope="row">${formatClock(tSec[i] * 1000)}</th>${
            charts.map(({ show, series }) =>
              series.map(({ values }) => {
                const value = values[i];
                return html`<td class="number">${
                  value === null ? "–" : SHOWS[show](value)
                }</td>`;
              })
            )
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

/** At most so many, evenly, the last one among them. */
function sampled<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from(
    { length: most },
    (_, i) => all[Math.round(i * (all.length - 1) / (most - 1))],
  );
}

/** Four digits are more than a chart shows. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}
