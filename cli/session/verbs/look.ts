/**
 * The verbs that show something: stats, rooms, clients, inspect, chart,
 * server, agents.
 *
 * @module
 */

import { nearest } from "../../../tool.ts";
import { type Line, lineText } from "../../terminal/mod.ts";
import { CHART_NAMES, type ChartName } from "../charts.ts";
import { agentLines } from "../view/agents_text.ts";
import { clientLines } from "../view/client_text.ts";
import { serverLines, statsLines } from "../view/figures_text.ts";
import { layoutOf } from "../view/layout.ts";
import { noEffects, type Step } from "../messages.ts";
import { CLIENT_ORDERS, type Model } from "../model.ts";
import { isProblem } from "../parse.ts";
import { clientTable, roomTable } from "../view/tables.ts";
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
  run(model, { words: [text] }) {
    if (text === undefined) {
      return showTable(model, { table: "rooms", top: 0 }, roomTable);
    }
    const count = /^\d+$/.test(text) ? text : "2";
    return {
      problem:
        `rooms only shows them: "set rooms=${count}" spreads those who come over ${count}, "drop room=ID" empties one.`,
    };
  },
};

/** The table of clients. */
export const clients: Verb = {
  usage: `[by ${CLIENT_ORDERS.join("|")}]`,
  help:
    "show the table of clients, the worst first (PageUp and PageDown scroll)",
  examples: ["clients", "clients by loss"],
  words: [always("by"), always(...CLIENT_ORDERS)],
  most: 2,
  run(model, { words: [by, text] }) {
    const order = CLIENT_ORDERS.find((one) => one === text);
    if (by !== undefined && (by !== "by" || order === undefined)) {
      return {
        problem: `clients can be ordered by ${
          CLIENT_ORDERS.join(", ")
        }: clients by loss.`,
      };
    }
    return showTable(
      model,
      {
        table: "clients",
        top: 0,
        ...(order !== undefined && { by: order }),
      },
      clientTable,
    );
  },
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

/** Who drives clients elsewhere. */
export const agents: Verb = {
  usage: "",
  help: "the agents that drive clients, and when each was last heard of",
  examples: ["agents"],
  most: 0,
  run: (model) => noEffects(shown(model, "agents", agentLines(model.live))),
};

function showTable(
  model: Model,
  panel: Model["panel"],
  render: (model: Model, width: number) => Line[],
): Step {
  const next = { ...model, panel, page: undefined };
  const isSession = model.audience === "session";
  if (isSession && layoutOf(model.size).table > 0) return noEffects(next);
  const lines = render(model, model.size.columns)
    .map((line) => lineText(line).trimEnd());
  return noEffects(
    isSession
      ? { ...next, page: { title: panel.table, lines, top: 0 } }
      : shown(next, panel.table, lines),
  );
}
