/** Two groups of runs as one page. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CourseBook,
  EMPTY_SNAPSHOT,
  type Summary,
  Trend,
} from "../../../lib/metrics/mod.ts";
import {
  type ComparedRun,
  compareRuns,
  comparisonRows,
  renderComparison,
} from "../../../lib/output/mod.ts";
import { hostileComparison, longRun } from "./made_up_pages.ts";

const SUMMARY = longRun(20);
const NOISE = [0, 0.1, -0.1, 0.05, -0.05];

/** A run whose media came so late, and of whose packets so many of 1000 were lost in the server. */
function run(
  name: string,
  latencyMs: number,
  own: Partial<Summary> = {},
  lost: number | null = 0,
): ComparedRun {
  const { media } = SUMMARY;
  const trend = new Trend();
  for (let i = 0; i < 100; i++) trend.record(latencyMs * 1000);
  const book = new CourseBook();
  for (const point of SUMMARY.timeline) {
    book.take({ phase: "media", point, snapshot: EMPTY_SNAPSHOT });
  }
  return {
    name,
    summary: {
      ...SUMMARY,
      media: {
        ...media,
        loss: { ...media.loss, expected: 1000, ratio: 0, residualRatio: 0 },
        lossOrigin: {
          ...media.lossOrigin,
          refused: 0,
          impairedOut: 0,
          beforeServer: 0,
          afterServer: 0,
          ourKernel: 0,
          impairedIn: 0,
          inServer: lost,
        },
        latencyMs: { ...media.latencyMs, p95Ms: latencyMs },
      },
      ...own,
    },
    course: book.course(),
    trends: { mediaLatency: trend.toJSON() },
  };
}

function side(
  name: string,
  latencyMs: number,
  own: Partial<Summary> = {},
  lost: number | null = 0,
): ComparedRun[] {
  return NOISE.map((noise, i) =>
    run(`${name}-${i}`, latencyMs + noise, own, lost)
  );
}

function compared(a: readonly ComparedRun[], b: readonly ComparedRun[]) {
  return compareRuns(
    a.map(({ summary }) => summary),
    b.map(({ summary }) => summary),
  );
}

/** The page as its reader has it: without tags, white space folded. */
async function read(
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
): Promise<string> {
  const page = await renderComparison(compared(a, b), a, b);
  assertEquals(/NaN|undefined|Infinity|\[object/.exec(bodyOf(page)), null);
  return bodyOf(page).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function bodyOf(page: string): string {
  return page.replace(/<(script|style)[^>]*>[^]*?<\/\1>/g, "");
}

Deno.test.each([
  {
    why: "B is worse",
    a: side("a", 20),
    b: side("b", 90),
    says: /regression B is worse: media latency p95 20\.0 ms → 90\.0 ms\./,
  },
  {
    why: "B is better",
    a: side("a", 90),
    b: side("b", 20),
    says: /no regression B is better: media latency p95 90\.0 ms → 20\.0 ms\./,
  },
  {
    why: "nothing is different",
    a: side("a", 20),
    b: side("b", 20),
    says: /no regression Nothing that decides is worse in B\./,
  },
  {
    why: "there are too few runs",
    a: [run("a", 20)],
    b: [run("b", 900)],
    says: /cannot tell 1 against 1 cannot tell a difference from chance/,
  },
])("the page begins with what was found, where $why", async ({
  a,
  b,
  says,
}) => {
  const text = await read(a, b);
  assert(says.test(text), text.slice(0, 1000));
});

Deno.test("of many runs a few are named, and all are listed with their verdicts", async () => {
  const a = [...side("x", 20), ...side("y", 20)];
  const text = await read(a, [run("b", 20)]);
  assertStringIncludes(text, "10 runs: x-0, x-1, x-2, x-3 and 6 more");
  for (const { name } of a) assertStringIncludes(text, name);
  const { verdict: { status }, totalClients, server } = SUMMARY;
  const row = `${server.url} ${totalClients} ${status}: `;
  assertEquals(text.split(row).length - 1, a.length + 1);
});

Deno.test("what was set otherwise stands before what may come of it, with every value of a side", async () => {
  const text = await read(
    [
      run("a", 20, { config: { clients: 10, fps: 30 } }),
      run("a2", 20, { config: { clients: 20, fps: 30 } }),
    ],
    [run("b", 20, { config: { clients: 10, fps: 30, simulcast: true } })],
  );
  const [, settings] = /Not the same on both sides(.*?)Figures/.exec(text)!;
  assertStringIncludes(settings, "clients 10, 20 10");
  assertStringIncludes(settings, "simulcast");
  assertEquals(settings.includes("fps"), false);
  const same = await read([run("a", 20)], [run("b", 20)]);
  assertEquals(same.includes("Not the same on both sides"), false);
});

Deno.test("where packets were lost is a share of those that were to come, and not seen where a run did not see it", async () => {
  const text = await read(side("a", 20, {}, 30), side("b", 20, {}, null));
  assertStringIncludes(text, "in the server A 3.00 % B not seen");
  const none = await read(side("a", 20), side("b", 20));
  assertEquals(none.includes("Where packets were lost"), false);
});

Deno.test("distributions of a side are those of all its runs together, and left out where one kept none", async () => {
  const a = side("a", 20);
  const b = side("b", 90);
  const both = await renderComparison(compared(a, b), a, b);
  const label = (page: string) =>
    /aria-label="(Media latency:[^"]*)"/.exec(page)?.[1];
  assertStringIncludes(label(both)!, "A 20");
  assertStringIncludes(label(both)!, "B 90");
  const [first, ...rest] = b;
  const lacking = [{ ...first, trends: undefined }, ...rest];
  const one = label(await renderComparison(compared(a, lacking), a, lacking))!;
  assertStringIncludes(one, "A 20");
  assertEquals(one.includes("B "), false);
});

