/** Drawings: each length worked out by hand from what it stands for. */

import { assert, assertEquals } from "@std/assert";
import {
  type DurationStats,
  summarize,
  type Summary,
} from "../../../../lib/metrics/mod.ts";
import {
  durationSection,
  lossSection,
} from "../../../../lib/output/html/drawings.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { markupOf, readText, textsIn } from "./read.ts";

const SUMMARY = summarize(madeUpRun());

const NONE: DurationStats = {
  count: 0,
  minMs: 0,
  maxMs: 0,
  avgMs: 0,
  p50Ms: 0,
  p95Ms: 0,
  p99Ms: 0,
};

type Media = Summary["media"];

function withMedia(own: Partial<Media>): Summary {
  return { ...SUMMARY, media: { ...SUMMARY.media, ...own } };
}

/** A run of which no duration is known but these. */
function durations(
  own: Partial<Pick<Media, "latencyMs" | "roundTripTimeMs" | "jitterMs">>,
): Summary {
  return {
    ...withMedia({
      timeToFirstFrameMs: NONE,
      latencyMs: NONE,
      roundTripTimeMs: NONE,
      jitterMs: NONE,
      ...own,
    }),
    metrics: {},
  } as Summary;
}

/** Its rectangles: class, where it begins and how long it is, of a width of 1000. */
function rects(child: Parameters<typeof markupOf>[0], kind: string) {
  return [
    ...markupOf(child).matchAll(
      /<rect class="(\w+)" x="([\d.-]+)"[^>]*?\bwidth="([\d.]+)"/g,
    ),
  ].filter(([, name]) => name === kind)
    .map(([, , x, width]) => [Number(x), Number(width)]);
}

Deno.test("a line goes from the least to the most, thicker from the median on, on an axis of powers of ten", () => {
  const section = durationSection(durations({
    latencyMs: {
      ...NONE,
      count: 9,
      minMs: 1,
      p50Ms: 10,
      p95Ms: 100,
      p99Ms: 1000,
      maxMs: 1000,
    },
  }));
  assertEquals(rects(section, "thin"), [[0, 1000]]);
  assertEquals(rects(section, "body"), [[333.3, 333.3]]);
  assertEquals(rects(section, "tail"), [[333.3, 666.7]]);
  assertEquals(
    rects(section, "mark").map(([x]) => x),
    [0, 333.3, 666.7, 999],
    "the last one is seen, too",
  );
  assert(readText(section).endsWith("1 ms 10 ms 100 ms 1000 ms"));
});

Deno.test.each<{ why: string; stats: Partial<DurationStats>; thin: number[] }>([
  {
    why: "one value is a dot where it lies",
    stats: { minMs: 5, p50Ms: 5, p95Ms: 5, p99Ms: 5, maxMs: 5 },
    // From 1 to 10 ms: log10(5) is 0.699.
    thin: [699, 0],
  },
  {
    why: "nothing at all lies at the left end",
    stats: { minMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 },
    thin: [0, 0],
  },
  {
    why: "what differs a little is still seen",
    stats: { minMs: 5, p50Ms: 5, p95Ms: 5, p99Ms: 5, maxMs: 5.001 },
    thin: [699, 2],
  },
  {
    why: "less than a hundredth of a millisecond begins with that",
    stats: { minMs: 0.0001, p50Ms: 0.1, p95Ms: 1, p99Ms: 1, maxMs: 1 },
    thin: [0, 1000],
  },
])("a duration is drawn within its drawing: $why", ({ stats, thin }) => {
  const section = durationSection(durations({
    jitterMs: { ...NONE, count: 1, ...stats },
  }));
  assertEquals(rects(section, "thin"), [thin]);
  for (const kind of ["thin", "tail", "body", "mark"]) {
    for (const [x, width] of rects(section, kind)) {
      assert(x >= 0 && x + width <= 1001, `${kind} at ${x}, ${width}`);
    }
  }
});

Deno.test("all durations share one axis, and what was not measured has no line", () => {
  const stats = (ms: number): DurationStats => ({
    ...NONE,
    count: 3,
    minMs: ms,
    p50Ms: ms,
    p95Ms: ms,
    p99Ms: ms,
    maxMs: ms,
  });
  const section = durationSection(
    durations({ latencyMs: stats(100), jitterMs: stats(1) }),
  );
  assertEquals(textsIn(section, "dt"), ["Media latency", "Jitter", ""]);
  assertEquals(rects(section, "thin").map(([x]) => x), [1000, 0]);
  assertEquals(markupOf(durationSection(durations({}))), "");
});

Deno.test("of a run whose joins were measured, so are those of its first media", () => {
  assertEquals(
    textsIn(durationSection(SUMMARY), "dt").slice(0, 2),
    ["Join", "First media"],
  );
});

const ORIGIN: Media["lossOrigin"] = {
  ...SUMMARY.media.lossOrigin,
  refused: 0,
  impairedOut: 10,
  beforeServer: 40,
  inServer: null,
  afterServer: 0,
  impairedIn: 20,
  ourKernel: 0,
};

Deno.test("a place is as long as its share of the worst one, and one that nobody sees is told as that", () => {
  const section = lossSection(withMedia({
    lossOrigin: ORIGIN,
    loss: {
      ...SUMMARY.media.loss,
      expected: 10_000,
      lost: 70,
      ratio: 0.007,
      repaired: 1,
      residualRatio: 0.0069,
    },
  }));
  assertEquals(
    rects(section, "lost").map(([, width]) => width),
    [0, 250, 1000, 0, 0, 500, 0],
  );
  assertEquals(textsIn(section, "dd"), [
    "0",
    "10",
    "40",
    "not seen",
    "0",
    "20",
    "0",
  ]);
  const text = readText(section);
  assert(
    text.includes(
      "70 of 10,000 packets did not come at first (0.70 %); 1 was made up for, and 0.69 % stayed lost. What a server elsewhere did with packets is not seen.",
    ),
    text,
  );
});

Deno.test("where nothing was lost, no place has a length; where nothing was due, there is nothing to say", () => {
  const none = { ...ORIGIN, impairedOut: 0, beforeServer: 0, impairedIn: 0 };
  const section = lossSection(
    withMedia({ lossOrigin: { ...none, inServer: 0 } }),
  );
  assertEquals(
    rects(section, "lost").map(([, width]) => width),
    Array(7).fill(0),
  );
  assert(!readText(section).includes("not seen"));
  const { loss } = SUMMARY.media;
  assertEquals(
    markupOf(lossSection(withMedia({ loss: { ...loss, expected: 0 } }))),
    "",
  );
});
