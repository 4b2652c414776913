/**
 * The run over time: what the charts of the page draw, and the same as
 * sentences and as a table for whoever sees no charts.
 *
 * @module
 */

import type { Summary, TimelinePoint } from "../../metrics/mod.ts";
import {
  formatBps,
  formatBytes,
  formatClock,
  formatCores,
  formatCount,
  formatRatio,
} from "../../text/mod.ts";
import { type Child, html, type Markup } from "./markup.ts";

/** How the page's script writes a value. */
type Show = "count" | "bps" | "ratio" | "cores" | "bytes";

/** One line of a chart; `values` has one a point, `null` where it is not known. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** One chart. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly show: Show;
  readonly series: readonly Series[];
}

/** All of them over one axis. */
export interface ChartData {
  /** Ends of the stretches, in seconds since the run began. */
  readonly tSec: readonly number[];
  readonly charts: readonly Chart[];
}

type Column = readonly [
  name: string,
  value: (point: TimelinePoint) => number | null,
];

const CHARTS: readonly (readonly [
  id: string,
  title: string,
  show: Show,
  columns: readonly Column[],
])[] = [
  ["clients", "Clients connected", "count", [
    ["clients", ({ clients }) => clients],
  ]],
  ["quality", "Loss and silence", "ratio", [
    ["packets lost", ({ lossRatio }) => lossRatio],
    ["tracks silent", ({ silentRatio }) => silentRatio],
  ]],
  ["bitrate", "Bit rate, all clients", "bps", [
    ["sent", ({ sendBps }) => sendBps],
    ["received", ({ receiveBps }) => receiveBps],
  ]],
  ["packets", "Packets a second", "count", [
    ["sent", ({ packetsSentPerSec }) => packetsSentPerSec],
    ["received", ({ packetsReceivedPerSec }) => packetsReceivedPerSec],
  ]],
  ["cpu", "CPU, of a core", "cores", [
    ["server", ({ server }) => server?.cpuRatio ?? null],
    ["its busiest process", ({ server }) => server?.maxProcessRatio ?? null],
    ["generator, of what its threads have", ({ cpuRatio }) => cpuRatio],
  ]],
  ["memory", "Memory of the server", "bytes", [
    ["RSS", ({ server }) => server?.rssBytes ?? null],
  ]],
];

/** What {@linkcode chartSeries} writes of a value. */
const SHOWS: Readonly<Record<Show, (value: number) => string>> = {
  count: formatCount,
  bps: formatBps,
  ratio: formatRatio,
  cores: formatCores,
  bytes: formatBytes,
};

/** Points that a chart has at most: an hour, second by second. */
const MAX_POINTS = 3600;
/** Rows of the table beside the charts. */
const MAX_ROWS = 60;
/** Fewer are no course. */
const MIN_POINTS = 2;

/** The charts of which anything is known. */
export function chartSeries({ timeline }: Summary): ChartData {
  const points = sampled(timeline, MAX_POINTS);
  const charts = CHARTS.map(([id, title, show, columns]): Chart => ({
    id,
    title,
    show,
    series: columns.map(([name, value]) => ({
      name,
      values: points.map((point) => rounded(value(point))),
    })).filter(({ values }) => values.some((value) => value !== null)),
  }));
  return {
    tSec: points.map(({ tSec }) => rounded(tSec)!),
    charts: points.length < MIN_POINTS
      ? []
      : charts.filter(({ series }) => series.length > 0),
  };
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
        html`
          <figure>
            <figcaption id="c-${chart.id}">${chart.title}</figcaption>
            <div class="chart" data-chart="${chart.id}" role="img" tabindex="0"
              aria-label="${sentence(chart, tSec)}" aria-details="course"></div>
          </figure>
        `
      )}</div>
      <details
        id="course"><summary>The course as a table</summary>${courseTable(
          charts,
          tSec,
        )}</details>
    </section>
  `;
}

/** What a chart shows, in a sentence. */
function sentence(
  { title, show, series }: Chart,
  tSec: readonly number[],
): string {
  const parts = series.map(({ name, values }) => {
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

function courseTable(
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
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}
