/** Whole runs, short and small, against real servers over the loopback. */

import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertRejects,
} from "@std/assert";
import type { DatapathChoice } from "../../lib/load/mod.ts";
import { rampAndHold } from "../../lib/load/mod.ts";
import type { Summary } from "../../lib/metrics/mod.ts";
import { run, type RunOptions, type RunOutcome } from "../../lib/run/mod.ts";
import {
  type Sfu,
  type SfuStats,
  spawnSfu,
  startSfu,
} from "../../lib/sfu/mod.ts";
import { ChannelError } from "../../lib/signaling/websocket/mod.ts";
import { crowdOfTwo } from "./crowd_of_two.ts";
import { ENGINES } from "./sfu/engines.ts";
import { planOf } from "../plans.ts";

const MEDIASOUP = ENGINES.find(({ engine }) => engine === "mediasoup")!;
const RAMP_MS = 500;
/** Packets of one consumer that the server may have sent before its row or after its end: some 70 ms of them. */
const MAX_UNSEEN = 12;
/** Packets of one room that may be under way when the server hears that we leave: one a track. */
const MAX_UNDER_WAY = 4;

function rampedPlan(clients: number, over: Parameters<typeof planOf>[1] = {}) {
  return planOf(clients, {
    stages: rampAndHold(clients, RAMP_MS, 2000),
    room: "run",
    ...over,
  });
}

function runAt(
  url: string,
  over: Partial<RunOptions> = {},
): Promise<RunOutcome> {
  return run({
    server: { url },
    engine: null,
    plan: rampedPlan(4, { rooms: 2 }),
    rampUpMs: RAMP_MS,
    config: {},
    thresholds: [],
    ...over,
  });
}

/** What is true of every healthy run of four clients in two rooms. */
function assertHealthy(summary: Summary): void {
  assertEquals(summary.errors, {});
  assertEquals(
    [
      summary.totalClients,
      summary.successfulConnections,
      summary.totalProducersCreated,
      summary.totalConsumersCreated,
    ],
    [4, 4, 8, 8],
  );
  assertEquals(summary.media.loss.lost, 0);
  assertEquals(summary.media.srtpFailures, 0);
  assertGreaterOrEqual(summary.media.deliveryRatio!, 0.99);
  assertEquals([summary.unknownMessages, summary.malformedMessages], [0, 0]);
  assertEquals(summary.partial, false);
}

async function assertNobodyIsLeft(sfu: Sfu): Promise<void> {
  const response = await fetch(`${sfu.httpUrl}/health`);
  const { participants, rooms } = await response.json();
  assertEquals({ participants, rooms }, { participants: 0, rooms: 0 });
}

/** The server's counts when all its streams have ended, and can change no more. */
async function finalStats(sfu: Sfu): Promise<SfuStats> {
  for (;;) {
    const { producers, consumers } = await sfu.stats();
    const isOver = [...producers, ...consumers].every(({ closed }) => closed);
    // What ended while it was read is whole only the next time.
    if (isOver) return await sfu.stats();
  }
}

/** Our count of each room's packets, against the server's. */
async function assertServerAgrees(sfu: Sfu, summary: Summary): Promise<void> {
  const stats = await finalStats(sfu);
  for (const room of summary.rooms) {
    const own = <T extends { readonly roomId: string }>(
      streams: readonly T[],
    ) => streams.filter(({ roomId }) => roomId === room.roomId);
    const packets = (streams: readonly { readonly packets: number }[]) =>
      streams.reduce((sum, one) => sum + one.packets, 0);
    const [producers, consumers] = [own(stats.producers), own(stats.consumers)];
    assertEquals([producers.length, consumers.length], [4, 4]);
    const missed = room.totalPacketsSent - packets(producers);
    assert(
      missed >= 0 && missed <= MAX_UNDER_WAY,
      `${missed} packets did not reach it`,
    );
    const unseen = packets(consumers) - room.totalPacketsReceived;
    assert(
      unseen >= 0 && unseen <= MAX_UNSEEN * consumers.length,
      `${unseen} of ${packets(consumers)} packets were not seen`,
    );
    for (const { lost } of [...producers, ...consumers]) assertEquals(lost, 0);
  }
}

