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
import { type Chart, chartSection, chartSeries } from "./charts.ts";
import {
  distributionChart,
  distributionSection,
  type Named,
} from "./distributions.ts";
import { durationSection, lossSection } from "./drawings.ts";
import { headSection } from "./head.ts";
import { heatMap, heatSection } from "./heat_map.ts";
import { html } from "./markup.ts";
import { shell } from "./shell.ts";
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
  const overTime = chartSeries(summary, course);
  const spread = distributionsOf(trends);
  const heat = heatMap(stories);
  return await shell({
    title: `rtcrowd ${summary.scenario?.name ?? "run"}: ${document.status}`,
    version: summary.version,
    body: html`
      ${headSection(summary, document)}
      <main>
      ${chartSection(summary, overTime)}
      ${heatSection(heat, stories.length)}
      ${lossSection(summary)}
      ${durationSection(summary)}
      ${distributionSection(spread)}
      ${tables.map(tableSection)}
      ${errorSection(summary)}
      ${allFigures(document, summary)}
      </main>
    `,
    data: {
      series: { ...overTime, charts: [...overTime.charts, ...spread] },
      heat,
      tables,
      incidents: summary.incidents.map(spanOf),
    },
  });
}

/** Of media, and of what comes before it. */
function distributionsOf(trends: Snapshot["trends"]): readonly Chart[] {
  const some = (names: Readonly<Record<string, string>>): Named[] =>
    Object.entries(names).map(([name, title]) => [title, trends[name]]);
  return [
    distributionChart(
      "spread-media",
      "Media",
      some({
        mediaLatency: "media latency",
        roundTripTime: "round trip",
        jitter: "jitter",
      }),
    ),
    distributionChart(
      "spread-joins",
      "Joins and frames",
      some({
        join: "join",
        firstMedia: "first media",
        timeToFirstFrame: "first frame",
        frameGap: "from frame to frame",
      }),
    ),
  ].filter((chart) => chart !== undefined);
}

function spanOf(
  { fromSec, untilSec, kind }: Summary["incidents"][number],
): readonly [number, number | null, string] {
  return [fromSec, untilSec, kind];
}
