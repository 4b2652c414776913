import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  evaluate,
  evaluateSoFar,
  metric,
  METRIC_NAMES,
  NodeMeter,
  tallyClients,
} from "../../../../lib/metrics/mod.ts";
import { parseThreshold, THRESHOLD_METRICS } from "../../../../lib/load/mod.ts";
import { OPERATIONS } from "../../../../lib/signaling/simplestchat/mod.ts";
import { recorderOf } from "../client.ts";

Deno.test.each(
  [
    { text: "join p(95) < 500ms", want: ["<", 500, "ms"] },
    { text: "  join   p( 99.9 )<=0.5s ", want: ["<=", 500, "ms"] },
    { text: "connection max < 1m", want: ["<", 60_000, "ms"] },
    { text: "lateness avg < 900us", want: ["<", 0.9, "ms"] },
    { text: "mediaLatency med < 150", want: ["<", 150, "ms"] },
    { text: "join count >= 10", want: [">=", 10, "count"] },
    { text: "loss<1%", want: ["<", 0.01, "ratio"] },
    { text: "loss < 0.01", want: ["<", 0.01, "ratio"] },
    { text: "connected == 100 %", want: ["==", 1, "ratio"] },
    { text: "connected == 1.0", want: ["==", 1, "ratio"] },
    { text: "lostForGood == 0", want: ["==", 0, "ratio"] },
    { text: "receiveSendRatio > 250%", want: [">", 2.5, "ratio"] },
    { text: "firstMedia p(95) < 2s", want: ["<", 2000, "ms"] },
    { text: "signaling.join_room max < 1s", want: ["<", 1000, "ms"] },
    { text: "errors != 3", want: ["!=", 3, "count"] },
    { text: "freezes == 0", want: ["==", 0, "count"] },
    { text: "networkNotRecovered < 2", want: ["<", 2, "count"] },
    { text: "residualLoss < 0.5%", want: ["<", 0.005, "ratio"] },
    { text: "longestFreeze max < 2s", want: ["<", 2000, "ms"] },
    { text: "freezeTime p(95) < 1s", want: ["<", 1000, "ms"] },
    { text: "frozen < 0.5%", want: ["<", 0.005, "ratio"] },
    { text: "frameRate > 25", want: [">", 25, "fps"] },
    { text: "frameRate >= 14.5fps", want: [">=", 14.5, "fps"] },
    { text: "loss < 7%", want: ["<", 0.07, "ratio"] },
    { text: "networkRecovery max < 2s", want: ["<", 2000, "ms"] },
    { text: "consumerLoss p(95) < 2%", want: ["<", 0.02, "ratio"] },
    { text: "consumerResidualLoss max < 0.1", want: ["<", 0.1, "ratio"] },
    { text: "consumerFrameRate p(5) > 20fps", want: [">", 20, "fps"] },
    { text: "videoBitrate p(5) > 500kbps", want: [">", 500_000, "bps"] },
    { text: "videoBitrate med > 1.5Mbps", want: [">", 1_500_000, "bps"] },
    { text: "audioBitrate min > 9000", want: [">", 9000, "bps"] },
    { text: "audioBitrate count > 9", want: [">", 9, "count"] },
  ] as const,
)("$text is read as $want", ({ text, want }) => {
  const { operator, bound, unit } = parseThreshold(text);
  assertEquals([operator, bound, unit], [...want]);
});

Deno.test("spaces are evened out in what is shown", () => {
  assertEquals(
    parseThreshold("  join   p(95)\t< 5ms ").expression,
    "join p(95) < 5ms",
  );
});

Deno.test("every signaling operation, counter, rate and trend can be asked for, by its name and a shorter one", () => {
  for (const operation of OPERATIONS) {
    assertEquals(
      parseThreshold(`${operation} max < 1s`).subject,
      parseThreshold(`signaling.${operation} max < 1s`).subject,
    );
  }
  for (const name of METRIC_NAMES) {
    const { type, alias = name } = metric(name);
    const aggregate = type === "trend" ? "max" : "";
    const { subject } = type === "gauge"
      ? { subject: undefined }
      : parseThreshold(`${name} ${aggregate} < 1.0`);
    const isListed = THRESHOLD_METRICS.includes(name);
    assertEquals(isListed, subject !== undefined, name);
    if (!isListed) continue;
    assertEquals(
      parseThreshold(`${alias} ${aggregate} < 1.0`).subject,
      subject,
    );
  }
  assertEquals(new Set(THRESHOLD_METRICS).size, THRESHOLD_METRICS.length);
});

