/** Machines whose clocks are wrong share a run: what is measured between them is right. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { rampAndHold } from "../../lib/load/mod.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { percentileOf, trendGrowth } from "../../lib/metrics/mod.ts";
import { listAgents, run } from "../../lib/run/mod.ts";
import { spawnSfu } from "../../lib/sfu/mod.ts";
import { Broker, noNats } from "./nats_box.ts";
import { planOf } from "../plans.ts";

const BEGUN_MS = Date.now();
const TEN_MINUTES_MS = 600_000;

/** Of each agent: how its clock is wrong. */
const AGENTS = [
  { id: "a0", skewMs: 5_000, ppm: 0, anchorMs: 0 },
  { id: "a1", skewMs: -80, ppm: 0, anchorMs: 0 },
  // Since ten minutes ago it has come to 60 ms.
  { id: "a2", skewMs: 0, ppm: 100, anchorMs: BEGUN_MS - TEN_MINUTES_MS },
] as const;

/** What an agent takes of one machine's threads more than another is no clock's doing. */
const UNEVEN_MS = 5;

function startAgent(
  broker: Broker,
  { id, skewMs, ppm, anchorMs }: (typeof AGENTS)[number],
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check"],
      import.meta.resolve("../fixtures/skewed_agent.ts"),
      ...[broker.url, id, ...[skewMs, ppm, anchorMs].map(String)],
    ],
    ...{ stdin: "null", stdout: "null" },
  }).spawn();
}

async function allThere(broker: Broker): Promise<void> {
  const meeting = {
    broker: { url: broker.url, isInsecure: false },
    group: "default",
  };
  while ((await listAgents(meeting)).length < AGENTS.length);
}

Deno.test({
  name:
    "of clocks that are 5 s ahead, 80 ms behind and fast by 100 ppm nothing is seen in the latency between their machines",
  ignore: await noNats(),
  async fn() {
    await using broker = await Broker.start();
    await using sfu = await spawnSfu({ engine: "werift" });
    const agents = AGENTS.map((agent) => startAgent(broker, agent));
    try {
      await allThere(broker);
      const { summary, snapshot } = await run({
        server: { url: sfu.url },
        engine: null,
        agents: {
          choice: {
            kind: "broker",
            broker: { url: broker.url, isInsecure: false },
            ...{ group: "default", count: AGENTS.length, waitMs: 10_000 },
          },
          threads: "auto",
        },
        plan: planOf(12, {
          ...mediaPlanOf({ video: false }),
          stages: rampAndHold(12, 500, 3_000),
          room: "clocks",
          rooms: 2,
        }),
        ...{ rampUpMs: 500, config: {}, thresholds: [] },
      });
      assertEquals(summary.successfulConnections, 12);
      for (const [i, { skewMs, ppm, anchorMs }] of AGENTS.entries()) {
        const { host, clockAheadMs, clockBoundMs, linkRoundTripP95Ms } =
          summary.generator.nodes![i];
        assertEquals(host, Deno.hostname());
        const isMs = skewMs + (Date.now() - anchorMs) * ppm / 1e6;
        // By the time that has gone by since it was told, the fast one is wrong by more.
        const sinceMs = 3_000 * ppm / 1e6;
        assertLess(Math.abs(clockAheadMs! - isMs), clockBoundMs! + sinceMs);
        assert(linkRoundTripP95Ms! > 0);
      }
      const { boundMs, isKnown } = summary.media.latencyAcrossMachines!;
      assert(isKnown, `known to ±${boundMs} ms only`);
      const { mediaLatency, mediaLatencySameMachine } = snapshot.trends;
      const within = mediaLatencySameMachine;
      const between = trendGrowth(within, mediaLatency);
      assert(within.count > 100 && between.count > 100);
      const [withinMs, betweenMs] = [within, between].map((trend) =>
        percentileOf(trend, 50) / 1000
      );
      assertLess(Math.abs(withinMs - betweenMs), boundMs! + UNEVEN_MS);
      assertEquals(snapshot.generator.clock?.difference ?? null, null);
    } finally {
      for (const agent of agents) agent.kill("SIGTERM");
      await Promise.all(agents.map(({ status }) => status));
    }
  },
});
