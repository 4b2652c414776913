/** The run over time: which points, which charts, and the same in words. */

import { assert, assertEquals } from "@std/assert";
import {
  type CourseSecond,
  EMPTY_COURSE,
  type Summary,
  type TimelinePoint,
} from "../../../../lib/metrics/mod.ts";
import {
  type Chart,
  chartPlace,
  chartSection,
  chartSeries,
  courseTable,
  momentsOf,
  sentence,
} from "../../../../lib/output/html/charts.ts";
import { longRun } from "../made_up_pages.ts";
import { attributesIn, cellsIn, markupOf, readText } from "./read.ts";

const SUMMARY = longRun(1);
const [POINT] = SUMMARY.timeline;

/** A run of these points, each at the end of its second unless it says otherwise. */
function run(...own: readonly Partial<TimelinePoint>[]): Summary {
  return {
    ...SUMMARY,
    incidents: [],
    timeline: own.map((one, i) => ({ ...POINT, tSec: i + 1, ...one })),
  };
}

function chart(summary: Summary, id: string): Chart | undefined {
  return chartSeries(summary, EMPTY_COURSE).charts.find((one) => one.id === id);
}

function valuesOf(summary: Summary, id: string) {
  return Object.fromEntries(
    (chart(summary, id)?.series ?? []).map((
      { name, values },
    ) => [name, values]),
  );
}

Deno.test("a stretch begins where the one before it ended, the first with the run", () => {
  const moments = momentsOf(
    run({ tSec: 2 }, { tSec: 5 }, { tSec: 6 }),
    EMPTY_COURSE,
  );
  assertEquals(
    moments.map(({ fromSec, point }) => [fromSec, point.tSec]),
    [[0, 2], [2, 5], [5, 6]],
  );
});

Deno.test("where seconds are kept, they are the stretches, and not the timeline's", () => {
  const second = { fromSec: 3, point: { ...POINT, tSec: 4 } } as CourseSecond;
  assertEquals(
    momentsOf(run({}, {}), { ...EMPTY_COURSE, seconds: [second] }),
    [{ fromSec: 3, point: second.point, second }],
  );
});

Deno.test.each([
  { points: 0, drawn: false, why: "nothing" },
  { points: 1, drawn: false, why: "one point is no course" },
  { points: 2, drawn: true, why: "two are" },
])("of $points points there are charts: $drawn; $why", ({ points, drawn }) => {
  const { tSec, charts } = chartSeries(
    run(...Array.from({ length: points }, () => ({}))),
    EMPTY_COURSE,
  );
  assertEquals([tSec.length, charts.length > 0], [points, drawn]);
});

Deno.test("a long run is drawn in 3600 points, evenly, its last one among them", () => {
  for (const points of [3600, 3601, 10_000]) {
    const summary = run(
      ...Array.from({ length: points }, (_, i) => ({ clients: i })),
    );
    const { tSec } = chartSeries(summary, EMPTY_COURSE);
    assertEquals([tSec.length, tSec[0], tSec.at(-1)], [3600, 1, points]);
    const steps = tSec.slice(1).map((sec, i) => sec - tSec[i]);
    assert(Math.min(...steps) >= 1);
    assert(Math.max(...steps) - Math.min(...steps) <= 1);
  }
});

Deno.test("the last milliseconds of a run have no CPU of the generator: it would be their peak", () => {
  const summary = run(
    { cpuRatio: 0.1 },
    { cpuRatio: 0.2 },
    { tSec: 2.022, cpuRatio: 1.07 },
  );
  assertEquals(
    valuesOf(summary, "cpu")["generator, of what its threads have"],
    [0.1, 0.2, null],
  );
});

Deno.test("a line of which nothing is known is left out, and a chart of nothing as well", () => {
  const unwatched = run({ server: undefined }, { server: undefined });
  assertEquals(Object.keys(valuesOf(unwatched, "cpu")), [
    "generator, of what its threads have",
  ]);
  assertEquals(chart(unwatched, "memory"), undefined);
  // Latencies and frames are known of seconds alone.
  assertEquals(chart(unwatched, "latency"), undefined);
  assertEquals(chart(unwatched, "frames"), undefined);
});

