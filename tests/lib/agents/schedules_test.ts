/** Whatever is lost, repeated, late or dead: what is merged is what agents counted, and nothing is done twice. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { RemoteNode } from "../../../lib/agents/remote_node.ts";
import { ClaimedAgent } from "../../../lib/agents/claimed_agent.ts";
import { AgentHost } from "../../../lib/agents/agent_host.ts";
import { createRandom, type NodeClock } from "../../../lib/load/mod.ts";
import {
  mergeSnapshots,
  plainRecord,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { CountingNode } from "./counting_node.ts";
import { type FakeLink, FakeNet } from "./fake_net.ts";

const SCHEDULES = 1000;
/** An agent is forsaken after 12 s, and looks once a second. */
const GONE_WITHIN_MS = 13_500;

interface Machine {
  readonly link: FakeLink;
  readonly host: AgentHost;
  readonly node: () => CountingNode | undefined;
  isKilled: boolean;
}

Deno.test("a thousand schedules of loss, repetition, disorder and deaths come to what agents counted", async () => {
  const seen = { lost: 0, clean: 0, orders: 0, coordinators: 0 };
  for (let seed = 0; seed < SCHEDULES; seed++) {
    try {
      await schedule(seed, seen);
    } catch (error) {
      throw new Error(`schedule ${seed}`, { cause: error });
    }
  }
  // Schedules that all end alike would show nothing.
  for (const count of Object.values(seen)) assert(count > SCHEDULES / 20);
});

async function schedule(
  seed: number,
  seen: Record<"lost" | "clean" | "orders" | "coordinators", number>,
): Promise<void> {
  const random = createRandom(seed, "schedule");
  const fake = new FakeClock();
  const clock: NodeClock = {
    nowMs: () => fake.nowMs(),
    wallNowMs: () => 1e12 + fake.nowMs(),
    setTimer: (ms, fn) => fake.setTimer(ms, fn),
  };
  const loss = random() < 0.3 ? 0 : random() * 0.4;
  let isDisturbed = loss > 0;
  const net = new FakeNet(clock, random, {
    loss,
    repeats: random() * 0.4,
    delayMs: random() < 0.5 ? 50 : 1500,
  });
  const machines = Array.from(
    { length: 1 + Math.floor(random() * 3) },
    (_, i) => machineOf(`a${i}`, net, clock, random),
  );
  const link = net.open();
  const latest = new Map<string, Snapshot>();
  const take = (snapshot: Snapshot) => {
    assertLess(latest.get(snapshot.node)?.sequence ?? 0, snapshot.sequence);
    // What an agent says of its clock is no count.
    const generator = { ...snapshot.generator, notes: [] };
    latest.set(snapshot.node, { ...snapshot, generator });
  };
  const died = new Map<string, string>();
  const published = new Map<string, string[]>();
  const nodes: RemoteNode[] = [];
  const agents: ClaimedAgent[] = [];
  const claims = Promise.all(machines.map(async (_, i) => {
    const agent = new ClaimedAgent({
      link,
      group: "g",
      id: `a${i}`,
      run: "run1",
      by: "me",
      clock,
    });
    agents.push(agent);
    await agent.claim();
    const name = `agent-${i}`;
    const node = new RemoteNode(name, agent, {
      onSnapshot: take,
      onNote() {},
      onPublisher: ({ participantId }) => {
        const all = published.get(name) ?? [];
        published.set(name, [...all, participantId]);
      },
      onDied: (reason) => died.set(name, reason),
    }, clock);
    nodes.push(node);
    const facts = await node.prepare({
      node: name,
      server: { url: "ws://sfu.example/" },
      seed: 1,
      datapath: {},
    });
    assertEquals(facts.threads, 1);
    await node.begin(1e12);
  })).then(() => true, () => false);
  let isStarted: boolean | undefined;
  for (let i = 0; i < 60 && isStarted === undefined; i++) {
    await fake.run(500);
    isStarted = await promptly(claims);
  }
  if (isStarted !== true) {
    // Somebody could not be had: everyone is let go.
    await endWithin(fake, 60_000, agents.map((agent) => agent.release()));
    await fake.run(GONE_WITHIN_MS);
    for (const { host } of machines) assertEquals(host.isClaimed, false);
    return await clear(fake, machines, agents);
  }

  const untold = new Set<string>();
  let isCoordinatorDead = false;
  let command = 0;
  const ordered = new Map<RemoteNode, number[]>(
    nodes.map((node) => [node, []]),
  );
  for (let step = 0; step < 12; step++) {
    await fake.run(random() * 1500);
    const victim = machines[Math.floor(random() * machines.length)];
    const what = random();
    if (what < 0.14) isDisturbed = true;
    if (what < 0.03) {
      victim.isKilled = true;
      victim.link.isUp = false;
      victim.link.isDead = random() < 0.5;
      victim.node()?.kill();
    } else if (what < 0.12) {
      victim.link.isUp = false;
      clock.setTimer(random() * 20_000, () => {
        if (!victim.isKilled) victim.link.isUp = true;
      });
    } else if (what < 0.14) {
      isCoordinatorDead = true;
      link.isUp = false;
      break;
    } else {
      const node = nodes[Math.floor(random() * nodes.length)];
      const number = command++;
      ordered.get(node)!.push(number);
      node.command({ type: "drop", clients: [number] }).catch(() => {});
      if (random() < 0.5) {
        node.learn({
          roomId: "r",
          participantId: String(number),
          tracks: null,
        });
      }
    }
  }

  if (isCoordinatorDead) {
    seen.coordinators++;
    await fake.run(GONE_WITHIN_MS + 5_000);
    for (const { host, node, isKilled } of machines) {
      if (isKilled) continue;
      assertEquals(host.isClaimed, false, "it left with its coordinator");
      assert(node()!.stops > 0);
    }
  } else {
    await endWithin(
      fake,
      60_000,
      nodes.map(async (node) => {
        const last = await node.stop();
        if (last === undefined) untold.add(node.name);
        else take(last);
      }),
    );
    await fake.run(GONE_WITHIN_MS + 20_000);
    for (const { host, isKilled } of machines) {
      if (!isKilled) assertEquals(host.isClaimed, false);
    }
  }

  const entered: Snapshot[] = [];
  machines.forEach(({ node: nodeOf }, i) => {
    const node = nodeOf()!;
    const name = `agent-${i}`;
    const remote = nodes.find((one) => one.name === name)!;
    assertEquals(node.plans.length, 1, "it was started once");
    // Each once, in order, and none that was not ordered.
    const orders = ordered.get(remote)!;
    assertEquals(node.done, orders.slice(0, node.done.length));
    seen.orders += node.done.length;
    const heard = published.get(name) ?? [];
    assertEquals(heard, heard.map((_, at) => String(at)));
    const last = latest.get(name);
    const counted = node.told.find(({ sequence }) =>
      sequence === last?.sequence
    );
    assertEquals(plain(last), plain(counted), "as it was counted");
    if (counted !== undefined) entered.push(counted);
    if (died.has(name) || untold.has(name)) {
      assert(isDisturbed, "nobody is lost where nothing is");
      seen.lost++;
    } else if (!isCoordinatorDead) {
      seen.clean++;
      assertEquals(last?.sequence, node.told.at(-1)?.sequence);
      assertEquals(heard.length, node.published);
      assertEquals(node.done, orders);
    }
  });
  assertEquals(
    plain(mergeSnapshots([...latest.values()])),
    plain(mergeSnapshots(entered)),
  );
  await clear(fake, machines, agents);
}

