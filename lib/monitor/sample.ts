/**
 * What a server used between two looks at it: raw counters in, figures out.
 *
 * CPU is counted by process and by thread, because a media server is full
 * when one of its workers is: with four workers a total of 1.0 may mean
 * "a quarter busy" or "stuck", and only the busiest thread tells which. A
 * worker is a process of its own under Node and a thread under Rust; the
 * busiest thread shows it either way.
 *
 * @module
 */

import type { Health, ServerMetrics } from "./http.ts";
import type { RawProcess, TreeReading } from "./proc.ts";

/** What one target showed at one time; plain data, fit for JSON. */
export type ServerSample = ProcessSample | HttpSample;

/** A process tree during one interval. */
export interface ProcessSample {
  /** Measured from outside. */
  readonly kind: "process";
  /** Wall-clock time in milliseconds since 1970. */
  readonly atMs: number;
  /** The target as it was written. */
  readonly target: string;
  /** How long a time the figures cover, in milliseconds of the watched machine. */
  readonly intervalMs: number;
  /** CPU used by the whole tree, in cores: 1 is one core busy all the time. */
  readonly cpuRatio: number;
  /** CPU used by its busiest process, in cores. */
  readonly maxProcessRatio: number;
  /** CPU used by its busiest thread, in cores: near 1, that thread is saturated. */
  readonly maxThreadRatio: number;
  /** Its busy threads, and the others of their kind however idle, by id: at most {@linkcode MAX_THREADS}. */
  readonly busyThreads: readonly ThreadFigures[];
  /** The root first. */
  readonly processes: readonly ProcessFigures[];
  /** Sum over the processes; memory that they share counts more than once. */
  readonly rssBytes: number;
  /** Open files of all processes; `null` when not one of them may be looked into. */
  readonly fds: number | null;
  /** Threads of all processes. */
  readonly threads: number;
  /** UDP sockets of all processes; `null` when they were not counted this time (not every look does), or may not be. */
  readonly udpSockets: number | null;
  /** Received datagrams that the tree's own sockets lost in the interval, because their buffers were full. */
  readonly udpDrops: number;
  /** The same for the whole host (or network namespace), other programs included; `null` when unknown. */
  readonly hostUdpErrors: number | null;
}

/** One process during one interval. */
export interface ProcessFigures {
  /** Its process id. */
  readonly pid: number;
  /** Its command name, at most 15 letters. */
  readonly name: string;
  /** In cores. */
  readonly cpuRatio: number;
  /** CPU of its busiest thread, in cores. */
  readonly maxThreadRatio: number;
  /** Resident memory. */
  readonly rssBytes: number;
  /** How many threads it has. */
  readonly threads: number;
  /** Open files; `null` where we may not look. */
  readonly fds: number | null;
}

/** One thread during one interval. */
export interface ThreadFigures {
  /** Its thread id; of the first one of a process that one's pid. */
  readonly id: number;
  /** Its name, which workers of one kind share. */
  readonly name: string;
  /** In cores. */
  readonly cpuRatio: number;
}

/** Threads that are told of at most: a server has as many workers as cores, and some more. */
const MAX_THREADS = 64;
/** A thread that uses so much of a core is busy. */
const BUSY = 0.5;
/** By their names alone these are workers of a media server. */
const MEDIA_WORKER = /^mediasoup-work/;

/** What the server says of itself. */
export interface HttpSample {
  /** Told by the server. */
  readonly kind: "http";
  /** Wall-clock time in milliseconds since 1970. */
  readonly atMs: number;
  /** The target as it was written. */
  readonly target: string;
  /** Time since the sample before, in milliseconds; 0 for the first. */
  readonly intervalMs: number;
  /** The answer of `/health`; missing when it gave none. */
  readonly health?: Health;
  /** The figures of `/metrics`; missing when it gave none. */
  readonly metrics?: ServerMetrics;
}

/** Whether both readings are of one and the same root process. */
export function sameServer(a: TreeReading, b: TreeReading): boolean {
  return a.rootPid === b.rootPid &&
    a.processes[0]?.startTicks === b.processes[0]?.startTicks;
}

/**
 * The figures of the time between two readings of one server. Whatever came
 * or went in between, no figure is negative.
 */
