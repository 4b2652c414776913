/**
 * Many: how many clients when (profile), who does what (plan), where they
 * run (nodes), how fast they are let in. It knows numbers of people, rooms
 * and times; it knows nothing of WebRTC.
 *
 * @module
 */

export { clientOptions } from "./node/client_options.ts";
export * from "./node/client_port.ts";
export { machineOf } from "./node/group.ts";
export { LocalNode, type NodeClock } from "./node/local_node.ts";
export { withImpairments } from "./plan/impaired_plan.ts";
export * from "./plan/impairment_share.ts";
export * from "./node/node.ts";
export { type Steering, STEERING_TYPES } from "./node/steer.ts";
export * from "./plan/plan.ts";
export * from "./plan/profile.ts";
export * from "./plan/random.ts";
export * from "./plan/split.ts";
export * as roster from "./roster/mod.ts";
export {
  type Churn,
  type Coming,
  DEFAULT_NEWCOMERS,
  MAX_CLIENTS,
  type Member,
  type Newcomers,
  type Role,
  type Roster,
  type RosterStep,
  type SpawnOptions,
} from "./roster/mod.ts";
export { openThreads } from "./node/threads.ts";
export { borrowCrowd, type RunCrowd } from "./borrowed_crowd.ts";
export {
  ClientFleet,
  type DumpChoice,
  type Elsewhere,
  type FleetOptions,
  openFleet,
} from "./fleet.ts";
export {
  isAdapted,
  openSessions,
  reachServer,
  SERVER_SCHEMES,
  signalingProblem,
  USUAL_SERVER,
  USUAL_SIGNALING,
} from "./node/signaling.ts";
export { parseThreshold, THRESHOLD_METRICS } from "./thresholds.ts";
export { steadyWallClock, systemNodeClock } from "./node/this_thread.ts";
