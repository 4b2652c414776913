/**
 * The courses of several machines in one run, put together: what happened at
 * the same time of the run, whichever clock a machine had and however long
 * its stretches are.
 *
 * @module
 */

import {
  type Course,
  COURSE_SUMS,
  type CourseSecond,
  together,
  TREND_COLUMNS,
} from "./course.ts";
import { record } from "./record.ts";
import { EMPTY_SNAPSHOT } from "../snapshot.ts";
import { pointBetween } from "./timeline.ts";
import { mergeTrendJson } from "../trend.ts";

/**
 * What machines that share a run's clients came to together: sums of what
 * grew, and exact distributions, over the shortest stretches that all of them
 * tell apart. Who has ended adds nothing any more.
 */
export function mergeCourses(courses: readonly Course[]): Course {
  const seconds = mergeSeconds(courses.map((course) => course.seconds));
  const notes = courses.flatMap((course) => course.notes)
    .sort((a, b) => a.atMs - b.atMs)
    .map((note) => ({
      ...note,
      afterSeconds:
        seconds.filter(({ point }) => point.tSec * 1000 <= note.atMs).length,
    }));
  return {
    seconds,
    notes,
    notesLeftOut: courses.reduce((sum, one) => sum + one.notesLeftOut, 0),
  };
}

function mergeSeconds(
  all: readonly (readonly CourseSecond[])[],
): CourseSecond[] {
  const machines = all.filter((seconds) => seconds.length > 0).map(
    (seconds) => new Machine(seconds),
  );
  const ends = [
    ...new Set(machines.flatMap(({ seconds }) => seconds.map(endOf))),
  ].sort((a, b) => a - b);
  const merged: CourseSecond[] = [];
  let fromSec = 0;
  for (const toSec of ends) {
    if (!machines.every((machine) => machine.divides(toSec))) continue;
    const stretches = machines.map((machine) => machine.upTo(toSec));
    merged.push(besides(stretches, fromSec, toSec));
    fromSec = toSec;
  }
  return merged;
}

/** What one machine had in a stretch; `undefined` once it has ended. */
interface Stretch {
  readonly second: CourseSecond | undefined;
  /** Errors that it had met by then. */
  readonly errors: number;
}

/** One machine's seconds, taken one after the other. */
class Machine {
  readonly seconds: readonly CourseSecond[];
  readonly #ends: ReadonlySet<number>;
  readonly #lastSec: number;
  #next = 0;
  #errors = 0;

  constructor(seconds: readonly CourseSecond[]) {
    this.seconds = seconds;
    this.#ends = new Set(seconds.map(endOf));
    this.#lastSec = endOf(seconds.at(-1)!);
  }

  /** Whether no stretch of it goes beyond this time that began before. */
  divides(sec: number): boolean {
    return sec >= this.#lastSec || this.#ends.has(sec);
  }

  upTo(sec: number): Stretch {
    let second: CourseSecond | undefined;
    for (
      let next = this.seconds[this.#next];
      next !== undefined && endOf(next) <= sec;
      next = this.seconds[++this.#next]
    ) {
      second = second === undefined ? next : together(second, next);
      this.#errors = next.errors;
    }
    return { second, errors: this.#errors };
  }
}

/** What several machines had in the same stretch. */
function besides(
  stretches: readonly Stretch[],
  fromSec: number,
  toSec: number,
): CourseSecond {
  const present = stretches.flatMap(({ second }) => second ?? []);
  const grown = record(
    COURSE_SUMS,
    (name) => present.reduce((sum, second) => sum + second.grown[name], 0),
  );
  const { packetsOverdue, cpuUs, threadUs } = grown;
  return {
    fromSec,
    phase: present[0].phase,
    errors: stretches.reduce((sum, { errors }) => sum + errors, 0),
    point: pointBetween(
      EMPTY_SNAPSHOT,
      {
        counters: grown,
        gauges: { packetsOverdue },
        generator: { cpuUs, threadUs },
      },
      toSec - fromSec,
      {
        tSec: toSec,
        clients: present.reduce((sum, { point }) => sum + point.clients, 0),
      },
    ),
    grown,
    trends: record(
      TREND_COLUMNS,
      (name) => mergeTrendJson(present.map(({ trends }) => trends[name])),
    ),
  };
}

/**
 * The course that machines have left of a run which is known by itself up to
 * a time. `isWhole` says that theirs is all of it: then only where the run
 * was, and its server, are what was known; else theirs goes on where that ended.
 */
export function continueCourse(
  known: Course,
  left: Course,
  isWhole: boolean,
): Course {
  const toSec = known.seconds.length === 0 ? 0 : endOf(known.seconds.at(-1)!);
  const errors = known.seconds.at(-1)?.errors ?? 0;
  const errorsLeft = left.seconds.findLast((one) => endOf(one) <= toSec)
    ?.errors ?? 0;
  const notes = [
    ...known.notes,
    ...left.notes.filter(({ atMs }) => atMs > toSec * 1000),
  ];
  return {
    seconds: isWhole ? left.seconds.map((second) => seenAt(second, known)) : [
      ...known.seconds,
      ...left.seconds.filter(({ fromSec }) => fromSec >= toSec).map((one) => ({
        ...one,
        errors: Math.max(errors, errors + one.errors - errorsLeft),
      })),
    ],
    notes,
    notesLeftOut: known.notesLeftOut,
  };
}

/** With where the run was at the end of a second, and what was seen of its server. */
function seenAt(second: CourseSecond, { seconds }: Course): CourseSecond {
  const toSec = endOf(second);
  const seen = seconds.find((one) =>
    one.fromSec < toSec && toSec <= endOf(one)
  );
  if (seen === undefined) return second;
  const { phase, point: { server } } = seen;
  return {
    ...second,
    phase,
    point: server === undefined ? second.point : { ...second.point, server },
  };
}

function endOf({ point }: CourseSecond): number {
  return point.tSec;
}
