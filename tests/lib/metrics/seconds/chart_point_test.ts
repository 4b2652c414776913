import { assertEquals } from "@std/assert";
import {
  ChartMoment,
  MAX_MOMENTS,
} from "../../../../lib/metrics/seconds/chart_point.ts";
import {
  type ChartPoint,
  EMPTY_HISTORY,
  EMPTY_SNAPSHOT,
  remembered,
} from "../../../../lib/metrics/mod.ts";

/** A second as a session makes it, `NaN` where nothing is known. */
const [SEEN] = remembered(
  EMPTY_HISTORY,
  EMPTY_SNAPSHOT,
  { ...EMPTY_SNAPSHOT, atMs: 1000 },
  3,
  undefined,
).moments;
const POINT = { ...(SEEN as ChartMoment).toJSON(), lossRatio: 2 / 342 };

Deno.test("a second is kept exactly, and nothing of it is left out", () => {
  const { moments: [again] } = remembered(
    EMPTY_HISTORY,
    EMPTY_SNAPSHOT,
    { ...EMPTY_SNAPSHOT, atMs: 1000 },
    3,
    undefined,
  );
  assertEquals(new ChartMoment(POINT, again).toJSON(), POINT);
  assertEquals([POINT.tSec, POINT.clientsWanted], [1, 3]);
  assertEquals(POINT.serverRssBytes, NaN);
});

Deno.test("seconds stay as they were, however many follow and from which of them", () => {
  const at = (tSec: number) => ({ ...POINT, tSec });
  let last: ChartPoint = new ChartMoment(at(0), undefined);
  const all = [last];
  for (let sec = 1; sec < 200; sec++) {
    // Another future of the same second, which does not come to pass.
    const other = new ChartMoment(at(-sec), last);
    assertEquals(other.tSec, -sec);
    all.push(last = new ChartMoment(at(sec), last));
  }
  assertEquals(all.map(({ tSec }) => tSec), all.map((_, sec) => sec));
});

Deno.test("of a session of hours the last seconds are as they were, in the room that the first took", () => {
  let moments: ChartMoment[] = [];
  for (let sec = 0; sec < 3 * MAX_MOMENTS; sec++) {
    const point = { ...POINT, tSec: sec, sendBps: sec / 3 };
    moments = [...moments, new ChartMoment(point, moments.at(-1))]
      .slice(-MAX_MOMENTS);
    if (sec % 250 > 0) continue;
    const first = sec + 1 - moments.length;
    moments.forEach((moment, i) =>
      assertEquals([moment.tSec, moment.sendBps], [first + i, (first + i) / 3])
    );
  }
  const before = moments;
  // As long as a terminal shows one model, the next ones may be made.
  for (let sec = 0; sec < 60; sec++) {
    moments = [...moments, new ChartMoment(POINT, moments.at(-1))].slice(1);
  }
  assertEquals(before.map(({ tSec }) => tSec), before.map((_, i) => 1200 + i));
});
