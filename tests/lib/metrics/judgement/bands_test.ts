import { assertEquals } from "@std/assert";
import {
  type Band,
  band,
  BAND_METRICS,
  holds,
  limitsOf,
  type Operator,
  worse,
} from "../../../../lib/metrics/mod.ts";

Deno.test.each(
  [
    { metric: "connected", value: 1, want: "good" },
    { metric: "connected", value: 0.999, want: "warning" },
    { metric: "connected", value: 0.9, want: "warning" },
    { metric: "connected", value: 0.899, want: "critical" },
    { metric: "errors", value: 0, want: "good" },
    { metric: "errors", value: 0.1, want: "warning" },
    { metric: "errors", value: 0.101, want: "critical" },
    { metric: "deliveryRatio", value: 0.99, want: "good" },
    { metric: "deliveryRatio", value: 0.989, want: "warning" },
    { metric: "deliveryRatio", value: 0.899, want: "critical" },
    { metric: "silent", value: 0.01, want: "good" },
    { metric: "silent", value: 0.1, want: "warning" },
    { metric: "silentAtEnd", value: 0.11, want: "critical" },
    { metric: "frozen", value: 0.02, want: "good" },
    { metric: "frozen", value: 0.2, want: "warning" },
    { metric: "frozen", value: 0.21, want: "critical" },
    { metric: "neverSent", value: 0.01, want: "warning" },
    { metric: "unpublished", value: 0, want: "good" },
    { metric: "unpublished", value: 0.1, want: "warning" },
    { metric: "unpublished", value: 0.11, want: "critical" },
    { metric: "stopped", value: 0.01, want: "warning" },
    { metric: "stopped", value: 0.75, want: "critical" },
    { metric: "withheld", value: 0.01, want: "good" },
    { metric: "withheld", value: 0.9, want: "warning" },
    { metric: "neverReceived", value: 0.11, want: "critical" },
    { metric: "lostForGood", value: 0.11, want: "critical" },
    { metric: "away", value: 0.8, want: "warning" },
    { metric: "away", value: 0.81, want: "critical" },
    { metric: "lostMedia", value: 1, want: "warning" },
    { metric: "receiveSendRatio", value: 0.41, want: "good" },
    { metric: "receiveSendRatio", value: 0.4, want: "warning" },
    { metric: "receiveSendRatio", value: 0.09, want: "critical" },
    { metric: "serverCpu", value: 0.69, want: "good" },
    { metric: "serverCpu", value: 0.7, want: "warning" },
    { metric: "serverCpu", value: 0.91, want: "critical" },
    { metric: "serverRss", value: 0.9e9, want: "good" },
    { metric: "serverRss", value: 4e9, want: "warning" },
    { metric: "serverRss", value: 4.1e9, want: "critical" },
  ] as const,
)("$metric of $value is $want", ({ metric, value, want }) => {
  assertEquals<string>(band(metric, value), want);
});

const RANK: Readonly<Record<Band, number>> = {
  good: 0,
  warning: 1,
  critical: 2,
};

for (const metric of BAND_METRICS) {
  const { good, critical, unit, what, reason } = limitsOf(metric);
  const isLessBetter = good[0] !== ">" && good[0] !== ">=";

  Deno.test(`${metric} is the worse the ${isLessBetter ? "more" : "less"} there is of it, and good and critical are apart`, () => {
    const most = unit === "bytes" ? 10e9 : 2;
    const bands = Array.from(
      { length: 2001 },
      (_, i) => RANK[band(metric, most * i / 2000)],
    );
    const order = isLessBetter ? bands : bands.toReversed();
    assertEquals(order, order.toSorted((a, b) => a - b));
    assertEquals(order[0], RANK.good);
    assertEquals(
      order.at(-1),
      critical === null ? RANK.warning : RANK.critical,
    );
    const bound = critical?.[1] ?? most;
    assertEquals(bound !== good[1], true, "there is room for a warning");
  });

  Deno.test(`what ${metric} is, and why its bounds are there, is told in a table`, () => {
    for (const text of [what, reason]) {
      assertEquals(/[|\n]/.test(text), false);
    }
    assertEquals([reason.endsWith("."), what.endsWith(".")], [true, false]);
  });
}

Deno.test("what is no number is neither good nor critical", () => {
  for (const metric of BAND_METRICS) {
    assertEquals<string>(band(metric, NaN), "warning", metric);
  }
});

Deno.test("the worse of two bands is told in either order", () => {
  const all: readonly Band[] = ["good", "warning", "critical"];
  for (const a of all) {
    for (const b of all) {
      const most = Math.max(RANK[a], RANK[b]);
      assertEquals([worse(a, b), worse(b, a)], [all[most], all[most]]);
    }
  }
});

Deno.test.each<
  { operator: Operator; below: boolean; equal: boolean; above: boolean }
>([
  { operator: "<", below: true, equal: false, above: false },
  { operator: "<=", below: true, equal: true, above: false },
  { operator: ">", below: false, equal: false, above: true },
  { operator: ">=", below: false, equal: true, above: true },
  { operator: "==", below: false, equal: true, above: false },
  { operator: "!=", below: true, equal: false, above: true },
])(
  "$operator holds below: $below, at: $equal, and above a bound: $above",
  ({ operator, ...is }) => {
    const next = 0.01 + Number.EPSILON / 64;
    assertEquals(
      [0.0099, 0.01, 0.0101].map((value) => holds(value, operator, 0.01)),
      [is.below, is.equal, is.above],
    );
    assertEquals(holds(next, operator, 0.01), is.above, "as near as can be");
    assertEquals(holds(-0, operator, 0), is.equal);
    assertEquals(holds(NaN, operator, 0), operator === "!=");
  },
);
