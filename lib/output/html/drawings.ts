/**
 * Pictures that need no script, in SVG: where packets were lost, and how
 * durations are spread.
 *
 * @module
 */

import type { DurationStats, Summary } from "../../metrics/mod.ts";
import { metricDuration } from "../../report/mod.ts";
import {
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import { type Child, html, type Markup } from "./markup.ts";

/** Units of a drawing's width. */
export const WIDTH = 1000;

/** The way of packets, and how many were lost at each place of it. */
export function lossSection({ media }: Summary): Child {
  const { expected, lost, repaired } = media.loss;
  if (expected === 0) return "";
  const { lossOrigin: at } = media;
  const places: readonly (readonly [string, number | null])[] = [
    ["refused by our system", at.refused],
    ["impaired networks, out", at.impairedOut],
    ["on the way to the server", at.beforeServer],
    ["in the server", at.inServer],
    ["on the way from the server", at.afterServer],
    ["impaired networks, in", at.impairedIn],
    ["in our kernel", at.ourKernel],
  ];
  const most = Math.max(1, ...places.map(([, count]) => count ?? 0));
  const rows = places.map(([name, count]) =>
    bar(name, count === null ? "not seen" : formatCount(count), [
      [0, (count ?? 0) / most, "lost"],
    ])
  );
  return html`
    <section>
      <h2>Where packets were lost</h2>
      <p>${formatCount(lost)} of ${formatCounted(
        expected,
        "packet",
      )} did not come at first (${formatRatio(
        media.loss.ratio,
      )}); ${formatCount(repaired)} ${repaired === 1
        ? "was"
        : "were"} made up for, and ${formatRatio(
          media.loss.residualRatio,
        )} stayed lost.${at.inServer === null
        ? " What a server elsewhere did with packets is not seen."
        : ""}</p>
      <dl class="bars">${rows}</dl>
    </section>
  `;
}

/** Durations from their least to their most, on one axis of powers of ten. */
export function durationSection(summary: Summary): Child {
  const { media } = summary;
  const all: readonly (readonly [string, DurationStats])[] = [
    ["Join", metricDuration(summary, "join")],
    ["First media", metricDuration(summary, "firstMedia")],
    ["First frame", media.timeToFirstFrameMs],
    ["Media latency", media.latencyMs],
    ["Round trip", media.roundTripTimeMs],
    ["Jitter", media.jitterMs],
  ];
  const known = all.filter(([, { count }]) => count > 0);
  if (known.length === 0) return "";
  const least = Math.min(
    ...known.map(([, { minMs }]) => Math.max(0.01, minMs)),
  );
  const most = Math.max(1, ...known.map(([, { maxMs }]) => maxMs));
  const from = Math.floor(Math.log10(least));
  const to = Math.ceil(Math.log10(most));
  const place = (ms: number) =>
    (Math.log10(Math.max(10 ** from, ms)) - from) / Math.max(1, to - from);
  const marks = Array.from(
    { length: Math.max(1, to - from) + 1 },
    (_, i) => 10 ** (from + i),
  );
  return html`
    <section>
      <h2>How long things took</h2>
      <p
        class="hint">Thin: from least to most. Thick: median to p95, then to p99. Each step to the right is ten times as long.</p>
      <dl
        class="bars spread">${known.map(([name, stats]) =>
          bar(
            name,
            `${formatMs(stats.p50Ms)} · p95 ${formatMs(stats.p95Ms)} · p99 ${
              formatMs(stats.p99Ms)
            }`,
            [
              [place(stats.minMs), place(stats.maxMs), "thin"],
              [place(stats.p50Ms), place(stats.p99Ms), "tail"],
              [place(stats.p50Ms), place(stats.p95Ms), "body"],
            ],
            marks.map(place),
          )
        )}<dt aria-hidden="true"></dt><dd aria-hidden="true"><svg viewBox="0 0 ${WIDTH} 18" preserveAspectRatio="none" class="marks"></svg><span class="axis">${marks
          .map((ms) =>
            html`<span>${formatMs(ms).replace(/\.0+ /, " ")}</span>`
          )}</span></dd></dl>
    </section>
  `;
}

/** A name, a text, and stretches of a line from 0 to 1, each of a class. */
function bar(
  name: string,
  text: string,
  stretches: readonly (readonly [number, number, string])[],
  marks: readonly number[] = [],
): Markup {
  return html`
    <dt>${name}</dt>
    <dd><svg viewBox="0 0 ${WIDTH} 18" preserveAspectRatio="none" aria-hidden="true">${marks
      .map((at) =>
        html`
          <rect class="mark" x="${Math.min(WIDTH - 1, at * WIDTH).toFixed(
            1,
          )}" y="0" width="1" height="18" />
        `
      )}${stretches.map(([from, to, kind]) => {
        const width = Math.max(to > from ? 2 : 0, (to - from) * WIDTH);
        const height = kind === "thin" ? 2 : 12;
        return html`
          <rect class="${kind}" x="${(from * WIDTH).toFixed(
            1,
          )}" y="${(18 - height) / 2}" width="${width.toFixed(1)}"
            height="${height}" />
        `;
      })}</svg><span>${text}</span></dd>
  `;
}
