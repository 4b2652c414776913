/**
 * The server of a run, watched while the run lasts: what monitors see, put on
 * the run's time axis. Nothing that happens to a monitor ends a run; it is a
 * note in the summary.
 *
 * @module
 */

import type { ServerTarget } from "../load/mod.ts";
import {
  type ServerLoad,
  ServerLog,
  type ServerSummary,
  type Snapshot,
  type TimelinePoint,
} from "../metrics/mod.ts";
import {
  addReport,
  type HttpSample,
  type Monitor,
  type MonitorEvent,
  type MonitorTarget,
  type ProcessSample,
  type ReportedFigures,
  startMonitor,
} from "../monitor/mod.ts";
import { steadyWallClock } from "../load/mod.ts";
import { MediaCheck } from "./media_check.ts";
import { ABORTED, eitherSignal, systemClock } from "../time/mod.ts";

/** How to watch. */
export interface ServerWatchOptions {
  /** Whom; several that are one and the same server count once. */
  readonly targets: readonly MonitorTarget[];
  /** The wall clock, in milliseconds since 1970. @default {one that goes on evenly, from the time of the start} */
  readonly now?: (() => number) | undefined;
  /** Bearer token for `/metrics`. */
  readonly token?: string | undefined;
  /** The server of the run: how connections are made. */
  readonly server?: ServerTarget | undefined;
  /** Told of a server that comes, goes, cannot be looked at or does not carry the media, as it happens. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** Who does not answer for so long is waited for no more: before a run, and after it. */
const MAX_WAIT_MS = { before: 3_000, after: 1_500 };
/** Notes that a summary keeps; a server may come and go for hours. */
const MAX_NOTES = 20;

/** Watches until it is disposed of, which leaves nothing behind. */
export class ServerWatch implements AsyncDisposable {
  readonly #options: ServerWatchOptions;
  readonly #log = new ServerLog();
  /** Which target speaks for a server: by host and pid of its first process. */
  readonly #speaker = new Map<string, string>();
  /** Who belongs to the process that each target is: the pids of all below it, with their host. */
  readonly #below = new Map<string, ReadonlySet<string>>();
  /** Targets that were found: there, or how they went. */
  readonly #presence = new Map<string, string>();
  readonly #hosts: ReadonlyMap<string, string>;
  readonly #http: ReadonlySet<string>;
  readonly #assumed: ReadonlySet<string>;
  readonly #notes: string[] = [];
  /** Targets of which nothing was seen, and why. */
  readonly #unseen = new Map<string, string>();
  readonly #monitor: Monitor | undefined;
  /** The target that reports over HTTP, and what it said. */
  #reporter: string | undefined;
  #reported: ReportedFigures | null = null;
  /** Dropped datagrams that were in a point of the last second. */
  #dropsTold = 0;
  readonly #media = new MediaCheck();
  #mediaMissed = false;
  /** When the run began, in milliseconds since 1970. */
  #startedAtMs = Infinity;