Deno.test("a mark is inside its drawing, whatever a run had", async () => {
  for (const [x, y] of [[20, 90], [0.1, 0.1], [1, 1e9], [1000, 1001]]) {
    const a = side("a", x);
    const b = side("b", y);
    const page = await renderComparison(compared(a, b), a, b);
    const places = [...page.matchAll(/<rect class="side-[AB]" x="([^"]*)"/g)]
      .map(([, place]) => Number(place));
    assert(places.length > 0);
    for (const place of places) assert(place >= 0 && place <= 1000, `${place}`);
  }
});

Deno.test("texts of others stay texts, in both sides", async () => {
  const page = await hostileComparison();
  assertEquals(
    /<img|<svg\/|<a |\u202e|javascript:/.exec(bodyOf(page)),
    null,
  );
});

Deno.test("in a terminal each figure that either side has is a row: changed, by how much, and whether it decides", () => {
  const rows = comparisonRows(compared(side("a", 20), side("b", 90)));
  assertEquals(rows[0], ["figure", "A", "B", "change", "p", ""]);
  assert(rows.every(({ length }) => length === 6));
  const row = rows.find(([name]) => name.startsWith("media latency p95"))!;
  assertEquals(row.slice(1, 4), ["20.0 ms", "90.0 ms", "+70.0 ms (+350 %)"]);
  assertEquals(row[5], "worse");
  const loss = rows.find(([name]) => /loss/.test(name))!;
  assertEquals(loss.slice(1, 4), ["0 %", "0 %", "0"]);
});

Deno.test("of a figure that one side lacks there is a dash, no change and no p", () => {
  const [a] = side("a", 20);
  const b = run("b", 20);
  const { media } = b.summary;
  const without: ComparedRun = {
    ...b,
    summary: {
      ...b.summary,
      media: {
        ...media,
        latencyMs: { ...media.latencyMs, count: 0, p95Ms: 0 },
      },
    },
  };
  const rows = comparisonRows(compared([a], [without]));
  const row = rows.find(([name]) => name.startsWith("media latency p95"))!;
  assertEquals(row.slice(1), ["20.0 ms", "-", "-", "-", "cannot tell"]);
});
