import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  summarize,
  type SummaryInput,
} from "../../../../lib/metrics/mod.ts";
import { parseThreshold } from "../../../../lib/load/mod.ts";
import { recorderOf, recordOf } from "../client.ts";
import { madeUpRun } from "../run.ts";

Deno.test("the counts of clients, packets and errors are those of the run", () => {
  const summary = summarize(madeUpRun());
  assertEquals(
    [
      summary.totalClients,
      summary.successfulConnections,
      summary.failedConnections,
      summary.pendingConnections,
    ],
    [3, 2, 1, 0],
  );
  assertEquals([summary.totalPacketsSent, summary.totalPacketsReceived], [
    10_000,
    9800,
  ]);
  assertEquals(summary.totalErrors, 1);
  assertEquals(summary.errors, {
    dtls: { count: 1, example: "DTLS did not finish in 10 s" },
  });
  assertEquals(summary.averageSessionDurationMs, 30_000);
});

Deno.test("errors are listed by kind, the most frequent first, then by name", () => {
  const run = madeUpRun();
  const counters = {
    ...run.snapshot.counters,
    "errors.aborted": 1,
    "errors.timeout": 3,
    "errors.none": 0,
  };
  const { errors, totalErrors } = summarize({
    ...run,
    snapshot: { ...run.snapshot, counters },
  });
  assertEquals(Object.keys(errors), ["timeout", "aborted", "dtls"]);
  assertEquals(errors.timeout, { count: 3, example: null });
  assertEquals(totalErrors, 5);
});

Deno.test("connection times are those of clients that got connected", () => {
  const summary = summarize(madeUpRun());
  assertEquals(summary.averageConnectionTimeMs, 400);
  assertAlmostEquals(summary.p50ConnectionTimeMs, 300, 3);
  assertEquals([summary.p95ConnectionTimeMs, summary.p99ConnectionTimeMs], [
    500,
    500,
  ]);
});

Deno.test("signaling latencies are those of requests, sorted by operation", () => {
  const { operations } = summarize(madeUpRun()).signalingLatencies;
  assertEquals(Object.keys(operations), [
    "join_room",
    "produce_audio",
    "produce_video",
  ]);
  assertEquals(
    [
      operations.join_room.count,
      operations.join_room.minMs,
      operations.join_room.maxMs,
      operations.join_room.avgMs,
    ],
    [2, 30, 50, 40],
  );
});

Deno.test("what each second of each track was like is told as a distribution", () => {
  const { loss, video, consumerBps, recoveryMs } = summarize(madeUpRun()).media;
  assertEquals(consumerBps.audio, {
    count: 100,
    min: 32_000,
    max: 32_000,
    avg: 32_000,
    p5: 32_000,
    p50: 32_000,
    p95: 32_000,
    p99: 32_000,
  });
  assertAlmostEquals(consumerBps.video.p50, 950_000, 8000);
  assertEquals(loss.consumerRatio.max, 0.1);
  assertAlmostEquals(loss.consumerRatio.p95, 0.095, 0.001);
  assertEquals([loss.consumerRatio.p50, loss.consumerResidualRatio.max], [
    0,
    0,
  ]);
  assertEquals(video.framesDropped, 7);
  assertAlmostEquals(video.consumerFrameRate.p5, 24, 0.2);
  assertEquals(video.consumerFrameRate.max, 30);
  assertEquals([recoveryMs.network.count, recoveryMs.network.avgMs], [2, 150]);
  assertEquals(recoveryMs.channel.count, 0);
});

Deno.test("what did not recover is told beside how long the rest took", () => {
  assertEquals(summarize(madeUpRun()).media.networkNotRecovered, 1);
});

Deno.test("what viewers saw is told of the run and of each room", () => {
  const { media, rooms } = summarize(madeUpRun());
  const { frameRate, frozenRatio, longestFreezeMs, freezeTimeMs } = media.video;
  assertEquals(frameRate, 1760 / 59);
  assertEquals([frozenRatio, longestFreezeMs], [800 / 59_000, 500]);
  // Who saw no video is not among those that it did not freeze for.
  assertEquals(
    [freezeTimeMs.count, freezeTimeMs.minMs, freezeTimeMs.maxMs],
    [2, 300, 500],
  );
  assertEquals(
    rooms.map((room) => [
      room.maxRoundTripTimeMs,
      room.maxTimeToFirstFrameMs,
      room.frameRate,
      room.freezeCount,
      room.totalFreezesDurationMs,
      room.longestFreezeMs,
      room.pictureIdJumps,
      room.timestampJumps,
      room.maxNetworkRecoveryMs,
      room.sendBpsPerClient,
      room.receiveBpsPerClient,
      room.retransmissionRequestsSent,
      room.pliCountReceived,
    ]),
    [
      [5, 100, 880 / 29.5, 1, 500, 500, 2, 3, 120, 1_333_333, 1_306_667, 30, 1],
      [3, 60, 880 / 29.5, 1, 300, 300, 1, 3, 180, 1_333_333, 1_306_667, 30, 1],
    ],
  );
});

