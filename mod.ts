/**
 * rtcrowd: crowds of real WebRTC clients for mediasoup SFUs.
 *
 * This is the public face; the command line is built on nothing else.
 *
 * @module
 */

export {
  type ClientPlan,
  type DatapathChoice,
  makePlan,
  type MediaPlan,
  type Mode,
  MODE_PUBLISH_RATIOS,
  type NodeCommand,
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
  type Band,
  band,
  type BandMetric,
  type ClientRecord,
  counterOf,
  EMPTY_SNAPSHOT,
  type Ending,
  errorCounts,
  evaluate,
  EXIT_CODES,
  nearest,
  parseThreshold,
  rateOf,
  saturationOf,
  type Snapshot,
  summarize,
  type Summary,
  tallyClients,
  type Threshold,
  THRESHOLD_METRICS,
  type ThresholdResult,
  type TimelinePoint,
  totalErrors,
  type Trend,
  trendBetween,
  type TrendJson,
  trendOf,
  trendStats,
} from "./lib/metrics/mod.ts";
export { type MonitorTarget, parseTarget } from "./lib/monitor/mod.ts";
export type { Finding } from "./lib/machine/mod.ts";
export {
  formatBps,
  formatBytes,
  formatCount,
  formatMs,
  formatRatio,
  type NamedRun,
  parseSummary,
  plainRuns,
  renderCsv,
  renderRuns,
  renderRunsCsv,
  renderText,
  resultsSchema,
  summarySchema,
  toResults,
} from "./lib/report/mod.ts";
export {
  Crowd,
  type CrowdOptions,
  examine,
  type ExamineOptions,
  openCrowd,
  run,
  type RunOptions,
  type RunOutcome,
  type RunProgress,
  ServerWatch,
  type ServerWatchOptions,
  VERSION,
  whyImpossible,
} from "./lib/scenario/mod.ts";
export {
  type EngineKind,
  type Sfu,
  type SfuOptions,
  spawnSfu,
  startSfu,
} from "./lib/sfu/mod.ts";
export { ChannelError } from "./lib/signaling/mod.ts";
