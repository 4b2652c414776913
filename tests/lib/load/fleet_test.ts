import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type LoadNode,
  type NodeCommand,
  type NodeFacts,
  type NodeHandlers,
  type PublisherNews,
  rampAndHold,
} from "../../../lib/load/mod.ts";
import {
  ClientRecorder,
  NodeMeter,
  type Snapshot,
  summarize,
} from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import { ClientFleet, type FleetOptions } from "../../../lib/load/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { planOf } from "../../plans.ts";

const PLAN = planOf(4, {
  stages: rampAndHold(4, 0, 10_000),
  room: "r",
  rooms: 2,
});

/** A node that reports when it is told to, of clients that are all connected. */
class FakeNode implements LoadNode {
  readonly commands: NodeCommand[] = [];
  readonly learnt: PublisherNews[] = [];
  readonly clients: ClientRecorder[] = [];
  readonly #meter: NodeMeter;
  stopped = 0;
  second = 0;

  constructor(readonly name: string, readonly handlers: NodeHandlers) {
    this.#meter = new NodeMeter(name);
  }
  prepare(): Promise<NodeFacts> {
    return Promise.resolve({
      ...{ node: this.name, version: "1.2.3", threads: 1 },
      ...{ lanes: [], ciphers: [], dtls: [], machine: null, clock: null },
    });
  }
  begin(_startedAtMs: number) {
    return Promise.resolve();
  }
  learn(news: PublisherNews) {
    this.learnt.push(news);
  }
  command(command: NodeCommand) {
    this.commands.push(command);
    if (command.type !== "add") return Promise.resolve();
    for (const { clientId, index, roomId, role } of command.clients) {
      const record = new ClientRecorder({
        clientId,
        index,
        roomId,
        role,
        node: this.name,
      });
      record.figures.state = "connected";
      record.figures.connectionSuccessful = true;
      this.clients.push(record);
    }
    return Promise.resolve();
  }
  /** Reports the next second. */
  report() {
    this.handlers.onSnapshot(this.snapshot(++this.second));
  }
  snapshot(second: number) {
    return this.#meter.snapshot({
      atMs: second * 1000,
      clients: this.clients,
      generator: {
        lanes: ["native"],
        ciphers: ["openssl"],
        dtls: ["openssl"],
        workers: 1,
        cpuUs: 1,
        threadUs: 10,
        kernelDrops: 0,
        heldBackJoins: 0,
        notes: [],
      },
    });
  }
  stop(): Promise<Snapshot | undefined> {
    this.stopped++;
    return Promise.resolve(this.snapshot(this.second));
  }
}

/** Time that passes when it is told to. */
function timeOf(clock: FakeClock): FleetOptions["clock"] {
  return {
    nowMs: () => clock.nowMs(),
    wallNowMs: () => clock.nowMs(),
    setTimer: (ms, fn) => clock.setTimer(ms, fn),
  };
}

async function open(over: Partial<FleetOptions> = {}) {
  const nodes: FakeNode[] = [];
  const notes: string[] = [];
  const crowd = new ClientFleet({
    server: { url: "ws://x/ws" },
    seed: 1,
    workers: 2,
    openNode: (name, handlers) => {
      const node = new FakeNode(name, handlers);
      nodes.push(node);
      return node;
    },
    onNote: ({ text }) => notes.push(text),
    ...over,
  });
  await crowd.start();
  return { crowd, nodes, notes };
}

function statesOf(crowd: ClientFleet): string[] {
  return crowd.snapshot().clients.map(({ clientId, state }) =>
    `${clientId} ${state}`
  );
}

Deno.test("a crowd splits a plan over its nodes, whole rooms where it can", async () => {
  const { crowd, nodes } = await open();
  await crowd.add(PLAN);
  assertEquals(
    nodes.map(({ clients }) => clients.map(({ identity }) => identity.roomId)),
    [["r-0", "r-0"], ["r-1", "r-1"]],
  );
  for (const node of nodes) node.report();
  assertEquals(crowd.snapshot().clients.length, 4);
  await crowd.close();
});

Deno.test("each client sends what its own plan says", async () => {
  const { crowd, nodes } = await open({ workers: 1 });
  const [first, ...rest] = PLAN.clients;
  const { media } = first;
  const silent = { ...media, audio: false };
  const clients = [{ ...first, media: silent }, ...rest];
  await crowd.add({ clients });
  assertEquals(
    nodes[0].commands.flatMap((command) =>
      command.type === "add" ? command.clients.map(({ media }) => media) : []
    ),
    [silent, media, media, media],
  );
  await crowd.close();
});