Deno.test.each([
  {
    text: "joim p(95) < 5ms",
    message: 'there is no metric "joim", did you mean "join"?',
  },
  { text: "producevideo avg < 5ms", message: 'did you mean "produce_video"?' },
  {
    text: "banana < 5",
    message: 'there is no metric "banana"; "help metrics" lists them',
  },
  // As reports call them, which is nearer to other names.
  { text: "latency p(95) < 1s", message: 'did you mean "mediaLatency"?' },
  { text: "rtt p(95) < 80ms", message: 'did you mean "roundTripTime"?' },
  { text: "packetLoss < 1%", message: 'did you mean "loss"?' },
  { text: "fps > 20", message: 'did you mean "frameRate"?' },
  { text: "delivered > 99%", message: 'did you mean "deliveryRatio"?' },
  {
    text: "join < 5ms",
    message:
      'join is a distribution, so say which number of it: "join p(95) …"',
  },
  {
    text: "join p(101) < 5ms",
    message: '"p(101)" needs a number from 0 to 100',
  },
  { text: "join p(x) < 5ms", message: '"p(x)" needs a number from 0 to 100' },
  { text: "join p < 5ms", message: '"p()" needs a number from 0 to 100' },
  {
    text: "join avg(3) < 5ms",
    message: 'avg takes nothing in brackets, so leave out "(3)"',
  },
  {
    text: "join mean < 5ms",
    message:
      'there is no aggregate "mean": use avg, min, max, med, count or p(N)',
  },
  {
    text: "join avg < 5%",
    message: 'join is a duration, so write us, ms, s or m instead of "%"',
  },
  { text: "join avg < 5h", message: 'so write us, ms, s or m instead of "h"' },
  { text: "join avg < 5toString", message: 'instead of "toString"' },
  { text: "join count < 5ms", message: 'count is a count, so leave out "ms"' },
  { text: "loss avg < 1%", message: 'loss is one number, so leave out "avg"' },
  {
    text: "loss < 1ms",
    message: 'loss is a share, so write % instead of "ms"',
  },
  {
    text: "frameRate > 25%",
    message: 'frameRate is in frames a second, so write fps instead of "%"',
  },
  {
    text: "videoBitrate avg > 5ms",
    message:
      'videoBitrate is in bits a second, so write bps, kbps or Mbps instead of "ms"',
  },
  {
    text: "consumerLoss max < 5s",
    message: 'consumerLoss is a share, so write % instead of "s"',
  },
  {
    text: "consumerFrameRate > 5",
    message: 'so say which number of it: "consumerFrameRate p(95) …"',
  },
  { text: "freezes < 1s", message: 'freezes is a count, so leave out "s"' },
  { text: "pliSent > 5fps", message: 'pliSent is a count, so leave out "fps"' },
  {
    text: "framesDroped == 0",
    message: 'did you mean "framesDropped"?',
  },
  {
    text: "nackSent max < 5",
    message: 'nackSent is one number, so leave out "max"',
  },
  { text: "errors < 1%", message: 'errors is a count, so leave out "%"' },
  { text: "loss < 1,5%", message: '"1,5" is not a number' },
  { text: "loss < 1..5%", message: '"1..5" is not a number' },
  ...[
    {
      text: "loss < 1",
      both: `"loss < 1%" or "loss < 0.01"; all of it is "loss < 100%"`,
    },
    { text: "deliveryRatio > 97", both: `> 97%" or "deliveryRatio > 0.97"` },
    { text: "frozen <= 2.5", both: `"frozen <= 2.5%" or "frozen <= 0.025"` },
    {
      text: "consumerLoss p( 95 ) < 5 abort after 9s",
      both: `"consumerLoss p(95) < 5%" or "consumerLoss p(95) < 0.05"`,
    },
    {
      text: "connected == 100",
      both: `"connected == 100%" or "connected == 1.0"`,
    },
    { text: "receiveSendRatio > 180", both: `write "receiveSendRatio > 180%"` },
  ].map(({ text, both }) => ({ text, message: both })),
  ...[
    {
      text: "loss < -1%",
      says: "loss is from 0% to 100%, so that can never be kept",
    },
    { text: "loss > -0.5", says: "never be broken" },
    { text: "loss < 0%", says: "never be kept" },
    { text: "loss < 250", says: "never be broken" },
    { text: "loss > 100", says: "never be kept" },
    { text: "connected >= 101%", says: "never be kept" },
    { text: "frozen != 130%", says: "never be broken" },
    {
      text: "join p(95) < 0ms",
      says: "join is never below 0, so that can never be kept",
    },
    {
      text: "errors >= -1",
      says: "errors is never below 0, so that can never be broken",
    },
    { text: "join count < 0", says: "never be kept" },
    {
      text: "receiveSendRatio < -3%",
      says: "receiveSendRatio is never below 0%",
    },
  ].map(({ text, says }) => ({ text, message: says })),
  { text: "loss", message: "write metric [aggregate] operator value" },
  { text: "loss = 1%", message: "write metric [aggregate] operator value" },
  { text: "", message: "write metric [aggregate] operator value" },
])("$text is refused in one line: $message", ({ text, message }) => {
  const error = assertThrows(() => parseThreshold(text), SyntaxError, message);
  assertEquals(error.message.split("\n").length, 1);
  assertEquals(
    error.message.startsWith(`Cannot read threshold "${text}": `),
    true,
  );
});

