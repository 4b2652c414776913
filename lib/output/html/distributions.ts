/**
 * Distributions as lines: how many got it in which time, the last percent as
 * wide as all before it, so that what few had is seen as well.
 *
 * @module
 */

import {
  percentileOf,
  STEPS_PER_UNIT,
  type TrendJson,
} from "../../metrics/mod.ts";
import { formatMs } from "../../text/mod.ts";
import { type Chart, chartPlace, rounded, type Series } from "./charts.ts";
import { type Child, html } from "./markup.ts";

/** Points between one nine and the next. */
const POINTS_PER_NINE = 16;
/** No line goes on beyond 99.999 %. */
const MAX_NINES = 5;
/** Fewer values are no distribution. */
const MIN_VALUES = 20;

/** A distribution by its name. */
export type Named = readonly [name: string, trend: TrendJson | undefined];

/** Distributions of durations in one chart; `undefined` where too little is known of all. */
export function distributionChart(
  id: string,
  title: string,
  distributions: readonly Named[],
): Chart | undefined {
  const known = distributions.flatMap(([name, json], colour) =>
    json === undefined || json.count < MIN_VALUES
      ? []
      : [{ name, trend: json, colour }]
  );
  if (known.length === 0) return undefined;
  const most = Math.max(...known.map(({ trend }) => trend.count));
  const nines = Math.min(MAX_NINES, Math.log10(most));
  const shares = Array.from(
    { length: Math.floor(nines * POINTS_PER_NINE) + 1 },
    (_, i) => Number((i / POINTS_PER_NINE).toFixed(4)),
  );
  return {
    id,
    title,
    show: "ms",
    shares,
    series: known.map(({ name, trend, colour }): Series => ({
      name,
      colour,
      // Of few values the last ones are one.
      values: shares.map((nines) =>
        10 ** nines > trend.count ? null : rounded(
          Math.max(1, percentileOf(trend, 100 * (1 - 10 ** -nines))) /
            STEPS_PER_UNIT.ms,
        )
      ),
    })),
  };
}

/** Places for them. */
export function distributionSection(
  charts: readonly Chart[],
  hint = "",
): Child {
  if (charts.length === 0) return "";
  return html`
    <section class="wide">
      <h2>Distribution of durations</h2>
      <p
        class="hint">${hint} In how long a time the best 50 %, 90 %, 99 % … had it; each line upwards is ten times as long.</p>
      <div class="charts">${charts.map((chart) =>
        chartPlace(chart, distributionSentence(chart))
      )}</div>
    </section>
  `;
}

function distributionSentence({ title, series, shares = [] }: Chart): string {
  const at = (values: Series["values"], nines: number) =>
    values[shares.findIndex((one) => one >= nines)] ??
      values.findLast(Boolean)!;
  const parts = series.map(({ name, values }) =>
    `${name} ${formatMs(at(values, Math.log10(2)))} median, ${
      formatMs(at(values, 2))
    } at 99 %`
  );
  return `${title}: ${parts.join("; ")}.`;
}
