/**
 * The rooms of the embedded server, without a socket and without media: who
 * is in them and what they say, over any engine and any clock. For who has
 * these two of his own; the server's `mod.ts` loads them with a server alone.
 *
 * @module
 */

export type {
  ConsumeOptions,
  Engine,
  EngineConsumer,
  EngineProducer,
  EngineRouter,
  EngineTransport,
  Layers,
  StreamCounts,
} from "../engine.ts";
export { Connection } from "./connection.ts";
export { dispatch } from "./dispatch.ts";
export { Hub } from "./hub.ts";
export { StreamBook } from "./stream_stats.ts";
export { ServerMetrics } from "./metrics.ts";
export type { Participant, Room } from "./room.ts";
