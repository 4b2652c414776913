import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertObjectMatch,
  assertThrows,
} from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  MAX_OPERATION_VALUES,
  summarize,
} from "../../../lib/metrics/mod.ts";
import { z } from "../../../lib/report/deps.ts";
import { jsonSchemaFiles } from "../../../lib/report/json_schema.ts";
import { renderCsv, toResults } from "../../../lib/report/mod.ts";
import {
  parseSummary,
  resultsSchema,
  summarySchema,
} from "../../../lib/report/reading.ts";
import resultsJsonSchema from "../../../lib/report/schema/load_test_results.json" with {
  type: "json",
};
import summaryJsonSchema from "../../../lib/report/schema/load_test_summary.json" with {
  type: "json",
};
import { madeUpRun } from "../metrics/run.ts";
import { recorderOf } from "../metrics/client.ts";

/** What SimplestChat's own tester writes, by key. */
const SEED_SUMMARY_KEYS = [
  "totalClients",
  "successfulConnections",
  "failedConnections",
  "averageConnectionTimeMs",
  "p50ConnectionTimeMs",
  "p95ConnectionTimeMs",
  "p99ConnectionTimeMs",
  "totalPacketsSent",
  "totalPacketsReceived",
  "totalBytesSent",
  "totalBytesReceived",
  "averageSessionDurationMs",
  "totalErrors",
  "totalProducersCreated",
  "totalConsumersCreated",
  "signalingLatencies",
  "rooms",
  "totalReconnections",
  "totalReconnectionFailures",
];

Deno.test("the summary's schema knows every key of a summary, and no other", () => {
  for (
    const run of [madeUpRun(), { ...madeUpRun(), snapshot: EMPTY_SNAPSHOT }]
  ) {
    const summary = summarize(run);
    // Unknown keys would be dropped in parsing, missing ones be refused.
    assertEquals(summarySchema.parse(summary), summary);
    assertEquals(parseSummary(JSON.stringify(summary)), summary);
  }
});

Deno.test("the results' schema knows every key of the results, and no other", () => {
  const results = toResults(madeUpRun().snapshot.clients);
  assertEquals<unknown>(resultsSchema.parse(results), results);
  assertEquals<unknown>(JSON.parse(JSON.stringify(results)), results);
});

Deno.test("the summary has every key of SimplestChat's tester", () => {
  const summary = summarize(madeUpRun());
  assertEquals(
    SEED_SUMMARY_KEYS.filter((key) => !Object.hasOwn(summary, key)),
    [],
  );
  // What is ours comes after what is theirs.
  assertEquals(Object.keys(summary.rooms[0]).slice(0, 8), [
    "roomId",
    "totalClients",
    "successfulConnections",
    "totalPacketsSent",
    "totalPacketsReceived",
    "totalErrors",
    "totalProducersCreated",
    "totalConsumersCreated",
  ]);
  assertEquals(Object.keys(summary.signalingLatencies.operations.join_room), [
    "count",
    "minMs",
    "maxMs",
    "avgMs",
    "p50Ms",
    "p95Ms",
    "p99Ms",
  ]);
});

Deno.test("a client's line has the keys of SimplestChat's tester in their types", () => {
  const [connected, , failed] = toResults(madeUpRun().snapshot.clients);
  assertObjectMatch(failed, {
    clientId: "client-2",
    roomId: "room-0",
    connectionSuccessful: false,
    connectionTimeMs: 0,
    timeToFirstMediaSentMs: null,
    timeToFirstMediaReceivedMs: null,
    totalPacketsSent: 0,
    totalPacketsReceived: 0,
    totalBytesSent: 0,
    totalBytesReceived: 0,
    errors: ["dtls: DTLS did not finish in 10 s"],
    sessionDurationMs: 0,
    producersCreated: 0,
    consumersCreated: 0,
    signalingLatencies: { operations: {} },
    reconnections: 0,
    reconnectionFailures: 0,
    // Ours:
    role: "publisher",
    node: "local",
    state: "failed",
    failureCause: "DTLS did not finish in 10 s",
    errorCount: 1,
    errorDetails: [
      { kind: "dtls", message: "DTLS did not finish in 10 s", atMs: 12_000 },
    ],
    packetsExpected: 0,
    impairment: null,
    consumersFlowing: 0,
    maxRoundTripTimeMs: null,
    maxTimeToFirstFrameMs: null,
    frameRate: null,
    freezeCount: 0,
    sendBps: 0,
  });
  assertObjectMatch(connected, {
    sendBps: 1_333_333,
    receiveBps: 1_306_667,
    maxRoundTripTimeMs: 3,
    maxTimeToFirstFrameMs: 60,
    framesRendered: 880,
    frameRate: 880 / 29.5,
    freezeCount: 1,
    totalFreezesDurationMs: 300,
    longestFreezeMs: 300,
    pliCountSent: 2,
    pliCountReceived: 1,
    firCountReceived: 0,
    retransmissionRequestsSent: 30,
    retransmissionRequestsReceived: 4,
  });
  assertEquals(connected.connectionTimeMs, 300);
  assertEquals(connected.signalingLatencies.operations.join_room, {
    count: 1,
    minMs: 30,
    maxMs: 30,
    avgMs: 30,
    p50Ms: 30,
    p95Ms: 30,
    p99Ms: 30,
  });
});

