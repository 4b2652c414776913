/**
 * Lines wait for their turn: until the server is there, while a `wait` lasts
 * or files are looked at, and, where a program feeds them, until what was
 * begun is done.
 *
 * @module
 */

import { failed } from "./leave.ts";
import { answers, type Effect, noEffects, type Step } from "./messages.ts";
import type { Model } from "./model.ts";
import { commandOf, isProblem } from "./parse.ts";
import { runLine, say } from "./verbs/mod.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

/** The step, and after it the lines whose turn has come. */
export function nextLines(step: Step): Step {
  let model = awaiting(step.model, step.effects);
  const effects = [...step.effects];
  while (model.queue.length > 0 && isFree(model)) {
    const [line, ...queue] = model.queue;
    const next = carryOut({ ...model, queue }, line);
    model = awaiting(next.model, next.effects);
    effects.push(...next.effects);
  }
  return { model, effects };
}

function isFree(
  { phase, wait, choosing, pending, audience }: Model,
): boolean {
  return phase.name === "running" && wait === undefined && !choosing &&
    (audience !== "plain" || pending === 0);
}

function carryOut(model: Model, line: string): Step {
  const command = commandOf(line);
  if (command === undefined) return noEffects(model);
  const typed = model.audience === "session"
    ? say(model, line.trim(), "command")
    : model;
  const step = runLine(typed, command);
  return isProblem(step) ? failed(typed, step.problem, EXIT_CODES.usage) : step;
}

function awaiting(model: Model, effects: readonly Effect[]): Model {
  const begun = effects.filter(answers).length;
  return begun === 0 ? model : { ...model, pending: model.pending + begun };
}