Deno.test("what is known of some points alone has gaps", () => {
  const late = run({ server: undefined }, {});
  assertEquals(valuesOf(late, "memory"), {
    RSS: [null, POINT.server!.rssBytes],
  });
});

function seconds(...errors: readonly number[]): readonly CourseSecond[] {
  return errors.map((errors, i) => ({
    fromSec: i,
    phase: "media",
    errors,
    point: { ...POINT, tSec: i + 1 },
    grown: {} as CourseSecond["grown"],
    trends: {} as CourseSecond["trends"],
  }));
}

Deno.test.each([
  { errors: [0, 0, 0], is: false, why: "that nothing went wrong is no chart" },
  { errors: [0, 1, 1], is: true, why: "one that there was stays" },
])("errors $errors are a chart: $is, for $why", ({ errors, is }) => {
  const trend = { count: 0, min: 0, max: 0, sum: 0, buckets: [] };
  const { charts } = chartSeries(run({}), {
    ...EMPTY_COURSE,
    seconds: seconds(...errors).map((second) => ({
      ...second,
      grown: { playedMs: 0 } as CourseSecond["grown"],
      trends: {
        mediaLatency: trend,
        roundTripTime: trend,
        signaling: trend,
      },
    })),
  });
  assertEquals(charts.some(({ id }) => id === "errors"), is);
});

const RATIOS: Chart = {
  id: "q",
  title: "Title",
  show: "ratio",
  series: [
    { name: "lost", values: [0.5, null, 0.25, 1] },
    { name: "edge", values: [9, 9, 9, 9], isEdge: true },
    { name: "late", values: [null, 0, null, null] },
  ],
};

Deno.test("a chart in words: of each line what is known, its middle, its most and when that was", () => {
  assertEquals(
    sentence(RATIOS, [1, 2, 3, 3661]),
    "Title: lost 50.0 % median, 100 % at most, at 1:01:01; late 0 % median, 0 % at most, at 0:02.",
  );
});

Deno.test("the course as a table has a column a line and a dash for what is not known", () => {
  assertEquals(
    cellsIn(courseTable([{ ...RATIOS, series: [RATIOS.series[0]] }], [
      1,
      2,
      3,
      4,
    ])),
    [
      ["Time", "Title: lost"],
      ["0:01", "50.0 %"],
      ["0:02", "–"],
      ["0:03", "25.0 %"],
      ["0:04", "100 %"],
    ],
  );
});

Deno.test("the table of a long run has sixty rows, from its first point to its last", () => {
  const tSec = Array.from({ length: 1000 }, (_, i) => i + 1);
  const rows = cellsIn(courseTable([{
    ...RATIOS,
    show: "count",
    series: [{ name: "n", values: tSec }],
  }], tSec)).slice(1);
  assertEquals(
    [rows.length, rows[0], rows.at(-1)],
    [60, ["0:01", "1"], ["16:40", "1,000"]],
  );
});

Deno.test("a name in a chart is text, in its attributes too", () => {
  const place = chartPlace({ id: "a", title: `<b> "x"` }, `"> <i>`);
  assertEquals(readText(place), `<b> "x"`);
  assertEquals(attributesIn(place, "aria-label"), [`"> <i>`]);
  assert(!markupOf(place).includes("<i>"));
});

Deno.test("that stretches are shaded is said where there are some", () => {
  const says = (summary: Summary) =>
    readText(chartSection(summary, chartSeries(summary, EMPTY_COURSE)));
  const calm = run({}, {});
  assert(!says(calm).includes("Shaded"));
  const bad = { ...calm, incidents: [{}] } as unknown as Summary;
  assert(says(bad).includes("Shaded: incidents."));
});
