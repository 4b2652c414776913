/**
 * What a key does: the prompt takes most of them, the session the rest.
 *
 * @module
 */

import { type Key, updateLine } from "../terminal/mod.ts";
import { completion } from "./complete.ts";
import { bodyRows } from "./view/layout.ts";
import { leave } from "./leave.ts";
import { noEffects, type Step } from "./messages.ts";
import type { Model } from "./model.ts";
import { pageRows } from "./view/view_parts.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

/** The step that a key makes. */
export function keyPressed(model: Model, key: Key): Step {
  switch (model.audience) {
    case "session":
      return typed(model, key);
    case "run":
    case "plain":
      return sessionKey(model, key);
  }
}

function typed(model: Model, key: Key): Step {
  const { state, outcome } = updateLine(model.line, key, {
    history: model.lines,
    complete: (text, cursor) => completion(model, text, cursor),
  });
  const next = { ...model, line: state };
  switch (outcome.type) {
    case "edited":
      return noEffects(next);
    case "submitted":
      return submitted(next, outcome.text);
    case "ignored":
      return sessionKey(next, key);
  }
}

function submitted(model: Model, text: string): Step {
  const next = { ...model, page: undefined };
  if (text.trim() === "") return noEffects(next);
  return {
    model: { ...next, queue: [...next.queue, text] },
    effects: [{ type: "remember", line: text }],
  };
}

function sessionKey(model: Model, key: Key): Step {
  switch (key.type) {
    case "ctrl":
      switch (key.letter) {
        case "c":
          return interrupted(model);
        case "d":
          return model.audience === "session"
            ? leave(model, 0)
            : noEffects(model);
        case "l":
          return { model, effects: [{ type: "redraw" }] };
        case "z":
          return { model, effects: [{ type: "suspend" }] };
      }
      return noEffects(model);
    case "key":
      switch (key.name) {
        case "escape":
          return noEffects(
            model.page === undefined
              ? { ...model, wait: undefined }
              : { ...model, page: undefined },
          );
        case "page-up":
          return noEffects(scrolled(model, -1));
        case "page-down":
          return noEffects(scrolled(model, 1));
      }
      return noEffects(model);
    case "char":
    case "alt":
    case "paste":
      return noEffects(model);
  }
}

/** The first time everyone leaves, the second time only we do. */
export function interrupted(
  model: Model,
  code: number = EXIT_CODES.interrupted,
): Step {
  if (model.audience === "run") {
    return { model, effects: [{ type: "interrupt" }] };
  }
  return model.phase.name === "leaving"
    ? { model, effects: [{ type: "exit", code: EXIT_CODES.interrupted }] }
    : leave(model, code);
}

function scrolled(model: Model, direction: 1 | -1): Model {
  const { page, panel, load } = model;
  const rows = bodyRows(model.size);
  if (page !== undefined) {
    const all = pageRows(page.lines, model.size.columns);
    const top = page.top + direction * Math.max(1, rows.page - 1);
    const last = Math.max(0, all.length - rows.page);
    return { ...model, page: { ...page, top: within(top, last) } };
  }
  // The views show nothing beyond the last row, whichever table it is.
  const top = panel.top + direction * Math.max(1, rows.table - 1);
  const last = Math.max(0, load.members.length - rows.table);
  return { ...model, panel: { ...panel, top: within(top, last) } };
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
