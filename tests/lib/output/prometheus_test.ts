import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderPrometheus } from "../../../lib/output/mod.ts";
import { summarize, trendOf } from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../metrics/run.ts";

const RUN = madeUpRun();
const SUMMARY = summarize(RUN);
const INPUT = {
  snapshot: RUN.snapshot,
  point: SUMMARY.timeline.at(-1),
  info: { version: "1", server: `ws://a/"\\\n\u202e` },
};
const TEXT = renderPrometheus(INPUT);

/** Values by name and labels. */
const SAMPLES = new Map(
  TEXT.trimEnd().split("\n").filter((line) => !line.startsWith("#"))
    .map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))] as const;
    }),
);

Deno.test("totals are those of the summary, durations in seconds", () => {
  assertEquals(
    SAMPLES.get("rtcrowd_packets_sent_total"),
    SUMMARY.totalPacketsSent,
  );
  assertEquals(
    SAMPLES.get("rtcrowd_total_freezes_duration_seconds_total"),
    SUMMARY.media.video.totalFreezesDurationMs / 1000,
  );
  assertEquals(SAMPLES.get(`rtcrowd_errors_total{kind="dtls"}`), 1);
  assertEquals(SAMPLES.get("rtcrowd_server_memory_bytes"), 4e8);
});

Deno.test("a histogram adds up to its count, and its bucket holds the summary's percentile", () => {
  const name = "rtcrowd_media_latency_seconds";
  const buckets = [...SAMPLES].flatMap(([key, value]) => {
    const [, le] = /^rtcrowd_media_latency_seconds_bucket\{le="(.*)"\}$/
      .exec(key) ?? [];
    return le === undefined
      ? []
      : [[le === "+Inf" ? Infinity : Number(le), value]];
  });
  assert(buckets.length > 15);
  for (const [i, [bound, count]] of buckets.slice(1).entries()) {
    assert(bound > buckets[i][0] && count >= buckets[i][1]);
  }
  const { latencyMs } = SUMMARY.media;
  assertEquals(buckets.at(-1)?.[1], latencyMs.count);
  assertEquals(SAMPLES.get(`${name}_count`), latencyMs.count);
  assertEquals(
    SAMPLES.get(`${name}_sum`),
    trendOf(RUN.snapshot, "mediaLatency").sum / 1e6,
  );
  const at = buckets.findIndex(([, count]) => count >= 0.95 * latencyMs.count);
  assert(latencyMs.p95Ms / 1000 <= buckets[at][0] * 1.008);
  assert(latencyMs.p95Ms / 1000 > buckets[at - 1][0]);
});

Deno.test("every line is a comment or a sample, every family is told of once, and texts of others stay in their quotes", () => {
  const families = new Set<string>();
  for (const line of TEXT.trimEnd().split("\n")) {
    const [, name] = /^# TYPE (\w+) (?:counter|gauge|histogram)$/.exec(line) ??
      [];
    if (name !== undefined) {
      assert(!families.has(name), name);
      families.add(name);
    }
    assert(
      /^# (HELP|TYPE) rtcrowd_[a-z\d_]+ .+$|^rtcrowd_[a-z\d_]+(\{\w+="(\\.|[^"\\])*"(,\w+="(\\.|[^"\\])*")*\})? [\d.e+-]+$/
        .test(line),
      line,
    );
  }
  assertStringIncludes(TEXT, `server="ws://a/\\"\\\\ "`);
  assert(!TEXT.includes("client-0"));
});
