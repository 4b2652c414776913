/** Distributions as lines, against the values that they are of. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Trend, type TrendJson } from "../../../../lib/metrics/mod.ts";
import {
  distributionChart,
  distributionSection,
} from "../../../../lib/output/html/distributions.ts";
import { attributesIn, markupOf } from "./read.ts";

/** A trend of these milliseconds. */
function trendOf(values: readonly number[]): TrendJson {
  const trend = new Trend();
  for (const ms of values) trend.record(ms * 1000);
  return trend.toJSON();
}

/** 1, 2, … milliseconds. */
function upTo(count: number): TrendJson {
  return trendOf(Array.from({ length: count }, (_, i) => i + 1));
}

Deno.test("a line says what its share of the values does not exceed, a nine for each unit of its axis", () => {
  const { shares, series } = distributionChart("d", "D", [["a", upTo(1000)]])!;
  const [{ values }] = series;
  const at = (nines: number) => values[shares!.indexOf(nines)]!;
  // Of 1 to 1000 ms nine in ten take no more than 900 ms.
  assertAlmostEquals(at(1), 900, 9);
  assertAlmostEquals(at(2), 990, 9.9);
  assertAlmostEquals(at(3), 999, 9.99);
  assertAlmostEquals(at(0), 1, 0.01);
  assertEquals(shares!.at(-1), 3, "of a thousand values, none says 99.99 %");
});

Deno.test("a line never falls, and ends where its values are one", () => {
  const { shares, series } = distributionChart("d", "D", [
    ["many", upTo(10_000)],
    ["few", upTo(30)],
  ])!;
  for (const { values } of series) {
    const known = values.filter((value) => value !== null);
    assertEquals(known, known.toSorted((a, b) => a - b));
  }
  const few = series[1].values;
  // log10(30) is 1.477: up to 1.4375, the last sixteenth below it.
  assertEquals(few.findLastIndex((value) => value !== null), 23);
  assertEquals(shares![23], 1.4375);
  assertEquals(shares!.length, 4 * 16 + 1);
});

Deno.test("however many values there are, no line goes on beyond 99.999 %", () => {
  const trend: TrendJson = { ...upTo(20), count: 1e9, buckets: [1, 1e9] };
  const { shares } = distributionChart("d", "D", [["a", trend]])!;
  assertEquals([shares!.at(-1), shares!.length], [5, 81]);
});

Deno.test("a distribution of too few values is left out, and the others keep their colours", () => {
  const chart = distributionChart("d", "D", [
    ["few", upTo(19)],
    ["unknown", undefined],
    ["enough", upTo(20)],
  ])!;
  assertEquals(
    chart.series.map(({ name, colour }) => [name, colour]),
    [["enough", 2]],
  );
  assertEquals(
    distributionChart("d", "D", [["few", upTo(19)], ["none", undefined]]),
    undefined,
  );
});

Deno.test("an axis of powers of ten has no nothing: what took no time is drawn at a microsecond", () => {
  const { series } = distributionChart("d", "D", [
    ["a", trendOf(Array(50).fill(0))],
  ])!;
  assert(series[0].values.every((value) => value === 0.001 || value === null));
});

Deno.test("a chart is a sentence too: the middle, and what 99 % had or the most that is known", () => {
  const [many, few] = [upTo(1000), upTo(30)].map((trend) =>
    distributionChart("d", "Title", [["a", trend]])!
  );
  const labels = attributesIn(distributionSection([many, few]), "aria-label");
  // The first share that is no less than a half is 1 - 10 ** -0.3125, 51.3 %.
  assert(
    /^Title: a 5(0|1)\d ms median, 9(8|9)\d ms at 99 %\.$/.test(labels[0]),
    labels[0],
  );
  assert(
    /^Title: a 1[56]\.\d ms median, 2[89]\.\d ms at 99 %\.$/.test(labels[1]),
    labels[1],
  );
  assertEquals(markupOf(distributionSection([])), "");
});