Deno.test("rooms are sorted by id and add up to the whole", () => {
  const { rooms } = summarize(madeUpRun());
  assertEquals(
    rooms.map((
      { roomId, totalClients, successfulConnections, totalErrors },
    ) => [
      roomId,
      totalClients,
      successfulConnections,
      totalErrors,
    ]),
    [["room-0", 2, 1, 1], ["room-1", 1, 1, 0]],
  );
  assertEquals(
    rooms.reduce((sum, room) => sum + room.totalPacketsSent, 0),
    10_000,
  );
});

Deno.test("media figures are divided by what they should be divided by", () => {
  const { media } = summarize(madeUpRun());
  assertEquals(media.deliveryRatio, 0.98);
  assertEquals(media.receiveSendRatio, 0.98);
  assertEquals(media.loss.lost, 100);
  assertAlmostEquals(media.loss.ratio, 100 / 9900, 1e-12);
  assertEquals(media.loss.repaired, 36);
  assertAlmostEquals(media.loss.residualRatio, 64 / 9900, 1e-12);
  assertEquals(media.impaired, {
    inbound: {
      packets: 5000,
      dropped: 102,
      retransmissionsDropped: 2,
      delayed: 4898,
      duplicated: 0,
    },
    outbound: { packets: 0, dropped: 0, delayed: 0, duplicated: 0 },
    rebinds: 0,
  });
  assertEquals(media.latencyMs.maxMs, 10);
  assertEquals(media.sendBpsPerClient, Math.round(10_000_000 * 8 / 60));
});

Deno.test("the generator's own figures are there", () => {
  const { generator } = summarize(madeUpRun());
  assertEquals(
    [
      generator.lane,
      generator.cipher,
      generator.dtls,
      generator.cpuSeconds,
      generator.cpuRatio,
    ],
    ["native", "openssl", "openssl", 3.525, 0.1],
  );
  assertEquals(generator.latenessMs.p95Ms, 1.903);
});

Deno.test.each(
  [
    {
      why: "a threshold that was not kept fails the run",
      change: {},
      want: ["failed", 99, '"loss < 1%" failed'],
    },
    {
      why: "of two that were not kept one is named",
      change: {
        thresholds: [
          parseThreshold("loss < 1%"),
          parseThreshold("errors == 0"),
        ],
      },
      want: ["failed", 99, '"loss < 1%" failed, and so did 1 more'],
    },
    {
      why: "of several that were not kept one is named",
      change: {
        thresholds: ["loss < 1%", "errors == 0", "freezes == 0"].map(
          parseThreshold,
        ),
      },
      want: ["failed", 99, '"loss < 1%" failed, and so did 2 more'],
    },
    {
      why: "without thresholds the bands judge",
      change: { thresholds: [] },
      want: [
        "failed",
        99,
        "critical: 2 of 3 clients connected; 1 of 3 clients met errors",
      ],
    },
    {
      why: "an interrupted run is judged by nothing",
      change: { ending: { kind: "interrupted" } },
      want: ["interrupted", 130, "the run was stopped before its end"],
    },
    {
      why: "a broken run says why",
      change: { ending: { kind: "broke", reason: "the server went away" } },
      want: ["broke", 1, "the server went away"],
    },
  ] satisfies { why: string; change: Partial<SummaryInput>; want: unknown[] }[],
)("$why", ({ change, want }) => {
  const { verdict, exitCode } = summarize({ ...madeUpRun(), ...change });
  assertEquals<unknown>([verdict.status, exitCode, verdict.reason], want);
});

Deno.test("only a finished run is not partial", () => {
  const run = madeUpRun();
  assertEquals(summarize(run).partial, false);
  assertEquals(
    summarize({ ...run, ending: { kind: "interrupted" } }).partial,
    true,
  );
});

Deno.test("a run of nothing has numbers everywhere and passes", () => {
  const summary = summarize({
    ...madeUpRun(),
    snapshot: EMPTY_SNAPSHOT,
    thresholds: [],
  });
  assertEquals(summary.verdict.status, "passed");
  assertEquals([
    summary.media.deliveryRatio,
    summary.media.receiveSendRatio,
    summary.media.loss.ratio,
  ], [null, null, 0]);
  assertEquals(summary.averageConnectionTimeMs, 0);
  assertEquals(JSON.parse(JSON.stringify(summary)), summary);
});

