/**
 * One participant: join, produce, consume, come back, leave; it emits events.
 * It does not count or print, and knows no other client.
 *
 * @module
 */

export { Allowance } from "./allowance.ts";
export { Client, type ClientOptions } from "./client.ts";
export type {
  ClientEnvironment,
  ClientMeter,
  ClientTransport,
  Scheduler,
} from "./environment.ts";
export type {
  ClientErrorKind,
  ClientEvent,
  ClientState,
  LossKind,
  ReturnKind,
} from "./events.ts";
export type { ClientObserver, ObservedTransport } from "./observer.ts";
export { type OwnPublisher, OwnPublishers } from "./own_publishers.ts";
export type { PublishOptions } from "./publisher.ts";
export type { ClientTotals } from "./totals.ts";
export type { StatsObjects } from "./webrtc_stats.ts";
