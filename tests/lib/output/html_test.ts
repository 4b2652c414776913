import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  COURSE_SUMS,
  type CourseSecond,
  EMPTY_COURSE,
  summarize,
  type Summary,
  type TrendJson,
} from "../../../lib/metrics/mod.ts";
import { renderHtml } from "../../../lib/output/mod.ts";
import { type ClientResult, toResults } from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import { hostilePage, LONG, longRun, storiesOf } from "./made_up_pages.ts";

const RUN = madeUpRun();
const SUMMARY = summarize(RUN);
const CLIENTS = toResults(RUN.snapshot.clients);

Deno.test("the page begins with the verdict, and has every figure of the report", async () => {
  const page = await renderHtml({ summary: SUMMARY, clients: CLIENTS });
  assertStringIncludes(
    page,
    `<h1><span class="badge">failed</span> &quot;loss &lt; 1%&quot; failed.</h1>`,
  );
  for (const { expression } of SUMMARY.thresholds) {
    assertStringIncludes(page, expression.replaceAll("<", "&lt;"));
  }
  for (const { clientId } of CLIENTS) assertStringIncludes(page, clientId);
});

Deno.test("a policy lets nothing run or load but the page's own scripts and style, each by its hash", async () => {
  const page = await renderHtml({ summary: SUMMARY, clients: CLIENTS });
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const rules = Object.fromEntries(
    policy.replaceAll("&#39;", "'").split("; ").map((rule) => {
      const [name, ...sources] = rule.split(" ");
      return [name, sources];
    }),
  );
  const scripts = await Promise.all(
    page.matchAll(/<script>([^]*?)<\/script>/g).map(([, text]) => hash(text)),
  );
  const styles = await Promise.all(
    page.matchAll(/<style>([^]*?)<\/style>/g).map(([, text]) => hash(text)),
  );
  assertEquals(rules, {
    "default-src": ["'none'"],
    "script-src": scripts,
    "style-src": styles,
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
  });
  assertEquals(scripts.length, 2);
  assertEquals(/\s(style|on\w+|src|href)=/.exec(withoutCode(page)), null);
});

Deno.test("texts of others stay texts: between tags, in attributes, and in the data of the scripts", async () => {
  const page = await hostilePage();
  const text = withoutCode(page);
  assertEquals(/<img|<svg\/|<a |\u202e|javascript:/.exec(text), null);
  const [, data] =
    /<script type="application\/json" id="data">([^]*?)<\/script>/
      .exec(page)!;
  assertEquals(data.includes("<"), false);
  assertStringIncludes(
    JSON.stringify(JSON.parse(data).tables),
    "</script><img",
  );
});

Deno.test("a thousand clients for an hour come to less than 2 MB, and ten thousand to less than 10", async () => {
  const summary = longRun();
  const page = await renderHtml({
    summary,
    clients: clients(1000),
    stories: storiesOf(1000, 100),
    course: { ...EMPTY_COURSE, seconds: secondsOf(summary) },
    trends: RUN.snapshot.trends,
  });
  assertStringIncludes(page, `"name":"p99","values":[`);
  assert(page.length < 2_000_000, `${page.length}`);
  assert(
    (await renderHtml({ summary, clients: clients(10_000) })).length <
      10_000_000,
  );
});

Deno.test("a run without a course, clients or media has a page that says so", async () => {
  const empty: Summary = {
    ...SUMMARY,
    timeline: [],
    rooms: [],
    thresholds: [],
    judgement: [],
    errors: {},
  };
  const page = await renderHtml({ summary: empty });
  assertStringIncludes(page, "too short for a course");
  assertEquals(/NaN|undefined|Infinity/.exec(withoutCode(page)), null);
});

Deno.test("each chart is a sentence too, and the course a table of at most sixty rows", async () => {
  const page = await renderHtml({ summary: longRun() });
  const labels = page.matchAll(/role="img"[^>]*aria-label="([^"]*)"/g)
    .map(([, label]) => label).toArray();
  assertStringIncludes(labels[0], "Clients connected: clients 990 median");
  assert(labels.length >= 4);
  const [, course] = /id="course"\s*>([^]*?)<\/details>/.exec(page)!;
  assertEquals(course.match(/<tr>/g)?.length, 61);
});

/** Its seconds, each with a distribution of its own. */
function secondsOf({ timeline }: Summary): CourseSecond[] {
  const grown = Object.fromEntries(
    COURSE_SUMS.map((name, i) => [name, 1000 + i * 7]),
  ) as CourseSecond["grown"];
  return timeline.map((point, i) => {
    const trend: TrendJson = {
      count: 300,
      min: 1000,
      max: 1e6,
      sum: 1e7,
      buckets: [600 + i % 300, 200, 50 + i % 31, 80, 40 + i % 29, 20],
    };
    return {
      fromSec: i,
      phase: "media",
      errors: i,
      point,
      grown,
      trends: { mediaLatency: trend, roundTripTime: trend, signaling: trend },
    };
  });
}

function clients(count: number): ClientResult[] {
  return Array.from({ length: count }, (_, i) => ({
    ...CLIENTS[0],
    index: i,
    clientId: `client-${i}`,
    failureCause: i % 10 === 0 ? LONG : null,
  }));
}

/** The page without what its policy names by hash. */
function withoutCode(page: string): string {
  return page.replaceAll(/<(script|style)>[^]*?<\/\1>/g, "")
    .replace(/<script type="application\/json"[^]*?<\/script>/, "");
}

async function hash(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}
