/** Readings for the tests of the monitor, made of only what each test is about. */

import type { RawProcess, TreeReading } from "../../../lib/monitor/proc.ts";
import type { ProcessSample } from "../../../lib/monitor/sample.ts";

export function rawProcess(changes: Partial<RawProcess>): RawProcess {
  const cpuTicks = changes.cpuTicks ?? 0;
  const pid = changes.pid ?? 400;
  return {
    pid,
    name: "server",
    startTicks: 1_000,
    cpuTicks,
    rssBytes: 1_000_000,
    threads: 1,
    fds: 10,
    threadTicks: new Map([[pid, cpuTicks]]),
    threadNames: new Map(),
    ...changes,
  };
}

export function treeReading(changes: Partial<TreeReading>): TreeReading {
  return {
    kind: "tree",
    uptimeSeconds: 100,
    ticksHz: 100,
    rootPid: 400,
    processes: [rawProcess({})],
    hostUdpErrors: 0,
    socketDrops: new Map(),
    udpSockets: null,
    ...changes,
  };
}

export function processSample(changes: Partial<ProcessSample>): ProcessSample {
  return {
    kind: "process",
    atMs: 0,
    target: "port:3000",
    intervalMs: 1_000,
    cpuRatio: 0,
    maxProcessRatio: 0,
    maxThreadRatio: 0,
    busyThreads: [],
    processes: [],
    rssBytes: 0,
    fds: 0,
    threads: 0,
    udpSockets: null,
    udpDrops: 0,
    hostUdpErrors: 0,
    ...changes,
  };
}
