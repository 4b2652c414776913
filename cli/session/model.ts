/**
 * Everything that the session knows at one time. It is plain data: `update`
 * makes the next model out of a message, and the views make the screen out
 * of a model.
 *
 * @module
 */

import {
  EMPTY_HISTORY,
  EMPTY_SNAPSHOT,
  type EngineKind,
  type LiveHistory,
  type Newcomers,
  type Roster,
  roster,
  type ServerPoint,
  type Snapshot,
  type Threshold,
  type ThresholdResult,
} from "../../tool.ts";
import {
  type LineState,
  lineState,
  type TerminalSize,
} from "../terminal/mod.ts";
import type { ChartName } from "./charts.ts";
import { type Health, HEALTHY } from "./health.ts";
import { EMPTY_LOG, type Log } from "./log.ts";

/**
 * Who looks at it: `session`, a person who types; `plain`, a program that
 * feeds lines; `run`, a person who watches a run that has its own plan.
 */
export type Audience = "session" | "plain" | "run";

/** How far the session itself has come. */
export type Phase =
  | { readonly name: "starting"; readonly text: string }
  | { readonly name: "running" }
  | { readonly name: "leaving" };

/** The server that the load is on. */
export interface ServerView {
  readonly url: string;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** Processes of the embedded server; none where we did not start it. */
  readonly pids: readonly number[];
}

/** What clients can be ordered by: the most first, but for their numbers and rooms. */
export const CLIENT_ORDERS = [
  "loss",
  "missing",
  "errors",
  "connection",
  "sent",
  "received",
  "room",
  "id",
] as const;

/** One of these. */
export type ClientOrder = (typeof CLIENT_ORDERS)[number];

/** A table, and how far it is scrolled. */
export interface Panel {
  readonly table: "rooms" | "clients";
  readonly top: number;
  /** How clients are ordered. @default {the worst first} */
  readonly by?: ClientOrder | undefined;
}

/** A text too long for the log, shown in the place of charts and table. */
export interface Page {
  readonly title: string;
  readonly lines: readonly string[];
  readonly top: number;
}

/** The next line is not looked at until this time, or until all are connected. */
export interface Wait {
  readonly untilMs: number;
  readonly forConnected: boolean;
}

/** Where a run is; see `RunProgress`. */
export interface RunPlace {
  readonly phase: "ramp" | "media" | "teardown";
  readonly elapsedMs: number;
  readonly rampUpMs: number;
  readonly endMs: number;
}

/** A scenario that goes on. */
export interface RunningScenario {
  readonly name: string;
  /** Its clients have numbers from here on. */
  readonly firstIndex: number;
  readonly sinceMs: number;
  /** When it will be over, as far as it knows. */
  readonly endMs: number;
}

/** A scenario that is over. */
export interface LastScenario {
  readonly name: string;
  /** The summary of it. */
  readonly report: readonly string[];
}

/** What is measured, newest. */
export interface Live {
  readonly snapshot: Snapshot;
  /** The one before, without its distributions. */
  readonly before: Snapshot;
  /** The last few, oldest first, as far as they are compared with it. */
  readonly recent: readonly Snapshot[];
  readonly history: LiveHistory;
  readonly serverUse: ServerPoint | undefined;
  readonly thresholds: readonly ThresholdResult[];
  readonly health: Health;
}

/** The session at one time. */
export interface Model {
  readonly audience: Audience;
  /** Milliseconds since the session began. */
  readonly nowMs: number;
  readonly size: TerminalSize;
  readonly phase: Phase;
  readonly server: ServerView | undefined;
  readonly load: Roster;
  /** Clients to begin with, once the server is there. */
  readonly firstClients: number;
  readonly live: Live;
  readonly thresholds: readonly Threshold[];
  readonly line: LineState;
  /** Lines typed before, oldest first. */
  readonly lines: readonly string[];
  /** Lines that wait for their turn. */
  readonly queue: readonly string[];
  readonly wait: Wait | undefined;
  /** Effects of the last line that have not finished. */
  readonly pending: number;
  /** Whether files are being looked at; what comes of it may matter to the next line. */
  readonly choosing: boolean;
  readonly log: Log;
  readonly page: Page | undefined;
  readonly panel: Panel;
  /** Charts that were asked for; none are as many as fit. */
  readonly charts: readonly ChartName[];
  readonly place: RunPlace | undefined;
  readonly scenario: RunningScenario | undefined;
  readonly lastScenario: LastScenario | undefined;
}

/** What a model begins with. */
export interface ModelOptions {
  readonly audience: Audience;
  readonly size: TerminalSize;
  /** What is going on until the server is there. */
  readonly starting: string;
  readonly settings: Newcomers;
  readonly seed: number;
  readonly firstClients: number;
  readonly thresholds: readonly Threshold[];
  readonly lines: readonly string[];
}

/** The model of a session that is just starting. */
export function newModel(options: ModelOptions): Model {
  const { audience, size, firstClients, thresholds, lines } = options;
  return {
    audience,
    nowMs: 0,
    size,
    phase: { name: "starting", text: options.starting },
    server: undefined,
    load: roster.newRoster(options.settings, options.seed),
    firstClients,
    live: {
      snapshot: EMPTY_SNAPSHOT,
      before: EMPTY_SNAPSHOT,
      recent: [EMPTY_SNAPSHOT],
      history: EMPTY_HISTORY,
      serverUse: undefined,
      thresholds: [],
      health: HEALTHY,
    },
    thresholds,
    line: lineState(),
    lines,
    queue: [],
    wait: undefined,
    pending: 0,
    choosing: false,
    log: EMPTY_LOG,
    page: undefined,
    panel: { table: "rooms", top: 0 },
    charts: [],
    place: undefined,
    scenario: undefined,
    lastScenario: undefined,
  };
}
