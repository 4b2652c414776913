/** What a node notes of the media that its clients receive. */

import { assertEquals } from "@std/assert";
import {
  counterOf,
  type Trend,
  type TrendName,
  trendOf,
} from "../../../../lib/metrics/mod.ts";
import { Bench, clientPlan, NO_TOTALS } from "./node_bench.ts";

const OUT = { inbound: { outageMs: 3000 } };

async function connected(): Promise<Bench> {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(1000);
  return bench;
}

/** The first client loses something now. */
function lose(bench: Bench, what: "channel" | "transport"): void {
  const sinceMs = bench.clock.nowMs();
  const [client] = bench.clients;
  client.tell({ type: "state", state: "away" });
  client.tell({ type: "lost", what, message: "gone", sinceMs });
}

function trend(bench: Bench, name: TrendName): Trend {
  return trendOf(bench.node.snapshot(), name);
}

Deno.test("what each second of each track was like is noted in steps of its unit", async () => {
  const bench = await connected();
  bench.clients[0].seconds = [
    {
      kind: "audio",
      from: undefined,
      bitrateBps: 32_000,
      frozenMs: 0,
      lossRatio: null,
      residualLossRatio: null,
      frameRate: null,
      playoutDelayMs: 80,
    },
    {
      kind: "video",
      from: undefined,
      bitrateBps: 900_000,
      frozenMs: 0,
      lossRatio: 0.02,
      residualLossRatio: 0.01,
      frameRate: 29.5,
      playoutDelayMs: 40,
    },
  ];
  assertEquals(
    ([
      "audioBitrate",
      "videoBitrate",
      "consumerLoss",
      "consumerResidualLoss",
      "consumerFrameRate",
      "audioPlayoutDelay",
      "videoPlayoutDelay",
    ] as const).map((name) => {
      const { count, sum } = trend(bench, name);
      return [count, sum];
    }),
    [
      [1, 32_000],
      [1, 900_000],
      [1, 20_000],
      [1, 10_000],
      [1, 29_500],
      [1, 80_000],
      [1, 40_000],
    ],
  );
  await bench.node.stop();
});

/** Client 0 tries at once, and can send and receive 200 ms later. */
async function ready(): Promise<Bench> {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  const [client] = bench.clients;
  const { joinMs } = bench.record(0);
  assertEquals(joinMs, null);
  await bench.clock.run(200);
  client.tell({ type: "ready", atMs: bench.clock.nowMs() });
  await bench.clock.run(100);
  // As it comes back.
  client.tell({ type: "ready", atMs: bench.clock.nowMs() });
  return bench;
}

Deno.test("a client has joined once it can first send and receive, and one that comes back has not joined again", async () => {
  const bench = await ready();
  const { count, sum } = trend(bench, "join");
  assertEquals([count, sum], [1, 200_000]);
  assertEquals(bench.record(0).joinMs, 200);
  await bench.node.stop();
});

Deno.test.each([
  {
    why: "it is the later of both",
    media: { firstSentMs: 210, firstReceivedMs: 400, othersSinceMs: 0 },
    firstMedia: 400,
    received: 400,
  },
  {
    why: "it receives before it sends",
    media: { firstSentMs: 350, firstReceivedMs: 300, othersSinceMs: 0 },
    firstMedia: 350,
    received: 300,
  },
  {
    why: "who waits for others does not count it",
    media: { firstSentMs: 210, firstReceivedMs: 9400, othersSinceMs: 9000 },
    firstMedia: 400,
    received: 400,
  },
  {
    why: "nobody else sends",
    media: { firstSentMs: 210, firstReceivedMs: -1, othersSinceMs: -1 },
    firstMedia: 210,
    received: null,
  },
  {
    why: "somebody else sends and nothing has come",
    media: { firstSentMs: 210, firstReceivedMs: -1, othersSinceMs: 300 },
    firstMedia: null,
    received: null,
  },
  {
    why: "it has not sent yet",
    media: { firstSentMs: -1, firstReceivedMs: 400, othersSinceMs: 0 },
    firstMedia: null,
    received: 400,
  },
])(
  "the first media of a client that sends comes after $firstMedia ms, and in after $received: $why",
  async ({ media, firstMedia, received }) => {
    const bench = await ready();
    const zeroMs = bench.clock.nowMs() - 300;
    const since = (ms: number) => ms > 0 ? zeroMs + ms : ms;
    bench.clients[0].media = {
      ...NO_TOTALS,
      firstSentMs: since(media.firstSentMs),
      firstReceivedMs: since(media.firstReceivedMs),
      othersSinceMs: since(media.othersSinceMs),
    };
    const { firstMediaMs, timeToFirstMediaReceivedMs } = bench.record(0);
    assertEquals(
      [firstMediaMs, timeToFirstMediaReceivedMs],
      [firstMedia, received],
    );
    await bench.node.stop();
  },
);

