/**
 * A run as one page that needs nothing else: no network, no files beside it.
 * Texts are laid out here; its script draws the charts, and sorts and filters
 * the long tables.
 *
 * @module
 */

import {
  type ClientStory,
  type Course,
  EMPTY_COURSE,
  type Snapshot,
  type Summary,
} from "../../metrics/mod.ts";
import { type ClientResult, reportDocument } from "../../report/mod.ts";
import { allFigures } from "./all_figures.ts";
import { chartSection, chartSeries } from "./charts.ts";
import { uplotScript, uplotStyle } from "./deps.ts";
import { durationSection, lossSection } from "./drawings.ts";
import { headSection } from "./head.ts";
import { heatMap, heatSection } from "./heat_map.ts";
import { code, html, jsonData } from "./markup.ts";
import script from "./page.js" with { type: "text" };
import style from "./page.css" with { type: "text" };
import {
  clientTable,
  errorSection,
  roomTable,
  tableSection,
} from "./tables.ts";

/** What a page is of; what is not known is left out. */
export interface PageInput {
  readonly summary: Summary;
  /** @default {[]} */
  readonly clients?: readonly ClientResult[] | undefined;
  /** What became of each client. @default {[]} */
  readonly stories?: readonly ClientStory[] | undefined;
  /** What each second came to. */
  readonly course?: Course | undefined;
  /** Distributions of the whole run. */
  readonly trends?: Snapshot["trends"] | undefined;
}

/** The page of a run. */
export async function renderHtml(
  { summary, clients = [], stories = [], course = EMPTY_COURSE, trends = {} }:
    PageInput,
): Promise<string> {
  const document = reportDocument(summary);
  const tables = [roomTable(summary), clientTable(clients, summary)]
    .filter(({ rows }) => rows.length > 0);
  const series = chartSeries(summary);
  const heat = heatMap(stories);
  const styles = `${uplotStyle}\n${style}`;
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(uplotScript)} ${await hashOf(script)}`,
    `style-src ${await hashOf(styles)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const title = `rtcrowd ${
    summary.scenario?.name ?? "run"
  }: ${document.status}`;
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${title}</title>
        <style>${code(styles)}</style>
      </head>
      <body>
    ${headSection(summary, document)}
    <main>
    ${chartSection(summary, series)}
    ${heatSection(heat, stories.length)}
    ${lossSection(summary)}
    ${durationSection(summary)}
    ${tables.map(tableSection)}
    ${errorSection(summary)}
    ${allFigures(document, summary)}
    </main>
    <footer>Made by rtcrowd ${summary
      .version}; charts by uPlot (MIT, © Leon Sorokin). This page loads nothing.</footer>
    <p id="live" class="unseen" aria-live="polite"></p>
    <script type="application/json" id="data">${jsonData({
      series,
      heat,
      tables,
      incidents: summary.incidents.map(spanOf),
    })}</script>
    <script>${code(uplotScript)}</script>
    <script>${code(script)}</script>
      </body>
    </html>
  `.text.trimStart();
}

function spanOf(
  { fromSec, untilSec, kind }: Summary["incidents"][number],
): readonly [number, number | null, string] {
  return [fromSec, untilSec, kind];
}

/** How a policy names a script or a style that it lets be (CSP 3 section 2.3.1). */
async function hashOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}
