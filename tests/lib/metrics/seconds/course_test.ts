import { assert, assertEquals } from "@std/assert";
import {
  COURSE_COLUMNS,
  COURSE_SUMS,
  CourseBook,
  type CourseLimits,
  courseRow,
  type CourseSecond,
  EMPTY_SNAPSHOT,
  mergeTrendJson,
  NodeMeter,
  ratesOf,
  RUN_PHASES,
  secondOfRow,
  type ServerPoint,
  type Snapshot,
  SnapshotBook,
  Timeline,
  together,
  Trend,
  TREND_COLUMNS,
} from "../../../../lib/metrics/mod.ts";
import { generator } from "../generate.ts";

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

const SERVER: ServerPoint = {
  cpuRatio: 0.5,
  maxProcessRatio: 0.25,
  rssBytes: 1e9,
  fds: 20,
  udpDrops: 2,
};

/** A stretch of a random course, with what it rests on; `server` where that was watched. */
function stretch(
  fromSec: number,
  toSec: number,
  below: (limit: number) => number,
  server?: ServerPoint,
): CourseSecond {
  const trend = (): Trend => {
    const one = new Trend();
    for (let i = below(4); i > 0; i--) one.record(below(1e6));
    return one;
  };
  return {
    fromSec,
    phase: RUN_PHASES[below(3)],
    errors: below(9),
    point: {
      tSec: toSec,
      clients: below(9),
      packetsSentPerSec: below(999),
      packetsReceivedPerSec: below(999),
      sendBps: below(1e6),
      receiveBps: below(1e6),
      lossRatio: below(100) / 100,
      tracksDue: below(99),
      silentRatio: below(100) / 100,
      cpuRatio: below(100) / 100,
      ...(server !== undefined && { server }),
    },
    grown: Object.fromEntries(
      COURSE_SUMS.map((name) => [name, below(1000)]),
    ) as CourseSecond["grown"],
    trends: {
      mediaLatency: trend().toJSON(),
      roundTripTime: trend().toJSON(),
      signaling: trend().toJSON(),
    },
  };
}

Deno.test.each<{ why: string; server: ServerPoint | undefined }>([
  { why: "nobody watched the server", server: undefined },
  { why: "the server was watched", server: SERVER },
  { why: "its files may not be counted", server: { ...SERVER, fds: null } },
  { why: "it is idle", server: { ...SERVER, cpuRatio: 0, fds: 0 } },
])("a second is what its row and its distributions say: $why", ({ server }) => {
  const { below } = generator(31);
  for (let round = 0; round < 50; round++) {
    const second = stretch(below(9), 9 + below(9), below, server);
    const row = courseRow(second);
    assertEquals(row.length, COURSE_COLUMNS.length);
    const again = secondOfRow(
      JSON.parse(JSON.stringify(row)),
      (name) => second.trends[name],
    );
    assertEquals(again, second);
  }
});

Deno.test("columns have names of their own, and what follows them are distributions", () => {
  assertEquals(new Set(COURSE_COLUMNS).size, COURSE_COLUMNS.length);
  assertEquals(
    TREND_COLUMNS.filter((name) => COURSE_COLUMNS.includes(name)),
    [],
  );
});

Deno.test("a row of another version, which is too short or has a phase of its own, is read as far as it goes", () => {
  const { below } = generator(32);
  const second = stretch(1, 2, below);
  const [row, trend] = [courseRow(second), () => second.trends.signaling];
  row[COURSE_COLUMNS.indexOf("phase")] = 99;
  const { phase, fromSec, point, grown } = secondOfRow(row.slice(0, 4), trend);
  assertEquals([phase, fromSec, point.tSec], ["media", 1, 2]);
  assertEquals([point.clients, point.server, grown.cpuUs], [0, undefined, 0]);
});

Deno.test("stretches are put together as they come or in pairs: it is the same", () => {
  const { below } = generator(33);
  for (let round = 0; round < 100; round++) {
    const ends = [0, 1, 2, 3].map((at) => at + below(3) * 4);
    ends.sort((a, b) => a - b);
    const [a, b, c] = [0, 1, 2].map((i) =>
      stretch(ends[i], ends[i + 1], below, {
        ...SERVER,
        cpuRatio: below(400) / 100,
        maxProcessRatio: below(100) / 100,
        udpDrops: below(9),
      })
    );
    const left = together(together(a, b), c);
    const right = together(a, together(b, c));
    assertEquals(left.grown, right.grown);
    assertEquals(left.trends, right.trends);
    assertEquals([left.fromSec, left.phase, left.errors], [
      a.fromSec,
      c.phase,
      c.errors,
    ]);
    assertClose(courseRow(left), courseRow(right));
  }
});

function assertClose(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): void {
  a.forEach((value, i) => {
    const other = b[i];
    if (value === null || other === null) return assertEquals(value, other);
    const near = 1e-9 * Math.max(1, Math.abs(value));
    assert(
      Math.abs(value - other) <= near,
      `${COURSE_COLUMNS[i]}: ${value} ${other}`,
    );
  });
}

Deno.test("what a stretch of several seconds used of the server is their mean, each as long as it was", () => {
  const { below } = generator(34);
  const used = (fromSec: number, toSec: number, cpuRatio: number) =>
    stretch(fromSec, toSec, below, { ...SERVER, cpuRatio });
  const whole = [
    used(0, 1, 1),
    used(1, 2, 0),
    used(2, 3, 0),
    used(3, 4, 0),
    used(4, 8, 0.5),
  ].reduce(together);
  assertEquals(whole.point.server?.cpuRatio, (1 + 4 * 0.5) / 8);
});

Deno.test("of two stretches of which one was not watched, what is known of the server is that of the other", () => {
  const { below } = generator(35);
  const [seen, unseen] = [SERVER, undefined].map((server, i) =>
    stretch(i, i + 1, below, server)
  );
  assertEquals(together(seen, unseen).point.server, SERVER);
  assertEquals(
    together(unseen, { ...seen, fromSec: 2 }).point.server,
    SERVER,
  );
  assertEquals(Object.hasOwn(together(unseen, unseen).point, "server"), false);
});

Deno.test("shares of a stretch are of all that happened in it, not means of its seconds' shares", () => {
  const { below } = generator(36);
  const nothing = stretch(0, 1, below);
  const of = (packetsDeliverable: number, packetsReceived: number) => ({
    ...nothing,
    grown: {
      ...nothing.grown,
      packetsOverdue: 0,
      packetsFromOthers: 0,
      packetsDeliverable,
      packetsReceived,
    },
  });
  // All of ten, and none of ninety.
  const both = together(of(10, 10), { ...of(90, 0), fromSec: 1 });
  assertEquals(ratesOf(both).lossRatio, 0.9);
  assertEquals(both.point.lossRatio, 0.9);
});

Deno.test("stretches of no time have the rates of the last", () => {
  const { below } = generator(37);
  const [a, b] = [stretch(5, 5, below), stretch(5, 5, below)];
  assertEquals(together(a, b).point.sendBps, b.point.sendBps);
});
