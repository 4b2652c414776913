/**
 * rtcrowd: crowds of real WebRTC clients for mediasoup SFUs.
 *
 * This is the public face; the command line is built on nothing else.
 *
 * @module
 */

export {
  type DatapathChoice,
  makePlan,
  type Mode,
  MODE_PUBLISH_RATIOS,
  type NodeNote,
  type PlanOptions,
  rampAndHold,
  type RunPlan,
  type ServerTarget,
  type Stage,
} from "./lib/load/mod.ts";
export {
  type Fps,
  FPS_BITRATE_FACTORS,
  QUALITIES,
  type Quality,
} from "./lib/media/mod.ts";
export {
  band,
  EXIT_CODES,
  nearest,
  parseThreshold,
  type Snapshot,
  type Summary,
  type Threshold,
  type TimelinePoint,
} from "./lib/metrics/mod.ts";
export {
  formatBps,
  formatCount,
  formatRatio,
  renderCsv,
  renderText,
  resultsSchema,
  summarySchema,
  toResults,
} from "./lib/report/mod.ts";
export {
  Crowd,
  type CrowdOptions,
  openCrowd,
  run,
  type RunOptions,
  type RunOutcome,
  type RunProgress,
  VERSION,
} from "./lib/scenario/mod.ts";
export {
  type Sfu,
  type SfuOptions,
  spawnSfu,
  startSfu,
} from "./lib/sfu/mod.ts";
export { ChannelError } from "./lib/signaling/mod.ts";
