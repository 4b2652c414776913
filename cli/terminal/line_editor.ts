/**
 * One line being typed, as a model and an update: a state and a key give the
 * next state and what came of it. The keys are those of readline. Nothing is
 * done here, and nothing is drawn (`line_view.ts` does that).
 *
 * @module
 */

import { completed, type Completer } from "./completion.ts";
import type { CtrlLetter, KeyName } from "./key_codes.ts";
import type { Key } from "./keys.ts";
import { type LineSearch, searchKey } from "./line_search.ts";
import {
  argumentBefore,
  characterAfter,
  characterBefore,
  wordAfter,
  wordBefore,
} from "./line_text.ts";
import { sanitize } from "../../lib/text/mod.ts";

/** A line being typed. */
export interface LineState {
  /** The whole line. */
  readonly text: string;
  /** Where the next character goes, a UTF-16 offset into `text`. */
  readonly cursor: number;
  /** What was cut last, for Ctrl-Y. */
  readonly killed: string;
  /** The place in the history that is shown, and what was typed before going there. */
  readonly recall?: { readonly index: number; readonly draft: string };
  /** The search through the history that is under way. */
  readonly search?: LineSearch;
  /** Whether the last key was a Tab that had nothing to put in. */
  readonly tabbed: boolean;
  /** Candidates to show; empty unless Tab was pressed twice. */
  readonly choices: readonly string[];
}

/** What the editor looks things up in. */
export interface LineContext {
  /** Lines typed before, oldest first. */
  readonly history: readonly string[];
  /** Finds completions; without, Tab is ignored. */
  readonly complete?: Completer;
}

/** What came of a key. */
export type LineOutcome =
  /** The key was for the editor. */
  | { readonly type: "edited" }
  /** Enter: this is the line, and the state is empty again. */
  | { readonly type: "submitted"; readonly text: string }
  /** The key is not the editor's (Ctrl-C, Ctrl-D on an empty line, PageUp, …). */
  | { readonly type: "ignored" };

/** The state after a key, and what came of it. */
export interface LineStep {
  /** The state after the key. */
  readonly state: LineState;
  /** What came of it. */
  readonly outcome: LineOutcome;
}

/** A line with `text` in it and the cursor at its end. */
export function lineState(text = ""): LineState {
  return {
    text,
    cursor: text.length,
    killed: "",
    tabbed: false,
    choices: [],
  };
}

/** What `key` makes of `state`. */
export function updateLine(
  state: LineState,
  key: Key,
  context: LineContext,
): LineStep {
  if (state.search !== undefined) {
    const found = searchKey(state.search, key, context.history);
    switch (found.type) {
      case "searching":
        return edited({ ...state, ...found.shown, search: found.search });
      case "cancelled":
        return edited({ ...state, ...found.shown, search: undefined });
      case "accepted":
        return updateLine({ ...state, search: undefined }, key, context);
    }
  }
  const settled = { ...state, tabbed: false, choices: [] };
  switch (key.type) {
    case "char":
      return edited(insert(settled, key.text));
    case "paste":
      return edited(insert(settled, sanitize(key.text.trim())));
    case "key":
      return namedKey(settled, key.name, context, state.tabbed);
    case "ctrl":
      return ctrlKey(settled, key.letter, context);
    case "alt":
      return altKey(settled, key.text);
  }
}

function namedKey(
  state: LineState,
  name: KeyName,
  context: LineContext,
  tabbed: boolean,
): LineStep {
  const { text, cursor } = state;
  switch (name) {
    case "enter":
      return {
        state: { ...lineState(), killed: state.killed },
        outcome: { type: "submitted", text },
      };
    case "tab":
      return context.complete === undefined
        ? ignored(state)
        : edited(complete(state, context.complete, tabbed));
    case "backspace":
      return edited(remove(state, characterBefore(text, cursor), cursor));
    case "delete":
      return edited(remove(state, cursor, characterAfter(text, cursor)));
    case "alt-backspace":
      return edited(kill(state, wordBefore(text, cursor), cursor));
    case "left":
      return edited({ ...state, cursor: characterBefore(text, cursor) });
    case "right":
      return edited({ ...state, cursor: characterAfter(text, cursor) });
    case "ctrl-left":
      return edited({ ...state, cursor: wordBefore(text, cursor) });
    case "ctrl-right":
      return edited({ ...state, cursor: wordAfter(text, cursor) });
    case "home":
      return edited({ ...state, cursor: 0 });
    case "end":
      return edited({ ...state, cursor: text.length });
    case "up":
      return edited(older(state, context.history));
    case "down":
      return edited(newer(state, context.history));
    case "insert":
    case "shift-tab":
    case "page-up":
    case "page-down":
    case "escape":
      return ignored(state);
  }
}

