import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type LoadNode,
  type NodeCommand,
  type NodeHandlers,
  rampAndHold,
  systemNodeClock,
} from "../../../../lib/load/mod.ts";
import { NodeGroup } from "../../../../lib/load/node/group.ts";
import {
  ClientRecorder,
  EMPTY_SNAPSHOT,
  NodeMeter,
  saturationOf,
  type Snapshot,
} from "../../../../lib/metrics/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";
import { planOf } from "../../../plans.ts";

const PLAN = planOf(8, {
  stages: rampAndHold(8, 0, 10_000),
  room: "r",
  rooms: 8,
});

/** A thread that reports when it is told to: each client sends 50 packets a second. */
class Thread implements LoadNode {
  readonly #meter: NodeMeter;
  readonly clients: ClientRecorder[] = [];
  #second = 0;

  constructor(readonly name: string, readonly handlers: NodeHandlers) {
    this.#meter = new NodeMeter(name);
  }
  prepare() {
    return Promise.resolve({
      ...{ node: this.name, version: "1.2.3", threads: 1 },
      ...{ lanes: [], ciphers: [], dtls: [], machine: null, clock: null },
    });
  }
  begin() {
    return Promise.resolve();
  }
  command(command: NodeCommand) {
    for (const plan of command.type === "add" ? command.clients : []) {
      const client = new ClientRecorder({ ...plan, node: this.name });
      client.figures.state = "connected";
      this.clients.push(client);
    }
    return Promise.resolve();
  }
  report(final = false): Snapshot {
    this.#meter.counters.packetsSent += 50 * this.clients.length;
    this.#meter.trend("lateness").record(1000 * this.clients.length);
    const snapshot = this.#meter.snapshot({
      atMs: ++this.#second * 1000,
      clients: this.clients,
      final,
      generator: { ...EMPTY_SNAPSHOT.generator, workers: 1, cpuUs: 100 },
    });
    if (!final) this.handlers.onSnapshot(snapshot);
    return snapshot;
  }
  stop() {
    return Promise.resolve(this.report(true));
  }
}

/** Two machines, of one thread and of three, as one. */
async function open() {
  const clock = new FakeClock();
  const time = {
    nowMs: () => clock.nowMs(),
    wallNowMs: () => clock.nowMs(),
    setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, fn),
  };
  const threads: Thread[] = [];
  const snapshots: Snapshot[] = [];
  const openThread = (name: string, handlers: NodeHandlers) => {
    const thread = new Thread(name, handlers);
    threads.push(thread);
    return thread;
  };
  const all = new NodeGroup({
    name: "all",
    nodes: ["agent-0", "agent-1"],
    clock: time,
    areMachines: true,
    openNode: (name, handlers) =>
      name === "agent-0" ? openThread(name, handlers) : new NodeGroup({
        name,
        nodes: [0, 1, 2].map((i) => `${name}/worker-${i}`),
        openNode: openThread,
        clock: time,
        handlers,
        processCpuUs: () => clock.nowMs() * 10,
      }),
    handlers: {
      onSnapshot: (snapshot) => snapshots.push(snapshot),
      onNote() {},
      onDied() {},
    },
  });
  const facts = await all.prepare({
    ...{ node: "all", server: { url: "ws://x/ws" }, datapath: {}, seed: 1 },
  });
  await all.begin(0);
  await all.command({ type: "add", clients: PLAN.clients });
  return { all, clock, threads, snapshots, facts };
}

/** Machines that have begun on the clients of {@linkcode PLAN}. */
async function begunMachines(
  nodes: readonly string[],
  onSnapshot: (snapshot: Snapshot) => void,
  allowLost = 0,
) {
  const clock = new FakeClock();
  const machines: Thread[] = [];
  const group = new NodeGroup({
    ...{ name: "all", areMachines: true, allowLost, nodes },
    clock: {
      nowMs: () => clock.nowMs(),
      wallNowMs: () => clock.nowMs(),
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    },
    openNode(name, handlers) {
      machines.push(new Thread(name, handlers));
      return machines.at(-1)!;
    },
    handlers: { onSnapshot, onNote() {}, onDied() {} },
  });
  await group.prepare({
    ...{ node: "all", server: { url: "ws://x/ws" }, datapath: {}, seed: 1 },
  });
  await group.begin(0);
  await group.command({ type: "add", clients: PLAN.clients });
  return { group, clock, machines };
}

