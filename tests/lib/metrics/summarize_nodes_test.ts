import { assertEquals } from "@std/assert";
import {
  ClientRecorder,
  type ClientState,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  type Snapshot,
  summarizeNodes,
  Trend,
} from "../../../lib/metrics/mod.ts";

/** What a node did with clients in these states, that sent this share of 1,000 packets. */
function nodeOf(
  node: string,
  states: readonly ClientState[],
  sent = 1,
): Snapshot {
  const meter = new NodeMeter(node);
  meter.counters.packetsPlanned = 1000;
  meter.counters.packetsSent = 1000 * sent;
  meter.trend("lateness").record(2000, 100);
  return meter.snapshot({
    atMs: 10_000,
    clients: states.map((state, i) => {
      const index = i + node.length * 100;
      const identity = { clientId: `client-${index}`, index, roomId: "r" };
      const client = new ClientRecorder({ ...identity, role: "viewer", node });
      client.figures.state = state;
      client.figures.connectionSuccessful = state === "connected";
      return client;
    }),
    generator: {
      ...EMPTY_SNAPSHOT.generator,
      workers: 1,
      cpuUs: 2_500_000,
      threadUs: 10_000_000,
    },
  });
}

/** Several as machines. */
function machines(...nodes: readonly Snapshot[]): Snapshot {
  const all = mergeSnapshots(nodes);
  const machine = { host: "box", cores: 8, isSynchronised: false };
  return { ...all, parts: all.parts?.map((part) => ({ ...part, machine })) };
}

Deno.test("each machine has a row, with its own clients, those of its threads too", () => {
  const threads = {
    ...mergeSnapshots([
      nodeOf("agent-1/worker-0", ["connected", "connected"]),
      nodeOf("agent-1/worker-10", ["failed"], 0.5),
    ]),
    node: "agent-1",
  };
  const trips = new Trend();
  for (let i = 0; i < 20; i++) trips.record(i === 0 ? 90_000 : 3_000);
  const one = nodeOf("agent-0", ["connected"]);
  const trends = { ...one.trends, linkRoundTrip: trips.toJSON() };
  const offset = { aheadMs: -80, boundMs: 0.4, leaps: 0 };
  const all = machines({ ...one, trends, offset }, threads);
  const [first, second] = summarizeNodes(all)!;
  assertEquals(first, {
    name: "agent-0",
    host: "box",
    cores: 8,
    clockSynchronised: false,
    clockAheadMs: -80,
    clockBoundMs: 0.4,
    linkRoundTripP95Ms: 3.007,
    workers: 1,
    clients: 1,
    connected: 1,
    failed: 0,
    packetsSent: 1000,
    packetsReceived: 0,
    achievedRatio: 1,
    latenessP95Ms: 2,
    loopLagP95Ms: 0,
    cpuRatio: 0.25,
    kernelDrops: 0,
    heldBackJoins: 0,
    trouble: null,
  });
  assertEquals(
    [second.clockAheadMs, second.clockBoundMs, second.linkRoundTripP95Ms],
    [null, null, null],
  );
  assertEquals(
    [second.workers, second.clients, second.connected, second.failed],
    [2, 3, 2, 1],
  );
  assertEquals(
    [second.packetsSent, second.achievedRatio, second.trouble],
    [1500, 0.75, "agent-1 sent only 75.0 % of the packets that were due"],
  );
});

Deno.test("of a machine that was lost it is said when and how", () => {
  const gone = nodeOf("agent-1", ["failed", "failed"]);
  const loss = { node: "agent-1", atMs: 41_000, clients: 2, reason: "no word" };
  const lost = [loss];
  const all = machines(
    nodeOf("agent-0", []),
    { ...gone, generator: { ...gone.generator, lost } },
  );
  assertEquals(
    summarizeNodes(all)!.map(({ trouble }) => trouble),
    [null, "agent-1 was lost at 0:41 with 2 clients: no word"],
  );
});

Deno.test("threads of this machine, and a single one, have no rows", () => {
  const [a, b] = [nodeOf("worker-0", []), nodeOf("worker-1", [])];
  assertEquals(summarizeNodes(mergeSnapshots([a, b])), undefined);
  assertEquals(summarizeNodes(a), undefined);
});