export function deriveSample(
  target: string,
  atMs: number,
  before: TreeReading,
  after: TreeReading,
): ProcessSample {
  const seconds = Math.max(0, after.uptimeSeconds - before.uptimeSeconds);
  const earlier = new Map(
    before.processes.map((process) => [process.pid, process]),
  );
  const processes = after.processes.map((process) => {
    const known = earlier.get(process.pid);
    return processFigures(
      process,
      known?.startTicks === process.startTicks ? known : undefined,
      seconds,
      after,
    );
  });
  const open = processes.flatMap(({ fds }) => fds === null ? [] : [fds]);
  return {
    kind: "process",
    atMs,
    target,
    intervalMs: Math.round(seconds * 1_000),
    cpuRatio: sum(processes.map((process) => process.cpuRatio)),
    maxProcessRatio: largest(processes.map((process) => process.cpuRatio)),
    maxThreadRatio: largest(processes.map((p) => p.maxThreadRatio)),
    busyThreads: busyThreadsOf(
      after.processes.flatMap((process) =>
        threadsOf(process, before.processes, seconds, after)
      ),
    ),
    processes,
    rssBytes: sum(processes.map((process) => process.rssBytes)),
    fds: open.length === 0 ? null : sum(open),
    threads: sum(processes.map((process) => process.threads)),
    udpSockets: after.udpSockets,
    udpDrops: sum(
      [...after.socketDrops].map(([inode, drops]) =>
        Math.max(0, drops - (before.socketDrops.get(inode) ?? 0))
      ),
    ),
    hostUdpErrors: after.hostUdpErrors === null || before.hostUdpErrors === null
      ? null
      : Math.max(0, after.hostUdpErrors - before.hostUdpErrors),
  };
}

/** The threads of a process that were there before. */
function threadsOf(
  { pid, startTicks, threadTicks, threadNames }: RawProcess,
  before: readonly RawProcess[],
  seconds: number,
  { ticksHz }: TreeReading,
): ThreadFigures[] {
  const known = before.find((one) =>
    one.pid === pid && one.startTicks === startTicks
  );
  if (known === undefined || seconds <= 0) return [];
  return [...threadTicks].flatMap(([id, ticks]) => {
    const earlier = known.threadTicks.get(id);
    if (earlier === undefined) return [];
    const cpuRatio = Math.max(0, ticks - earlier) / ticksHz / seconds;
    return [{ id, name: threadNames.get(id) ?? "", cpuRatio }];
  });
}

function busyThreadsOf(all: readonly ThreadFigures[]): ThreadFigures[] {
  const busy = new Set(
    all.filter(({ name, cpuRatio }) =>
      cpuRatio >= BUSY || MEDIA_WORKER.test(name)
    )
      .map(({ name }) => name),
  );
  return all.filter(({ name }) => busy.has(name))
    .toSorted((a, b) => b.cpuRatio - a.cpuRatio)
    .slice(0, MAX_THREADS)
    .toSorted((a, b) => a.id - b.id);
}

function processFigures(
  process: RawProcess,
  known: RawProcess | undefined,
  seconds: number,
  { ticksHz, uptimeSeconds }: TreeReading,
): ProcessFigures {
  // A process seen for the first time used what it used since it began. That
  // may be long ago (a sampler looks for new ones only every few seconds),
  // so its mean over its own life stands in for the interval.
  const ageSeconds = uptimeSeconds - process.startTicks / ticksHz;
  const overSeconds = known === undefined
    ? Math.max(seconds, ageSeconds)
    : seconds;
  const ratio = (ticks: number) =>
    overSeconds > 0 ? Math.max(0, ticks) / ticksHz / overSeconds : 0;
  const threadRatios = [...process.threadTicks].map(([id, ticks]) =>
    ratio(ticks - (known?.threadTicks.get(id) ?? 0))
  );
  return {
    pid: process.pid,
    name: process.name,
    cpuRatio: ratio(process.cpuTicks - (known?.cpuTicks ?? 0)),
    maxThreadRatio: largest(threadRatios),
    rssBytes: process.rssBytes,
    threads: process.threads,
    fds: process.fds,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
