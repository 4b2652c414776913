/**
 * What a session is made of.
 *
 * @module
 */

import type {
  AgentsOptions,
  EngineKind,
  MonitorTarget,
  Newcomers,
  ServerTarget,
  Summary,
  Threshold,
} from "../../tool.ts";

/** What a session is made of. */
export interface SessionOptions {
  /** The server; with `embedded`, only its token and password matter. */
  readonly server: ServerTarget;
  /** Start a server of our own with this engine. */
  readonly embedded: EngineKind | undefined;
  /** Clients to begin with; `undefined` is a few with a screen and an embedded server, else none. */
  readonly clients: number | undefined;
  /** What clients are like. */
  readonly settings: Newcomers;
  /** Seed of everything drawn. */
  readonly seed: number;
  /** Over what media goes. */
  readonly transport: "auto" | "udp" | "tcp";
  /** Threads that drive clients. */
  readonly workers: number;
  /** Other processes and machines where clients run; `undefined` where they run here. */
  readonly agents: AgentsOptions | undefined;
  readonly thresholds: readonly Threshold[];
  /** Where to look at the server; none is where it can be found by itself. */
  readonly monitor: readonly MonitorTarget[];
  /** The options as they were given, for the record. */
  readonly config: Summary["config"];
}
