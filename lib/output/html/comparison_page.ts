/**
 * Two groups of runs as one page: whether the second is worse, in which
 * figure and by how much, and both over one time axis.
 *
 * @module
 */

import {
  type Course,
  mergeTrendJson,
  type Snapshot,
  type Summary,
  type TrendJson,
} from "../../metrics/mod.ts";
import { formatCounted, formatIn, formatRatio } from "../../text/mod.ts";
import { type ComparedFigure, type Comparison, shiftText } from "../compare.ts";
import {
  type Chart,
  type ChartData,
  chartPlace,
  courseTable,
  momentsOf,
  sentence,
} from "./charts.ts";
import { distributionChart, distributionSection } from "./distributions.ts";
import { type Child, html } from "./markup.ts";
import { overlay } from "./overlay.ts";
import { shell } from "./shell.ts";
import { WIDTH } from "./drawings.ts";

/** A run of a side. */
export interface ComparedRun {
  /** What tells it from the others. */
  readonly name: string;
  readonly summary: Summary;
  readonly course: Course;
  /** Distributions of the whole run; `undefined` where they are not known. */
  readonly trends: Snapshot["trends"] | undefined;
}

/** Distributions that are laid over each other. */
const DISTRIBUTIONS = [
  ["mediaLatency", "Media latency"],
  ["join", "Join"],
  ["timeToFirstFrame", "First frame"],
  ["roundTripTime", "Round trip"],
] as const;

