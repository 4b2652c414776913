import { assertEquals } from "@std/assert";
import { ChartMoment } from "../../../lib/metrics/chart_point.ts";
import {
  type ChartPoint,
  EMPTY_HISTORY,
  EMPTY_SNAPSHOT,
  remembered,
} from "../../../lib/metrics/mod.ts";

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
