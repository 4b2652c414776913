import { assertEquals } from "@std/assert";
import {
  bpsOver,
  type ClientRecord,
  clientsOwn,
  type ClientState,
  counterOf,
  divided,
  EMPTY_SNAPSHOT,
  errorCounts,
  most,
  ofVideo,
  partOf,
  rateOf,
  ratio,
  tallyClients,
  total,
  totalErrors,
  Trend,
  trendOf,
} from "../../../lib/metrics/mod.ts";
import { recordOf } from "./client.ts";

Deno.test.each<
  { why: string; due: number; silent: number; away: number; is: number | null }
>([
  { why: "nobody was away", due: 100, silent: 20, away: 0, is: 0.2 },
  {
    why: "what the away missed is theirs",
    due: 100,
    silent: 60,
    away: 50,
    is: 0.2,
  },
  {
    why: "the away are a little ahead",
    due: 100,
    silent: 49.9,
    away: 50,
    is: 0,
  },
  {
    why: "all were away all the time",
    due: 100,
    silent: 100,
    away: 100,
    is: null,
  },
])(
  "silence of those that were there is a share from 0 to 1: $why",
  (counts) => {
    const found = divided(
      "silent",
      (name) =>
        name === "tracksDueMs"
          ? counts.due
          : name === "tracksSilentMs"
          ? counts.silent
          : counts.away,
    );
    assertEquals(found, counts.is);
  },
);

Deno.test("of a part in which more was given back than lost, nothing is lost", () => {
  const count = (packetsLost: number) =>
    divided(
      "loss",
      (name) => ({ packetsLost, packetsExpected: 100 } as const)[name as never],
    );
  assertEquals([count(-6), count(0), count(7)], [0, 0, 0.07]);
});

/** In which of these it counts: all are 0 but the total. */
type Place = "connected" | "away" | "unknown" | "failed" | "pending";

Deno.test.each<
  {
    state: ClientState;
    up?: boolean;
    isAway?: boolean;
    over: Place;
    soFar: Place;
  }
>([
  { state: "planned", over: "pending", soFar: "pending" },
  { state: "joining", over: "failed", soFar: "pending" },
  { state: "failed", over: "failed", soFar: "failed" },
  { state: "left", over: "failed", soFar: "pending" },
  { state: "lost", over: "pending", soFar: "pending" },
  { state: "connected", up: true, over: "connected", soFar: "connected" },
  { state: "left", up: true, over: "connected", soFar: "connected" },
  { state: "left", up: true, isAway: true, over: "away", soFar: "away" },
  { state: "away", up: true, isAway: true, over: "away", soFar: "away" },
  { state: "failed", up: true, over: "away", soFar: "away" },
  { state: "lost", up: true, over: "unknown", soFar: "unknown" },
  { state: "lost", up: true, isAway: true, over: "unknown", soFar: "unknown" },
])(
  "who is $state, connected once: $up, away: $isAway, counts as $over once the run is over, and before as $soFar",
  ({ state, up = false, isAway = false, over, soFar }) => {
    const client = recordOf(0, { state, connectionSuccessful: up, isAway });
    const tally = (place: Place, runIsOver: boolean) => ({
      total: 1,
      reached: Number(up),
      ...{ connected: 0, away: 0, unknown: 0, failed: 0, pending: 0 },
      [place]: 1,
      runIsOver,
    });
    assertEquals(tallyClients([client], true), tally(over, true));
    assertEquals(tallyClients([client], false), tally(soFar, false));
  },
);

Deno.test("each client is counted in one place, however many there are", () => {
  const states: ClientState[] = [
    "planned",
    "joining",
    "failed",
    "left",
    "lost",
  ];
  const clients = Array.from({ length: 60 }, (_, i) =>
    recordOf(i, {
      state: states[i % 5],
      connectionSuccessful: i % 2 === 0,
      isAway: i % 3 === 0,
    }));
  for (const runIsOver of [true, false]) {
    const tally = tallyClients(clients, runIsOver);
    const { connected, away, unknown, failed, pending } = tally;
    assertEquals(tally.total, 60);
    assertEquals(connected + away + unknown, tally.reached);
    assertEquals(tally.reached + failed + pending, 60);
  }
});

Deno.test.each([
  { part: 1, whole: 4, is: 0.25 },
  { part: 0, whole: 4, is: 0 },
  { part: 5, whole: 4, is: 1.25 },
  { part: 0, whole: 0, is: null },
  { part: 3, whole: 0, is: null },
  { part: 3, whole: -1, is: null },
  { part: 3, whole: NaN, is: null },
])("$part of $whole is $is", ({ part, whole, is }) => {
  assertEquals(ratio(part, whole), is);
});

