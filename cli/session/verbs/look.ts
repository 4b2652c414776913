/**
 * The verbs that show something: stats, rooms, clients, inspect, chart,
 * server.
 *
 * @module
 */

import { nearest } from "../../../tool.ts";
import { type Line, lineText } from "../../terminal/mod.ts";
import { CHART_NAMES, type ChartName } from "../charts.ts";
import { clientLines } from "../client_text.ts";
import { serverLines, statsLines } from "../figures_text.ts";
import { noEffects, type Step } from "../messages.ts";
import type { Model } from "../model.ts";
import { isProblem } from "../parse.ts";
import { clientTable, roomTable } from "../tables.ts";
import {
  always,
  membersOf,
  said,
  say,
  shown,
  someClients,
  type Verb,
} from "./verb.ts";

/** Plain numbers. */
export const stats: Verb = {
  usage: "",
  help: "the numbers of now, without charts",
  examples: ["stats"],
  most: 0,
  run: (model) => noEffects(shown(model, "stats", statsLines(model))),
};

/** The table of rooms. */
export const rooms: Verb = {
  usage: "",
  help: "show the table of rooms, the worst first",
  examples: ["rooms"],
  most: 0,
  run: (model) => showTable(model, "rooms", roomTable),
};

/** The table of clients. */
export const clients: Verb = {
  usage: "",
  help:
    "show the table of clients, the worst first (PageUp and PageDown scroll)",
  examples: ["clients"],
  most: 0,
  run: (model) => showTable(model, "clients", clientTable),
};

/** One client in full. */
export const inspect: Verb = {
  usage: "ID",
  help: "show everything known of one client, with its last seconds",
  examples: ["inspect 3"],
  words: [someClients],
  most: 1,
  run(model, { words: [text] }) {
    if (text === undefined) {
      return { problem: "inspect needs the id of a client: inspect 3." };
    }
    const indices = membersOf(model, text);
    if (isProblem(indices)) return indices;
    const [index] = indices;
    const member = model.load.members.find((one) => one.index === index);
    const record = model.live.snapshot.clients
      .find((one) => one.index === index);
    const lines = member === undefined ? [] : clientLines(member, record);
    // What is a page is one with all of it; where lines follow each other, the rest follows.
    const above = model.audience === "session" ? [...lines, ""] : [];
    return {
      model: shown(model, `client ${index}`, lines),
      effects: [{ type: "inspect", index, above }],
    };
  },
};

/** Which charts are drawn. */
export const chart: Verb = {
  usage: "NAME… | all | auto",
  help: "choose the charts; auto takes as many as fit, all makes all fit",
  examples: ["chart packets loss", "chart auto"],
  words: [always(...CHART_NAMES, "all", "auto")],
  run(model, { words }) {
    if (words.length === 0) {
      return said(model, `charts: ${CHART_NAMES.join(", ")}`);
    }
    if (words.join() === "auto") {
      return {
        model: { ...say(model, "charts: auto"), charts: [] },
        effects: [],
      };
    }
    const wanted = words.join() === "all" ? CHART_NAMES : words;
    const charts: ChartName[] = [];
    for (const word of wanted) {
      const name = CHART_NAMES.find((one) => one === word);
      if (name === undefined) {
        const meant = nearest(word, CHART_NAMES);
        return {
          problem: `There is no chart "${word}"${
            meant === undefined
              ? `: there are ${CHART_NAMES.join(", ")}.`
              : `, did you mean "${meant}"?`
          }`,
        };
      }
      if (!charts.includes(name)) charts.push(name);
    }
    const next = say(model, `charts: ${charts.join(", ")}`);
    return noEffects({ ...next, charts, page: undefined });
  },
};

/** Who serves. */
export const server: Verb = {
  usage: "",
  help: "the server's address, processes, CPU and memory",
  examples: ["server"],
  most: 0,
  run: (model) =>
    noEffects(
      shown(model, "server", serverLines(model.server, model.live.serverUse)),
    ),
};

function showTable(
  model: Model,
  name: Model["panel"]["table"],
  render: (model: Model, width: number) => Line[],
): Step {
  const panel = { table: name, top: 0 };
  const next = { ...model, panel, page: undefined };
  if (model.audience === "session") return noEffects(next);
  const lines = render(model, model.size.columns)
    .map((line) => lineText(line).trimEnd());
  return noEffects(shown(next, name, lines));
}
