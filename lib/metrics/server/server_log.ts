/**
 * The server's load over a run: what a monitor sampled, on the run's time
 * axis. However long the run, it needs no more room than
 * {@linkcode MAX_SERVER_STRETCHES} a source; then neighbours are put together.
 *
 * @module
 */

import {
  type BusiestProcess,
  type ServerStretch,
  ServerStretches,
  type ServerThread,
} from "./server_stretches.ts";
import type {
  ServerLoad,
  ServerPoint,
  ServerThreadLoad,
} from "../summary/summary.ts";

/** Stretches that are kept of a source at most: more than a timeline has points, so that each finds some. */
export const MAX_SERVER_STRETCHES = 7_200;

/** A busy second is no overload, so many of them on end are. */
const SUSTAINED_MS = 5_000;
/** Intervals are not exact: four of a second and a bit less pass for five seconds. */
const SUSTAINED_SLACK_MS = 500;
/**
 * In a shorter stretch a single tick of a clock of 100 Hz is a large share of
 * a core: it counts as the end of the stretch before it.
 */
const SHORTEST_MS = 500;
/** A source that was silent for longer has no part in the totals any more. */
const STALE_MS = 5_000;

/** Everything sampled of a server, from one source or several that add up. */
export class ServerLog {
  readonly #sources = new Map<string, Source>();
  #samples = 0;
  #maxCpuRatio = 0;
  #maxRssBytes = 0;
  #maxFds: number | null = null;
  #maxThreads = 0;
  #busiest: BusiestProcess = { name: "", cpuRatio: 0 };

  /** Enters what one source saw; of each, in order. */
  add(source: string, stretch: ServerStretch): void {
    const known = this.#sources.get(source) ?? new Source();
    this.#sources.set(source, known);
    const { busiest } = known.add(stretch);
    this.#samples++;
    if (
      this.#busiest.name === "" ||
      busiest.cpuRatio > this.#busiest.cpuRatio
    ) this.#busiest = busiest;
    const now = [...this.#sources.values()].flatMap(({ last }) =>
      last !== undefined && last.toMs > stretch.toMs - STALE_MS ? [last] : []
    );
    const sum = (key: "cpuRatio" | "rssBytes" | "threads") =>
      now.reduce((total, one) => total + one[key], 0);
    this.#maxCpuRatio = Math.max(this.#maxCpuRatio, sum("cpuRatio"));
    this.#maxRssBytes = Math.max(this.#maxRssBytes, sum("rssBytes"));
    this.#maxThreads = Math.max(this.#maxThreads, sum("threads"));
    const fds = now.map((one) => one.fds).reduce(plus, null);
    if (fds !== null) this.#maxFds = Math.max(this.#maxFds ?? 0, fds);
  }

  /** Datagrams that its sockets dropped, as far as they were seen. */
  get udpDrops(): number {
    return this.#sources.values().reduce((sum, one) => sum + one.udpDrops, 0);
  }