/** The page. */
export async function renderComparison(
  comparison: Comparison,
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Promise<string> {
  const [sideA, sideB] = [a, b].map((runs) =>
    runs.map(({ summary, course }) => momentsOf(summary, course))
  );
  const overTime = overlay(sideA, sideB);
  const spread = DISTRIBUTIONS.flatMap(([name, title]) =>
    distributionChart(`spread-${name}`, title, [
      ["A", merged(a, name)],
      ["B", merged(b, name)],
    ]) ?? []
  );
  const { result } = comparison;
  return await shell({
    title: `rtcrowd compare: ${result}`,
    version: b[0].summary.version,
    body: html`
      ${head(comparison, a, b)}
      <main>
      ${settingsSection(comparison)}
      ${figureSection(comparison)}
      ${overlaySection(overTime, Math.max(a.length, b.length))}
      ${distributionSection(spread, "All runs of a side together.")}
      ${lossSection(a, b)}
      ${runSection(a, b)}
      </main>
    `,
    data: {
      series: { ...overTime, charts: [...overTime.charts, ...spread] },
      tables: [],
      incidents: [],
    },
  });
}

const STATUS: Readonly<Record<Comparison["result"], string>> = {
  "regression": "failed",
  "no regression": "passed",
  "cannot tell": "interrupted",
};

function head(
  comparison: Comparison,
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Child {
  const { result } = comparison;
  const about = (side: string, runs: readonly ComparedRun[]) =>
    html`
      <span>${letter(side)} ${formatCounted(
        runs.length,
        "run",
      )}: ${shortNames(runs)}</span>
    `;
  return html`
    <header class="${STATUS[result]}">
      <p class="title"><span>rtcrowd compare</span>
    <button type="button" id="theme" hidden>Dark</button></p>
      <h1><span class="badge">${result}</span> ${verdictText(comparison)}</h1>
      <p class="about">${about("A", a)}${about("B", b)}</p>
    </header>
  `;
}

function shortNames(runs: readonly ComparedRun[]): string {
  const names = runs.map(({ name }) => name);
  return names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}

function verdictText({ result, figures, runs }: Comparison): string {
  const named = (change: ComparedFigure["change"]) =>
    figures.filter((one) => one.isGate && one.change === change)
      .map((one) =>
        `${one.name} ${figureText(one, one.a)} → ${figureText(one, one.b)}`
      ).join(", ");
  switch (result) {
    case "regression":
      return `B is worse: ${named("worse")}.`;
    case "no regression": {
      const better = named("better");
      return better === ""
        ? "Nothing that decides is worse in B."
        : `B is better: ${better}.`;
    }
    case "cannot tell":
      return `${runs.a} against ${runs.b} cannot tell a difference from chance; five a side can. What is shown is what these runs had.`;
  }
}

/** What was not the same, before anything that may come of it. */
function settingsSection({ settings }: Comparison): Child {
  if (settings.length === 0) return "";
  const text = (values: readonly unknown[]) =>
    values.map((value) => JSON.stringify(value)).join(", ");
  return html`
    <section>
      <h2>Not the same on both sides</h2>
      <div class="scroll">
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">${letter("A")}</th>
              <th scope="col">${letter("B")}</th>
            </tr>
          </thead>
          <tbody>${settings.map(({ name, a, b }) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td><code>${text(a)}</code></td>
                <td><code>${text(b)}</code></td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

const BANDS: Readonly<Record<ComparedFigure["change"], string>> = {
  worse: "critical",
  better: "good",
  "no difference": "",
  "cannot tell": "",
};

/** Each figure, what is found, and what each run had of it as a mark. */
function figureSection({ figures }: Comparison): Child {
  const known = figures.filter(({ a, b }) => a !== null || b !== null);
  return html`
    <section class="wide">
      <h2>Figures</h2>
      <p
        class="hint">A mark a run, ${letter("A")} above ${letter(
          "B",
        )}; the long one is the median, the change the median of all differences of two runs. Those in bold decide, the others are shown. p: how often chance alone would part them like this.</p>
      <div class="scroll">
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">Found</th>
              <th scope="col">Runs</th>
              <th scope="col" class="number">${letter("A")}</th>
              <th scope="col" class="number">${letter("B")}</th>
              <th scope="col" class="number">Change</th>
              <th scope="col" class="number">p</th>
            </tr>
          </thead>
          <tbody>${known.map((one) =>
            html`
              <tr class="${BANDS[one.change]}">
                <th scope="row">${one.isGate
                  ? html`<b>${one.name}</b>`
                  : one.name}</th>
                <td><span class="mark">${one.change}</span></td>
                <td>${marks(one)}</td>
                <td class="number">${figureText(one, one.a)}</td>
                <td class="number">${figureText(one, one.b)}</td>
                <td class="number">${shiftText(one)}</td>
                <td class="number">${one.p === null
                  ? "–"
                  : one.p.toFixed(3)}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** A side, in its colour. */
function letter(side: string): Child {
  return html`<b class="side side-${side}">${side}</b>`;
}

function figureText(
  { unit }: ComparedFigure,
  value: number | null,
): string {
  return value === null ? "–" : formatIn(unit, value);
}

/** What each run had, on one axis from the least to the most; from 0 where that is not far. */
function marks({ each, a, b }: ComparedFigure): Child {
  const all = [...each.a, ...each.b].filter((value) => value !== null);
  const most = Math.max(...all);
  const least = Math.min(...all);
  const from = most - least > most / 2 || most === least ? 0 : least;
  const width = (most - from) || 1;
  const place = (value: number) =>
    ((value - from) / width * (WIDTH - 40) + 20).toFixed(0);
  const side = (
    values: readonly (number | null)[],
    median: number | null,
    letter: string,
    y: number,
  ) => [
    ...values.flatMap((value) =>
      value === null ? [] : html`
        <rect class="side-${letter}" x="${place(value)}" y="${y + 2}" width="12"
          height="6" opacity="0.55" />
      `
    ),
    median === null ? "" : html`
      <rect class="side-${letter}" x="${place(median)}" y="${y}" width="12"
        height="10" />
    `,
  ];
  return html`
    <svg class="runs" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none"
      aria-hidden="true"><rect class="ground" x="0" y="11" width="${WIDTH}" height="1" />${side(
        each.a,
        a,
        "A",
        0,
      )}${side(each.b, b, "B", 13)}</svg>
  `;
}

function overlaySection({ tSec, charts }: ChartData, runs: number): Child {
  if (charts.length === 0) return "";
  const hint = runs === 1
    ? ""
    : " Lines are medians over the runs of a side, from the least to the most of them is filled.";
  return html`
    <section class="wide">
      <h2>Both over time</h2>
      <p
        class="hint">${letter("A")} and ${letter(
          "B",
        )} from their beginnings.${hint} Drag to zoom, double-click to see all; arrow keys move the cursor.</p>
      <div class="charts">${charts.map((chart) =>
        chartPlace(chart, sentence(chart, tSec))
      )}</div>
      <details
        id="course"><summary>The course as a table</summary>${courseTable(
          charts.map(withoutEdges),
          tSec,
        )}</details>
    </section>
  `;
}

function withoutEdges(chart: Chart): Chart {
  return { ...chart, series: chart.series.filter(({ isEdge }) => !isEdge) };
}

const PLACES = [
  ["refused", "refused by our system"],
  ["impairedOut", "impaired networks, out"],
  ["beforeServer", "on the way to the server"],
  ["inServer", "in the server"],
  ["afterServer", "on the way from the server"],
  ["impairedIn", "impaired networks, in"],
  ["ourKernel", "in our kernel"],
] as const;

/** Where either side lost packets, as shares of those that were to come. */
function lossSection(
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Child {
  const shareOf = (
    runs: readonly ComparedRun[],
    place: (typeof PLACES)[number][0],
  ): number | null => {
    const seen = runs.map(({ summary: { media } }) => ({
      lost: media.lossOrigin[place],
      expected: media.loss.expected,
    }));
    const expected = seen.reduce((sum, one) => sum + one.expected, 0);
    return expected === 0 || seen.some(({ lost }) => lost === null)
      ? null
      : seen.reduce((sum, { lost }) => sum + lost!, 0) / expected;
  };
  const rows = PLACES.map(([place, name]) => ({
    name,
    a: shareOf(a, place),
    b: shareOf(b, place),
  }));
  const most = Math.max(...rows.flatMap(({ a, b }) => [a ?? 0, b ?? 0]));
  if (most === 0) return "";
  const line = (side: string, share: number | null) =>
    html`<dd><svg viewBox="0 0 ${WIDTH} 18" preserveAspectRatio="none" aria-hidden="true"><rect class="side-${side}" x="0" y="4" width="${
      ((share ?? 0) / most * WIDTH).toFixed(0)
    }" height="10" /></svg><span>${letter(side)} ${
      share === null ? "not seen" : formatRatio(share)
    }</span></dd>`;
  return html`
    <section>
      <h2>Where packets were lost</h2>
      <p
        class="hint">Of the packets that were to come, before any was made up for.</p>
      <dl class="bars pairs">${rows.map(({ name, a, b }) =>
        html`<dt>${name}</dt>${line("A", a)}${line("B", b)}`
      )}</dl>
    </section>
  `;
}

function runSection(
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Child {
  const rows = (side: string, runs: readonly ComparedRun[]) =>
    runs.map(({ name, summary }) =>
      html`
        <tr>
          <td>${letter(side)}</td>
          <th scope="row">${name}</th>
          <td>${summary.startedAt.slice(0, 19).replace("T", " ")}</td>
          <td>${summary.server.url}</td>
          <td class="number">${summary.totalClients}</td>
          <td>${summary.verdict.status}: ${summary.verdict.reason}</td>
        </tr>
      `
    );
  return html`
    <section>
      <h2>Runs</h2>
      <div class="scroll">
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">Side</th>
              <th scope="col">Run</th>
              <th scope="col">Began, UTC</th>
              <th scope="col">Server</th>
              <th scope="col" class="number">Clients</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>${rows("A", a)}${rows("B", b)}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** What all runs of a side measured; `undefined` where one did not, or does not say. */
function merged(
  runs: readonly ComparedRun[],
  name: string,
): TrendJson | undefined {
  const trends = runs.map(({ trends }) => trends?.[name]);
  return trends.some((trend) => trend === undefined)
    ? undefined
    : mergeTrendJson(trends.map((trend) => trend!));
}
