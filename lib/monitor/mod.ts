/**
 * The server seen from outside: CPU, memory, open files, threads and lost
 * datagrams of a process tree, here or over ssh, and what the server says of
 * itself on `/health` and `/metrics`.
 *
 * Knows `/proc`, ssh and the Prometheus text format. Does not know clients,
 * rooms or WebRTC, drives no load, and starts nothing but `ssh`.
 *
 * @module
 */

export type { Health, ServerMetrics, ServerRates } from "./http.ts";
export { type Monitor, startMonitor } from "./monitor.ts";
export { addReport, type ReportedFigures } from "./reported.ts";
export type {
  HttpSample,
  ProcessFigures,
  ProcessSample,
  ServerSample,
  ThreadFigures,
} from "./sample.ts";
export { isHere, type MonitorTarget, parseTarget } from "./target.ts";
export type { MonitorEvent, MonitorNote, MonitorSample } from "./watcher.ts";
