/**
 * One participant: join, produce, consume, come back, leave; it emits events.
 * It does not count or print, and knows no other client.
 *
 * @module
 */

export { Allowance } from "./allowance.ts";
export { AnswerPace } from "./answer_pace.ts";
export { Client, type ClientOptions } from "./client.ts";
export type {
  ClientEnvironment,
  ClientMeter,
  ClientTransport,
  Scheduler,
} from "./environment.ts";
export type { ClientEvent, OtherTrackFound } from "./events.ts";
export type { ReceivedSecond } from "./inbound_tracks.ts";
export type { ClientObserver } from "./observer.ts";
export { OwnPublishers } from "./own_publishers.ts";
export type { ClientTotals } from "./totals.ts";
export type { TrackFlow } from "./track_flow.ts";