/** `profiles` is passed on to `lib/rtc`; there is no option for it. */
Deno.test.each<
  DatapathChoice & {
    readonly srtp: string;
    readonly profiles?: readonly string[];
  }
>([
  { lane: "native", cipher: "openssl", dtls: "openssl", srtp: "GCM" },
  { lane: "native", cipher: "portable", dtls: "portable", srtp: "GCM" },
  { lane: "portable", cipher: "openssl", dtls: "openssl", srtp: "GCM" },
  { lane: "portable", cipher: "portable", dtls: "portable", srtp: "GCM" },
  {
    lane: "native",
    cipher: "openssl",
    dtls: "openssl",
    srtp: "CM",
    profiles: ["AES_CM_128_HMAC_SHA1_80"],
  },
])(
  "mediasoup and clients on the $lane lane, with $cipher AES-$srtp and $dtls DTLS, count the same packets",
  { ignore: MEDIASOUP.ignore || Deno.build.os !== "linux" },
  async (datapath) => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    const { summary, snapshot } = await runAt(sfu.url, {
      engine: "mediasoup",
      datapath,
    });
    assertHealthy(summary);
    const { lane, cipher, dtls } = summary.generator;
    assertEquals([lane, cipher, dtls], [
      datapath.lane!,
      datapath.cipher!,
      datapath.dtls!,
    ]);
    assertEquals(
      snapshot.clients.map(({ consumersFlowing }) => consumersFlowing),
      [2, 2, 2, 2],
    );
    assertGreaterOrEqual(summary.totalPacketsSent, 4 * 2 * 150);
    await assertServerAgrees(sfu, summary);
    await assertNobodyIsLeft(sfu);
  },
);

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name: `a run on two threads against ${engine} is a run like any other`,
    ignore,
    fn: async () => {
      await using sfu = await spawnSfu({ engine, exposeStats: true });
      const { summary } = await runAt(sfu.url, { engine, workers: 2 });
      assertHealthy(summary);
      assertEquals(summary.generator.workers, 2);
      await assertServerAgrees(sfu, summary);
      await assertNobodyIsLeft(sfu);
    },
  });
}

Deno.test("a run against the werift engine needs nothing installed, and everything arrives", async () => {
  await using sfu = await spawnSfu({ engine: "werift", exposeStats: true });
  const { summary } = await runAt(sfu.url, { engine: "werift" });
  assertHealthy(summary);
  await assertServerAgrees(sfu, summary);
  await assertNobodyIsLeft(sfu);
});

Deno.test("a plan without video sends none and takes none, on each thread", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const { summary, snapshot } = await runAt(sfu.url, {
    plan: rampedPlan(4, { rooms: 2, video: false }),
    workers: 2,
  });
  assertEquals(
    [summary.totalProducersCreated, summary.totalConsumersCreated],
    [4, 4],
  );
  for (const { sends, receives } of snapshot.clients) {
    assertEquals([sends, receives], [["audio"], ["audio"]]);
  }
});

Deno.test("clients that come and go leave the counts right and nobody in the room", async () => {
  await using sfu = await spawnSfu({ engine: "werift", exposeStats: true });
  const { summary, snapshot } = await runAt(sfu.url, {
    plan: rampedPlan(3, {
      video: false,
      churnRate: 1,
      stages: rampAndHold(3, RAMP_MS, 4000),
    }),
  });
  assertEquals(summary.totalClients, 7);
  assertEquals(summary.successfulConnections, 7);
  assertEquals(summary.errors, {});
  assertEquals(summary.media.loss.lost, 0);
  assertGreaterOrEqual(summary.media.deliveryRatio!, 0.99);
  for (const { sessionDurationMs, state } of snapshot.clients) {
    assertEquals(state, "left");
    assertLessOrEqual(sessionDurationMs, 5500);
  }
  await assertNobodyIsLeft(sfu);
});