Deno.test("a second is told of as soon as all have reported it, and of a node that is late it waits for the report, not for long", async () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const { crowd, nodes } = await open({
    clock: timeOf(clock),
    onSecond: ({ tSec }) => told.push(`${tSec} at ${clock.nowMs()}`),
  });
  await clock.run(1010);
  for (const node of nodes) node.report();
  await clock.run(1000);
  nodes[0].report();
  await clock.run(300);
  assertEquals(told, ["1 at 1010"], "one of two has reported");
  nodes[1].report();
  await clock.run(3000);
  assertEquals(told, ["1 at 1010", "2 at 2310", "3 at 5025"], "nobody reports");
  await crowd.close();
});

Deno.test("what was reported late belongs to the next second, and what was reported early to its own", async () => {
  const clock = new FakeClock();
  const connected: number[] = [];
  const { crowd, nodes } = await open({
    clock: timeOf(clock),
    onSecond: (_, { clients }) => connected.push(clients.length),
  });
  await crowd.add(PLAN);
  for (let i = 0; i < 3; i++) nodes[0].report();
  await clock.run(3100);
  assertEquals(connected, [2], "the first, without the one that is late");
  for (let i = 0; i < 3; i++) nodes[1].report();
  assertEquals(connected, [2, 4, 4]);
  await crowd.close();
});

Deno.test("a network that cannot be is refused before any node hears of it", async () => {
  const { crowd, nodes } = await open();
  const impairment = { inbound: { lossRatio: 2 } };
  const clients = PLAN.clients.map((client) => ({ ...client, impairment }));
  await assertRejects(() => crowd.add({ clients }), RangeError);
  await crowd.add(PLAN);
  await assertRejects(
    () => crowd.command({ type: "impair", clients: [0, 1], impairment }),
    RangeError,
  );
  await crowd.command({ type: "impair", clients: [0], impairment: null });
  assertEquals(
    nodes.map(({ commands }) => commands.map(({ type }) => type)),
    [["add", "impair"], ["add"]],
  );
  await crowd.close();
});

Deno.test("what a client sends is told to all other nodes, and that it is gone when its node dies", async () => {
  const { crowd, nodes } = await open({ workers: 3 });
  const news = (participantId: string, tracks: PublisherNews["tracks"]) => ({
    roomId: "r",
    participantId,
    tracks,
  });
  const track = {
    producerId: "a",
    kind: "audio",
    packetsPerSecond: 50,
  } as const;
  nodes[0].handlers.onPublisher!(news("p", [track]));
  nodes[0].handlers.onPublisher!(news("q", []));
  nodes[0].handlers.onPublisher!(news("q", null));
  nodes[0].handlers.onDied("out of memory");
  nodes[1].handlers.onPublisher!(news("s", []));
  const ofFirst = [
    news("p", [track]),
    news("q", []),
    news("q", null),
    news("p", null),
  ];
  assertEquals(nodes.map(({ learnt }) => learnt), [
    [],
    ofFirst,
    [...ofFirst, news("s", [])],
  ]);
  await crowd.close();
});

Deno.test("what several nodes find of the server is told once, and what each finds of itself by each", async () => {
  const { crowd, nodes, notes } = await open();
  const note = { atMs: 1, clientId: null, level: "info" } as const;
  for (const { handlers } of nodes) {
    handlers.onNote({ ...note, isOfServer: true, text: "16 consumers" });
    handlers.onNote({ ...note, text: "busy" });
  }
  assertEquals(notes, ["16 consumers", "busy", "busy"]);
  await crowd.close();
});

Deno.test("a command goes to the nodes of the clients that it names, with those alone", async () => {
  const { crowd, nodes } = await open();
  await crowd.add(PLAN);
  await crowd.command({ type: "drop", clients: [0, 2] });
  await crowd.command({ type: "reconnect", clients: [1, 2, 99] });
  assertEquals<unknown>(nodes.map(({ commands }) => commands.slice(1)), [
    [
      { type: "drop", clients: [0, 2] },
      { type: "reconnect", clients: [2] },
    ],
    [{ type: "reconnect", clients: [1] }],
  ]);
  await crowd.close();
});

