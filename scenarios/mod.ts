/**
 * The scenarios that come with rtcrowd, a file each. They are made of what
 * `kit.ts` gives to everyone, and know nothing else.
 *
 * @module
 */

export {
  capacity,
  type CapacityFindings,
  type CapacityInput,
  type CapacityLook,
  type CapacityStep,
  type Fill,
} from "./capacity.ts";
export { churn } from "./churn.ts";
export { classroom } from "./classroom.ts";
export { conference } from "./conference.ts";
export { meeting } from "./meeting.ts";
export { muteStorm, type MuteStormInput } from "./mute_storm.ts";
export { panel } from "./panel.ts";
export { ramp, type RampInput } from "./ramp.ts";
export { reconnectStorm, type ReconnectStormInput } from "./reconnect_storm.ts";
export {
  serverRestart,
  type ServerRestartFindings,
  type ServerRestartInput,
} from "./server_restart.ts";
export { smoke } from "./smoke.ts";
export { soak, type SoakFindings } from "./soak.ts";
export { webinar } from "./webinar.ts";