Deno.test("a client that is in but gets no media is seen to get none", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const { summary, snapshot } = await runAt(sfu.url, {
    // Each is alone in its room.
    plan: rampedPlan(2, { rooms: 2, publishRatio: 0.5 }),
  });
  const viewer = snapshot.clients.find(({ role }) => role === "viewer")!;
  assertEquals(
    [viewer.connectionSuccessful, viewer.consumersFlowing],
    [true, 0],
  );
  assertEquals(viewer.packetsReceived, 0);
  assertEquals(viewer.timeToFirstMediaReceivedMs, null);
  assertEquals(summary.successfulConnections, 2);
});

Deno.test("a run that ends with everyone leaving is over, not broken, though one of them had failed", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const plan = rampedPlan(2, { stages: rampAndHold(2, 0, 2500) });
  const { summary } = await runAt(sfu.url, {
    rampUpMs: 0,
    plan: {
      ...plan,
      clients: plan.clients.map((client, i) => ({
        ...client,
        leaveAtMs: 900,
        participantName: i === 0 ? "A" : "B".repeat(65),
      })),
    },
  });
  assertEquals(summary.partial, false);
  assertEquals(
    [summary.successfulConnections, summary.failedConnections],
    [1, 1],
  );
});

Deno.test("a run whose clients have all failed is broken, and does not wait for its end", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const plan = rampedPlan(2, { stages: rampAndHold(2, 0, 600_000) });
  const { summary } = await runAt(sfu.url, {
    rampUpMs: 0,
    plan: {
      ...plan,
      clients: plan.clients.map((client) => ({
        ...client,
        participantName: "B".repeat(65),
      })),
    },
  });
  assertEquals(summary.verdict, {
    status: "broke",
    reason:
      'no client is left: Cannot complete join_room: the server said "Error: Invalid participant_name: must be 1-64 characters"',
  });
});

Deno.test("a lost server is an outcome of its own, with all that was measured", async () => {
  const sfu = await spawnSfu({ engine: "werift" });
  let disposed: PromiseLike<void> | undefined;
  const { promise: broken, resolve } = Promise.withResolvers<string>();
  const { summary } = await runAt(sfu.url, {
    plan: rampedPlan(2, { stages: rampAndHold(2, RAMP_MS, 60_000) }),
    broken,
    onProgress: ({ phase, snapshot }) => {
      if (phase !== "media" || disposed !== undefined) return;
      if ((snapshot.counters.packetsReceived ?? 0) === 0) return;
      disposed = sfu[Symbol.asyncDispose]().then(() => resolve("it died"));
    },
  });
  await disposed;
  assertEquals([summary.verdict.status, summary.exitCode], ["gone", 97]);
  assertMatch(
    summary.verdict.reason,
    /^the server went away at 0:\d\d: it died/,
  );
  assertEquals(summary.partial, true);
  assert(summary.totalPacketsReceived > 0);
});

Deno.test("an interrupted run ends soon, with its clients gone from the server", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const interrupt = new AbortController();
  const { summary } = await runAt(sfu.url, {
    plan: rampedPlan(2, { stages: rampAndHold(2, RAMP_MS, 600_000) }),
    signal: interrupt.signal,
    onProgress: ({ phase, snapshot }) => {
      if (phase === "media" && snapshot.gauges.clientsConnected === 2) {
        interrupt.abort();
      }
    },
  });
  assertEquals(summary.verdict.status, "interrupted");
  assertEquals(summary.successfulConnections, 2);
  await assertNobodyIsLeft(sfu);
});

Deno.test("a channel that is cut comes back, and media with it", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });

  await using two = await crowdOfTwo(sfu.url);
  await two.until(({ gauges }) => gauges.consumersOpen === 4);
  await two.crowd.command({ type: "reconnect", clients: [0] });
  await two.until(({ clients }) => clients[0].reconnections === 1);
  const { packetsReceived } = two.crowd.snapshot().counters;
  await two.until(({ clients, counters }) =>
    clients[0].state === "connected" &&
    counters.packetsReceived > packetsReceived + 100
  );
});

Deno.test("a server that is not there is an error before anything starts", async () => {
  await assertRejects(() => runAt("ws://127.0.0.1:9/ws"), ChannelError);
});