Deno.test.each([
  { text: "join p(100) <= 30ms", passed: true, value: 30 },
  { text: "join avg == 20ms", passed: true, value: 20 },
  { text: "join min < 10ms", passed: false, value: 10 },
  { text: "join max > 10ms", passed: true, value: 30 },
  { text: "join count == 3", passed: true, value: 3 },
  { text: "signaling.join_room max < 5ms", passed: true, value: 3 },
  { text: "join_room max < 5ms", passed: true, value: 3 },
  { text: "loss <= 1%", passed: true, value: 0.01 },
  { text: "deliveryRatio > 99%", passed: false, value: 0.9 },
  { text: "receiveSendRatio == 200%", passed: false, value: 1.8 },
  { text: "errors == 0", passed: false, value: 3 },
  { text: "connected == 100%", passed: false, value: null },
  { text: "jitter p(95) < 5ms", passed: false, value: null },
  { text: "jitter count == 0", passed: true, value: 0 },
  { text: "freezes == 0", passed: false, value: 2 },
  { text: "framesDropped < 3", passed: true, value: 0 },
  { text: "networkNotRecovered == 0", passed: false, value: 1 },
  { text: "nackSent < 100", passed: true, value: 40 },
  { text: "firReceived == 0", passed: true, value: 0 },
  { text: "residualLoss < 0.5%", passed: true, value: 0.004 },
  { text: "longestFreeze max < 50ms", passed: false, value: 60 },
  { text: "longestFreeze count == 2", passed: true, value: 2 },
  { text: "frozen < 1%", passed: true, value: 0.005 },
  { text: "frameRate > 29fps", passed: true, value: 30 },
  // Of the clients that saw video, one stood still for 100 ms in all.
  { text: "freezeTime p(50) == 0", passed: true, value: 0 },
  { text: "freezeTime max < 50ms", passed: false, value: 100 },
  { text: "freezeTime count == 2", passed: true, value: 2 },
  { text: "videoBitrate min > 900kbps", passed: true, value: 1_000_000 },
  { text: "consumerLoss max < 1%", passed: false, value: 0.015 },
  { text: "consumerFrameRate avg > 24", passed: false, value: 22.5 },
  { text: "audioBitrate avg > 1", passed: false, value: null },
])("$text: $passed, for it was $value", ({ text, passed, value }) => {
  const result = evaluate(
    parseThreshold(text),
    measured(),
    tallyClients([], true),
  );
  assertEquals([result.passed, result.value], [passed, value]);
});

