/**
 * A job: one scenario with its options read, ready to be carried out.
 *
 * @module
 */

import type { JsonValue, Summary, Threshold, Verdict } from "../metrics/mod.ts";
import type { Crowd } from "./crowd.ts";

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
  /** Clients at its peak, as far as known: threads are chosen by it. */
  readonly peak: number;
  /** What happens; resolves with what it found, as plain JSON data. */
  readonly script: (
    crowd: Crowd,
    context: ScenarioContext,
  ) => Promise<JsonValue>;
  /** What the run came to, given what thresholds or bands say of it. */
  readonly judge: (found: JsonValue, verdict: Verdict) => Verdict;
  /** What was found, as lines of text. */
  readonly describe: (found: JsonValue) => readonly string[];
}

/** The summary of a scenario that found a `Found`. */
export type ScenarioSummary<Found> = Summary & {
  /** The scenario. */
  readonly scenario: {
    /** Its name. */
    readonly name: string;
    /** What it found; `null` when it was cut off. */
    readonly found: Found | null;
  };
};
