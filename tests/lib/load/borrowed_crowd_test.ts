import { assert, assertEquals, assertRejects } from "@std/assert";
import type {
  ClientPlan,
  LoadNode,
  NodeCommand,
  NodeFacts,
  NodeHandlers,
} from "../../../lib/load/mod.ts";
import { ClientRecorder, NodeMeter } from "../../../lib/metrics/mod.ts";
import { borrowCrowd } from "../../../lib/load/borrowed_crowd.ts";
import { ClientFleet } from "../../../lib/load/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { mediaPlanOf } from "../../../lib/media/mod.ts";

/** A node whose clients are connected at once, send 50 packets a second, and leave when told to. */
class FakeNode implements LoadNode {
  readonly commands: NodeCommand[] = [];
  readonly #meter: NodeMeter;
  readonly #clients = new Map<number, ClientRecorder>();
  readonly #clock: FakeClock;
  readonly #handlers: NodeHandlers;

  constructor(
    readonly name: string,
    clock: FakeClock,
    handlers: NodeHandlers,
  ) {
    this.#meter = new NodeMeter(name);
    this.#clock = clock;
    this.#handlers = handlers;
  }
  prepare(): Promise<NodeFacts> {
    return Promise.resolve({
      ...{ node: this.name, version: "1.2.3", threads: 1 },
      ...{ lanes: [], ciphers: [], dtls: [], machine: null, clock: null },
    });
  }
  begin() {
    this.#tick();
    return Promise.resolve();
  }
  command(command: NodeCommand) {
    this.commands.push(command);
    if (command.type === "add") {
      for (const plan of command.clients) {
        const record = new ClientRecorder({ ...plan, node: this.name });
        record.figures.state = "connected";
        record.addError("join", "late", this.#clock.nowMs());
        this.#clients.set(plan.index, record);
      }
    }
    if (command.type === "drop") {
      for (const index of command.clients) {
        this.#clients.get(index)!.figures.state = "left";
      }
    }
    return Promise.resolve();
  }
  stop() {
    return Promise.resolve(undefined);
  }
  #tick() {
    this.#clock.setTimer(1000, () => {
      for (const { figures } of this.#clients.values()) {
        if (figures.state !== "connected") continue;
        figures.packetsSent += 50;
        this.#meter.counters.packetsSent += 50;
      }
      this.#handlers.onSnapshot(this.#meter.snapshot({
        atMs: this.#clock.nowMs(),
        clients: this.#clients.values(),
        generator: {
          lanes: [],
          ciphers: [],
          dtls: [],
          workers: 1,
          cpuUs: this.#clock.nowMs() * 100,
          threadUs: this.#clock.nowMs() * 1000,
          kernelDrops: 0,
          heldBackJoins: 0,
          notes: [],
        },
      }));
      this.#tick();
    });
  }
}

async function world() {
  const clock = new FakeClock();
  let node: FakeNode | undefined;
  const crowd = new ClientFleet({
    server: { url: "ws://fake.invalid" },
    seed: 1,
    clock: {
      nowMs: () => clock.nowMs(),
      wallNowMs: () => clock.nowMs(),
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    },
    openNode: (name, handlers) => node = new FakeNode(name, clock, handlers),
  });
  await crowd.start();
  return { clock, crowd, node: node! };
}

function client(index: number): ClientPlan {
  return {
    index,
    clientId: `client-${index}`,
    participantName: "",
    slot: index,
    roomId: "r",
    role: "publisher",
    joinAtMs: 0,
    leaveAtMs: null,
    media: mediaPlanOf({ video: false }),
  };
}

Deno.test("a run sees its own clients and its own time, and nothing of what was before", async () => {
  const { clock, crowd, node } = await world();
  await crowd.add({ clients: [client(0), client(1)] });
  await clock.run(4500);
  await crowd.command({ type: "drop", clients: [0, 1] });
  await clock.run(1000);
  const seconds: [number, number][] = [];
  const own = await borrowCrowd(crowd, ({ tSec }, { clients }) => {
    seconds.push([tSec, clients.length]);
  });
  assertEquals([own.firstIndex, own.elapsedMs], [2, 0]);
  assertEquals(own.startedAt, new Date(5500).toISOString());
  await own.add({ clients: [client(0), client(1)] });
  await own.command({ type: "reconnect", clients: [1] });
  await clock.run(3000);
  assertEquals(
    node.commands.slice(-2).map((command) =>
      command.type === "add"
        ? command.clients.map(({ index }) => index)
        : command.clients
    ),
    [[2, 3], [3]],
  );
  const { atMs, counters, clients, generator } = own.snapshot();
  assertEquals(atMs, 2500);
  assertEquals(counters.packetsSent, 300);
  assertEquals(generator.threadUs, 3_000_000);
  assertEquals(
    clients.map(({ index, packetsSent, errors }) => [
      index,
      packetsSent,
      errors[0].atMs,
    ]),
    [[0, 150, 0], [1, 150, 0]],
  );
  assertEquals(own.timeline().map(({ tSec }) => tSec), [0.5, 1.5, 2.5]);
  assertEquals(seconds, [[0.5, 2], [1.5, 2], [2.5, 2]]);
  const closing = own.close();
  await clock.run(1000);
  await closing;
  assertEquals(own.snapshot().clients.map(({ state }) => state), [
    "left",
    "left",
  ]);
  assertEquals(crowd.snapshot().clients.length, 4);
  await clock.run(2000);
  assertEquals(seconds.length, 3, "it is told nothing more");
  await crowd.close();
});

Deno.test("a crowd in which somebody stays is not lent", async () => {
  const { clock, crowd } = await world();
  await crowd.add({ clients: [client(0)] });
  await clock.run(1000);
  const refused = assertRejects(
    () => borrowCrowd(crowd, () => {}),
    Error,
    "somebody else is in the crowd",
  );
  await clock.run(10_000);
  await refused;
  assert(crowd.nextIndex === 1);
  await crowd.close();
});
