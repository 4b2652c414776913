/**
 * What can happen to a session, and what a session can have done: two closed
 * unions. `update` takes the one and gives the other; `effects.ts` is the
 * only place where something is done.
 *
 * @module
 */

import type {
  ClientPlan,
  Incident,
  MediaPlan,
  NodeCommand,
  NodeNote,
  Roster,
  ServerPoint,
  Snapshot,
} from "../../tool.ts";
import type { Key, TerminalSize } from "../terminal/mod.ts";
import type { Model, RunPlace, ServerView } from "./model.ts";

/** Something that happened. */
export type Message =
  | { readonly type: "key"; readonly key: Key }
  /** A line that came from a pipe or a file. */
  | { readonly type: "line"; readonly text: string }
  /** All lines that were typed, now or before. */
  | { readonly type: "remembered"; readonly lines: readonly string[] }
  /** There will be no more keys or lines. */
  | { readonly type: "inputEnded" }
  | { readonly type: "resized"; readonly size: TerminalSize }
  /** Time has passed; sent a few times a second. */
  | { readonly type: "tick" }
  /** The server is there and clients may join. */
  | { readonly type: "opened"; readonly server: ServerView }
  /** An expression had clients come, leave, or be otherwise. */
  | { readonly type: "rostered"; readonly roster: Roster }
  /** A second's numbers. */
  | {
    readonly type: "measured";
    readonly snapshot: Snapshot;
    readonly use: ServerPoint | undefined;
    /** What goes on that should not, the most telling first. @default {[]} */
    readonly incidents?: readonly Incident[] | undefined;
  }
  | { readonly type: "note"; readonly note: NodeNote }
  /** A run has come this far. */
  | { readonly type: "progress"; readonly place: RunPlace }
  /** An effect of a line is done; what it has to say, if anything. */
  | {
    readonly type: "finished";
    readonly title: string;
    readonly lines: readonly string[];
  }
  /** Media that were asked for can be sent; `text` says what is in the files. */
  | {
    readonly type: "mediaChosen";
    readonly media: MediaPlan;
    readonly text: string;
  }
  /** Media that were asked for cannot be sent. */
  | { readonly type: "mediaRefused"; readonly problem: string }
  /** An effect of a line could not be done. */
  | { readonly type: "failed"; readonly problem: string }
  /** A scenario goes on, and wants to for so long. */
  | {
    readonly type: "scenarioAt";
    readonly elapsedMs: number;
    readonly endMs: number;
  }
  /** A scenario is over. */
  | { readonly type: "scenarioEnded"; readonly end: ScenarioEnd }
  /** The session cannot go on: the embedded server died. */
  | { readonly type: "broke"; readonly reason: string }
  /** The embedded server died. */
  | { readonly type: "gone"; readonly reason: string }
  /** Ctrl-C or a signal; `code` is what the process exits with. */
  | { readonly type: "interrupted"; readonly code: number };

/** How a scenario ended. */
export type ScenarioEnd = ScenarioOutcome & {
  /** The number that no client has had yet. */
  readonly nextIndex: number;
};

/** What came of a scenario; or why it could not begin or go on, in one line. */
export type ScenarioOutcome =
  | {
    readonly name: string;
    readonly lines: readonly string[];
    /** The summary of it. */
    readonly report: readonly string[];
    readonly code: number;
  }
  | { readonly problem: string; readonly code: number };

/** Commands to clients that are there. */
export type ClientCommand = Exclude<NodeCommand, { readonly type: "add" }>;

/** Something to do with the screen. */
export type ScreenEffect =
  | { readonly type: "suspend" }
  | { readonly type: "redraw" };

/** Something to do with the world. */
export type WorldEffect =
  /** Each of these answers with `finished` or `failed`. */
  | { readonly type: "add"; readonly clients: readonly ClientPlan[] }
  | { readonly type: "command"; readonly command: ClientCommand }
  | { readonly type: "save"; readonly path: string }
  | { readonly type: "report" }
  | {
    readonly type: "inspect";
    readonly index: number;
    /** What stands above its seconds. */
    readonly above: readonly string[];
  }
  | { readonly type: "js"; readonly source: string }
  /** This one with `mediaChosen` or `mediaRefused`. */
  | { readonly type: "chooseMedia"; readonly media: MediaPlan }
  /** This one with `scenarioEnded`. */
  | {
    readonly type: "scenario";
    readonly nameOrFile: string;
    readonly options: Readonly<Record<string, string>>;
  }
  /** This one with `remembered`. */
  | { readonly type: "remember"; readonly line: string }
  /** And these with nothing. */
  | { readonly type: "stopScenario" }
  /** Ctrl-C while a run of its own is watched. */
  | { readonly type: "interrupt" }
  /** Have everyone leave, sum up, then end with this code; `reason` is why it had to end, if it had to. */
  | {
    readonly type: "end";
    readonly code: number;
    readonly reason: string | null;
    readonly summary: boolean;
  }
  /** End at once. */
  | { readonly type: "exit"; readonly code: number };

/** Something to do. */
export type Effect = ScreenEffect | WorldEffect;

/** The next model, and what is to be done. */
export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** An incident, for the log. */
export function incidentNote(
  text: string,
  change: "began" | "ended",
): NodeNote {
  const level = change === "began" ? "error" : "info";
  return { atMs: 0, clientId: null, level, text };
}

/** A step without anything to do. */
export function noEffects(model: Model): Step {
  return { model, effects: [] };
}

/** Whether an effect answers. */
export function answers({ type }: Effect): boolean {
  return type === "add" || type === "command" || type === "save" ||
    type === "report" || type === "inspect" || type === "js" ||
    type === "chooseMedia" ||
    type === "scenario";
}