function machineOf(
  id: string,
  net: FakeNet,
  clock: NodeClock,
  random: () => number,
): Machine {
  const link = net.open();
  let node: CountingNode | undefined;
  const host = new AgentHost({
    link,
    group: "g",
    id,
    epoch: "e1",
    machine: { host: "there", cores: 2, memoryBytes: null },
    clock,
    openNode: (name, handlers) =>
      node = new CountingNode(name, clock, random, handlers),
  });
  return { link, host, node: () => node, isKilled: false };
}

/** Nothing is left: no timer goes on. */
async function clear(
  fake: FakeClock,
  machines: readonly Machine[],
  agents: readonly ClaimedAgent[],
): Promise<void> {
  await endWithin(fake, 60_000, agents.map((agent) => agent.release()));
  for (const agent of agents) agent.forget();
  await endWithin(
    fake,
    60_000,
    machines.map(({ host }) => host[Symbol.asyncDispose]()),
  );
  await fake.run(60_000);
  assertEquals(fake.pendingTimers, 0, "no timer is left");
}

async function endWithin(
  fake: FakeClock,
  ms: number,
  all: readonly Promise<unknown>[],
): Promise<void> {
  let isOver = false;
  Promise.all(all).then(() => isOver = true);
  const untilMs = fake.nowMs() + ms;
  while (!isOver) {
    assertLess(fake.nowMs(), untilMs, "it ends in bounded time");
    await fake.run(500);
  }
}

/** What a promise has come to; `undefined` while that is open. */
async function promptly<Value>(
  promise: Promise<Value>,
): Promise<Value | undefined> {
  return await Promise.race([promise, Promise.resolve().then(() => undefined)]);
}

/** But for what an agent says of its clock and its link besides. */
function plain(snapshot: Snapshot | undefined): unknown {
  if (snapshot === undefined) return undefined;
  const { linkRoundTrip: _, ...trends } = snapshot.trends;
  const { offset: __, ...rest } = snapshot;
  return JSON.parse(JSON.stringify({
    ...rest,
    trends,
    parts: snapshot.parts?.map(({ offset: _, trends, ...part }) => {
      const { linkRoundTrip: __, ...others } = trends;
      return { ...part, trends: others };
    }),
    clients: snapshot.clients.map(plainRecord),
  }));
}
