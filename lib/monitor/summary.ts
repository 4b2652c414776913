/**
 * Many samples of a server in a few numbers, one summary a target.
 *
 * @module
 */

import type { HttpSample, ProcessSample, ServerSample } from "./sample.ts";

/** What one target showed over a whole run. */
export type ServerSummary = ProcessSummary | HttpSummary;

/** A process tree over a run. */
export interface ProcessSummary {
  /** Measured from outside. */
  readonly kind: "process";
  /** The target as it was written. */
  readonly target: string;
  /** How many samples these numbers are made of. */
  readonly samples: number;
  /** CPU of the whole tree, in cores; each sample weighs as much as its interval. */
  readonly cpuMeanRatio: number;
  /** The same in the busiest interval. */
  readonly cpuMaxRatio: number;
  /** The most that any one process used, in cores. */
  readonly maxProcessRatio: number;
  /** The most that any one thread used, in cores. */
  readonly maxThreadRatio: number;
  /** Each process that was seen, the busiest first. */
  readonly processes: readonly ProcessMaxima[];
  /** Most resident memory of all processes together. */
  readonly rssMaxBytes: number;
  /** Most open files; `null` when the open files could not be counted. */
  readonly fdsMax: number | null;
  /** Most threads at one time. */
  readonly threadsMax: number;
  /** Datagrams that the tree's own sockets lost in all. */
  readonly udpDrops: number;
  /** Datagrams that the whole host lost in all; `null` when unknown. */
  readonly hostUdpErrors: number | null;
}

/** The most that one process used. */
export interface ProcessMaxima {
  /** Its process id. */
  readonly pid: number;
  /** Its command name, at most 15 letters. */
  readonly name: string;
  /** CPU in its busiest interval, in cores. */
  readonly cpuMaxRatio: number;
  /** Most resident memory. */
  readonly rssMaxBytes: number;
}

/** What a server said of itself over a run; `null` for what it did not tell. */
export interface HttpSummary {
  /** Told by the server. */
  readonly kind: "http";
  /** The target as it was written. */
  readonly target: string;
  /** How many samples these numbers are made of. */
  readonly samples: number;
  /** Most people in rooms. */
  readonly participantsMax: number | null;
  /** Most rooms. */
  readonly roomsMax: number | null;
  /** Most open WebSockets. */
  readonly connectionsMax: number | null;
  /** Most messages from clients a second. */
  readonly messagesReceivedMaxHz: number | null;
  /** Most messages to clients a second. */
  readonly messagesSentMaxHz: number | null;
  /** Errors counted while it was watched. */
  readonly errors: number | null;
}

/** Sums up samples as they come, so that a run of any length needs no more room than its processes. */
export interface ServerTally {
  /** Takes one sample in. */
  add(sample: ServerSample): void;
  /** One summary a target, in the order in which they were first seen. */
  summaries(): readonly ServerSummary[];
}

/** An empty tally. */
export function createServerTally(): ServerTally {
  const byTarget = new Map<string, TargetTally>();
  return {
    add(sample) {
      const key = `${sample.kind} ${sample.target}`;
      const before = byTarget.get(key) ?? emptyTally();
      byTarget.set(
        key,
        sample.kind === "process"
          ? addProcess(before, sample)
          : addHttp(before, sample),
      );
    },
    summaries: () =>
      [...byTarget.values()].flatMap(({ summary }) => summary ?? []),
  };
}

/** One summary a target of `samples`. */
export function summarizeServer(
  samples: Iterable<ServerSample>,
): readonly ServerSummary[] {
  const tally = createServerTally();
  for (const sample of samples) tally.add(sample);
  return tally.summaries();
}

interface TargetTally {
  readonly summary?: ServerSummary;
  readonly coreMs: number;
  readonly watchedMs: number;
}

function emptyTally(): TargetTally {
  return { coreMs: 0, watchedMs: 0 };
}

function addProcess(tally: TargetTally, sample: ProcessSample): TargetTally {
  const before = tally.summary?.kind === "process" ? tally.summary : undefined;
  const coreMs = tally.coreMs + sample.cpuRatio * sample.intervalMs;
  const watchedMs = tally.watchedMs + sample.intervalMs;
  return {
    coreMs,
    watchedMs,
    summary: {
      kind: "process",
      target: sample.target,
      samples: (before?.samples ?? 0) + 1,
      cpuMeanRatio: watchedMs > 0 ? coreMs / watchedMs : 0,
      cpuMaxRatio: Math.max(before?.cpuMaxRatio ?? 0, sample.cpuRatio),
      maxProcessRatio: Math.max(
        before?.maxProcessRatio ?? 0,
        sample.maxProcessRatio,
      ),
      maxThreadRatio: Math.max(
        before?.maxThreadRatio ?? 0,
        sample.maxThreadRatio,
      ),
      processes: processMaxima(before?.processes ?? [], sample),
      rssMaxBytes: Math.max(before?.rssMaxBytes ?? 0, sample.rssBytes),
      fdsMax: most(before?.fdsMax, sample.fds),
      threadsMax: Math.max(before?.threadsMax ?? 0, sample.threads),
      udpDrops: (before?.udpDrops ?? 0) + sample.udpDrops,
      hostUdpErrors: total(before?.hostUdpErrors, sample.hostUdpErrors),
    },
  };
}

function processMaxima(
  before: readonly ProcessMaxima[],
  sample: ProcessSample,
): readonly ProcessMaxima[] {
  const known = new Map(before.map((process) => [process.pid, process]));
  for (const { pid, name, cpuRatio, rssBytes } of sample.processes) {
    const earlier = known.get(pid);
    known.set(pid, {
      pid,
      name,
      cpuMaxRatio: Math.max(earlier?.cpuMaxRatio ?? 0, cpuRatio),
      rssMaxBytes: Math.max(earlier?.rssMaxBytes ?? 0, rssBytes),
    });
  }
  return [...known.values()].sort((a, b) => b.cpuMaxRatio - a.cpuMaxRatio);
}

function addHttp(tally: TargetTally, sample: HttpSample): TargetTally {
  const before = tally.summary?.kind === "http" ? tally.summary : undefined;
  const { health, metrics } = sample;
  const errorsHz = metrics?.rates?.errorsHz ?? null;
  const errors = errorsHz === null
    ? null
    : Math.round(errorsHz * sample.intervalMs / 1_000);
  return {
    ...tally,
    summary: {
      kind: "http",
      target: sample.target,
      samples: (before?.samples ?? 0) + 1,
      participantsMax: most(
        before?.participantsMax,
        health?.participants ?? metrics?.participants ?? null,
      ),
      roomsMax: most(before?.roomsMax, health?.rooms ?? metrics?.rooms ?? null),
      connectionsMax: most(
        before?.connectionsMax,
        metrics?.connections ?? null,
      ),
      messagesReceivedMaxHz: most(
        before?.messagesReceivedMaxHz,
        metrics?.rates?.messagesReceivedHz ?? null,
      ),
      messagesSentMaxHz: most(
        before?.messagesSentMaxHz,
        metrics?.rates?.messagesSentHz ?? null,
      ),
      errors: total(before?.errors, errors),
    },
  };
}

function most(
  before: number | null | undefined,
  now: number | null,
): number | null {
  if (before === null || before === undefined) return now;
  return now === null ? before : Math.max(before, now);
}

function total(
  before: number | null | undefined,
  now: number | null,
): number | null {
  if (before === null || before === undefined) return now;
  return now === null ? before : before + now;
}
