import { assertEquals, assertRejects } from "@std/assert";
import {
  type LoadNode,
  makePlan,
  type NodeCommand,
  type NodeHandlers,
  type PublisherNews,
  rampAndHold,
} from "../../../lib/load/mod.ts";
import {
  ClientRecorder,
  NodeMeter,
  summarize,
} from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import { ClientFleet, type FleetOptions } from "../../../lib/load/mod.ts";
import { mediaPlanOf } from "../../../lib/media/mod.ts";

const PLAN = makePlan({
  ...mediaPlanOf({}),
  stages: rampAndHold(4, 0, 10_000),
  room: "r",
  rooms: 2,
  publishRatio: 1,
  churnRate: 0,
  seed: 1,
});

/** A node that reports when it is told to, of clients that are all connected. */
class FakeNode implements LoadNode {
  readonly commands: NodeCommand[] = [];
  readonly learnt: PublisherNews[] = [];
  readonly clients: ClientRecorder[] = [];
  readonly #meter: NodeMeter;
  stopped = 0;

  constructor(readonly name: string, readonly handlers: NodeHandlers) {
    this.#meter = new NodeMeter(name);
  }
  start() {
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
  report() {
    this.handlers.onSnapshot(this.#meter.snapshot({
      atMs: 1,
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
    }));
  }
  stop() {
    this.stopped++;
    return Promise.resolve();
  }
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

Deno.test("a second waits for the report of a node that is late, not for long", async () => {
  const timers: { readonly ms: number; readonly fn: () => void }[] = [];
  let nowMs = 0;
  const seconds: number[] = [];
  const { crowd, nodes } = await open({
    clock: {
      nowMs: () => nowMs,
      wallNowMs: () => nowMs,
      setTimer(ms, fn) {
        timers.push({ ms, fn });
        return () => {};
      },
    },
    onSecond: ({ tSec }) => seconds.push(tSec),
  });
  const pass = () => {
    const { ms, fn } = timers.shift()!;
    nowMs += ms;
    fn();
  };
  for (const node of nodes) node.report();
  pass();
  assertEquals(seconds, [1]);
  nodes[0].report();
  pass();
  assertEquals(seconds, [1], "one of two has reported");
  nodes[1].report();
  pass();
  assertEquals(seconds, [1, 2.025]);
  while (seconds.length < 3) pass();
  assertEquals(seconds, [1, 2.025, 3.525], "nobody reports");
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
  const track = { producerId: "a", packetsPerSecond: 50 };
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
  assertEquals(statesOf(crowd), [
    "client-0 connected",
    "client-1 left",
    "client-2 connected",
    "client-3 failed",
  ]);
  assertEquals(notes, ["worker-1 died with its clients: out of memory"]);
  assertEquals([...crowd.deadNodes], [["worker-1", "out of memory"]]);
  const summary = summarize({
    ...madeUpRun(),
    snapshot: crowd.snapshot(),
  });
  assertEquals(summary.errors.worker, {
    count: 1,
    example: "worker-1 died: out of memory",
  });
  await crowd.add({ clients: [{ ...PLAN.clients[0], index: 7 }] });
  assertEquals(nodes.map(({ clients }) => clients.length), [3, 2]);
  await crowd.close();
});

Deno.test("a node that dies before its first report takes clients along that are named all the same", async () => {
  const { crowd, nodes } = await open();
  await crowd.add(PLAN);
  nodes[0].report();
  nodes[1].handlers.onDied("at once");
  assertEquals(statesOf(crowd), [
    "client-0 connected",
    "client-1 failed",
    "client-2 connected",
    "client-3 failed",
  ]);
  assertEquals(crowd.snapshot().counters["errors.worker"], 2);
  await crowd.close();
});

Deno.test("a crowd without a living node takes no more clients, and closes", async () => {
  const { crowd, nodes } = await open();
  for (const { handlers } of nodes) handlers.onDied("gone");
  await crowd.add(PLAN);
  assertEquals(nodes.map(({ commands }) => commands.length), [0, 0]);
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
      start: () => Promise.reject(new Error("no FFI")),
      command: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    }),
  });
  await assertRejects(() => crowd.start(), Error, "no FFI");
  await crowd.close();
  assertEquals(seconds, 0);
});
