import { assert, assertEquals } from "@std/assert";
import {
  CourseBook,
  type CourseLimits,
  type CourseSecond,
  EMPTY_SNAPSHOT,
  mergeTrendJson,
  NodeMeter,
  type Snapshot,
  SnapshotBook,
  Timeline,
  Trend,
} from "../../../lib/metrics/mod.ts";
import { generator } from "./generate.ts";

/** Snapshots of a node, one a second: what grows does so by the second's number, times the node's weight. */
function* snapshots(
  count: number,
  node = "a",
  weight = 1,
): Generator<Snapshot> {
  const meter = new NodeMeter(node);
  for (let sec = 1; sec <= count; sec++) {
    meter.counters.packetsSent += 10 * weight;
    meter.counters.packetsDeliverable += 10 * weight;
    meter.counters.packetsReceived += (sec % 2 === 0 ? 10 : 8) * weight;
    for (let i = 0; i < 20 * weight; i++) {
      meter.trend("mediaLatency").record(1000 * sec + i * 37 * weight);
    }
    meter.trend("signaling.join_room").record(500 * sec);
    yield {
      ...EMPTY_SNAPSHOT,
      ...meter.snapshot({
        atMs: sec * 1000,
        clients: [],
        generator: {
          ...EMPTY_SNAPSHOT.generator,
          cpuUs: sec * 1000,
          threadUs: sec * 1e6,
        },
      }),
    };
  }
}

/** The course of a run on these nodes. */
function courseOf(
  nodes: readonly Iterable<Snapshot>[],
  limits: Partial<CourseLimits> = {},
): CourseBook {
  const book = new CourseBook(limits);
  const all = new SnapshotBook();
  const timeline = new Timeline();
  const each = nodes.map((node) => node[Symbol.iterator]());
  for (let sec = 1;; sec++) {
    const now = each.map((node) => node.next());
    if (now.some(({ done }) => done)) return book;
    for (const { value } of now) all.add(value);
    const snapshot = all.at(sec);
    const point = timeline.mark(snapshot, sec * 1000);
    book.take({ phase: "media", point, snapshot });
  }
}

const total = (seconds: readonly CourseSecond[], name: "packetsSent") =>
  seconds.reduce((sum, { grown }) => sum + grown[name], 0);

const latencies = (seconds: readonly CourseSecond[]) =>
  mergeTrendJson(seconds.map(({ trends }) => trends.mediaLatency));

Deno.test("a second is what grew in it, and its distribution that of what was measured in it alone", () => {
  const { seconds } = courseOf([snapshots(3)]).course();
  assertEquals(seconds.map(({ fromSec, point }) => [fromSec, point.tSec]), [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  assertEquals(seconds.map(({ grown }) => grown.packetsReceived), [8, 10, 8]);
  assertEquals(seconds.map(({ grown }) => grown.cpuUs), [1000, 1000, 1000]);
  const second = Trend.fromJSON(seconds[2].trends.mediaLatency);
  assertEquals(second.count, 20);
  assert(second.percentile(0) >= 2900 && second.percentile(50) >= 3300);
});

Deno.test.each([
  { count: 8, limit: 8, stretches: 8, why: "fits" },
  { count: 9, limit: 8, stretches: 5, why: "is halved once" },
  { count: 100, limit: 8, stretches: 7, why: "is halved again and again" },
])(
  "a course that $why keeps $stretches stretches, and loses nothing that adds up",
  ({ count, limit, stretches }) => {
    const whole = [...snapshots(count)];
    const { seconds } = courseOf([whole], { seconds: limit }).course();
    assertEquals(seconds.length, stretches);
    assertEquals(seconds[0].fromSec, 0);
    assertEquals(seconds.at(-1)!.point.tSec, count);
    for (const [i, { fromSec }] of seconds.entries()) {
      if (i > 0) assertEquals(fromSec, seconds[i - 1].point.tSec);
    }
    assertEquals(total(seconds, "packetsSent"), 10 * count);
    assertEquals(
      latencies(seconds).buckets,
      whole.at(-1)!.trends.mediaLatency.buckets,
    );
  },
);

Deno.test("stretches that were put together have the rates and the loss of both", () => {
  const { seconds: [first] } = courseOf([snapshots(9)], { seconds: 8 })
    .course();
  assertEquals(first.point.tSec, 2);
  assertEquals(first.point.packetsSentPerSec, 10);
  assertEquals(first.point.packetsReceivedPerSec, 9);
  assertEquals(first.point.lossRatio, 0.1);
});

Deno.test("the courses of two machines add up to the course of both", () => {
  const [a, b, both] = [
    [snapshots(20, "a", 1)],
    [snapshots(20, "b", 3)],
    [snapshots(20, "a", 1), snapshots(20, "b", 3)],
  ].map((nodes) => courseOf(nodes).course().seconds);
  for (const [i, { grown, trends }] of both.entries()) {
    for (const [name, value] of Object.entries(grown)) {
      const sum = [a, b].map((seconds) =>
        new Map(Object.entries(seconds[i].grown)).get(name)!
      );
      assertEquals(sum[0] + sum[1], value, name);
    }
    assertEquals(
      mergeTrendJson([a[i].trends.mediaLatency, b[i].trends.mediaLatency]),
      trends.mediaLatency,
    );
  }
});

Deno.test("notes stand where they were told, the last ones where there were too many, without secrets of URLs", () => {
  const book = new CourseBook({ notes: 2 });
  const [snapshot] = snapshots(1);
  const point = new Timeline().mark(snapshot, 1000);
  const note = (text: string) => book.note({ atMs: 1, level: "info", text });
  note("first");
  note("ws://me:geheim@host/ws?token=geheim");
  book.take({ phase: "ramp", point, snapshot });
  note("last");
  const { notes, notesLeftOut } = book.course();
  assertEquals(notesLeftOut, 1);
  assertEquals(notes.map(({ afterSeconds }) => afterSeconds), [0, 1]);
  assertEquals(notes.some(({ text }) => text.includes("geheim")), false);
});

Deno.test("each second is read as it was taken in, whatever was measured in it", () => {
  const { snapshot: draw } = generator(11);
  const book = new CourseBook();
  const taken = Array.from({ length: 300 }, (_, i) => {
    const snapshot = { ...draw("a"), second: i + 1, atMs: (i + 1) * 1000 };
    const point = new Timeline().mark(snapshot, snapshot.atMs);
    return book.take({ phase: "media", point, snapshot });
  });
  assertEquals(book.course().seconds, taken);
});
