import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { NodePlan } from "../../lib/load/mod.ts";
import { WorkerNode } from "../../lib/load/node/worker_node.ts";

const SCRIPT = import.meta.resolve("../fixtures/node_worker.ts");

function plan(url: string): NodePlan {
  return {
    node: "w",
    server: { url },
    datapath: {},
    seed: 1,
  };
}

function open(script = SCRIPT, silentAfterMs?: number) {
  const died = Promise.withResolvers<string>();
  const told: string[] = [];
  const node = new WorkerNode("w", script, {
    onSnapshot: ({ node, sequence }) => told.push(`${node} ${sequence}`),
    onNote: ({ text }) => told.push(text),
    onDied: (reason) => died.resolve(reason),
  }, silentAfterMs === undefined ? {} : { silentAfterMs });
  return { node, told, died: died.promise };
}

async function start(node: WorkerNode) {
  await node.prepare(plan("ws://x/ws"));
  await node.begin(0);
}

Deno.test("a node in a worker starts, carries commands out and stops, with a last snapshot", async () => {
  const { node, told } = open();
  await start(node);
  await node.command({ type: "reconnect", clients: [] });
  await node.command({ type: "drop", clients: [] });
  const last = await node.stop();
  assertEquals(await node.stop(), last);
  assertEquals(told, ["w 1", "w 2", "reconnect", "reconnect,drop"]);
  assertEquals([last?.node, last?.sequence], ["w", 3]);
});

Deno.test("who has left stays in what a worker reports, and what has changed of clients is as it is now", async () => {
  const reports: number[][][] = [];
  const node = new WorkerNode("w", SCRIPT, {
    onSnapshot: ({ clients }) =>
      reports.push(clients.map(({ index, cuts }) => [index, cuts])),
    onNote() {},
    onDied() {},
  });
  await start(node);
  await node.command({ type: "reconnect", clients: [4] });
  await node.command({ type: "reconnect", clients: [2, 4] });
  const last = await node.stop();
  const all = [[2, 2], [4, 2]];
  assertEquals(reports, [[], [[4, 1]], all]);
  assertEquals(last?.clients.map(({ index, cuts }) => [index, cuts]), all);
});

Deno.test("clients that cannot be added are told of, and the node goes on", async () => {
  const { node } = open();
  await start(node);
  const adding = () => node.command({ type: "add", clients: [] });
  await assertRejects(adding, Error, "no such file");
  await node.command({ type: "drop", clients: [] });
  await node.stop();
});

Deno.test("a node that cannot start says why", async () => {
  const { node } = open();
  const error = await assertRejects(() => node.prepare(plan("refuse")), Error);
  assertEquals(error.message, "no such server");
  await node.stop();
});

Deno.test.each([
  { how: 1, reason: "out of luck", why: "throws" },
  { how: 2, reason: "no word in 0.3 s", why: "closes itself" },
  { how: 3, reason: "no word in 0.3 s", why: "hangs" },
])(
  "a worker that $why is dead, and stopping it does not hang",
  async ({ how, reason }) => {
    const { node, died } = open(SCRIPT, 300);
    await start(node);
    const command = node.command({ type: "drop", clients: [how] });
    assertStringIncludes(await died, reason);
    await command;
    await node.command({ type: "drop", clients: [0] });
    await node.stop();
  },
);

Deno.test("a worker whose script cannot be had is dead at once", async () => {
  const { node, died } = open(SCRIPT.replace("node_worker", "no_such_file"));
  await assertRejects(() => node.prepare(plan("ws://x/ws")), Error);
  assert(await died !== "");
  await node.stop();
});

Deno.test("a node that is stopped before it is ready is at its end at once", async () => {
  const { node } = open();
  assertEquals(await node.stop(), undefined);
  const { node: begun } = open();
  const ready = begun.prepare(plan("ws://x/ws"));
  const [last] = await Promise.all([
    begun.stop(),
    assertRejects(() => ready, Error, "stopped"),
  ]);
  assertEquals(last, undefined);
});