Deno.test("the clients of a node that dies have failed, by name, and the others go on", async () => {
  const { crowd, nodes, notes } = await open();
  await crowd.add(PLAN);
  nodes[1].clients[0].figures.state = "left";
  for (const node of nodes) node.report();
  nodes[1].handlers.onDied("out of memory");
  nodes[0].report();
  assertEquals(statesOf(crowd), [
    "client-0 connected",
    "client-1 left",
    "client-2 connected",
    "client-3 failed",
  ]);
  assertEquals(notes, ["worker-1 is lost with its clients: out of memory"]);
  const [{ node, clients, reason }] = crowd.snapshot().generator.lost!;
  assertEquals([node, clients, reason], ["worker-1", 1, "out of memory"]);
  const summary = summarize({
    ...madeUpRun(),
    snapshot: crowd.snapshot(),
  });
  assertEquals(summary.errors.worker, {
    count: 1,
    example: "worker-1 was lost: out of memory",
  });
  await crowd.add({ clients: [{ ...PLAN.clients[0], index: 7 }] });
  assertEquals(nodes.map(({ clients }) => clients.length), [3, 2]);
  await crowd.close();
});

Deno.test("a node that dies before its first report takes clients along that are named all the same", async () => {
  const { crowd, nodes } = await open();
  await crowd.add(PLAN);
  nodes[1].handlers.onDied("at once");
  nodes[0].report();
  assertEquals(statesOf(crowd), [
    "client-0 connected",
    "client-1 failed",
    "client-2 connected",
    "client-3 failed",
  ]);
  assertEquals(crowd.snapshot().counters["errors.worker"], 2);
  await crowd.close();
});

Deno.test("in a crowd without a living node whoever is to come has failed, and time goes on", async () => {
  const clock = new FakeClock();
  const seconds: number[] = [];
  const { crowd, nodes } = await open({
    clock: timeOf(clock),
    onSecond: ({ tSec }) => seconds.push(tSec),
  });
  for (const { handlers } of nodes) handlers.onDied("gone");
  await crowd.add(PLAN);
  assertEquals(nodes.map(({ commands }) => commands.length), [0, 0]);
  await clock.run(2500);
  assertEquals(seconds, [1, 2]);
  assertEquals(
    crowd.snapshot().clients.map(({ failureCause }) => failureCause),
    Array(4).fill("every node has died"),
  );
  await crowd.close();
});

const refuse = () => Promise.reject(new Error("no such file"));

Deno.test("clients that one node cannot add have failed, and others are there; what no node can add is thrown", async () => {
  const { crowd, nodes, notes } = await open();
  nodes[1].command = refuse;
  await crowd.add(PLAN);
  for (const node of nodes) node.report();
  assertEquals(statesOf(crowd), [
    "client-0 connected",
    "client-1 failed",
    "client-2 connected",
    "client-3 failed",
  ]);
  assertEquals(crowd.snapshot().counters["errors.worker"], 2);
  assertEquals(notes, ["worker-1 cannot add clients: no such file"]);
  nodes[0].command = refuse;
  const more = PLAN.clients.map((one) => ({ ...one, index: one.index + 4 }));
  await assertRejects(() => crowd.add({ clients: more }), Error, "no such");
  for (const node of nodes) node.report();
  assertEquals(crowd.snapshot().clients.length, 4);
  await crowd.close();
});

Deno.test("what one node cannot do the others have done, and what none can is thrown", async () => {
  const { crowd, nodes, notes } = await open();
  await crowd.add(PLAN);
  nodes[0].command = refuse;
  await crowd.command({ type: "rejoin", clients: [0, 1] });
  assertEquals(nodes[1].commands.at(-1), { type: "rejoin", clients: [1] });
  assertEquals(notes, ["worker-0 cannot rejoin clients: no such file"]);
  const rejoin = () => crowd.command({ type: "rejoin", clients: [0, 2] });
  await assertRejects(rejoin, Error, "no such file");
  await crowd.close();
});

Deno.test("a node that gives no last report is lost, with those of its clients that had not left", async () => {
  const { crowd, nodes } = await open();
  await crowd.add(PLAN);
  nodes[1].clients[0].figures.state = "left";
  for (const node of nodes) node.report();
  nodes[1].stop = () => Promise.resolve(undefined);
  await crowd.close();
  const { generator: { lost = [] }, final } = crowd.snapshot();
  assertEquals(final, true);
  assertEquals(
    lost.map(({ node, clients, reason }) => [node, clients, reason]),
    [["worker-1", 1, "it gave no last report"]],
  );
});

