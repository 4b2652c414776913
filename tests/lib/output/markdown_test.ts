import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize, type Summary } from "../../../lib/metrics/mod.ts";
import { renderMarkdown } from "../../../lib/output/mod.ts";
import { sparkline } from "../../../lib/output/sparkline.ts";
import { madeUpRun } from "../metrics/run.ts";

const SUMMARY = summarize(madeUpRun());

Deno.test("the verdict comes first, then each threshold with its figure, and all else is folded away", () => {
  const [shown, folded] = renderMarkdown(SUMMARY).split("<details>");
  assert(shown.startsWith("### ❌ rtcrowd run: failed\n\n"));
  for (const { expression } of SUMMARY.thresholds) {
    assertStringIncludes(shown, `| ${expression.replaceAll("<", "&#60;")} | `);
  }
  assertStringIncludes(shown, "| loss &#60; 1% | ❌ failed | 1.01 % |");
  assertStringIncludes(folded, "**Latency**");
  assert(folded.endsWith("</details>\n\n"));
});

Deno.test("every row of a table has as many cells as its head", () => {
  let columns = 0;
  for (const line of renderMarkdown(SUMMARY).split("\n")) {
    const cells = line.startsWith("|") ? line.split("|").length : 0;
    if (columns > 0 && cells > 0) assertEquals(cells, columns, line);
    columns = cells;
  }
});

Deno.test.each([
  { text: "a|b`c`<script>x</script>", mark: /<script|[^ |]\|b|`/ },
  { text: "![x](http://evil.example/x.png)", mark: /!\[|http:\/\/evil/ },
  {
    text: "thanks @octocat, see #12 and www.evil.example",
    mark: /@octocat|#12|www\.evil/,
  },
  {
    text: "one\n# two\r\n\u202ethree\x1b[31m",
    mark: /^# two|\u202e|\p{Cc}\[31m/mu,
  },
])("of $text nothing but text is left", ({ text, mark }) => {
  const [room] = SUMMARY.rooms;
  const hostile: Summary = {
    ...SUMMARY,
    verdict: { status: "failed", reason: text },
    scenario: { name: text, result: null },
    rooms: [{ ...room, roomId: text }, { ...room, roomId: `${text}2` }],
    errors: { [text]: { count: 1, example: text } },
    judgement: SUMMARY.judgement.map((one) => ({
      ...one,
      band: "critical",
      says: text,
    })),
  };
  const rendered = renderMarkdown(hostile);
  assertEquals(mark.exec(rendered)?.[0], undefined);
});

Deno.test("five thousand rooms and many errors with long texts stay under 60 kB, and it says that it was cut", () => {
  const [room] = SUMMARY.rooms;
  const long = "x|".repeat(1000);
  const huge: Summary = {
    ...SUMMARY,
    rooms: Array.from({ length: 5000 }, (_, i) => ({
      ...room,
      roomId: `${long}${i}`,
    })),
    errors: Object.fromEntries(
      Array.from(
        { length: 5000 },
        (_, i) => [`kind-${i}`, { count: 1, example: long }] as const,
      ),
    ),
  };
  const text = renderMarkdown(huge);
  assert(new TextEncoder().encode(text).length <= 60_000);
  assertStringIncludes(text, "it is too long");
  assert(text.endsWith("</details>\n\n"));
});

Deno.test.each([
  { values: [], bars: "" },
  { values: [0, 0], bars: "▁▁" },
  { values: [0, 1, 2, 4], bars: "▁▃▅█" },
  { values: [0, 0.001, 100], bars: "▁▂█" },
])("the bars of $values are $bars", ({ values, bars }) => {
  assertEquals(sparkline(values), bars);
});

Deno.test("of many values each bar is the largest of its stretch, so that no peak is lost", () => {
  const values = Array.from({ length: 3600 }, (_, i) => i === 1801 ? 9 : 1);
  assertEquals([...sparkline(values)].length, 40);
  assertEquals([...sparkline(values)].indexOf("█"), 20);
});
