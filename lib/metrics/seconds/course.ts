/**
 * The course of a run: what each second came to, as sums and distributions,
 * so that the courses of several machines add up to that of all of them, and
 * what was told meanwhile. An hour is kept second by second; of a longer run
 * neighbours are put together, so memory has a bound.
 *
 * @module
 */

import { shownText } from "../../text/mod.ts";
import { totalErrors } from "../figures.ts";
import {
  type Packable,
  PackedLists,
  type PackedReader,
} from "../packed_numbers.ts";
import { record } from "./record.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../snapshot.ts";
import type { ServerPoint, TimelinePoint } from "../summary/summary.ts";
import { RATE_COUNTERS, ratesBetween } from "./timeline_window.ts";
import { mergeTrendJson, type TrendJson } from "../trend.ts";
import { trendGrowth } from "../trend_growth.ts";

/** Where a run is: clients come, media flows, or everyone leaves. */
export const RUN_PHASES = ["ramp", "media", "teardown"] as const;

/** One of them. */
export type RunPhase = (typeof RUN_PHASES)[number];

/** Of which a second's distribution is kept, and which trends are in it. */
const COURSE_TRENDS: Readonly<
  Record<CourseTrend, (name: string) => boolean>
> = {
  mediaLatency: (name) => name === "mediaLatency",
  roundTripTime: (name) => name === "roundTripTime",
  signaling: (name) => name.startsWith("signaling."),
};

/** One of them; values are steps, as in any trend. */
export type CourseTrend = "mediaLatency" | "roundTripTime" | "signaling";

/** What grew in a second: counters, and what the generator used. */
export const COURSE_SUMS = [
  ...RATE_COUNTERS,
  "packetsOverdue",
  "cpuUs",
  "threadUs",
] as const;

/** One of them. */
export type CourseSum = (typeof COURSE_SUMS)[number];

/** One second, or several that were put together. */
export interface CourseSecond {
  /** When it began, in seconds since the run did; it ended at `point.tSec`. */
  readonly fromSec: number;
  /** Where the run was. */
  readonly phase: RunPhase;
  /** The timeline's point, with the server as it was seen at the time. */
  readonly point: TimelinePoint;
  /** Errors since the run began. */
  readonly errors: number;
  /** By how much each grew. */
  readonly grown: Readonly<Record<CourseSum, number>>;
  /** What was measured in it alone. */
  readonly trends: Readonly<Record<CourseTrend, TrendJson>>;
}

/** Something that was told. */
export interface CourseNote {
  /** Seconds that were over by then. */
  readonly afterSeconds: number;
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
  /** Whether something went wrong. */
  readonly level: "info" | "error";
  /** What, in one line. */
  readonly text: string;
}

/** The course of a run. */
export interface Course {
  /** Oldest first. */
  readonly seconds: readonly CourseSecond[];
  /** Oldest first; the last ones, if there were too many. */
  readonly notes: readonly CourseNote[];
  /** Notes that there was no room for. */
  readonly notesLeftOut: number;
}

/** Nothing was seen. */
export const EMPTY_COURSE: Course = { seconds: [], notes: [], notesLeftOut: 0 };

/** How much is kept. */
export interface CourseLimits {
  /** Stretches; an even number. */
  readonly seconds: number;
  readonly notes: number;
}

const LIMITS: CourseLimits = { seconds: 3600, notes: 5000 };
/** Characters that are kept of a note. */
const MAX_NOTE_LENGTH = 1000;

const TREND_NAMES = Object.keys(COURSE_TRENDS) as readonly CourseTrend[];

/** In the timeline's order. */
const POINT_NAMES = Object.keys(
  {
    tSec: true,
    clients: true,
    packetsSentPerSec: true,
    packetsReceivedPerSec: true,
    sendBps: true,
    receiveBps: true,
    lossRatio: true,
    tracksDue: true,
    silentRatio: true,
    cpuRatio: true,
  } satisfies Record<Exclude<keyof TimelinePoint, "server">, true>,
) as readonly Exclude<keyof TimelinePoint, "server">[];

const SERVER_NAMES = Object.keys(
  {
    cpuRatio: true,
    maxProcessRatio: true,
    rssBytes: true,
    fds: true,
    udpDrops: true,
  } satisfies Record<keyof ServerPoint, true>,
) as readonly (keyof ServerPoint)[];

/** The names of a row's numbers; distributions follow, by {@linkcode TREND_COLUMNS}. */
export const COURSE_COLUMNS: readonly string[] = [
  "fromSec",
  "phase",
  "errors",
  ...POINT_NAMES,
  ...SERVER_NAMES.map((name) => `server.${name}`),
  ...COURSE_SUMS.map((name) => `grown.${name}`),
];

