/**
 * The two lines at the top: how it goes, and on which server. What matters
 * most stands first, and goes last when space is short.
 *
 * @module
 */

import {
  formatBytes,
  formatClock,
  formatCounted,
  formatRatio,
  totalErrors,
} from "../../../tool.ts";
import {
  fitLine,
  type Line,
  lineWidth,
  sanitize,
  type Span,
  span,
} from "../../terminal/mod.ts";
import type { Model } from "../model.ts";

/** The status, each line at most `columns` wide. */
export function statusLines(model: Model, columns: number): Line[] {
  return [firstLine(model, columns), secondLine(model, columns)];
}

function firstLine(model: Model, columns: number): Line {
  const { load, live, nowMs, scenario } = model;
  const connected = live.snapshot.gauges.clientsConnected ?? 0;
  const away = live.snapshot.gauges.clientsAway ?? 0;
  const wanted = load.members.length;
  const rooms = new Set(load.members.map(({ roomId }) => roomId)).size;
  const errors = totalErrors(live.snapshot);
  const impaired =
    live.snapshot.clients.filter(({ state, impairment }) =>
      impairment !== null && state === "connected"
    ).length;
  return joined(columns, [
    light(model),
    [
      span(`${connected}/${wanted}`, connected === wanted ? "bold" : "warning"),
      span(wanted === 1 ? " client" : " clients"),
      ...(away === 0 ? [] : [span(`, ${away} away`, "warning")]),
    ],
    [span(`${rooms}`, "bold"), span(rooms === 1 ? " room" : " rooms")],
    [span(formatClock(nowMs), "bold")],
    ...(scenario === undefined ? [] : [[
      span(
        `${sanitize(scenario.name)} ${
          formatClock(nowMs - scenario.sinceMs)
        } of ${
          formatClock(Math.max(nowMs, scenario.endMs) - scenario.sinceMs)
        }`,
        "accent",
      ),
    ]]),
    [
      span(`${errors}`, errors === 0 ? "bold" : "warning"),
      span(errors === 1 ? " error" : " errors"),
    ],
    ...(load.churn === undefined
      ? []
      : [[span(`churn ${load.churn.ratePerSec}/s`, "accent")]]),
    ...(impaired === 0 ? [] : [[span(`${impaired} impaired`, "accent")]]),
    ...(live.health.reason === ""
      ? []
      : [[span(sanitize(live.health.reason), live.health.band)]]),
  ]);
}

/** The light, and always the word for it. */
function light({ phase, live, server }: Model): Line {
  switch (phase.name) {
    case "starting":
      return [span("○ starting", "accent")];
    case "leaving":
      return [span("○ leaving", "accent")];
    case "running":
      if (server === undefined) return [span("○ waiting", "accent")];
      return [span(`● ${live.health.band}`, live.health.band)];
  }
}

function secondLine(model: Model, columns: number): Line {
  const { phase, server, live, thresholds } = model;
  if (phase.name === "starting") {
    return fitLine([span(sanitize(phase.text), "dim")], columns);
  }
  if (server === undefined) return [];
  const use = live.serverUse;
  const passing = live.thresholds.filter(({ passed }) => passed).length;
  const parts: Line[] = [
    [
      span(
        server.engine === null ? "server " : `embedded ${server.engine} `,
        "dim",
      ),
      span(sanitize(server.url)),
    ],
    ...(use === undefined ? [] : [[
      span("CPU ", "dim"),
      span(formatRatio(use.maxProcessRatio)),
      span(" RSS ", "dim"),
      span(formatBytes(use.rssBytes)),
    ]]),
    ...(thresholds.length === 0 ? [] : [[
      span(
        `${passing}/${formatCounted(thresholds.length, "threshold")}`,
        passing === thresholds.length ? "good" : "warning",
      ),
    ]]),
  ];
  return joined(columns, parts);
}

const GAP = span("  ");

/** As many parts as fit, the first one whatever it takes. */
function joined(columns: number, parts: readonly Line[]): Line {
  const spans: Span[] = [];
  for (const [i, part] of parts.entries()) {
    const added = i === 0 ? part : [GAP, ...part];
    if (i > 0 && lineWidth([...spans, ...added]) > columns) break;
    spans.push(...added);
  }
  return lineWidth(spans) > columns ? fitLine(spans, columns) : spans;
}
