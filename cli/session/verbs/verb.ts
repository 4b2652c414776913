/**
 * What a verb is: one entry of the table that parsing, help, hints and
 * completion all come from.
 *
 * @module
 */

import type { RosterStep } from "../../../tool.ts";
import type { Effect, Step } from "../messages.ts";
import { logged, type LogLevel } from "../log.ts";
import type { Model, Page } from "../model.ts";
import type { Arguments, Problem } from "../parse.ts";
import { selected, SELECTION } from "../select.ts";

/** Words that could stand somewhere, as of now. */
export type Words = (model: Model) => readonly string[];

/** A verb. */
export interface Verb {
  /** What stands behind it, as in `N [room=ID]`. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly help: string;
  /** A line or two to learn from. */
  readonly examples: readonly string[];
  /** Its options by name, with what their values could be. */
  readonly options?: Readonly<Record<string, Words>>;
  /** Its options where they depend on the words before them. @default {`options`} */
  readonly optionsFor?: (
    words: readonly string[],
  ) => Readonly<Record<string, Words>>;
  /** What its words could be, place by place; the last goes for all further ones. */
  readonly words?: readonly Words[];
  /** Most words. @default {no limit} */
  readonly most?: number;
  /** Whether all behind the verb is one text, and `args` has only `rest`. */
  readonly raw?: boolean;
  /** Decides what becomes of a line; does nothing itself. */
  readonly run: (model: Model, args: Arguments) => Step | Problem;
}

/** A model with one more line in the log. */
export function say(
  model: Model,
  text: string,
  level: LogLevel = "result",
): Model {
  return { ...model, log: logged(model.log, model.nowMs, level, text) };
}

/** Nothing to do but to say this. */
export function said(model: Model, text: string): Step {
  return { model: say(model, text), effects: [] };
}

/** Shows a text: a short one in the log, a longer one on a page; without a screen always as lines. */
export function shown(
  model: Model,
  title: string,
  lines: readonly string[],
): Model {
  if (model.audience === "session" && lines.length > MAX_LOG_LINES) {
    const page: Page = { title, lines, top: 0 };
    return { ...model, page };
  }
  return lines.reduce((next, line) => say(next, line), model);
}

/** The clients of a selection, or of everybody when none is written. */
export function membersOf(
  { load }: Model,
  text: string | undefined,
): readonly number[] | Problem {
  return selected(text ?? "all", load.members);
}

/** The one selection behind what a verb is about: people say `1-3`, and `clients 1-3` too. */
export function selectionIn(
  verb: string,
  words: readonly string[],
): string | undefined | Problem {
  const [first, ...others] = words.length > 1 && words[0] === "clients"
    ? words.slice(1)
    : words;
  return others.length === 0 ? first : {
    problem: `${verb} has no use for "${
      others[0]
    }": whom it is about is one word, ${SELECTION}.`,
  };
}

/** What has to be done for a load to become the next one. */
export function loadStep(
  model: Model,
  { roster, joining, leaving }: RosterStep,
): Step {
  const effects: Effect[] = [];
  if (leaving.length > 0) {
    effects.push({
      type: "command",
      command: { type: "drop", clients: leaving },
    });
  }
  if (joining.length > 0) effects.push({ type: "add", clients: joining });
  return { model: { ...model, load: roster }, effects };
}

/** Words that are always the same. */
export function always(...words: readonly string[]): Words {
  return () => words;
}

/** Selections that make sense now. */
export const someClients: Words = ({ load }) =>
  load.members.length === 0 ? [] : [
    "all",
    ...load.members.slice(0, MAX_IDS).map(({ index }) => `${index}`),
  ];

/** Rooms that there are now. */
export const someRooms: Words = ({ load }) =>
  [
    ...new Set([
      load.settings.room,
      ...load.members.map(({ roomId }) => roomId),
    ]),
  ].slice(0, MAX_IDS);

/** What is wrong when a verb needs a selection and has none. */
export function needsClients(verb: string): Problem {
  return { problem: `${verb} needs to know whom: ${SELECTION}.` };
}

const MAX_LOG_LINES = 3;
const MAX_IDS = 100;
