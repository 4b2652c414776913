import { assert, assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  MAX_TIMELINE_POINTS,
  type Snapshot,
  SnapshotBook,
} from "../../../lib/metrics/mod.ts";

Deno.test("an empty book comes to nothing", () => {
  const book = new SnapshotBook();
  assertEquals(book.merged(), EMPTY_SNAPSHOT);
  assertEquals(book.timeline(), []);
});

Deno.test("of each node the latest counts, whatever the order of arrival", () => {
  const book = new SnapshotBook();
  book.add(sent("a", 2, 200));
  book.add(sent("a", 1, 100));
  book.add(sent("a", 2, 999));
  book.add(sent("b", 1, 5));
  assertEquals(book.merged().counters.packetsSent, 205);
  book.add(sent("a", 3, 300));
  assertEquals(book.merged().counters.packetsSent, 305);
  assertEquals(book.merged().node, "a+b");
});

Deno.test("a point says what happened since the last one, a second", () => {
  const book = new SnapshotBook();
  book.add(
    node("a", 1, {
      packetsSent: 100,
      bytesSent: 1000,
      packetsExpected: 100,
      packetsLost: 0,
    }),
  );
  assertEquals(book.mark(1000).packetsSentPerSec, 100);
  book.add(
    node("a", 3, {
      packetsSent: 400,
      bytesSent: 5000,
      packetsExpected: 300,
      packetsLost: 2,
      packetsReceived: 40,
      tracksDueMs: 8000,
      tracksSilentMs: 2000,
    }, 3_000_000),
  );
  const point = book.mark(3000);
  assertEquals(point, {
    tSec: 3,
    clients: 7,
    packetsSentPerSec: 150,
    packetsReceivedPerSec: 20,
    sendBps: 16_000,
    receiveBps: 0,
    lossRatio: 0.01,
    tracksDue: 4,
    silentRatio: 0.25,
    cpuRatio: 0.5,
  });
  assertEquals(book.timeline().map(({ tSec }) => tSec), [1, 3]);
  assertEquals(book.timeline()[1], point);
});

Deno.test("a rate is of the time that the nodes counted, not of the time between two looks at them", () => {
  const book = new SnapshotBook();
  const report = (atMs: number, packetsSent: number) =>
    book.add(node("a", atMs, { packetsSent }, 1_000_000, atMs));
  report(900, 900);
  assertEquals(book.mark(1_500).packetsSentPerSec, 1_000);
  report(1_900, 1_900);
  assertEquals(book.mark(1_900).packetsSentPerSec, 1_000);
  report(2_600, 2_600);
  book.add({ ...EMPTY_SNAPSHOT, node: "main", sequence: 1, atMs: 9_000 });
  assertEquals(book.mark(2_500).packetsSentPerSec, 1_000);
});

Deno.test("late packets given back do not make a loss negative, and no time is no rate", () => {
  const book = new SnapshotBook();
  book.add(node("a", 1, { packetsExpected: 100, packetsLost: 5 }));
  book.mark(1000);
  book.add(
    node(
      "a",
      2,
      { packetsExpected: 200, packetsLost: 3, packetsSent: 9 },
      1_000_000,
      1_000,
    ),
  );
  assertEquals(book.mark(1000).packetsSentPerSec, 0);
  assertEquals(book.timeline()[1].lossRatio, 0);
});

Deno.test("what does not come is lost in the second in which it should have, not when that shows", () => {
  const book = new SnapshotBook();
  const lost = ([sec, deliverable, overdue, received, missing]: number[]) => {
    book.add({
      ...node("a", sec, {
        packetsDeliverable: deliverable,
        packetsReceived: received,
        packetsExpected: received + missing,
        packetsLost: missing,
      }),
      gauges: { packetsOverdue: overdue },
    });
    return book.mark(sec * 1000).lossRatio;
  };
  // Nothing comes from the middle of the second second on, until that of the
  // fourth: by its numbers, all of it is missing at once then.
  assertEquals(
    [
      [1, 1000, 0, 1000, 0],
      [2, 1500, 500, 1500, 0],
      [3, 2000, 1000, 1500, 0],
      [4, 4000, 0, 2000, 2000],
      [5, 5000, 0, 3000, 2000],
    ].map(lost),
    [0, 0.5, 1, 0.5, 0],
  );
});

Deno.test("a long run's timeline stays bounded and loses no packet", () => {
  const book = new SnapshotBook();
  const seconds = MAX_TIMELINE_POINTS * 3;
  for (let second = 1; second <= seconds; second++) {
    book.add(sent("a", second, second * 10));
    assertEquals(book.mark(second * 1000).packetsSentPerSec, 10);
  }
  const timeline = book.timeline();
  assert(
    timeline.length <= MAX_TIMELINE_POINTS &&
      timeline.length > MAX_TIMELINE_POINTS / 4,
  );
  assert(timeline.every(({ packetsSentPerSec }) => packetsSentPerSec === 10));
  const stretches = new Set(
    timeline.slice(1).map(({ tSec }, i) => tSec - timeline[i].tSec),
  );
  assertEquals(stretches.size, 1, "all stretches are equally long");
  assert(timeline.at(-1)!.tSec > seconds - 4);
});

function sent(name: string, sequence: number, packetsSent: number): Snapshot {
  return node(name, sequence, { packetsSent });
}

function node(
  name: string,
  sequence: number,
  counters: Record<string, number>,
  threadUs = 1_000_000,
  atMs = sequence * 1000,
): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    node: name,
    sequence,
    atMs,
    counters,
    gauges: { clientsConnected: 7 },
    generator: { ...EMPTY_SNAPSHOT.generator, cpuUs: threadUs / 2, threadUs },
  };
}
