/**
 * rtcrowd: crowds of real WebRTC clients for mediasoup SFUs.
 *
 * What a script needs: opening a server and a crowd, writing a scenario,
 * running one of ours, reading what came out. Types of which only these are
 * made are exported by `tool.ts`, and documented there.
 *
 * @module
 */

export { parseImpairment } from "./lib/impairment/mod.ts";
export { makePlan, rampAndHold, type RunPlan } from "./lib/load/mod.ts";
export type { Fps, Profile, Quality } from "./lib/media/mod.ts";
export {
  type ClientRecord,
  type Snapshot,
  type Summary,
  type Threshold,
} from "./lib/metrics/mod.ts";
export { parseThreshold } from "./lib/load/mod.ts";
export { renderText } from "./lib/report/mod.ts";
export { parseSummary } from "./lib/report/reading.ts";
export {
  formatBytes,
  formatCount,
  formatMs,
  formatRatio,
} from "./lib/text/mod.ts";
export { VERSION } from "./lib/run/mod.ts";
export {
  openTarget,
  run,
  type RunOptions,
  type ScenarioContext,
} from "./lib/run/mod.ts";
export {
  type CommonInput,
  Crowd,
  defineScenario,
  MEETING_OPTIONS,
  type MeetingInput,
  option,
  type Scenario,
  VirtualUser,
} from "./lib/scenario/mod.ts";
export { type Sfu, startSfu } from "./lib/sfu/mod.ts";
export { runAsProgram } from "./kit.ts";
export {
  capacity,
  churn,
  classroom,
  conference,
  meeting,
  muteStorm,
  panel,
  ramp,
  reconnectStorm,
  serverRestart,
  smoke,
  soak,
  webinar,
} from "./scenarios/mod.ts";
export * as scenarios from "./scenarios/mod.ts";
