/**
 * This machine as the place of a run: what a run of some size needs, what
 * there is, and what is too little, each with the command that fixes it.
 *
 * Knows `/proc`, limits and addresses. Does not know WebRTC, rooms or plans,
 * opens no socket and changes nothing.
 *
 * @module
 */

export { findAnnounced } from "./announced.ts";
export { type ClockFacts, readClockFacts } from "./clock_facts.ts";
export { busyCores, type CpuTimes } from "./cpu.ts";
export type { FileLimits, MachineFacts, UdpCounters } from "./facts.ts";
export { type Finding, findLimits, obstacle } from "./findings.ts";
export { findMediaPaths } from "./media_paths.ts";
export { runNeed, type RunSize } from "./need.ts";
export { readCpuTimes, readMachineFacts } from "./read_facts.ts";
