/** Courses of machines put together: nothing is lost or counted twice, however long their stretches are. */

import { assert, assertEquals } from "@std/assert";
import {
  continueCourse,
  type Course,
  CourseBook,
  EMPTY_COURSE,
  EMPTY_SNAPSHOT,
  mergeCourses,
  type Snapshot,
  Timeline,
  Trend,
} from "../../../../lib/metrics/mod.ts";
import { fc } from "../../../fuzz/deps.ts";

/** A machine's course, of seconds that may be passed over and a last one that may be short. */
function courseOf(
  { sent, passed, endMs, limit }: {
    readonly sent: readonly number[];
    readonly passed: readonly number[];
    readonly endMs: number;
    readonly limit: number;
  },
): Course {
  const timeline = new Timeline();
  const book = new CourseBook({ seconds: limit });
  const latency = new Trend();
  let all = 0;
  sent.forEach((packets, i) => {
    all += packets;
    latency.record(packets + 1);
    const isLast = i === sent.length - 1;
    // What was counted in a second that was not told of is told of with the next.
    if (passed.includes(i) && !isLast) return;
    const atMs = i * 1000 + (isLast ? endMs : 1000);
    const snapshot: Snapshot = {
      ...EMPTY_SNAPSHOT,
      ...{ atMs, second: i + 1, sequence: i + 1 },
      counters: { packetsSent: all, "errors.dtls": i },
      gauges: { clientsConnected: isLast ? 0 : 3 },
      trends: { mediaLatency: latency.toJSON() },
    };
    const point = timeline.mark(snapshot, atMs);
    book.take({ phase: "media", point, snapshot });
  });
  return book.course();
}

const machine = fc.record({
  sent: fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
  passed: fc.array(fc.nat(40), { maxLength: 10 }),
  endMs: fc.integer({ min: 1, max: 1000 }),
  // Of a course that is longer neighbours are put together.
  limit: fc.constantFrom(4, 8, 64),
});

Deno.test("of random courses the seconds follow on each other, and come to the sum of all", () => {
  fc.assert(
    fc.property(fc.array(machine, { minLength: 1, maxLength: 4 }), (all) => {
      const courses = all.map(courseOf);
      const { seconds } = mergeCourses(courses);
      const sum = (some: Course["seconds"]) => ({
        sent: some.reduce((sum, { grown }) => sum + grown.packetsSent, 0),
        latencies: some.reduce(
          (sum, { trends }) => sum + trends.mediaLatency.count,
          0,
        ),
      });
      assertEquals(
        sum(seconds),
        sum(courses.flatMap((course) => course.seconds)),
      );
      let fromSec = 0;
      for (const second of seconds) {
        assertEquals(second.fromSec, fromSec);
        fromSec = second.point.tSec;
        assert(fromSec > second.fromSec);
        const each = second.grown.packetsSent / (fromSec - second.fromSec);
        assertEquals(second.point.packetsSentPerSec, Math.round(each));
      }
      assertEquals(
        fromSec,
        Math.max(...courses.map((one) => one.seconds.at(-1)!.point.tSec)),
      );
      assertEquals(
        seconds.at(-1)!.errors,
        all.reduce((sum, { sent }) => sum + sent.length - 1, 0),
      );
    }),
    { numRuns: 100, seed: 4 },
  );
});

Deno.test("one course is itself, and of none there is nothing", () => {
  const course = courseOf({
    ...{ sent: [3, 5, 7], passed: [], endMs: 1000, limit: 64 },
  });
  assertEquals(mergeCourses([course, EMPTY_COURSE]), course);
  assertEquals(mergeCourses([]), EMPTY_COURSE);
});

Deno.test("what is known up to a time goes on with what was left, or lends it where the run and its server were", () => {
  const left = courseOf({
    ...{ sent: [3, 5, 7, 9], passed: [], endMs: 1000, limit: 64 },
  });
  const server = {
    cpuRatio: 0.5,
    maxProcessRatio: 0.5,
    rssBytes: 1,
    fds: 1,
    udpDrops: 0,
  };
  const note = {
    afterSeconds: 1,
    atMs: 900,
    level: "info",
    text: "b",
  } as const;
  const known: Course = {
    notes: [note],
    notesLeftOut: 1,
    seconds: left.seconds.slice(0, 2).map((second) => ({
      ...second,
      phase: "ramp",
      errors: second.errors + 10,
      grown: { ...second.grown, packetsSent: 100 },
      point: { ...second.point, server },
    })),
  };
  const whole = continueCourse(known, left, true);
  const part = continueCourse(known, {
    ...left,
    notes: [note, { ...note, atMs: 3000 }],
  }, false);
  const sent = ({ seconds }: Course) =>
    seconds.map(({ grown }) => grown.packetsSent);
  assertEquals([sent(whole), sent(part)], [[3, 5, 7, 9], [100, 100, 7, 9]]);
  assertEquals(whole.seconds.map(({ phase }) => phase), [
    "ramp",
    "ramp",
    "media",
    "media",
  ]);
  assertEquals(whole.seconds.map(({ point }) => point.server), [
    server,
    server,
    undefined,
    undefined,
  ]);
  assertEquals(part.seconds.map(({ errors }) => errors), [10, 11, 12, 13]);
  assertEquals(part.notes.map(({ atMs }) => atMs), [900, 3000]);
});
