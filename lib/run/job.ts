/**
 * A job: one scenario with its options read, ready to be carried out.
 *
 * @module
 */

import type { NodeClock, Roster, RunCrowd, RunPlan } from "../load/mod.ts";
import type { CpuTimes } from "../machine/mod.ts";
import type {
  JsonValue,
  ServerLoad,
  Snapshot,
  Summary,
  Threshold,
  TimelinePoint,
  Verdict,
} from "../metrics/mod.ts";

/** Where a roster is kept: it is read, and the next one put in its place, at once. */
export interface RosterCell {
  /** The roster now. */
  value: Roster;
  /** The time on its clock, in milliseconds. */
  nowMs(): number;
}

/** A part of a run, between two looks at it. */
export interface RunPart {
  /** Everything measured when it began. */
  readonly from: Snapshot;
  /** The same when it was over. */
  readonly to: Snapshot;
  /** What it is, in a few words. */
  readonly says: string;
}

/** What a script has clients come and go with. */
export interface ScriptPorts {
  /** Where clients run. */
  readonly crowd: RunCrowd;
  /** The time. */
  readonly clock: NodeClock;
  /** Of everything drawn. */
  readonly seed: number;
  /** Who is there, and what those who come are like. */
  readonly roster: RosterCell;
  /** Aborts when the run is over; everything that waits is then rejected. */
  readonly over: AbortSignal;
  /** Has a function told of everything measured, once a second. */
  readonly watch: (onSecond: (snapshot: Snapshot) => void) => void;
  /** Why so many clients cannot be; `undefined` when they can. */
  readonly obstacle: (plan: Pick<RunPlan, "clients">) => string | undefined;
  /** Told until when the script wants to go on, at least, and where it is known until when clients come. */
  readonly onExpectedEnd: (endMs: number, rampEndMs?: number) => void;
  /** The timeline with the server in it. */
  readonly timeline: () => TimelinePoint[];
  /** What was sampled of the server between two times of the run, in milliseconds; `null` where nobody looked. */
  readonly serverLoad: (fromMs: number, toMs: number) => ServerLoad | null;
  /** Has the summary's figures be those of a part of the run, if that finishes. */
  readonly focus: (part: RunPart) => void;
  /** What the cores of this machine have done so far; `null` where they have no part in it. */
  readonly cpuTimes: () => CpuTimes | null;
  /** Whether the server that is watched is on this machine. */
  readonly serverIsHere: boolean;
}

/** What a scenario is told besides its options. */
export interface ScenarioContext {
  /** Aborts when the run is over. */
  readonly signal: AbortSignal;
  /** The seed of everything drawn. */
  readonly seed: number;
  /** The server that is tested. */
  readonly server: {
    /** Its WebSocket URL. */
    readonly url: string;
    /** The embedded server's engine; `null` for a server elsewhere. */
    readonly engine: string | null;
  };
  /** What the run must keep to. */
  readonly thresholds: readonly Threshold[];
  /** Says something about the run to whoever watches. */
  readonly say: (text: string) => void;
}

/** One scenario with its options read. */
export interface ScenarioJob {
  /** The scenario's name. */
  readonly name: string;
  /** The options as read, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What is wrong with the options here and now, such as a file that is not there: a line each. */
  readonly verify: () => Promise<readonly string[]>;
  /** The options as used, for the record. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** What the run must keep to. */
  readonly thresholds: readonly Threshold[];
  /** Whether the scenario judges them itself, and the run as a whole is not judged by them. */
  readonly judgesThresholds: boolean;
  /** Whether it takes the server away on purpose: silence meanwhile is no fault of the server. */
  readonly disrupts: boolean;
  /** Who does what and when, for a seed; `undefined` where that is not known before. */
  readonly plan: ((seed: number) => RunPlan) | undefined;
  /** Clients at its peak, as far as known: threads are chosen by it. */
  readonly peak: number;
  /** What happens; resolves with what came of it, as plain JSON data. */
  readonly script: (
    ports: ScriptPorts,
    context: ScenarioContext,
  ) => Promise<JsonValue>;
  /** What the run came to, given what thresholds or bands say of it. */
  readonly judge: (result: JsonValue, verdict: Verdict) => Verdict;
  /** The result, as lines of text. */
  readonly describe: (result: JsonValue) => readonly string[];
}

/** The summary of a scenario with a `Result`. */
export type ScenarioSummary<Result> = Summary & {
  /** The scenario. */
  readonly scenario: {
    /** Its name. */
    readonly name: string;
    /** What came of it; `null` when it was cut off. */
    readonly result: Result | null;
  };
};
