import { assert, assertEquals, assertMatch } from "@std/assert";
import { summarize } from "../../../lib/metrics/mod.ts";
import {
  type NamedRun,
  plainRuns,
  renderRuns,
  renderRunsCsv,
} from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";

const WIDE = { color: false, width: 1000 };

function runs(): readonly NamedRun[] {
  const watched = madeUpRun();
  const unwatched = {
    ...watched,
    server: { ...watched.server, load: null, reported: null },
  };
  return [
    { name: "10", summary: summarize(watched) },
    { name: "100, again", summary: summarize(unwatched) },
    { name: "1000", summary: null },
  ];
}

Deno.test("runs are rows of one table, with what is not known as a dash", () => {
  const [heading, watched, unwatched, missing] = renderRuns(runs(), WIDE)
    .trimEnd().split("\n").map((line) => line.split(/ {2,}/));
  assertEquals(
    heading.join(" | "),
    [
      "run",
      "clients",
      "connected",
      "errors",
      "conn p50",
      "p95",
      "p99",
      "media p50",
      "p95",
      "loss",
      "recv/sent",
      "server CPU",
      "max",
      "RSS",
      "FDs",
      "generator CPU",
      "verdict",
    ].join(" | "),
  );
  assertEquals(watched.slice(0, 4), ["10", "3", "2", "1"]);
  assertEquals(watched.slice(9), [
    "1.01 %",
    "98.0 %",
    "50 %",
    "120 %",
    "512 MB",
    "120",
    "10.0 %",
    "failed",
  ]);
  assertEquals(unwatched.slice(11, 15), ["-", "-", "-", "-"]);
  assertEquals(missing, [
    "1000",
    ...Array.from({ length: 15 }, () => "-"),
    "no result",
  ]);
});

Deno.test("the generator's CPU is that of its threads, as the report of one run has it, also in a part of a run", () => {
  const run = madeUpRun();
  const { snapshot } = run;
  const generator = {
    ...snapshot.generator,
    cpuUs: 1_000_000,
    threadUs: 4_000_000,
  };
  const summary = summarize({ ...run, snapshot: { ...snapshot, generator } });
  const [row] = plainRuns([{ name: "two threads", summary }]);
  assertEquals(row.generatorCpuRatio, summary.generator.cpuRatio);
  assertEquals(row.generatorCpuRatio, 0.25);
});

Deno.test("where nobody connected and nothing came, no time and no loss is told", () => {
  const { metrics, media, ...summary } = summarize(madeUpRun());
  const values = { count: 0, min: 0, max: 0, avg: 0, med: 0 };
  const none = { "p(5)": 0, "p(95)": 0, "p(99)": 0, ...values };
  const [row] = plainRuns([{
    name: "nobody",
    summary: {
      ...summary,
      p50ConnectionTimeMs: 0,
      p95ConnectionTimeMs: 0,
      p99ConnectionTimeMs: 0,
      metrics: {
        ...metrics,
        connectionTime: { type: "trend", unit: "ms", values: none },
      },
      media: { ...media, loss: { ...media.loss, expected: 0, ratio: 0 } },
    },
  }]);
  assertEquals(
    [
      row.p50ConnectionTimeMs,
      row.p95ConnectionTimeMs,
      row.p99ConnectionTimeMs,
      row.lossRatio,
    ],
    [null, null, null, null],
  );
});

Deno.test("columns are as wide as their widest cell, numbers to the right", () => {
  const lines = renderRuns(runs(), WIDE).trimEnd().split("\n");
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
  const narrow = renderRuns(runs(), { color: false, width: 40 });
  assert(narrow.split("\n").every((line) => line.length <= 40));
});

Deno.test("colour says what is good and what is critical", () => {
  const text = renderRuns(runs(), { ...WIDE, color: true });
  // deno-lint-ignore no-control-regex
  assertMatch(text, /\x1b\[1;31m *failed\x1b/);
  // deno-lint-ignore no-control-regex
  assertMatch(text, /\x1b\[32m *512 MB\x1b/);
});

Deno.test("CSV has a row a run, quotes what needs it, and leaves empty what is not known", () => {
  const [heading, watched, unwatched, missing, end] = renderRunsCsv(runs())
    .split("\r\n");
  const columns = heading.split(",");
  assertEquals(columns.length, 17);
  assertEquals(
    watched.split(",")[columns.indexOf("serverMaxRssBytes")],
    "512000000",
  );
  assert(unwatched.startsWith('"100, again",3,2,1,'));
  assertEquals(missing, `1000${",".repeat(16)}no result`);
  assertEquals(end, "");
});

Deno.test("JSON has the same, by name", () => {
  const [watched, , missing] = plainRuns(runs());
  assertEquals(watched.serverMeanCpuRatio, 0.5);
  assertEquals(watched.verdict, "failed");
  assertEquals([missing.run, missing.clients, missing.verdict], [
    "1000",
    null,
    "no result",
  ]);
});
