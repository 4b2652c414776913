/**
 * What a summary rests on beside what was counted, as plain data: with it the
 * summary can be made again, of more than was known at the time.
 *
 * @module
 */

import type { ServerStreams } from "./loss_origin.ts";
import type { NodeMachine } from "../snapshot.ts";
import type { Ending } from "../judgement/verdict.ts";

/** What a summary rests on beside what was counted. */
export interface RunBasis {
  /** The name of a run that had agents; `null` for one without. */
  readonly run: string | null;
  /** The names of its agents' nodes. */
  readonly nodes: readonly string[];
  /** Whose part of the run it is; `null` for all of it. */
  readonly agent: AgentName | null;
  /** How it ended. */
  readonly ending: Ending;
  /** What was asked of it, as it was written. */
  readonly thresholds: readonly string[];
  /** What the server counted of its streams; `null` where that is not known. */
  readonly streams: ServerStreams | null;
  /** Whether the scenario took the server away on purpose. */
  readonly isDisrupted: boolean;
  /** Why nothing was seen of something that was to be watched; `null` where all of it was. */
  readonly unwatched: string | null;
  /** What all programs used of its machine, of what the cores could; `null` where that is not known. */
  readonly machineCpuRatio: number | null;
}

/** An agent that was part of a run. */
export interface AgentName {
  /** Its own name. */
  readonly id: string;
  /** Its process: another one for each. */
  readonly epoch: string;
  /** Its place in the run, such as `agent-0`. */
  readonly node: string;
  /** What is known of its machine. */
  readonly machine: NodeMachine;
  /** Why it left the run. */
  readonly reason: string;
}
