import { assert, assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  MAX_TIMELINE_POINTS,
  mergeSnapshots,
  type NodeLoss,
  type Snapshot,
  Timeline,
} from "../../../../lib/metrics/mod.ts";

Deno.test("a point says what happened since the last one, a second", () => {
  const timeline = new Timeline();
  const first = node("a", 1, {
    packetsSent: 100,
    bytesSent: 1000,
    packetsExpected: 100,
    packetsLost: 0,
  });
  assertEquals(timeline.mark(first, 1000).packetsSentPerSec, 100);
  const counters = {
    packetsSent: 400,
    bytesSent: 5000,
    packetsExpected: 300,
    packetsLost: 2,
    packetsReceived: 40,
    tracksDueMs: 8000,
    tracksSilentMs: 2000,
  };
  const point = timeline.mark(node("a", 3, counters, 3_000_000), 3000);
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
  assertEquals(timeline.points().map(({ tSec }) => tSec), [1, 3]);
  assertEquals(timeline.points()[1], point);
});

Deno.test("a rate is of the time that the nodes counted, not of the time between two looks at them", () => {
  const timeline = new Timeline();
  const sent = (countedMs: number, atMs: number) => {
    const counters = { packetsSent: countedMs };
    const report = node("a", atMs, counters, 1_000_000, countedMs);
    return timeline.mark(report, atMs).packetsSentPerSec;
  };
  assertEquals(sent(900, 1_500), 1_000);
  assertEquals(sent(1_900, 1_900), 1_000);
  assertEquals(sent(2_600, 2_500), 1_000);
});

Deno.test("a rate is not that of fewer nodes where one of several is late, nor does one that is lost make the others faster", () => {
  const timeline = new Timeline();
  const rate = (aMs: number, bMs: number, lost: NodeLoss[] = []) => {
    const b = node("b", bMs, { packetsSent: bMs }, 1_000_000, bMs);
    const all = mergeSnapshots([
      node("a", aMs, { packetsSent: aMs }, 1_000_000, aMs),
      { ...b, generator: { ...b.generator, lost } },
    ]);
    return timeline.mark(all, aMs).packetsSentPerSec;
  };
  assertEquals(rate(1_000, 1_000), 2_000);
  assertEquals(rate(2_000, 1_000), 2_000, "b is late");
  assertEquals(rate(3_000, 3_000), 2_000, "and has caught up");
  const lost = [{ node: "b", atMs: 3_000, clients: 1, reason: "" }];
  assertEquals(rate(4_000, 3_000, lost), 1_000, "b is gone");
  assertEquals(rate(5_000, 3_000, lost), 1_000);
});

Deno.test("late packets given back do not make a loss negative, and no time is no rate", () => {
  const timeline = new Timeline();
  const first = node("a", 1, { packetsExpected: 100, packetsLost: 5 });
  timeline.mark(first, 1000);
  const counters = { packetsExpected: 200, packetsLost: 3, packetsSent: 9 };
  const again = node("a", 2, counters, 1_000_000, 1_000);
  assertEquals(timeline.mark(again, 1000).packetsSentPerSec, 0);
  assertEquals(timeline.points()[1].lossRatio, 0);
});

Deno.test("what does not come is lost in the second in which it should have, not when that shows", () => {
  const timeline = new Timeline();
  const lost = ([sec, deliverable, overdue, received, missing]: number[]) => {
    const report = {
      ...node("a", sec, {
        packetsDeliverable: deliverable,
        packetsReceived: received,
        packetsExpected: received + missing,
        packetsLost: missing,
      }),
      gauges: { packetsOverdue: overdue },
    };
    return timeline.mark(report, sec * 1000).lossRatio;
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
  const course = new Timeline();
  const seconds = MAX_TIMELINE_POINTS * 3;
  for (let second = 1; second <= seconds; second++) {
    const all = node("a", second, { packetsSent: second * 10 });
    assertEquals(course.mark(all, second * 1000).packetsSentPerSec, 10);
  }
  const timeline = course.points();
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
