import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { summarize, type Summary } from "../../../lib/metrics/mod.ts";
import { compareRuns } from "../../../lib/output/mod.ts";
import {
  holm,
  permutationP,
  shiftOf,
  smallestP,
} from "../../../lib/output/permutation.ts";
import { madeUpRun } from "../metrics/run.ts";

const RUN = summarize(madeUpRun());

Deno.test.each([
  { a: [1, 2, 3, 4, 5], b: [6, 7, 8, 9, 10], p: 2 / 252 },
  { a: [1, 2, 3, 4], b: [5, 6, 7, 8], p: 2 / 70 },
  { a: [1, 2, 3], b: [4, 5, 6], p: 2 / 20 },
  { a: [1, 2], b: [1, 2], p: 1 },
  { a: [0.1, 0.2, 0.3], b: [0.3, 0.2, 0.1], p: 1 },
])("the p of $a against $b is exact", ({ a, b, p }) => {
  assertAlmostEquals(permutationP(a, b), p);
  assertAlmostEquals(permutationP(b, a), p);
});

Deno.test("Holm's correction keeps the order and never exceeds one", () => {
  const ps = holm([0.01, 0.04, 0.03]);
  for (const [i, p] of [0.03, 0.06, 0.06].entries()) {
    assertAlmostEquals(ps[i], p);
  }
  assertEquals(holm([0.9, 0.8]), [1, 1]);
});

Deno.test("a shift is the median of all differences, and so few runs have so small a p at best", () => {
  assertEquals(shiftOf([1, 2, 3], [11, 12, 1000]), 10);
  assertAlmostEquals(smallestP(5, 5), 2 / 252);
  assertAlmostEquals(smallestP(1, 1), 1);
});

/** A run whose residual loss and latency are these. */
function run(loss: number, p95Ms: number, impair: string[] = []): Summary {
  const { media } = RUN;
  return {
    ...RUN,
    config: { impair },
    media: {
      ...media,
      loss: { ...media.loss, ratio: loss, residualRatio: loss },
      latencyMs: { ...media.latencyMs, p95Ms },
    },
  };
}

const NOISE = [0, 0.1, -0.1, 0.05, -0.05];
const usual = () => NOISE.map((n) => run(0.001 + n / 1e4, 20 + n));
const lossy = () => NOISE.map((n) => run(0.03 + n / 100, 20 - n, ["loss=3%"]));

Deno.test("three percent of loss are a regression of loss alone, and the network that differs is named", () => {
  const { result, figures, settings } = compareRuns(usual(), lossy());
  assertEquals(result, "regression");
  assertEquals(
    figures.filter(({ isGate, change }) => isGate && change === "worse")
      .map(({ name }) => name),
    ["loss left"],
  );
  const loss = figures.find(({ name }) => name === "loss left")!;
  assert(loss.shift! > 0.02 && loss.p! <= 0.05);
  assertEquals(settings, [{ name: "impair", a: [[]], b: [["loss=3%"]] }]);
});

Deno.test("the other way round the same is better, and no regression", () => {
  const { result, figures } = compareRuns(lossy(), usual());
  assertEquals(result, "no regression");
  const loss = figures.find(({ name }) => name === "loss left")!;
  assertEquals(loss.change, "better");
  assert(loss.shift! < -0.02);
});

Deno.test("the same thing against itself is no difference in any figure", () => {
  const { result, figures, settings } = compareRuns(
    usual(),
    usual().toReversed(),
  );
  assertEquals(result, "no regression");
  assertEquals(settings, []);
  assertEquals(new Set(figures.map(({ change }) => change)).size, 1);
  assertEquals(figures[0].change, "no difference");
});

Deno.test.each(
  [
    { shift: -20_000, of: "receiveBpsPerClient", change: "no difference" },
    { shift: 20_000, of: "receiveBpsPerClient", change: "no difference" },
    { shift: -200_000, of: "receiveBpsPerClient", change: "worse" },
    { shift: -0.002, of: "connectedAtEnd", change: "worse" },
  ] as const,
)(
  "$of that differs by $shift in each run is $change",
  ({ shift, of, change }) => {
    const side = (value: number) =>
      NOISE.map((n): Summary => ({
        ...RUN,
        totalClients: 1,
        connectedAtEnd: of === "connectedAtEnd" ? value + n / 1e4 : 1,
        media: {
          ...RUN.media,
          receiveBpsPerClient: of === "connectedAtEnd" ? 1 : value + n,
        },
      }));
    const before = of === "connectedAtEnd" ? 0.99 : 2e6;
    const { figures } = compareRuns(side(before), side(before + shift));
    const name = of === "connectedAtEnd"
      ? "connected at the end"
      : "received a client";
    assertEquals(figures.find((one) => one.name === name)?.change, change);
  },
);

Deno.test("what is certain but too small to matter is no difference", () => {
  const a = NOISE.map((n) => run(0.001, 20 + n));
  const b = NOISE.map((n) => run(0.001, 20.5 + n));
  const { result, figures } = compareRuns(a, b);
  const latency = figures.find(({ name }) => name === "media latency p95")!;
  assert(latency.p! <= 0.05);
  assertEquals([latency.change, result], ["no difference", "no regression"]);
});

Deno.test.each([{ count: 1 }, { count: 2 }, { count: 3 }])(
  "of $count a side nobody can tell, however far apart they are",
  ({ count }) => {
    const { result, figures } = compareRuns(
      usual().slice(0, count),
      lossy().slice(0, count),
    );
    assertEquals(result, "cannot tell");
    for (const { change } of figures) assertEquals(change, "cannot tell");
  },
);

Deno.test("the same thing twice is called different in at most one of twenty comparisons", () => {
  let seed = 20_261_128;
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  let alarms = 0;
  const tries = 300;
  for (let i = 0; i < tries; i++) {
    const five = () =>
      Array.from({ length: 5 }, () => run(random() / 20, 10 + 40 * random()));
    const { figures } = compareRuns(five(), five());
    if (
      figures.some(({ isGate, change }) => isGate && change !== "no difference")
    ) alarms++;
  }
  assert(alarms / tries <= 0.08, `${alarms} of ${tries}`);
});
