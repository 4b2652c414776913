/**
 * Fifty people in five rooms for ten minutes, with one in ten speaking, with
 * comings and goings, and with a server that goes down for two seconds in the
 * middle; all of it in virtual time.
 */

import { assert, assertEquals } from "@std/assert";
import { Client } from "../../../lib/client/mod.ts";
import {
  clientOptions,
  createRandom,
  LocalNode,
  rampAndHold,
} from "../../../lib/load/mod.ts";
import { type Snapshot, summarize } from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import {
  FakeClock,
  fakeEnvironment,
  FakeScheduler,
  FakeServer,
} from "../../../lib/testing/mod.ts";
import { mediaPlanOf } from "../../../lib/media/mod.ts";
import { planOf } from "../../plans.ts";

const MINUTE_MS = 60_000;
const PLAN = planOf(50, {
  ...mediaPlanOf({ video: false, maxAudio: 1, maxVideo: 0 }),
  stages: rampAndHold(50, 10_000, 10 * MINUTE_MS - 10_000),
  room: "story",
  rooms: 5,
  publishRatio: 0.1,
  churnRate: 0.1,
  seed: 7,
});

async function tell() {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler(clock, 100);
  const server = new FakeServer(clock);
  const snapshots: Snapshot[] = [];
  const node = new LocalNode({
    name: "story",
    clock: {
      nowMs: () => clock.nowMs(),
      wallNowMs: () => server.wallNowMs(),
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    },
    openHost: ({ seed }, meter) => {
      const environment = fakeEnvironment({
        clock,
        scheduler,
        server,
        random: createRandom(seed, "story"),
        meter: {
          counters: meter.counters,
          lateness: { record() {} },
          mediaLatency: { record() {} },
          firstPacket: { record() {} },
          timeToFirstFrame: { record() {} },
          frameGap: { record() {} },
        },
      });
      return Promise.resolve({
        create: (plan, onEvent) =>
          new Client(
            environment,
            clientOptions(plan, undefined),
            onEvent,
          ),
        health: {
          lanes: ["fake"],
          ciphers: ["fake"],
          dtls: ["fake"],
          notes: [],
          cpuUs: () => 0,
          kernelDrops: () => 0,
        },
        latenessMs: () => 0,
        [Symbol.dispose]() {},
      });
    },
    handlers: {
      onSnapshot: (snapshot) => snapshots.push(snapshot),
      onNote() {},
      onDied() {},
    },
  });
  await node.prepare({
    node: "story",
    server: { url: "ws://fake.invalid/ws" },
    datapath: {},
    seed: PLAN.seed,
  });
  await node.begin(server.wallNowMs());
  await node.command({ type: "add", clients: PLAN.clients });
  await clock.run(5 * MINUTE_MS + 4000);
  server.isDown = true;
  server.dropChannels();
  await clock.run(2500);
  server.isDown = false;
  await clock.run(5 * MINUTE_MS - 6500);
  snapshots.push((await node.stop())!);
  await clock.run(31_000);
  const left = {
    tasks: scheduler.size,
    timers: clock.pendingTimers,
    channels: server.openChannels,
    participants: server.participants.size,
  };
  return { snapshots, left };
}

Deno.test("fifty people spend ten minutes, and every one of them is accounted for", async () => {
  const { snapshots, left } = await tell();
  const last = snapshots.at(-1)!;
  const summary = summarize({
    ...madeUpRun(),
    snapshot: last,
    ending: { kind: "finished" },
  });

  // 590 s of churn at one departure in ten seconds, each replaced.
  assertEquals(summary.totalClients, 50 + 59);
  assertEquals(summary.successfulConnections, 109);
  assertEquals(last.clients.map(({ state }) => state), Array(109).fill("left"));

  // Everyone who was there when the server went down came back, once.
  assertEquals(summary.totalReconnections, 50);
  assertEquals(summary.errors, {});
  const { losses, rejoined, failedAttempts } = summary.returns;
  assertEquals([losses, rejoined], [50, 50]);
  assert(failedAttempts >= 50 && failedAttempts <= 100, `${failedAttempts}`);

  // Five speakers at 50 packets a second, and nine listeners to each.
  const speech = 5 * 50 * 600;
  assert(
    Math.abs(summary.totalPacketsSent / speech - 1) < 0.03,
    `${summary.totalPacketsSent} sent`,
  );
  assertEquals(summary.media.loss.lost, 0);
  assert(summary.totalPacketsReceived > 8 * summary.totalPacketsSent);

  // A snapshot a second, each with what was known then.
  assertEquals(snapshots.length, 601);
  assertEquals(snapshots[200].gauges.clientsConnected, 50);
  assertEquals(left, { tasks: 0, timers: 0, channels: 0, participants: 0 });
});