Deno.test("a group may consist of groups: shares go by threads, and the sum is that of all threads", async () => {
  const { all, clock, threads, snapshots, facts } = await open();
  assertEquals(facts.threads, 4);
  assertEquals(facts.parts?.map(({ threads }) => threads), [1, 3]);
  assertEquals(threads.map(({ clients }) => clients.length), [2, 2, 2, 2]);
  await clock.run(1000);
  for (const thread of threads) thread.report();
  const [{ node, second, counters, clients, parts, generator }] = snapshots;
  assertEquals([node, second, counters.packetsSent], ["all", 1, 8 * 50]);
  assertEquals(clients.map(({ index }) => index), [0, 1, 2, 3, 4, 5, 6, 7]);
  // A machine's thread that coordinates its workers used 9,700 µs besides.
  assertEquals([generator.workers, generator.cpuUs], [4, 100 + 10_000]);
  assertEquals(
    parts?.map((part) => [
      part.node,
      part.counters.packetsSent,
      part.trends.lateness.count,
      part.parts?.map((thread) => thread.node),
    ]),
    [
      ["agent-0", 100, 1, undefined],
      ["agent-1", 300, 3, [0, 1, 2].map((i) => `agent-1/worker-${i}`)],
    ],
  );
  const last = await all.stop();
  assertEquals([last?.final, last?.counters.packetsSent], [true, 8 * 100]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("what one thread publishes all others learn, on whatever machine, but for itself", async () => {
  const { all, threads } = await open();
  const learnt = threads.map(() => 0);
  threads.forEach((thread, i) =>
    Object.assign(thread, { learn: () => learnt[i]++ })
  );
  threads[2].handlers.onPublisher!({
    roomId: "r",
    participantId: "p",
    tracks: [],
  });
  assertEquals(learnt, [1, 1, 0, 1]);
  await all.stop();
});

Deno.test("a thread that dies elsewhere is lost with its clients, its machine goes on, and both are named", async () => {
  const { all, threads, snapshots } = await open();
  for (const thread of threads) thread.report();
  threads[3].handlers.onDied("out of memory");
  for (const thread of threads.slice(0, 3)) thread.report();
  const { clients, generator: { lost }, parts } = snapshots.at(-1)!;
  const loss = [{
    ...{ node: "agent-1/worker-2", atMs: 0, clients: 2 },
    knownMs: 0,
    reason: "out of memory",
  }];
  assertEquals(lost, loss);
  assertEquals(parts?.map(({ generator }) => generator.lost), [
    undefined,
    loss,
  ]);
  assertEquals(
    clients.filter(({ state }) => state === "failed").map(({ node }) => node),
    ["agent-1/worker-2", "agent-1/worker-2"],
  );
  await all.stop();
});

Deno.test.each<{
  readonly why: string;
  readonly allowLost: number;
  readonly die: readonly number[];
  readonly says: RegExp | null;
  readonly errors: number;
}>([
  { allowLost: 1, die: [0], says: null, errors: 0, why: "as many as may" },
  {
    ...{ allowLost: 0, die: [0], errors: 2 },
    says: /^machine-0 was lost at 0:00 with 2 clients: gone$/,
    why: "one where none may",
  },
  {
    ...{ allowLost: 1, die: [0, 1], errors: 2 },
    says: /^machine-0 was lost .*; machine-1 was lost /,
    why: "one more than may",
  },
  {
    ...{ allowLost: 9, die: [0, 1, 2, 3], errors: 2 },
    says: /machine-3 was lost /,
    why: "the last one, whatever may",
  },
])(
  "of machines that are lost, $why: clients are lost or fail, and the run is valid or not",
  async ({ allowLost, die, says, errors }) => {
    let last: Snapshot = EMPTY_SNAPSHOT;
    const { group, clock, machines } = await begunMachines(
      [0, 1, 2, 3].map((i) => `machine-${i}`),
      (snapshot) => last = snapshot,
      allowLost,
    );
    for (const { clients } of machines) {
      // One is in, and one still on its way.
      clients[0].figures.connectionSuccessful = true;
      clients[1].figures.state = "joining";
      clients[0].figures.packetsSent = 90;
    }
    for (const machine of machines) machine.report();
    for (const i of die) machines[i].handlers.onDied("gone");
    machines.forEach((one, i) => die.includes(i) || one.report());
    if (die.length === 4) await clock.run(3000);
    const why = saturationOf(last);
    if (says === null) assertEquals(why, null);
    else assertMatch(why!, says);
    assertEquals(last.counters["errors.worker"] ?? 0, errors);
    const lost = last.clients.filter(({ node }) =>
      node === `machine-${die.at(-1)}`
    );
    assertEquals(
      lost.map(({ state, errorCount }) => [state, errorCount]),
      errors > 0 ? [["failed", 1], ["failed", 1]] : [["lost", 0], ["lost", 0]],
    );
    assertEquals(last.generator.lost?.length, die.length);
    // What a lost one had sent since it read a client is of nobody.
    assertEquals(
      last.counters.packetsSent,
      (4 - die.length) * 200 + die.length * 90,
    );
    await group.stop();
  },
);

Deno.test("seconds in which no machine could be heard are not told as still ones, but with the next that one reports", async () => {
  const told: number[][] = [];
  const { group, clock, machines } = await begunMachines(
    ["a1", "a2"],
    ({ second, counters }) => told.push([second, counters.packetsSent]),
  );
  const report = () => machines.forEach((machine) => machine.report());
  report();
  await clock.run(7000);
  for (let i = 0; i < 5; i++) report();
  assertEquals(told[0], [1, 400]);
  assertEquals(told.slice(1).map(([second]) => second), [5, 6]);
  assertEquals(told.at(-1), [6, 2400]);
  // One that is silent beside another is told as far as is known.
  machines[0].report();
  await clock.run(3000);
  assertEquals(told.at(-1), [7, 2600]);
  await group.stop();
});

Deno.test("no more nodes are made ready at one time than may be, and none once it is stopped", async () => {
  let going = 0;
  let most = 0;
  let asked = 0;
  class Slow extends Thread {
    override async prepare() {
      asked++;
      most = Math.max(most, ++going);
      await Promise.resolve();
      going--;
      return await super.prepare();
    }
  }
  const open = (count: number) =>
    new NodeGroup({
      name: "all",
      nodes: Array.from({ length: count }, (_, i) => `worker-${i}`),
      openNode: (name, handlers) => new Slow(name, handlers),
      startTogether: 3,
      clock: systemNodeClock,
      handlers: { onSnapshot() {}, onNote() {}, onDied() {} },
    });
  const plan = { node: "all", server: { url: "" }, datapath: {}, seed: 1 };
  const { parts } = await open(10).prepare(plan);
  assertEquals([most, asked], [3, 10]);
  assertEquals(parts?.map(({ node }) => node).at(7), "worker-7");
  const stopped = open(50);
  const ready = stopped.prepare(plan);
  await Promise.all([
    assertRejects(() => ready, Error, "stopped"),
    stopped.stop(),
  ]);
  assertEquals(asked < 20, true);
});
