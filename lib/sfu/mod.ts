/**
 * The embedded server: SimplestChat's signaling over an engine that forwards
 * media, in this process or in its own. Two engines: `werift` needs nothing
 * installed, `mediasoup` is the SFU that SimplestChat itself runs on.
 *
 * It knows the wire, rooms and how to forward RTP. It does not know clients,
 * load or metrics of a run. Accounts, a database and TURN are left out.
 *
 * @module
 */

export type {
  DownstreamView,
  EngineKind,
  StreamCounts,
  UpstreamView,
} from "./engine.ts";
export { localWorkerBinary } from "./mediasoup/worker_binary.ts";
export type { WorkerChoice } from "./mediasoup/worker_choice.ts";
export type { MediasoupOptions } from "./mediasoup/engine.ts";
export type { SfuOptions } from "./options.ts";
export type {
  ConsumerStats,
  EarlierStreams,
  ProducerStats,
  SfuStats,
  StreamStats,
} from "./signaling/stream_stats.ts";
export type { Refusals } from "./signaling/metrics.ts";
export { spawnSfu } from "./spawn_sfu.ts";
export { startSfu } from "./start_here.ts";
export type { LocalSfu, Sfu } from "./start_sfu.ts";
