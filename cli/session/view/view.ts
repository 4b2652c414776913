/**
 * The whole screen, out of a model. Pure: the same model gives the same
 * frame, which is what the golden tests hold on to.
 *
 * @module
 */

import {
  fitLine,
  type Frame,
  type Line,
  span,
  viewLine,
} from "../../terminal/mod.ts";
import { hintOf } from "../complete.ts";
import { bodyRows, layoutOf } from "./layout.ts";
import type { Model } from "../model.ts";
import { clientRows, roomRows, rowText } from "../rows.ts";
import { clientTable, roomTable } from "./tables.ts";
import { chartLines } from "./view_charts.ts";
import { logLines } from "./view_log.ts";
import { adviceLine, pageLines, progressLines } from "./view_parts.ts";
import { statusLines } from "./view_status.ts";

/** What is to be seen. */
export function view(model: Model): Frame {
  const { columns, rows } = model.size;
  const layout = layoutOf(model.size);
  const body = model.page === undefined
    ? [
      ...filled(chartLines(model, columns, layout.charts), layout.charts),
      ...tableLines(model, columns).slice(0, layout.table),
    ]
    : filled(
      pageLines(model.page, columns, layout.charts + layout.table),
      layout.charts + layout.table,
    );
  // The log has what the table leaves.
  const logRows = layout.charts + layout.table + layout.log - body.length;
  const above = [
    ...filled(statusLines(model, columns), layout.status),
    ...body,
    ...filled(logLines(model.log, columns, logRows), logRows),
  ];
  if (model.audience !== "session") {
    const bottom = filled(progressLines(model, columns), layout.bottom);
    return { columns, rows, lines: [...above, ...bottom] };
  }
  const prompt = viewLine(model.line, {
    columns,
    prompt: PROMPT,
    hint: hintOf(model.line.text),
  });
  const advice = layout.bottom > 1 ? [adviceLine(model, columns)] : [];
  return {
    columns,
    rows,
    lines: [...above, ...advice, prompt.line],
    cursor: { row: rows - 1, column: prompt.cursor },
  };
}

const PROMPT = "> ";
const NO_LINE: Line = [];

/** Exactly `rows` lines: the first ones, or blank ones behind. */
function filled(lines: readonly Line[], rows: number): Line[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? NO_LINE);
}

function tableLines(model: Model, columns: number): Line[] {
  const { table, top } = model.panel;
  const [titles, ...rows] = table === "rooms"
    ? roomTable(model, columns)
    : clientTable(model, columns);
  const most = bodyRows(model.size).table;
  const first = Math.max(0, Math.min(top, rows.length - most));
  const rest = rows.length - first - most;
  if (rest <= 0) return [titles, ...rows.slice(first)];
  const next = table === "rooms"
    ? roomRows(model.load.members, model.live)
    : clientRows(model.load.members, model.live);
  const worst = rowText(next[first + most - 1]);
  const more = span(
    `… ${rest + 1} more, the worst of them ${worst}, PageDown`,
    "dim",
  );
  return [
    titles,
    ...rows.slice(first, first + most - 1),
    fitLine([more], columns),
  ];
}
