/**
 * The verbs about the session itself: wait, js, quit.
 *
 * @module
 */

import { duration } from "../../../tool.ts";
import { noEffects } from "../messages.ts";
import { valueOf } from "../parse.ts";
import { leave } from "../leave.ts";
import { always, say, type Verb } from "./verb.ts";

const TIME = duration();

/** Holds back the lines that follow. */
export const wait: Verb = {
  usage: "T | connected [T]",
  help:
    "hold back the next lines for a time, or until all are connected (Esc goes on)",
  examples: ["wait 5s", "wait connected 30s"],
  words: [always("connected", "5s", "30s")],
  most: 2,
  run(model, { words: [first = "", limit] }) {
    const forConnected = first === "connected";
    const text = forConnected ? limit ?? "60s" : first;
    const ms = valueOf(TIME, text);
    if (ms === undefined || (!forConnected && limit !== undefined)) {
      return { problem: "wait takes a time: wait 5s, or wait connected 30s." };
    }
    const next = say(
      model,
      forConnected ? `until all are connected, ${text} at most` : `for ${text}`,
    );
    return noEffects({
      ...next,
      wait: { untilMs: model.nowMs + ms, forConnected },
    });
  },
};

/** Anything else. */
export const js: Verb = {
  usage: "EXPRESSION",
  help:
    "evaluate over crowd, snapshot and clients; await is allowed; what keeps everything waiting for a second is ended",
  examples: ["js clients.length", "js snapshot.counters.packetsSent"],
  words: [always("crowd", "snapshot", "clients")],
  raw: true,
  run: (model, { rest }) =>
    rest === ""
      ? { problem: "js needs an expression: js clients.length." }
      : { model, effects: [{ type: "js", source: rest }] },
};

/** Ends the session. */
export const quit: Verb = {
  usage: "",
  help: "have everyone leave, and end (Ctrl-D too)",
  examples: ["quit"],
  most: 0,
  run: (model) => leave(model, 0),
};