Deno.test("bytes over a time are bits a second, and nothing in no time", () => {
  assertEquals(
    [bpsOver(1000, 125), bpsOver(3000, 1), bpsOver(0, 9), bpsOver(-1, 9)],
    [1000, 3, 0, 0],
  );
});

Deno.test("the largest of any client is told to whole microseconds; where no client has one there is none", () => {
  const jitters = [null, 0, 2.34567, 1].map((maxJitterMs, i) =>
    recordOf(i, { maxJitterMs })
  );
  assertEquals(
    [
      most(jitters, "maxJitterMs"),
      most(jitters.slice(0, 2), "maxJitterMs"),
      most(jitters.slice(0, 1), "maxJitterMs"),
      most([], "longestFreezeMs"),
    ],
    [2.346, 0, null, null],
  );
});

Deno.test("of more clients than a call has arguments the largest and the sum are told, too", () => {
  const many: ClientRecord[] = Array(200_000).fill(
    recordOf(0, { maxJitterMs: 1, packetsSent: 3 }),
  );
  assertEquals(most(many, "maxJitterMs"), 1);
  assertEquals(total(many, "packetsSent"), 600_000);
});

Deno.test("what a client's record does not hold of a counter is not known, and counts as nothing in a rate of its own", () => {
  const client = recordOf(0, { tracksDueMs: 1000, tracksSilentMs: 400 });
  assertEquals(partOf(client, "tracksSilentMs"), 400);
  assertEquals(partOf(client, "tracksAwayMs"), null);
  assertEquals(clientsOwn("silent", client), 0.4);
  assertEquals(clientsOwn("frozen", client), null);
});

Deno.test("of distributions of clients only those count that saw video, each once", () => {
  const clients = [[0, 900], [3, 0], [5, 250]].map(([framesRendered, ms], i) =>
    recordOf(i, { framesRendered, totalFreezesDurationMs: ms })
  );
  const trend = trendOf({ trends: {}, clients }, "freezeTime");
  assertEquals([trend.count, trend.min, trend.max], [2, 0, 250_000]);
  assertEquals(trendOf({ trends: {} }, "freezeTime").count, 0);
  assertEquals(
    clients.map((client) => ofVideo(client, "totalFreezesDurationMs")),
    [null, 0, 250],
  );
});

Deno.test("a distribution that was never recorded is empty, and stays so", () => {
  const nothing = trendOf(EMPTY_SNAPSHOT, "jitter");
  assertEquals([nothing.count, nothing.percentile(99), nothing.max], [0, 0, 0]);
  const trend = new Trend();
  trend.record(5);
  const snapshot = { trends: { jitter: trend.toJSON() } };
  assertEquals(trendOf(snapshot, "jitter").count, 1);
  assertEquals(trendOf(EMPTY_SNAPSHOT, "jitter").count, 0);
});

Deno.test("errors are those that were counted, by kind, the most frequent first and equals by name", () => {
  const snapshot = {
    ...EMPTY_SNAPSHOT,
    counters: {
      packetsSent: 9,
      "errors.b": 2,
      "errors.a": 2,
      "errors.c": 7,
      "errors.none": 0,
      "errors.with.dots": 1,
      errorsless: 5,
    },
  };
  assertEquals(errorCounts(snapshot), [
    ["c", 7],
    ["a", 2],
    ["b", 2],
    ["with.dots", 1],
  ]);
  assertEquals([totalErrors(snapshot), totalErrors(EMPTY_SNAPSHOT)], [12, 0]);
});

Deno.test("a rate is of counters, or of clients where it is a share of them", () => {
  const clients = [
    recordOf(0, { state: "connected", connectionSuccessful: true }),
    recordOf(1, { state: "joining" }),
  ];
  const snapshot = {
    ...EMPTY_SNAPSHOT,
    clients,
    counters: { packetsSent: 50, packetsReceived: 75 },
  };
  const of = (name: Parameters<typeof rateOf>[1], runIsOver: boolean) =>
    rateOf(snapshot, name, tallyClients(clients, runIsOver));
  assertEquals([of("connected", true), of("connected", false)], [0.5, 1]);
  assertEquals(of("receiveSendRatio", true), 1.5);
  assertEquals(of("deliveryRatio", true), null);
  assertEquals(counterOf(snapshot, "packetsLost"), 0);
});