Deno.test("seconds count while a client without a channel comes back", async () => {
  const bench = await connected();
  const [client] = bench.clients;
  client.tell({ type: "state", state: "away" });
  client.seconds = [{
    kind: "audio",
    from: undefined,
    bitrateBps: 32_000,
    frozenMs: 0,
    lossRatio: 0,
    residualLossRatio: 0,
    frameRate: null,
    playoutDelayMs: null,
  }];
  assertEquals(trend(bench, "audioBitrate").count, 1);
  await bench.node.stop();
});

Deno.test("of several returns to a lost channel a client keeps the longest", async () => {
  const bench = await connected();
  const [client] = bench.clients;
  for (const awayMs of [700, 300]) {
    lose(bench, "channel");
    await bench.clock.run(awayMs);
    client.tell({ type: "state", state: "connected" });
    client.tell({ type: "returned", how: "rejoined" });
    const stayFirstReceivedMs = bench.clock.nowMs();
    client.media = { ...NO_TOTALS, firstReceivedMs: 1, stayFirstReceivedMs };
    assertEquals(bench.record(0).maxRecoveryMs, 700);
  }
  assertEquals(trend(bench, "recovery").count, 2);
  await bench.node.stop();
});

Deno.test("a client has recovered from an outage once all that stood still flows again", async () => {
  const bench = await connected();
  const [client] = bench.clients;
  await bench.node.command({ type: "impair", clients: [0], impairment: OUT });
  const restoredMs = bench.clock.nowMs() + 3000;
  client.resumedMs = undefined;
  await bench.clock.run(5000);
  assertEquals(trend(bench, "networkRecovery").count, 0);
  client.resumedMs = restoredMs + 2400;
  await bench.clock.run(5000);
  // It counts once, however often one looks.
  const recovery = trend(bench, "networkRecovery");
  assertEquals([recovery.count, recovery.sum], [1, 2_400_000]);
  assertEquals(bench.record(0).maxNetworkRecoveryMs, 2400);
  await bench.node.stop();
});

Deno.test("of several outages a client's record keeps the longest recovery", async () => {
  const bench = await connected();
  const [client] = bench.clients;
  for (const recoveryMs of [2400, 300]) {
    await bench.node.command({ type: "impair", clients: [0], impairment: OUT });
    client.resumedMs = bench.clock.nowMs() + 3000 + recoveryMs;
    await bench.clock.run(10_000);
  }
  assertEquals(trend(bench, "networkRecovery").count, 2);
  assertEquals(bench.record(0).maxNetworkRecoveryMs, 2400);
  await bench.node.stop();
});

Deno.test("an outage that nothing stood still in is nothing to recover from", async () => {
  const bench = await connected();
  await bench.node.command({ type: "impair", clients: [0], impairment: OUT });
  await bench.clock.run(5000);
  bench.clients[0].resumedMs = bench.clock.nowMs();
  await bench.clock.run(5000);
  assertEquals(bench.record(0).maxNetworkRecoveryMs, null);
  await bench.node.stop();
});

Deno.test("an outage that is followed by another, or by leaving, before all flows again counts as such", async () => {
  const bench = await connected();
  const [client] = bench.clients;
  const missing = () => counterOf(bench.node.snapshot(), "networkNotRecovered");
  const impairment = { inbound: { outageMs: 1000, outageEveryMs: 5000 } };
  await bench.node.command({ type: "impair", clients: [0], impairment });
  client.resumedMs = undefined;
  const restored = () => client.network.restoredMs(bench.clock.nowMs());
  const nextEnd = async () => {
    const last = restored();
    while (restored() === last) await bench.clock.run(100);
  };
  await nextEnd();
  assertEquals(missing(), 0);
  await nextEnd();
  assertEquals(missing(), 1);
  // Back after the second, it is away after the third when it leaves.
  client.resumedMs = bench.clock.nowMs();
  await bench.clock.run(1000);
  client.resumedMs = undefined;
  await nextEnd();
  assertEquals(missing(), 1);
  await bench.node.stop();
  assertEquals(missing(), 2);
  assertEquals(trend(bench, "networkRecovery").count, 1);
});