function ctrlKey(
  state: LineState,
  letter: CtrlLetter,
  context: LineContext,
): LineStep {
  const { text, cursor } = state;
  switch (letter) {
    case "a":
      return edited({ ...state, cursor: 0 });
    case "e":
      return edited({ ...state, cursor: text.length });
    case "b":
      return edited({ ...state, cursor: characterBefore(text, cursor) });
    case "f":
      return edited({ ...state, cursor: characterAfter(text, cursor) });
    case "d":
      return text === ""
        ? ignored(state)
        : edited(remove(state, cursor, characterAfter(text, cursor)));
    case "k":
      return edited(kill(state, cursor, text.length));
    case "u":
      return edited(kill(state, 0, cursor));
    case "w":
      return edited(kill(state, argumentBefore(text, cursor), cursor));
    case "y":
      return edited(insert(state, state.killed));
    case "t":
      return edited(transpose(state));
    case "p":
      return edited(older(state, context.history));
    case "n":
      return edited(newer(state, context.history));
    case "r":
      return edited({
        ...state,
        search: { query: "", index: context.history.length, text, cursor },
      });
    case "c":
    case "g":
    case "l":
    case "o":
    case "q":
    case "s":
    case "v":
    case "x":
    case "z":
      return ignored(state);
  }
}

function altKey(state: LineState, character: string): LineStep {
  const { text, cursor } = state;
  switch (character.toLowerCase()) {
    case "b":
      return edited({ ...state, cursor: wordBefore(text, cursor) });
    case "f":
      return edited({ ...state, cursor: wordAfter(text, cursor) });
    case "d":
      return edited(kill(state, cursor, wordAfter(text, cursor)));
  }
  return ignored(state);
}

function edited(state: LineState): LineStep {
  return { state, outcome: { type: "edited" } };
}

function ignored(state: LineState): LineStep {
  return { state, outcome: { type: "ignored" } };
}

function insert(state: LineState, added: string): LineState {
  const { text, cursor } = state;
  return {
    ...state,
    text: text.slice(0, cursor) + added + text.slice(cursor),
    cursor: cursor + added.length,
  };
}

function remove(state: LineState, from: number, to: number): LineState {
  const text = state.text.slice(0, from) + state.text.slice(to);
  return { ...state, text, cursor: from };
}

function kill(state: LineState, from: number, to: number): LineState {
  if (from === to) return state;
  return { ...remove(state, from, to), killed: state.text.slice(from, to) };
}

/** Swaps the characters around the cursor, at the end of the line the last two. */
function transpose(state: LineState): LineState {
  const { text, cursor } = state;
  const end = characterAfter(text, cursor);
  const middle = characterBefore(text, end);
  const start = characterBefore(text, middle);
  if (start === middle) return state;
  const swapped = text.slice(middle, end) + text.slice(start, middle);
  return {
    ...state,
    text: text.slice(0, start) + swapped + text.slice(end),
    cursor: end,
  };
}

function older(state: LineState, history: readonly string[]): LineState {
  const { index, draft } = state.recall ??
    { index: history.length, draft: state.text };
  if (index === 0) return state;
  return show(state, history[index - 1], { index: index - 1, draft });
}

function newer(state: LineState, history: readonly string[]): LineState {
  if (state.recall === undefined) return state;
  const { index, draft } = state.recall;
  return index + 1 < history.length
    ? show(state, history[index + 1], { index: index + 1, draft })
    : show(state, draft, undefined);
}

function show(
  state: LineState,
  text: string,
  recall: LineState["recall"],
): LineState {
  return { ...state, text, cursor: text.length, recall };
}

function complete(
  state: LineState,
  completer: Completer,
  tabbed: boolean,
): LineState {
  const { text, cursor } = state;
  const { from, candidates } = completer(text, cursor);
  const whole = completed(text.slice(from, cursor), candidates);
  if (whole !== undefined) {
    // A space that already follows is stepped over, not doubled.
    const after = whole.endsWith(" ") && text[cursor] === " "
      ? cursor + 1
      : cursor;
    return insert(remove(state, from, after), whole);
  }
  return { ...state, tabbed: true, choices: tabbed ? candidates : [] };
}
