/**
 * The verbs about what it comes to: threshold, report, save, reset.
 *
 * @module
 */

import {
  EMPTY_HISTORY,
  parseThreshold,
  THRESHOLD_METRICS,
} from "../../../tool.ts";
import { thresholdText } from "../view/figures_text.ts";
import { noEffects } from "../messages.ts";
import { SAVED_ENDINGS, savedAs } from "../save.ts";
import { always, said, say, shown, type Verb } from "./verb.ts";

/** What the load must keep to. */
export const threshold: Verb = {
  usage: "EXPR | clear",
  help: "watch a bound, such as: join p(95) < 500ms; without EXPR list them",
  examples: [
    "threshold mediaLatency p(95) < 80ms",
    "threshold loss < 1%",
    "threshold clear",
  ],
  words: [always(...THRESHOLD_METRICS, "clear")],
  raw: true,
  run(model, { rest }) {
    if (rest === "") {
      const lines = model.thresholds.map((threshold, i) =>
        thresholdText(threshold, model.live.thresholds.at(i))
      );
      return lines.length === 0
        ? said(model, "no thresholds")
        : noEffects(shown(model, "thresholds", lines));
    }
    if (rest === "clear") {
      const next = say(model, "no thresholds");
      const live = { ...next.live, thresholds: [] };
      return noEffects({ ...next, live, thresholds: [] });
    }
    try {
      const added = parseThreshold(rest);
      const thresholds = [...model.thresholds, added].slice(-MAX_THRESHOLDS);
      return noEffects({
        ...say(model, `watching ${added.expression}`),
        thresholds,
      });
    } catch (error) {
      if (error instanceof SyntaxError) return { problem: error.message };
      throw error;
    }
  },
};

/** The summary on the screen. */
export const report: Verb = {
  usage: "",
  help: "the summary of everything since the session began",
  examples: ["report"],
  most: 0,
  run: (model) => ({ model, effects: [{ type: "report" }] }),
};

/** What it came to so far, in a file. */
export const save: Verb = {
  usage: "FILE",
  help:
    "write the summary: .json, .txt, .md, .csv (timeline), .ndjson (seconds), .html (a page), or .json.gz (all, for report)",
  examples: ["save summary.json", "save page.html"],
  most: 1,
  run(model, { words: [path] }) {
    if (!path) return { problem: "save needs the name of a file." };
    if (savedAs(path) === undefined) {
      const last = SAVED_ENDINGS.at(-1);
      const others = SAVED_ENDINGS.slice(0, -1).join(", ");
      return {
        problem: `save writes files that end in ${others} or ${last}.`,
      };
    }
    return { model, effects: [{ type: "save", path }] };
  },
};

/** Charts from here. */
export const reset: Verb = {
  usage: "",
  help: "clear the charts; totals go on",
  examples: ["reset"],
  most: 0,
  run(model) {
    const { moments } = EMPTY_HISTORY;
    const live = {
      ...model.live,
      history: { ...model.live.history, moments },
    };
    return noEffects({ ...say(model, "charts begin anew"), live });
  },
};

const MAX_THRESHOLDS = 50;