/** The names of a row's distributions. */
export const TREND_COLUMNS: readonly CourseTrend[] = TREND_NAMES;

/** A second as a list of numbers, in the order of {@linkcode COURSE_COLUMNS}; `null` is not known. */
export function courseRow(
  { fromSec, phase, errors, point, grown }: CourseSecond,
): (number | null)[] {
  return [
    fromSec,
    RUN_PHASES.indexOf(phase),
    errors,
    ...POINT_NAMES.map((name) => point[name]),
    ...SERVER_NAMES.map((name) => point.server?.[name] ?? null),
    ...COURSE_SUMS.map((name) => grown[name]),
  ];
}

/** The second of such a list. */
export function secondOfRow(
  row: readonly (number | null)[],
  trend: (name: CourseTrend) => TrendJson,
): CourseSecond {
  let at = 0;
  const next = () => row[at++] ?? null;
  const fromSec = next() ?? 0;
  const phase = RUN_PHASES[next() ?? 0] ?? "media";
  const errors = next() ?? 0;
  const point = record(POINT_NAMES, () => next() ?? 0);
  const server = record(SERVER_NAMES, next);
  return {
    fromSec,
    phase,
    errors,
    point: server.cpuRatio === null
      ? point
      : { ...point, server: server as ServerPoint },
    grown: record(COURSE_SUMS, () => next() ?? 0),
    trends: record(TREND_NAMES, trend),
  };
}

/** Keeps the course of a run. */
export class CourseBook {
  readonly #limits: CourseLimits;
  #before: Sums = sumsOf(EMPTY_SNAPSHOT);
  #fromSec = 0;
  #rows = new PackedLists();
  /** Seconds that go into one stretch now. */
  #each = 1;
  /** What is not whole yet, and of how many seconds it is. */
  #open: CourseSecond | undefined;
  #openSeconds = 0;
  #seen = 0;
  readonly #notes: CourseNote[] = [];
  #notesLeftOut = 0;

  constructor(limits: Partial<CourseLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes in a second, and returns it. */
  take(
    { phase, point, snapshot }: {
      readonly phase: RunPhase;
      readonly point: TimelinePoint;
      /** Everything measured by its end. */
      readonly snapshot: Snapshot;
    },
  ): CourseSecond {
    const after = sumsOf(snapshot);
    const before = this.#before;
    const second: CourseSecond = {
      fromSec: this.#fromSec,
      phase,
      errors: totalErrors(snapshot),
      point,
      grown: record(
        COURSE_SUMS,
        (name) => after.grown[name] - before.grown[name],
      ),
      trends: record(
        TREND_NAMES,
        (kind) =>
          mergeTrendJson(
            Object.entries(after.trends[kind]).map(([name, trend]) =>
              trendGrowth(before.trends[kind][name], trend)
            ),
          ),
      ),
    };
    this.#before = after;
    this.#fromSec = point.tSec;
    this.#seen++;
    this.#keep(second);
    return second;
  }

  /** Something was told. */
  note({ atMs, level, text }: Omit<CourseNote, "afterSeconds">): void {
    this.#notes.push({
      afterSeconds: this.#seen,
      atMs,
      level,
      text: shownText(text.slice(0, MAX_NOTE_LENGTH)),
    });
    if (this.#notes.length <= this.#limits.notes) return;
    this.#notes.shift();
    this.#notesLeftOut++;
  }