Deno.test("nobody connected is a broken run, with the cause that most share", () => {
  const clients = ["timeout", "refused", "refused"].map(
    (failureCause, index) => {
      const client = recorderOf(index, { role: "viewer" });
      Object.assign(client.figures, { state: "failed", failureCause });
      return client.toRecord();
    },
  );
  const { verdict, exitCode } = summarize({
    ...madeUpRun(),
    snapshot: { ...EMPTY_SNAPSHOT, clients },
  });
  assertEquals([verdict.status, exitCode, verdict.reason], [
    "broke",
    1,
    "no client got connected: refused",
  ]);
});

Deno.test.each([
  {
    cpuRatio: 0.99,
    cause: null,
    want: [
      "invalid",
      98,
      "no client got connected, with this machine's cores 99.0 % busy",
    ],
  },
  {
    cpuRatio: 0.99,
    cause: "refused",
    want: ["broke", 1, "no client got connected: refused"],
  },
  {
    cpuRatio: 0.5,
    cause: null,
    want: ["broke", 1, "no client got connected"],
  },
  {
    cpuRatio: null,
    cause: null,
    want: ["broke", 1, "no client got connected"],
  },
])(
  "nobody connected on a machine that is $cpuRatio busy, by $cause: $want",
  ({ cpuRatio, cause, want }) => {
    const client = recorderOf(0, { role: "viewer" });
    Object.assign(client.figures, { state: "left", failureCause: cause });
    const { verdict, exitCode } = summarize({
      ...madeUpRun(),
      machineCpuRatio: cpuRatio,
      snapshot: { ...EMPTY_SNAPSHOT, clients: [client.toRecord()] },
    });
    assertEquals<unknown>([verdict.status, exitCode, verdict.reason], want);
  },
);

for (const state of ["joining", "left"] as const) {
  Deno.test(`a client that is ${state} and never connected has failed once the run is over, but not before`, () => {
    const client = recorderOf(0, { role: "viewer" });
    client.figures.state = state;
    const snapshot = { ...EMPTY_SNAPSHOT, clients: [client.toRecord()] };
    const run = { ...madeUpRun(), snapshot };
    const over = summarize(run);
    assertEquals([over.failedConnections, over.pendingConnections], [1, 0]);
    const cutOff = summarize({ ...run, ending: { kind: "interrupted" } });
    assertEquals([cutOff.failedConnections, cutOff.pendingConnections], [0, 1]);
  });
}

Deno.test("nothing received by a crowd in which nobody can receive is no fault", () => {
  const run = madeUpRun();
  const counters = {
    ...run.snapshot.counters,
    packetsReceived: 0,
    packetsDeliverable: 0,
    "errors.dtls": 0,
  };
  const snapshot = {
    ...run.snapshot,
    counters,
    clients: run.snapshot.clients.slice(0, 2),
  };
  assertEquals(summarize({ ...run, snapshot, thresholds: [] }).verdict, {
    status: "passed",
    reason: "with a warning: the server's busiest thread used 75.0 % of a core",
  });
});

Deno.test("not everything was healthy where the server was to be watched and nothing was seen of it", () => {
  const run = madeUpRun();
  const of = (server: Partial<typeof run.server>, unwatched?: string) =>
    summarize({
      ...run,
      unwatched,
      thresholds: [],
      snapshot: EMPTY_SNAPSHOT,
      timeline: [],
      server: { ...run.server, load: null, reported: null, ...server },
    }).verdict.reason;
  const note = "No process has the pid 7";
  assertMatch(of({ notes: [note] }), /nothing was seen of the server.*pid 7$/);
  assertEquals(of({ notes: [] }), "everything watched was healthy");
  assertMatch(
    of({ load: run.server.load, notes: [note] }, note),
    /^with a warning: .*nothing was seen of a part of the server that was to be watched: No process has the pid 7$/,
  );
});

Deno.test("not everything was healthy where nobody received anything before it could be called wrong", () => {
  const run = madeUpRun();
  const reasonOf = (sessionDurationMs: number, packetsSent = 50) =>
    summarize({
      ...run,
      thresholds: [],
      timeline: [],
      snapshot: {
        ...EMPTY_SNAPSHOT,
        clients: [0, 1].map((index) =>
          recordOf(index, {
            state: "left",
            connectionSuccessful: true,
            connectedAtMs: 0,
            sessionDurationMs,
            sends: ["audio"],
            receives: ["audio"],
            packetsSent,
          })
        ),
      },
    }).verdict.reason;
  assertMatch(reasonOf(1000, 0), /^with a warning: .*nothing was received/);
  assertMatch(reasonOf(1000), /^with a warning: .*nothing was received/);
  assertMatch(reasonOf(4000), /never received anything/);
});