  /** All in a few numbers; `null` when nothing was sampled. */
  load(): ServerLoad | null {
    if (this.#samples === 0) return null;
    const sources = [...this.#sources.values()];
    const sum = (value: (source: Source) => number) =>
      sources.reduce((total, source) => total + value(source), 0);
    return {
      samples: this.#samples,
      cpuSeconds: round(sum((source) => source.cpuSeconds)),
      meanCpuRatio: round(sum((source) => source.meanCpuRatio)),
      maxCpuRatio: round(this.#maxCpuRatio),
      busiestProcess: {
        name: this.#busiest.name,
        cpuRatio: round(this.#busiest.cpuRatio),
      },
      maxThreadRatio: round(
        Math.max(...sources.map((source) => source.maxThreadRatio)),
      ),
      busyThreads: sources.flatMap((source) => source.busyThreads()),
      sustainedThreadRatio: round(
        Math.max(...sources.map((source) => source.sustainedThreadRatio)),
      ),
      maxRssBytes: this.#maxRssBytes,
      maxFds: this.#maxFds,
      maxThreads: this.#maxThreads,
      udpDrops: this.udpDrops,
      hostUdpErrors: sources.map((source) => source.hostUdpErrors)
        .reduce(plus, null),
    };
  }

  /** The same of the time between two times of the run. */
  loadBetween(fromMs: number, toMs: number): ServerLoad | null {
    const log = new ServerLog();
    for (const [name, source] of this.#sources) {
      for (const stretch of source.stretches) {
        const middleMs = (stretch.fromMs + stretch.toMs) / 2;
        if (middleMs >= fromMs && middleMs <= toMs) log.add(name, stretch);
      }
    }
    return log.load();
  }

  /** What the server used between two times of the run; `undefined` where nobody looked. */
  between(fromMs: number, toMs: number): ServerPoint | undefined {
    const points = [...this.#sources.values()]
      .flatMap((source) => source.between(fromMs, toMs) ?? []);
    if (points.length === 0) return undefined;
    return points.reduce((a, b) => ({
      cpuRatio: round(a.cpuRatio + b.cpuRatio),
      maxProcessRatio: Math.max(a.maxProcessRatio, b.maxProcessRatio),
      rssBytes: a.rssBytes + b.rssBytes,
      fds: plus(a.fds, b.fds),
      udpDrops: a.udpDrops + b.udpDrops,
    }));
  }
}

/** How much of a stretch lies between two times. */
interface Part {
  readonly stretch: ServerStretch;
  readonly overlapMs: number;
}

/** What one source saw. */
class Source {
  readonly #stretches = new ServerStretches(MAX_SERVER_STRETCHES, joined);
  #recent: ServerStretch[] = [];
  #coreMs = 0;
  #watchedMs = 0;
  #sustained: number | undefined;
  maxThreadRatio = 0;
  udpDrops = 0;
  hostUdpErrors: number | null = null;

  get stretches(): Iterable<ServerStretch> {
    return this.#stretches;
  }

  /** Each thread that was ever busy and those of its kind, on average and at most, by id. */
  busyThreads(): ServerThreadLoad[] {
    const threads = new Map<
      number,
      { name: string; coreMs: number; maxCpuRatio: number }
    >();
    for (const stretch of this.#stretches) {
      const ms = lengthMs(stretch);
      for (const { id, name, cpuRatio } of stretch.busyThreads ?? []) {
        const one = threads.get(id) ?? { name, coreMs: 0, maxCpuRatio: 0 };
        one.coreMs += cpuRatio * ms;
        one.maxCpuRatio = Math.max(one.maxCpuRatio, cpuRatio);
        threads.set(id, one);
      }
    }
    return [...threads].toSorted(([a], [b]) => a - b).map(
      ([id, { name, coreMs, maxCpuRatio }]) => ({
        name: `${name} (${id})`,
        meanCpuRatio: round(this.#watchedMs > 0 ? coreMs / this.#watchedMs : 0),
        maxCpuRatio: round(maxCpuRatio),
      }),
    );
  }

  get last(): ServerStretch | undefined {
    return this.#recent.at(-1);
  }

  get cpuSeconds(): number {
    return this.#coreMs / 1000;
  }

  get meanCpuRatio(): number {
    return this.#watchedMs > 0 ? this.#coreMs / this.#watchedMs : 0;
  }

  /** A run that is shorter than it takes is judged by what there is. */
  get sustainedThreadRatio(): number {
    return this.#sustained ?? meanThreadRatio(this.#recent);
  }

  /** Enters a stretch; returns the one that it is now, or is part of. */
  add(entered: ServerStretch): ServerStretch {
    this.#coreMs += entered.cpuRatio * lengthMs(entered);
    this.#watchedMs += lengthMs(entered);
    this.udpDrops += entered.udpDrops;
    this.hostUdpErrors = plus(this.hostUdpErrors, entered.hostUdpErrors);
    const { last } = this;
    const goesOn = last !== undefined && lengthMs(entered) < SHORTEST_MS &&
      entered.fromMs - last.toMs < SHORTEST_MS;
    const stretch = goesOn ? continued(last, entered) : entered;
    if (goesOn) {
      this.#stretches.pop();
      this.#recent.pop();
    }
    this.maxThreadRatio = Math.max(
      this.maxThreadRatio,
      stretch.maxThreadRatio,
    );
    this.#sustain(stretch);
    this.#stretches.push(stretch);
    return stretch;
  }

  between(fromMs: number, toMs: number): ServerPoint | undefined {
    const parts: Part[] = [];
    for (
      let i = this.#stretches.firstAfter(fromMs);
      i < this.#stretches.length;
      i++
    ) {
      const stretch = this.#stretches.at(i);
      if (stretch.fromMs >= toMs) break;
      const overlapMs = Math.min(toMs, stretch.toMs) -
        Math.max(fromMs, stretch.fromMs);
      if (overlapMs > 0) parts.push({ stretch, overlapMs });
    }
    if (parts.length === 0) return undefined;
    const longest = Math.max(...parts.map(({ overlapMs }) => overlapMs));
    // What is mostly a neighbour's shall not be this one's maximum.
    const own = parts.filter(({ stretch, overlapMs }) =>
      overlapMs === longest || overlapMs * 2 >= lengthMs(stretch)
    ).map(({ stretch }) => stretch);
    const watchedMs = parts.reduce((sum, part) => sum + part.overlapMs, 0);
    const coreMs = parts.reduce(
      (sum, { stretch, overlapMs }) => sum + stretch.cpuRatio * overlapMs,
      0,
    );
    return {
      cpuRatio: round(coreMs / watchedMs),
      maxProcessRatio: round(
        Math.max(...own.map(({ busiest }) => busiest.cpuRatio)),
      ),
      rssBytes: Math.max(...own.map(({ rssBytes }) => rssBytes)),
      fds: own.map(({ fds }) => fds).reduce(larger, null),
      // Each where it ends, so that the points add up to the total.
      udpDrops: parts.reduce(
        (sum, { stretch }) =>
          sum + (stretch.toMs <= toMs ? stretch.udpDrops : 0),
        0,
      ),
    };
  }

  #sustain(stretch: ServerStretch): void {
    const enoughMs = SUSTAINED_MS - SUSTAINED_SLACK_MS;
    this.#recent.push(stretch);
    let ms = this.#recent.reduce((sum, one) => sum + lengthMs(one), 0);
    while (ms - lengthMs(this.#recent[0]) >= enoughMs) {
      ms -= lengthMs(this.#recent[0]);
      this.#recent.shift();
    }
    if (ms < enoughMs) return;
    this.#sustained = Math.max(
      this.#sustained ?? 0,
      meanThreadRatio(this.#recent),
    );
  }
}

/** A stretch with a short one at its end, which is too short to tell its busiest by itself. */
function continued(a: ServerStretch, b: ServerStretch): ServerStretch {
  const whole = joined(a, b);
  const same = a.busiest.name === b.busiest.name;
  const share = lengthMs(b) / Math.max(1, lengthMs(whole));
  return {
    ...whole,
    busiest: same
      ? {
        name: a.busiest.name,
        cpuRatio: a.busiest.cpuRatio * (1 - share) +
          b.busiest.cpuRatio * share,
      }
      : a.busiest,
    maxThreadRatio: a.maxThreadRatio,
  };
}

function joined(a: ServerStretch, b: ServerStretch): ServerStretch {
  const ms = lengthMs(a) + lengthMs(b);
  return {
    fromMs: a.fromMs,
    toMs: b.toMs,
    cpuRatio: ms > 0
      ? (a.cpuRatio * lengthMs(a) + b.cpuRatio * lengthMs(b)) / ms
      : 0,
    busiest: a.busiest.cpuRatio > b.busiest.cpuRatio ? a.busiest : b.busiest,
    maxThreadRatio: Math.max(a.maxThreadRatio, b.maxThreadRatio),
    busyThreads: joinedThreads(a, b),
    rssBytes: Math.max(a.rssBytes, b.rssBytes),
    fds: larger(a.fds, b.fds),
    threads: Math.max(a.threads, b.threads),
    udpDrops: a.udpDrops + b.udpDrops,
    hostUdpErrors: plus(a.hostUdpErrors, b.hostUdpErrors),
  };
}

/** Each thread of either, on average over both. */
function joinedThreads(a: ServerStretch, b: ServerStretch): ServerThread[] {
  const ms = lengthMs(a) + lengthMs(b);
  const threads = new Map<number, ServerThread>();
  for (const stretch of [a, b]) {
    const share = ms > 0 ? lengthMs(stretch) / ms : 0;
    for (const { id, name, cpuRatio } of stretch.busyThreads ?? []) {
      const before = threads.get(id)?.cpuRatio ?? 0;
      threads.set(id, { id, name, cpuRatio: before + cpuRatio * share });
    }
  }
  return [...threads.values()];
}

function meanThreadRatio(stretches: readonly ServerStretch[]): number {
  let coreMs = 0;
  let ms = 0;
  for (const stretch of stretches) {
    coreMs += stretch.maxThreadRatio * lengthMs(stretch);
    ms += lengthMs(stretch);
  }
  return ms > 0 ? coreMs / ms : 0;
}

function lengthMs({ fromMs, toMs }: ServerStretch): number {
  return toMs - fromMs;
}

/** The larger of what is known. */
function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}

/** The sum of what is known. */
function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : a + b;
}

/** Ticks of a hundredth of a second allow no more digits. */
function round(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