Deno.test("a client's count, extremes and mean cover also the requests of which no latency was kept", () => {
  const client = recorderOf(0, { role: "viewer" });
  client.addOperation("consume", 1);
  for (let i = 0; i < MAX_OPERATION_VALUES; i++) {
    client.addOperation("consume", 3);
  }
  client.addOperation("connect_recv_transport", 2);
  client.figures.timeToFirstMediaSentMs = 1.23456789;
  const [{ signalingLatencies: { operations }, timeToFirstMediaSentMs }] =
    toResults([client.toRecord()]);
  assertEquals(timeToFirstMediaSentMs, 1.235);
  assertEquals(Object.keys(operations), ["connect_recv_transport", "consume"]);
  const { count, minMs, maxMs, avgMs, p50Ms } = operations.consume;
  const total = MAX_OPERATION_VALUES + 1;
  assertEquals([count, minMs, maxMs, p50Ms], [total, 1, 3, 3]);
  assertEquals(avgMs, Math.round((3 - 2 / total) * 1000) / 1000);
});

Deno.test("the JSON Schemas in the repository are those of the code", () => {
  const files = jsonSchemaFiles();
  const stale = "run: deno run --allow-write lib/report/schema/write.ts";
  assertEquals<unknown>(
    resultsJsonSchema,
    JSON.parse(files["load_test_results.json"]),
    stale,
  );
  assertEquals<unknown>(
    summaryJsonSchema,
    JSON.parse(files["load_test_summary.json"]),
    stale,
  );
  const size = new TextEncoder().encode(files["load_test_summary.json"]).length;
  assertLess(size, 30_000);
});

/** What each place has in turn. */
const DAMAGES = [undefined, "x", null] as const;

Deno.test("the summary's JSON Schema accepts and refuses what reading a summary does", () => {
  const asJson = z.fromJSONSchema(
    JSON.parse(jsonSchemaFiles()["load_test_summary.json"]),
  );
  const whole = summarize(madeUpRun());
  // One metric of each type is enough.
  const { clientsActive, packetsSent, jitter, deliveryRatio } = whole.metrics;
  const summary = {
    ...whole,
    metrics: { clientsActive, packetsSent, jitter, deliveryRatio },
  };
  assert(asJson.safeParse(summary).success);
  let refused = 0;
  for (const [i, path] of pathsIn(summary).entries()) {
    const damage = DAMAGES[i % DAMAGES.length];
    const other = damaged(summary, path, damage);
    const { success } = summarySchema.safeParse(other);
    assertEquals(
      asJson.safeParse(other).success,
      success,
      `${path.join(".")}: ${JSON.stringify(damage)}`,
    );
    if (!success) refused++;
  }
  assertGreater(refused, 300);
});

type Path = readonly string[];

/** Where every value of a value is; of a list only the first is looked at. */
function pathsIn(value: unknown): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .slice(0, Array.isArray(value) ? 1 : undefined)
    .flatMap(([key, one]) => [
      [key],
      ...pathsIn(one).map((path) => [key, ...path]),
    ]);
}

/** A copy with something else at one place, or with nothing there. */
function damaged(value: unknown, [key, ...path]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...value as object };
  const within = damaged(Reflect.get(copy, key), path, by);
  if (within === undefined) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, within);
  return copy;
}

Deno.test.each([
  { text: "{", message: "it is not JSON" },
  { text: "[]", message: "expected object" },
  {
    text: JSON.stringify({ ...summarize(madeUpRun()), server: { url: 1 } }),
    message: "server.url: ",
  },
])(
  "a file that is no summary is refused in one line: $message",
  ({ text, message }) => {
    const error = assertThrows(() => parseSummary(text), SyntaxError, message);
    assertEquals(error.message.startsWith("Cannot read summary: "), true);
    assertEquals(error.message.split("\n").length, 1);
  },
);

Deno.test("keys of a later version are passed over", () => {
  const summary = summarize(madeUpRun());
  assertEquals(parseSummary(JSON.stringify({ ...summary, later: 1 })), summary);
});

Deno.test("the timeline as CSV has a header and a row a stretch", () => {
  assertEquals(
    renderCsv(summarize(madeUpRun())),
    "tSec,clients,packetsSentPerSec,packetsReceivedPerSec,sendBps,receiveBps,lossRatio,cpuRatio,tracksDue,silentRatio,serverCpuRatio,serverMaxProcessRatio,serverRssBytes,serverFds,serverUdpDrops\r\n" +
      "1,1,300,290,1000000,990000,0.0125,0.1,0,0,,,,,\r\n" +
      "2,2,600,580,2000000,1980000,0.0125,0.1,0,0,0.45,0.3,400000000,110,1\r\n",
  );
});