  /** What is kept. */
  course(): Course {
    return {
      seconds: [
        ...Iterator.from(this.#rows).map(unpacked),
        ...this.#open === undefined ? [] : [this.#open],
      ],
      notes: [...this.#notes],
      notesLeftOut: this.#notesLeftOut,
    };
  }

  #keep(second: CourseSecond): void {
    this.#open = this.#open === undefined
      ? second
      : together(this.#open, second);
    this.#openSeconds++;
    if (this.#openSeconds < this.#each) return;
    if (this.#rows.length >= this.#limits.seconds) {
      this.#halve();
      return;
    }
    this.#rows.push(packable(this.#open));
    this.#open = undefined;
    this.#openSeconds = 0;
  }

  /** Puts each two stretches together; what is open then is half of one. */
  #halve(): void {
    const rows = this.#rows;
    this.#rows = new PackedLists();
    let first: CourseSecond | undefined;
    for (const reader of rows) {
      const second = unpacked(reader);
      if (first !== undefined) {
        this.#rows.push(packable(together(first, second)));
      }
      first = first === undefined ? second : undefined;
    }
    this.#each *= 2;
  }
}

interface Sums {
  readonly grown: CourseSecond["grown"];
  readonly trends: Readonly<Record<CourseTrend, Snapshot["trends"]>>;
}

/** Of a snapshot only what the next one is compared with. */
function sumsOf(
  { counters, gauges, generator, trends }: Snapshot,
): Sums {
  const of: Readonly<Record<string, number>> = {
    ...counters,
    packetsOverdue: gauges.packetsOverdue ?? 0,
    cpuUs: generator.cpuUs,
    threadUs: generator.threadUs,
  };
  return {
    grown: record(COURSE_SUMS, (name) => of[name] ?? 0),
    trends: record(TREND_NAMES, (kind) =>
      Object.fromEntries(
        Object.entries(trends).filter(([name]) => COURSE_TRENDS[kind](name)),
      )),
  };
}

/** Two stretches, one after the other, as one. */
export function together(a: CourseSecond, b: CourseSecond): CourseSecond {
  const grown = record(COURSE_SUMS, (name) => a.grown[name] + b.grown[name]);
  const [ofA, ofB] = [a, b].map(({ fromSec, point }) =>
    Math.max(0, point.tSec - fromSec)
  );
  const meanOf = (inA: number, inB: number) =>
    ofA + ofB === 0 ? inB : (inA * ofA + inB * ofB) / (ofA + ofB);
  const { lossRatio, silentRatio, cpuRatio } = ratesOf({ grown });
  return {
    fromSec: a.fromSec,
    phase: b.phase,
    errors: b.errors,
    point: {
      ...record(POINT_NAMES, (name) => meanOf(a.point[name], b.point[name])),
      tSec: b.point.tSec,
      clients: b.point.clients,
      lossRatio,
      silentRatio,
      cpuRatio,
      ...serverTogether(a.point.server, b.point.server, meanOf),
    },
    grown,
    trends: record(
      TREND_NAMES,
      (name) => mergeTrendJson([a.trends[name], b.trends[name]]),
    ),
  };
}

/** What the sums of a stretch say of it: shares, and what a video had; nothing that is a second. */
export function ratesOf({ grown }: Pick<CourseSecond, "grown">): Pick<
  ReturnType<typeof ratesBetween>,
  "cpuRatio" | "frameRate" | "frozenRatio" | "lossRatio" | "silentRatio"
> {
  const { packetsOverdue, cpuUs, threadUs } = grown;
  return ratesBetween(
    EMPTY_SNAPSHOT,
    {
      counters: grown,
      gauges: { packetsOverdue },
      generator: { cpuUs, threadUs },
    },
    1,
  );
}

function serverTogether(
  a: ServerPoint | undefined,
  b: ServerPoint | undefined,
  meanOf: (inA: number, inB: number) => number,
): { readonly server?: ServerPoint } {
  if (a === undefined || b === undefined) {
    const server = a ?? b;
    return server === undefined ? {} : { server };
  }
  return {
    server: {
      cpuRatio: meanOf(a.cpuRatio, b.cpuRatio),
      maxProcessRatio: Math.max(a.maxProcessRatio, b.maxProcessRatio),
      rssBytes: b.rssBytes,
      fds: b.fds,
      udpDrops: a.udpDrops + b.udpDrops,
    },
  };
}

function packable(second: CourseSecond): Packable[] {
  return [
    ...courseRow(second).map((value) => value ?? undefined),
    ...TREND_NAMES.flatMap((name) => {
      const { count, min, max, sum, buckets } = second.trends[name];
      // Distances are like each other, and so are counts: apart they are deflated into less.
      return [
        ...[count, min, max, sum, buckets.length],
        ...buckets.filter((_, i) => i % 2 === 0),
        ...buckets.filter((_, i) => i % 2 === 1),
      ];
    }),
  ];
}

function unpacked(reader: PackedReader): CourseSecond {
  const next = () => reader.next() ?? 0;
  const row = reader.take(COURSE_COLUMNS.length);
  return secondOfRow(row.map((value) => value ?? null), () => {
    const [count, min, max, sum, length] = Array.from({ length: 5 }, next);
    const half = length / 2;
    const pairs = Array.from({ length }, next);
    const buckets = Array.from(
      { length },
      (_, i) => pairs[(i >> 1) + (i % 2 === 0 ? 0 : half)],
    );
    return { count, min, max, sum, buckets };
  });
}
