/**
 * The first screen of the page: the verdict, the figures that say most, what
 * was asked, what was not good.
 *
 * @module
 */

import {
  type Band,
  incidentFigures,
  incidentName,
  incidentTime,
  limitsOf,
  type Summary,
} from "../../metrics/mod.ts";
import { figureText, type ReportDocument } from "../../report/mod.ts";
import {
  formatBps,
  formatCores,
  formatCount,
  formatCounted,
  formatMeasured,
  formatMs,
  formatRatio,
} from "../../text/mod.ts";
import { type Child, html, type Markup } from "./markup.ts";

type Across = Summary["media"]["latencyAcrossMachines"];

/** By how much it may be wrong between machines, or that it is of one each. */
function acrossText(across: Across): string {
  if (across === undefined) return "";
  return across.isKnown
    ? `, ±${formatMs(across.boundMs ?? 0)} between machines`
    : "; not known between machines";
}

/** The verdict and what it rests on. */
export function headSection(
  summary: Summary,
  { status, reason, about }: ReportDocument,
): Markup {
  return html`
    <header class="${status}">
      <p class="title"><span>rtcrowd ${summary.scenario?.name ?? "run"}</span>
    <button type="button" id="theme" hidden>Dark</button></p>
      <h1><span class="badge">${status}</span> ${reason}</h1>
      <p
        class="about">${about.map((text) =>
          html`<span>${text}</span>`
        )}<time datetime="${summary.startedAt}">${summary.startedAt.slice(0, 19)
          .replace("T", " ")} UTC</time></p>
    </header>
    <section class="tiles" aria-label="Key figures">${tiles(summary)}</section>
    ${thresholdSection(summary)}
    ${judgementSection(summary)}
    ${incidentSection(summary)}
  `;
}

function tiles(summary: Summary): Child {
  const { media, server } = summary;
  const bandOf = (...figures: readonly string[]): Band | undefined => {
    const bands = summary.judgement.filter(({ figure }) =>
      figures.includes(figure)
    ).map(({ band }) => band);
    return (["critical", "warning", "good"] as const)
      .find((band) => bands.includes(band));
  };
  const all: readonly (readonly [string, string, string, Band | undefined])[] =
    [
      [
        "Connected",
        `${formatCount(summary.connectedAtEnd)} of ${
          formatCount(summary.totalClients)
        }`,
        `${formatCount(summary.failedConnections)} never connected${
          summary.unknownAtEnd === 0
            ? ""
            : `, ${formatCount(summary.unknownAtEnd)} unknown`
        }`,
        bandOf("connected"),
      ],
      [
        "Loss",
        media.loss.expected === 0 ? "–" : formatRatio(media.loss.ratio),
        `${formatRatio(media.loss.residualRatio)} left after retransmission`,
        bandOf("deliveryRatio"),
      ],
      [
        "Silent",
        shown(summary.judgement, "silent"),
        "of the time that tracks should have come",
        bandOf("silent"),
      ],
      [
        "Media latency",
        media.latencyMs.count === 0 ? "–" : formatMs(media.latencyMs.p95Ms),
        media.latencyMs.count === 0
          ? `not measured${acrossText(media.latencyAcrossMachines)}`
          : `p95; median ${formatMs(media.latencyMs.p50Ms)}${
            acrossText(media.latencyAcrossMachines)
          }`,
        undefined,
      ],
      [
        "Frozen",
        media.video.frozenRatio === null
          ? "–"
          : formatRatio(media.video.frozenRatio),
        media.video.frameRate === null
          ? "no video"
          : `${media.video.frameRate.toFixed(1)} fps, longest ${
            formatMs(media.video.longestFreezeMs)
          }`,
        bandOf("frozen"),
      ],
      [
        "Received",
        formatBps(media.receiveBpsPerClient),
        `a client; ${formatBps(media.sendBpsPerClient)} sent`,
        bandOf("receiveSendRatio"),
      ],
      [
        "Errors",
        formatCount(summary.totalErrors),
        formatCounted(Object.keys(summary.errors).length, "kind"),
        bandOf("errors"),
      ],
      [
        "Server CPU",
        server.load === null ? "–" : formatCores(server.load.meanCpuRatio),
        server.load === null
          ? "not watched"
          : `of a core; at most ${formatCores(server.load.maxCpuRatio)}`,
        bandOf("serverCpu"),
      ],
    ];
  return all.map(([name, value, more, band]) =>
    html`
      <div class="tile ${band ?? ""}">
        <h2>${name}</h2>
        <p class="value">${value}</p>
        <p>${more}${band === undefined || band === "good" ? "" : html`
          <strong>${band}</strong>
        `}</p>
      </div>
    `
  );
}

function shown(
  judgement: Summary["judgement"],
  name: Summary["judgement"][number]["figure"],
): string {
  const found = judgement.find(({ figure }) => figure === name);
  return found === undefined ? "–" : figureText(name, found.value);
}

function thresholdSection({ thresholds }: Summary): Child {
  if (thresholds.length === 0) return "";
  const rows = thresholds.map((result) => {
    const word = result.passed ? "passed" : "failed";
    return html`
      <tr class="${word}">
        <td><span class="mark">${word}</span></td>
        <th scope="row"><code>${result.expression}</code></th>
        <td class="number">${formatMeasured(result)}</td>
        <td>${result.worst === undefined
          ? ""
          : `${result.worst.kind} ${result.worst.id}: ${
            formatMeasured({ value: result.worst.value, unit: result.unit })
          }`}</td>
      </tr>
    `;
  });
  return html`
    <section>
      <h2>Thresholds</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Threshold</th>
              <th scope="col" class="number">It was</th>
              <th scope="col">Hit worst</th>
            </tr>
          </thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** What is not good as a list, all of it in a table. */
function judgementSection({ judgement }: Summary): Child {
  if (judgement.length === 0) return "";
  const bad = judgement.filter(({ band }) => band !== "good");
  const isGood = bad.length === 0;
  const rows = judgement.map(({ figure, value, band, reason }) =>
    html`
      <tr class="${band}">
        <th scope="row">${limitsOf(figure).name}</th>
        <td class="number">${figureText(figure, value)}</td>
        <td><span class="mark">${band}</span></td>
        <td class="dim">${reason}</td>
      </tr>
    `
  );
  return html`<section><h2>What users had</h2>${
    isGood
      ? html`<p>Every figure that is judged was good.</p>`
      : html`<ul class="found">${
        bad.map(({ band, says }) =>
          html`<li class="${band}"><span class="mark">${band}</span> ${says}</li>`
        )
      }</ul>`
  }<details><summary>All ${judgement.length} figures that are judged</summary><div class="scroll"><table>
<thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col">Judged</th><th scope="col">Why its bounds are where they are</th></tr></thead>
<tbody>${rows}</tbody></table></div></details></section>`;
}

function incidentSection({ incidents, incidentsLeftOut }: Summary): Child {
  if (incidents.length === 0) return "";
  const more = incidentsLeftOut === 0
    ? ""
    : html`<li>and ${formatCounted(incidentsLeftOut, "lesser one")}</li>`;
  return html`
    <section>
      <h2>Incidents</h2>
      <ol class="incidents">${incidents.map((incident) =>
        html`
          <li>
            <details>
              <summary><b class="time">${incidentTime(
                incident,
              )}</b> ${incidentName(incident)}</summary>
              <p>${incidentFigures(incident).join(" · ")}</p>
            </details>
          </li>
        `
      )}${more}</ol>
    </section>
  `;
}
