/** Clients with bad networks, against a real server over the loopback. */

import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Impairment, parseImpairment } from "../../lib/impairment/mod.ts";
import {
  rampAndHold,
  type RunPlan,
  withImpairments,
} from "../../lib/load/mod.ts";
import { run } from "../../lib/run/mod.ts";
import { type Sfu, spawnSfu, startSfu } from "../../lib/sfu/mod.ts";
import { crowdOfTwo } from "./crowd_of_two.ts";
import { ENGINES } from "./sfu/engines.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { planOf } from "../plans.ts";

const MEDIASOUP = ENGINES.find(({ engine }) => engine === "mediasoup")!;

function impairedPlan(
  clients: number,
  shares: Parameters<typeof withImpairments>[1],
): RunPlan {
  const plan = planOf(clients, {
    ...mediaPlanOf({ video: false, maxAudio: 2, maxVideo: 0 }),
    stages: rampAndHold(clients, 500, 2500),
    room: "impaired",
  });
  return withImpairments(plan, shares);
}

function runWith(
  url: string,
  plan: RunPlan,
  { workers = 1, stats }: {
    readonly workers?: number;
    readonly stats?: Sfu["stats"];
  } = {},
) {
  return run({
    serverStats: stats,
    server: { url },
    engine: null,
    plan,
    rampUpMs: 500,
    config: {},
    thresholds: [],
    workers,
  });
}

Deno.test({
  name:
    "everyone gets in through a network that loses a tenth of all datagrams",
  ignore: MEDIASOUP.ignore,
  fn: async () => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    const impairment = parseImpairment("loss=10%");
    const plan = impairedPlan(12, [{ impairment, share: 1 }]);
    const { summary } = await runWith(sfu.url, plan);
    assertEquals(summary.errors, {});
    assertEquals(summary.successfulConnections, 12);
  },
});

Deno.test({
  name: "what is lost both ways is told apart, and none of it is the server's",
  ignore: MEDIASOUP.ignore,
  fn: async () => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    const impairment = parseImpairment("loss=5%");
    const plan = impairedPlan(4, [{ impairment, share: 1 }]);
    const { summary } = await runWith(sfu.url, plan, { stats: sfu.stats });
    const { lossOrigin, impaired } = summary.media;
    assertGreater(lossOrigin.impairedOut, 10);
    assertGreater(lossOrigin.impairedIn, 10);
    assertEquals(
      [lossOrigin.impairedOut, lossOrigin.impairedIn],
      [impaired.outbound.dropped, impaired.inbound.dropped],
    );
    const { beforeServer, inServer, afterServer } = lossOrigin;
    // A packet may be under way when everybody leaves.
    for (const packets of [beforeServer, inServer, afterServer]) {
      assertLess(packets!, 5);
    }
  },
});

Deno.test("in a run on two threads, the share that the plan says is impaired, its signaling too, and nobody else", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  const impairment: Impairment = {
    inbound: { lossRatio: 0.1, delayMs: 150 },
  };
  const plan = impairedPlan(4, [{ impairment, share: 0.5 }]);
  const { summary, snapshot } = await runWith(sfu.url, plan, { workers: 2 });
  assertEquals(summary.successfulConnections, 4);
  for (const client of snapshot.clients) {
    const isImpaired = plan.clients[client.index].impairment !== undefined;
    assertEquals(
      client.impairment,
      isImpaired ? "in.loss=10%,in.delay=150ms" : null,
    );
    // Two round trips before there is a channel, and one for each request; how long others take is the machine's.
    if (isImpaired) assertGreater(client.joinMs!, 6 * 150);
    assertEquals(client.packetsLost > 0, isImpaired);
    assertEquals(client.impairedInDropped > 0, isImpaired);
    assert(client.impairedInDropped >= client.packetsLost);
  }
  const { inbound, outbound } = summary.media.impaired;
  assertGreater(inbound.dropped, 0);
  assertEquals(outbound.packets, 0);
});

Deno.test("a live crowd is impaired by a command, and no longer by another", async () => {
  await using sfu = await spawnSfu({ engine: "werift" });
  await using two = await crowdOfTwo(sfu.url);
  await two.until(({ clients }) =>
    clients.every(({ consumersFlowing }) => consumersFlowing === 2)
  );
  const clients = [0];
  const impair = (impairment: Impairment | null) =>
    two.crowd.command({ type: "impair", clients, impairment });
  await impair({ outbound: { delayMs: 20, lossRatio: 0.3 } });
  await two.until(({ counters }) => counters.impairedOutDropped > 20);
  await impair(null);
  await two.until(({ clients }) => clients[0].impairment === null);
  const done = two.crowd.snapshot().counters;
  await two.until(({ counters }) =>
    counters.packetsSent > done.packetsSent + 100
  );
  assertEquals(two.crowd.snapshot().counters.impairedOut, done.impairedOut);
});

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine} follows clients whose source ports change, twice, and nobody has to come back`,
    ignore,
    fn: async () => {
      await using sfu = await spawnSfu({ engine });
      await using two = await crowdOfTwo(sfu.url);
      await two.until(({ clients }) =>
        clients.every(({ consumersFlowing }) => consumersFlowing === 2)
      );
      const impairment = { rebind: true };
      for (let times = 1; times <= 2; times++) {
        await two.crowd.command({
          type: "impair",
          clients: [0, 1],
          impairment,
        });
        // Two transports each.
        await two.until(({ counters }) => counters.rebinds === times * 4);
        const before = two.crowd.snapshot().clients;
        await two.until(({ clients }) =>
          clients.every(({ packetsReceived }, i) =>
            packetsReceived > before[i].packetsReceived + 200
          )
        );
      }
      const { counters, clients } = two.crowd.snapshot();
      assertEquals([counters.losses, clients[0].impairment], [0, "rebind"]);
    },
  });
}
