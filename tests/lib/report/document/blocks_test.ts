/** How figures are written down shortly. */

import { assertEquals } from "@std/assert";
import { summarize, type Summary } from "../../../../lib/metrics/mod.ts";
import {
  duration,
  figureRows,
  judged,
  metricDuration,
  percentile,
} from "../../../../lib/report/document/blocks.ts";
import { madeUpRun } from "../../metrics/run.ts";

const SUMMARY = summarize(madeUpRun());

Deno.test.each([
  { count: 20, p: 95, is: "9 ms", why: "of twenty values one lies above it" },
  { count: 19, p: 95, is: "9 ms (of 19)", why: "of fewer none does" },
  { count: 20, p: 5, is: "9 ms", why: "and one lies below the fifth" },
  { count: 100, p: 99, is: "9 ms", why: "of a hundred one does" },
  { count: 99, p: 99, is: "9 ms (of 99)", why: "of fewer none does" },
  { count: 1, p: 50, is: "9 ms (of 1)", why: "one value has no middle" },
  { count: 1, p: 100, is: "9 ms", why: "the most is the most of any" },
  { count: 1999, p: 99.95, is: "9 ms (of 1,999)", why: "however fine it is" },
])("the percentile $p of $count values is told as $is: $why", ({
  count,
  p,
  is,
}) => {
  assertEquals(percentile("9 ms", { count }, p), is);
});

Deno.test("a duration has its mean and percentiles, and of nothing there is nothing", () => {
  const stats = {
    ...{ count: 100, minMs: 1, maxMs: 50, avgMs: 10 },
    ...{ p50Ms: 8, p95Ms: 30, p99Ms: 45 },
  };
  assertEquals(duration("Join", stats), {
    ...{ kind: "figures", label: "Join", aligned: 0 },
    rows: [["avg 10.0 ms", "p50 8.00 ms", "p95 30.0 ms", "p99 45.0 ms"]],
  });
  assertEquals(duration("Join", { ...stats, count: 0 }).rows, []);
});

Deno.test("rows that say nothing are left out", () => {
  assertEquals(figureRows("x", [[], ["a"], [], ["b", "c"]], 1).rows, [
    ["a"],
    ["b", "c"],
  ]);
});

Deno.test("a duration among the metrics is read by its name, and is none where it is not there or is no duration", () => {
  const { count, minMs, maxMs } = metricDuration(SUMMARY, "join");
  assertEquals([count, minMs, maxMs], [2, 302, 502]);
  const of = (metrics: object) =>
    metricDuration({ metrics } as unknown as Summary, "join").count;
  assertEquals(of({}), 0);
  assertEquals(of({ join: { type: "counter", values: { count: 5 } } }), 0);
});

Deno.test.each<
  {
    bands: readonly ("good" | "warning" | "critical")[];
    is: string | undefined;
  }
>([
  { bands: [], is: undefined },
  { bands: ["good", "good"], is: "good" },
  { bands: ["good", "warning"], is: "warning" },
  { bands: ["critical", "warning", "good"], is: "critical" },
])("of judgements $bands the worst counts: $is", ({ bands, is }) => {
  const figures = ["connected", "silent", "frozen"] as const;
  const judgement = bands.map((band, i) => ({
    ...{ figure: figures[i], band, value: 0, says: "", reason: "" },
  }));
  const other = { figure: "errors", band: "critical", value: 9 };
  const summary = {
    judgement: [...judgement, other],
  } as unknown as Summary;
  assertEquals<string | undefined>(judged(summary, ...figures), is);
});