  /** Begins to watch; what is seen counts once the run has begun. */
  constructor(options: ServerWatchOptions) {
    const { targets, token, server, now = steadyWallClock() } = options;
    this.#options = options;
    this.#hosts = new Map(
      targets.map((target) => [
        target.text,
        target.kind === "ssh" ? target.destination : "",
      ]),
    );
    this.#http = new Set(
      targets.filter(({ kind }) => kind === "http").map(({ text }) => text),
    );
    this.#assumed = new Set(
      targets.filter((target) => target.kind === "port" && target.isAssumed)
        .map(({ text }) => text),
    );
    // A target that is written twice is watched once.
    const distinct = new Map(targets.map((target) => [target.text, target]));
    this.#monitor = targets.length === 0
      ? undefined
      : startMonitor([...distinct.values()], {
        onEvent: (event) => this.take(event),
        now,
        ...(token !== undefined && { token }),
        ...(server !== undefined && { server }),
      });
  }

  /** Resolves once everything has been looked at that answers in time, so that nothing of a run is missed at its start. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#look(MAX_WAIT_MS.before, signal);
  }

  /** The run begins: its times count from `startedAtMs`, in milliseconds since 1970. */
  begin(startedAtMs: number): void {
    this.#startedAtMs = startedAtMs;
  }

  /** Looks once more, so that nothing of a run is missed at its end. */
  finish(): Promise<void> {
    return this.#look(MAX_WAIT_MS.after);
  }

  /** Takes in what a monitor tells. */
  take(event: MonitorEvent): void {
    switch (event.kind) {
      case "sample":
        this.#unseen.delete(event.sample.target);
        if (event.sample.kind === "process") this.#add(event.sample);
        else this.#hear(event.sample);
        return;
      case "found":
        this.#presence.set(event.target, "there");
        return;
      case "gone":
        if (this.#presence.has(event.target)) {
          this.#presence.set(event.target, event.message);
        } else if (this.#assumed.has(event.target)) return;
        else this.#unseen.set(event.target, event.message);
        this.#note(event.message);
        return;
      case "warning":
        this.#note(event.message);
    }
  }

  /** Takes in what the clients have counted by the end of a second. */
  onSecond(snapshot: Snapshot): void {
    this.#media.addSecond(snapshot);
    if (this.#mediaMissed) return;
    for (const finding of this.#media.findings()) {
      this.#mediaMissed = true;
      this.#note(finding);
    }
  }

  /** Why a server that was there is not, however few clients noticed; `undefined` while all are, or none was watched. */
  get gone(): string | undefined {
    for (const [target, presence] of this.#presence) {
      // A server that is too busy to answer on HTTP is still there.
      if (presence === "there" || this.#http.has(target)) continue;
      return presence.replace(/^Server gone: /, "");
    }
    return undefined;
  }

  /** Why nothing was seen of a target that was named, of the first such; `undefined` where all were seen. */
  get unseen(): string | undefined {
    return this.#unseen.values().next().value;
  }

  /** What the summary says of the server's load. */
  summary(): Pick<ServerSummary, "load" | "reported" | "notes"> {
    return {
      load: this.load(),
      reported: this.#reported,
      notes: [...this.#notes],
    };
  }

  /** Everything sampled so far. */
  load(): ServerLoad | null {
    return this.#log.load();
  }

  /** What was sampled between two times of the run. */
  loadBetween(fromMs: number, toMs: number): ServerLoad | null {
    return this.#log.loadBetween(fromMs, toMs);
  }

  /** The timeline, with the server in it. */
  annotate(timeline: readonly TimelinePoint[]): TimelinePoint[] {
    return timeline.map((point, i) =>
      this.#annotated(point, timeline[i - 1]?.tSec ?? 0)
    );
  }

  /**
   * A point of about the last second, with the server in it. Such points
   * overlap, so that each finds a sample; a dropped datagram is in one of them.
   */
  annotateLast(point: TimelinePoint): TimelinePoint {
    const last = this.#annotated(point, Math.max(0, point.tSec - LAST_SEC));
    if (last.server === undefined) return last;
    const udpDrops = this.#log.udpDrops - this.#dropsTold;
    this.#dropsTold += udpDrops;
    return { ...last, server: { ...last.server, udpDrops } };
  }

  /** Ends all watching. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#monitor?.[Symbol.asyncDispose]();
  }

  #annotated(point: TimelinePoint, fromSec: number): TimelinePoint {
    const server = this.#log.between(fromSec * 1000, point.tSec * 1000);
    return server === undefined ? point : { ...point, server };
  }

  async #look(mostMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#monitor === undefined) return;
    const over = new AbortController();
    const cancel = systemClock.setTimer(mostMs, () => over.abort(ABORTED));
    using either = eitherSignal(over.signal, signal);
    await this.#monitor.look(either.signal);
    cancel();
  }

  #add(sample: ProcessSample): void {
    const { target, processes } = sample;
    const busiest = processes.reduce((a, b) => b.cpuRatio > a.cpuRatio ? b : a);
    const [key, ...below] = processes.map(({ pid }) =>
      `${this.#hosts.get(target) ?? ""} ${pid}`
    );
    const speaker = this.#speaker.get(key) ?? target;
    this.#speaker.set(key, speaker);
    this.#below.set(target, new Set(below));
    // What is watched as a part of another target is in that one's figures.
    const isPart = this.#below.values().some((pids) => pids.has(key));
    if (speaker !== target || isPart) return;
    const toMs = sample.atMs - this.#startedAtMs;
    if (toMs <= 0) return;
    this.#media.addSample(sample);
    this.#log.add(target, {
      fromMs: Math.max(0, toMs - sample.intervalMs),
      toMs,
      cpuRatio: sample.cpuRatio,
      busiest: {
        name: `${busiest.name} (${busiest.pid})`,
        cpuRatio: busiest.cpuRatio,
      },
      maxThreadRatio: sample.maxThreadRatio,
      busyThreads: sample.busyThreads,
      rssBytes: sample.rssBytes,
      fds: sample.fds,
      threads: sample.threads,
      udpDrops: sample.udpDrops,
      hostUdpErrors: sample.hostUdpErrors,
    });
  }

  /** Of several targets that report, the first to answer is believed. */
  #hear(sample: HttpSample): void {
    this.#reporter ??= sample.target;
    if (sample.target !== this.#reporter) return;
    this.#reported = addReport(this.#reported, sample);
  }

  #note(text: string): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push(text);
    this.#options.onNote?.(text);
  }
}

/** Samples come about once a second: in a little more than that there is one. */
const LAST_SEC = 1.5;
