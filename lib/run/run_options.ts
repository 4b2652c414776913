/**
 * What a run is made of, and what it tells while it goes on.
 *
 * @module
 */

import type { AgentsChoice } from "../agents/mod.ts";
import type {
  DatapathChoice,
  DumpChoice,
  NodeClock,
  NodeNote,
  RunPlan,
  ServerTarget,
} from "../load/mod.ts";
import type {
  Course,
  CourseSecond,
  Incident,
  IncidentChange,
  JsonValue,
  RunBasis,
  RunPhase,
  Snapshot,
  Summary,
  Threshold,
  TimelinePoint,
  WholeStory,
} from "../metrics/mod.ts";
import type { MonitorTarget } from "../monitor/mod.ts";
import type { EngineKind, SfuStats } from "../sfu/mod.ts";
import type { ClientFleet, FleetOptions } from "../load/mod.ts";
import type { ScenarioJob } from "./job.ts";

/** A plan to run. */
export interface RunOptions extends Omit<JobOptions, "job" | "seed"> {
  /** Who does what, when. */
  readonly plan: RunPlan;
  /** How long the ramp takes, in milliseconds: media time counts from its end. */
  readonly rampUpMs: number;
}

/** A job to carry out, and on what. */
export interface JobOptions {
  /** What happens; the run is over when that is. */
  readonly job: ScenarioJob;
  /** Of everything drawn. */
  readonly seed: number;
  /** The server. */
  readonly server: ServerTarget;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** The options as they were given, for the record. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** What the run must keep to. */
  readonly thresholds: readonly Threshold[];
  /** Threads that drive clients. @default {1} */
  readonly workers?: number | undefined;
  /** Other processes and machines where clients run, in place of this process. @default {none} */
  readonly agents?: AgentsOptions | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** Whose packets and events are written down, and where. @default {nobody's} */
  readonly dump?: DumpChoice | undefined;
  /** How the crowd is opened. @default {of real clients} */
  readonly open?: ((options: FleetOptions) => Promise<ClientFleet>) | undefined;
  /** A crowd to run in, which nobody is in and which goes on afterwards, in place of one of its own. */
  readonly within?: ClientFleet | undefined;
  /** The time. @default {the system's} */
  readonly clock?: NodeClock | undefined;
  /** Stops the run; it ends as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the run, whose embedded server died, for this reason. */
  readonly broken?: Promise<string> | undefined;
  /** Ends the run as broken by what its own code threw where nobody waits for it, in words. */
  readonly stray?: Promise<string> | undefined;
  /** Asks an embedded server what its streams carried, to tell where packets were lost. */
  readonly serverStats?: (() => Promise<SfuStats>) | undefined;
  /** The server's processes or addresses, to be watched meanwhile. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Bearer token for the server's `/metrics`, if that is watched. */
  readonly metricsToken?: string | undefined;
  /** Told of what happens to clients and nodes, as it happens. */
  readonly onNote?: ((note: NodeNote) => void) | undefined;
  /** Told when a watched server goes, or cannot be looked at. */
  readonly onServerNote?: ((text: string) => void) | undefined;
  /** Told of each incident when it begins and when it is over. */
  readonly onIncident?: ((change: IncidentChange) => void) | undefined;
  /** What becomes of a run whose server cannot be reached at the start: it throws, or is summed up as one that broke. @default {"throw"} */
  readonly unreachable?: "throw" | "report" | undefined;
  /** Told once the server was reached, before anybody comes, with a summary of nothing yet, marked partial. */
  readonly onBegin?: ((summary: Summary) => void) | undefined;
  /** Told each second where the run is. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** Where clients run. */
export interface AgentsOptions {
  /** Which agents are wanted. */
  readonly choice: AgentsChoice;
  /** Threads that each drives clients with; `auto` is one a core of its machine. */
  readonly threads: number | "auto";
  /** So many of them may be lost, and the run goes by the others. @default {0} */
  readonly allowLost?: number | undefined;
}

/** Where a run is. */
export interface RunProgress {
  /** Clients come, media flows, or everyone leaves. */
  readonly phase: RunPhase;
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
  /** How long clients come, in milliseconds, as far as known. */
  readonly rampUpMs: number;
  /** When media will be over; it moves while clients are still joining. */
  readonly endMs: number;
  /** What happened in the last second. */
  readonly point: TimelinePoint;
  /** The same as sums and distributions. */
  readonly second: CourseSecond;
  /** What goes on that should not, the most telling first. */
  readonly incidents: readonly Incident[];
  /** Everything measured so far. */
  readonly snapshot: Snapshot;
  /** A summary of the run so far, marked partial. */
  readonly summarize: () => Summary;
  /** What that rests on beside what was counted. @default {nobody knows} */
  readonly basis?: (() => RunBasis) | undefined;
  /** What became of each client so far, bin by bin. @default {nobody knows} */
  readonly stories?: (() => Iterable<WholeStory>) | undefined;
  /** What each second came to so far. @default {nobody knows} */
  readonly course?: (() => Course) | undefined;
}