Deno.test("a node that says nothing for a while is told of, and that it is back", async () => {
  const { crowd, nodes, notes } = await open();
  nodes[1].handlers.onLate!(3000);
  nodes[1].handlers.onBack!(6000);
  assertEquals(notes, [
    "worker-1 has been silent for 3 s",
    "worker-1 is back after 6 s",
  ]);
  await crowd.close();
});

Deno.test("a run on machines elsewhere begins when all can have heard of it, and clients go to them by their threads", async () => {
  const clock = new FakeClock();
  const nodes: FakeNode[] = [];
  const begun: number[] = [];
  const crowd = new ClientFleet({
    server: { url: "ws://x/ws" },
    seed: 1,
    clock: timeOf(clock),
    elsewhere: {
      nodes: ["agent-0", "agent-1"],
      leadMs: () => 1200,
      openNode(name, handlers) {
        const node = new FakeNode(name, handlers);
        const { prepare } = node;
        node.prepare = async () => ({
          ...await prepare.call(node),
          threads: name === "agent-0" ? 1 : 3,
        });
        node.begin = (startedAtMs: number) => {
          begun.push(startedAtMs);
          return Promise.resolve();
        };
        nodes.push(node);
        return node;
      },
    },
  });
  const starting = crowd.start();
  await clock.run(1000);
  assertEquals([begun, crowd.elapsedMs], [[1200, 1200], 0]);
  await clock.run(500);
  await starting;
  assertEquals([crowd.elapsedMs, crowd.isHere], [300, false]);
  assertEquals(
    crowd.nodes.map(({ node, threads }) => [node, threads]),
    [["agent-0", 1], ["agent-1", 3]],
  );
  await crowd.add(PLAN);
  assertEquals(nodes.map(({ clients }) => clients.length), [1, 3]);
  for (const node of nodes) node.report();
  assertEquals(
    crowd.snapshot().parts?.map(({ node, machine }) => [node, machine]),
    ["agent-0", "agent-1"].map((node) => [
      node,
      { host: null, cores: null, isSynchronised: null },
    ]),
  );
  await crowd.close();
});

Deno.test("what nodes report is put together once a second, however often it is asked for", async () => {
  const { crowd, nodes } = await open({ workers: 3 });
  await crowd.add(PLAN);
  for (const node of nodes) node.report();
  const first = crowd.snapshot();
  nodes[0].report();
  nodes[1].report();
  assert(crowd.snapshot() === first, "the second is not over for all");
  nodes[2].report();
  assert(crowd.snapshot() !== first);
  assertEquals(crowd.snapshot().second, 2);
  await crowd.close();
});

Deno.test("closing stops every node once and tells the last second", async () => {
  let seconds = 0;
  const { crowd, nodes } = await open({ onSecond: () => seconds++ });
  await Promise.all([crowd.close(), crowd.close()]);
  assertEquals([nodes.map(({ stopped }) => stopped), seconds], [[1, 1], 1]);
});

Deno.test("a crowd whose nodes cannot start closes without a word about seconds", async () => {
  let seconds = 0;
  const crowd = new ClientFleet({
    server: { url: "ws://x/ws" },
    seed: 1,
    onSecond: () => seconds++,
    openNode: (name) => ({
      name,
      prepare: () => Promise.reject(new Error("no FFI")),
      begin: () => Promise.resolve(),
      command: () => Promise.resolve(),
      stop: () => Promise.resolve(undefined),
    }),
  });
  await assertRejects(() => crowd.start(), Error, "no FFI");
  await crowd.close();
  assertEquals(seconds, 0);
});

Deno.test("who is interrupted while nodes are made ready waits for none of them", async () => {
  class Endless extends FakeNode {
    override prepare() {
      return new Promise<never>(() => {});
    }
  }
  const interrupt = new AbortController();
  const fleet = new ClientFleet({
    server: { url: "ws://x/ws" },
    seed: 1,
    clock: timeOf(new FakeClock()),
    workers: 2,
    openNode: (name, handlers) => new Endless(name, handlers),
    signal: interrupt.signal,
  });
  const started = fleet.start();
  interrupt.abort();
  await assertRejects(() => started, Error, "ws://x/ws");
  await fleet.close();
});
