/**
 * Many: how many clients when (profile), who does what (plan), where they
 * run (nodes), how fast they are let in. It knows numbers of people, rooms
 * and times; it knows nothing of WebRTC.
 *
 * @module
 */

export * from "./client_port.ts";
export {
  type ClientHost,
  LocalNode,
  type LocalNodeOptions,
  type NodeClock,
} from "./local_node.ts";
export { withImpairments } from "./impaired_plan.ts";
export * from "./impairment_share.ts";
export * from "./node.ts";
export * from "./plan.ts";
export * from "./profile.ts";
export * from "./random.ts";
export * from "./split.ts";
export {
  serveNode,
  WorkerNode,
  type WorkerNodeOptions,
} from "./worker_node.ts";