Deno.test.each([
  { text: "join p(95) < 1s", samples: 3, why: "of three, it is the largest" },
  { text: "join p(5) < 1s", samples: 3, why: "of three, it is the smallest" },
  { text: "join med < 1s", samples: undefined, why: "three have a middle" },
  { text: "join max < 1s", samples: undefined, why: "one has a largest" },
  { text: "jitter p(95) < 1s", samples: undefined, why: "there is none" },
])("$text tells of how few values it is: $why", ({ text, samples }) => {
  const tally = tallyClients([], true);
  const result = evaluate(parseThreshold(text), measured(), tally);
  assertEquals(result.samples, samples);
});

function measured() {
  const meter = new NodeMeter("here");
  for (const ms of [10, 20, 30]) {
    meter.trend("join").record(ms * 1000);
    meter.trend("signaling.join_room").record(ms * 100);
  }
  meter.trend("videoBitrate").record(1_000_000);
  meter.trend("consumerLoss").record(15_000);
  for (const fps of [15, 30]) {
    meter.trend("consumerFrameRate").record(fps * 1000);
  }
  Object.assign(meter.counters, {
    packetsSent: 50,
    packetsReceived: 90,
    packetsDeliverable: 100,
    packetsExpected: 1000,
    packetsLost: 10,
    packetsRepaired: 6,
    retransmissionRequestsSent: 40,
    networkNotRecovered: 1,
    framesRendered: 600,
    playedMs: 20_000,
    freezeCount: 2,
    totalFreezesDurationMs: 100,
  });
  const clients = [[300, 100, 60], [300, 0, 0], [0, 0, 0]].map(
    ([framesRendered, totalFreezesDurationMs, longestFreezeMs], index) => {
      const client = recorderOf(index, { role: "viewer" });
      Object.assign(client.figures, {
        framesRendered,
        totalFreezesDurationMs,
        longestFreezeMs,
      });
      return client;
    },
  );
  for (const kind of ["timeout", "timeout", "dtls"]) meter.countError(kind);
  return meter.snapshot({
    atMs: 0,
    clients,
    generator: EMPTY_SNAPSHOT.generator,
  });
}

Deno.test("of one snapshot a threshold is judged once, whoever asks, and of the next one anew", () => {
  const threshold = parseThreshold("errors == 0");
  const first = { ...EMPTY_SNAPSHOT };
  const next = { ...EMPTY_SNAPSHOT, counters: { "errors.ice": 1 } };
  const result = evaluateSoFar(threshold, first);
  assertStrictEquals(evaluateSoFar(threshold, first), result);
  assertEquals([result.passed, evaluateSoFar(threshold, next).passed], [
    true,
    false,
  ]);
  assertEquals(
    evaluateSoFar(parseThreshold("errors > 0"), first).passed,
    false,
  );
});

Deno.test("where there was no video, none kept from freezing", () => {
  const ofVideo = ["freezes == 0", "frameRate > 1", "frozen < 1%"];
  const more = ["framesDropped", "pictureIdJumps", "timestampJumps"];
  for (const text of [...ofVideo, ...more.map((name) => `${name} == 0`)]) {
    const { passed, value } = evaluate(
      parseThreshold(text),
      EMPTY_SNAPSHOT,
      tallyClients([], true),
    );
    assertEquals([passed, value], [false, null]);
  }
});

Deno.test("where all frames were dropped, dropped frames were measured", () => {
  const { passed, value } = evaluate(
    parseThreshold("framesDropped == 0"),
    { ...EMPTY_SNAPSHOT, counters: { framesDropped: 3 } },
    tallyClients([], true),
  );
  assertEquals([passed, value], [false, 3]);
});

Deno.test("more repairs than losses leave no loss below nothing", () => {
  const { value } = evaluate(
    parseThreshold("residualLoss == 0"),
    {
      ...EMPTY_SNAPSHOT,
      counters: { packetsExpected: 9, packetsLost: 1, packetsRepaired: 2 },
    },
    tallyClients([], true),
  );
  assertEquals(value, 0);
});
