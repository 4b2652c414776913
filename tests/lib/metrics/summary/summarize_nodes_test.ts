import { assertEquals } from "@std/assert";
import {
  ClientRecorder,
  type ClientState,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  saturationOf,
  type Snapshot,
  STEADY,
  summarize,
  summarizeNodes,
  Trend,
} from "../../../../lib/metrics/mod.ts";
import { madeUpRun } from "../run.ts";

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
  const [first, second] = summarizeNodes(all, true)!;
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
    successfulConnections: 1,
    failedConnections: 0,
    connectedAtEnd: 1,
    unknownAtEnd: 0,
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
    [
      ...[second.workers, second.clients],
      ...[second.connectedAtEnd, second.failedConnections],
    ],
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
    summarizeNodes(all, true)!.map(({ trouble }) => trouble),
    [null, "agent-1 was lost at 0:41 with 2 clients: no word"],
  );
});

Deno.test("of a machine that stood still while others went on its row says so, and what it did not send", () => {
  const clockOf = (...nodes: readonly string[]) => ({
    ...STEADY,
    standstills: nodes.map((node) => ({ node, atMs: 4000, ms: 5000 })),
  });
  const stood = nodeOf("agent-1", ["connected"], 0.6);
  const counters = { ...stood.counters, packetsSkipped: 400 };
  const generator = { ...stood.generator, clock: clockOf("agent-1") };
  const one = machines(
    nodeOf("agent-0", []),
    { ...stood, counters, generator },
    nodeOf("agent-12", []),
  );
  const why = "agent-1 stood still for 5.0 s at 0:04 while others went on";
  assertEquals(
    summarizeNodes(one, true)!.map(({ achievedRatio, trouble }) => [
      achievedRatio,
      trouble,
    ]),
    [[1, null], [0.6, why], [1, null]],
  );
  // Time went on for the others: it is half of one's, and no share of the run's.
  assertEquals(saturationOf(one), why);
  const names = ["agent-0", "agent-1"];
  const both = machines(...names.map((name) => {
    const node = nodeOf(name, []);
    const clock = clockOf(name);
    return { ...node, generator: { ...node.generator, clock } };
  }));
  assertEquals(
    [saturationOf(both), summarizeNodes(both, true)![0].trouble],
    ["the generator stood still for 5.0 s of 15.0 s", null],
  );
});

Deno.test.each<{
  readonly why: string;
  readonly states: readonly ClientState[];
  readonly isAllowed: boolean;
  readonly says: Record<string, number>;
}>([
  {
    ...{ why: "none may be", isAllowed: false },
    states: ["failed", "failed", "failed", "left"],
    says: { reached: 6, failed: 2, connected: 4, unknown: 0, pending: 1 },
  },
  {
    ...{ why: "it may be", isAllowed: true },
    states: ["lost", "lost", "lost", "left"],
    says: { reached: 6, failed: 1, connected: 4, unknown: 2, pending: 2 },
  },
])(
  "rows of machines have the words of the whole run, and add up to it, where one is lost: $why",
  ({ states, isAllowed, says }) => {
    const gone = nodeOf("agent-12", states);
    // One of those that are gone had not connected yet.
    const clients = gone.clients.map((client, i) => ({
      ...client,
      connectionSuccessful: i !== 0,
    }));
    const loss = { node: "agent-12", atMs: 41_000, clients: 3, reason: "gone" };
    const lost = [{ ...loss, ...(isAllowed && { isAllowed }) }];
    const snapshot = machines(
      nodeOf("agent-0", ["connected", "connected", "failed"]),
      nodeOf("agent-1", ["connected", "planned"]),
      { ...gone, clients, generator: { ...gone.generator, lost } },
    );
    const summary = summarize({ ...madeUpRun(), snapshot });
    const rows = summary.generator.nodes!;
    const names = [
      ...["successfulConnections", "failedConnections"],
      ...["connectedAtEnd", "unknownAtEnd"],
    ] as const;
    for (const name of names) {
      assertEquals(
        rows.reduce((sum, row) => sum + row[name], 0),
        summary[name],
        name,
      );
    }
    const { totalClients, pendingConnections: pending } = summary;
    const [reached, failed, connected, unknown] = names.map((name) =>
      summary[name]
    );
    assertEquals({ reached, failed, connected, unknown, pending }, says);
    assertEquals(reached + failed + pending, totalClients);
    const sumOf = (parts: readonly { readonly unknownAtEnd: number }[]) =>
      parts.reduce((sum, { unknownAtEnd }) => sum + unknownAtEnd, 0);
    assertEquals(sumOf(summary.rooms), unknown);
    // The run is judged by the others.
    const { metrics: { connected: { values: { rate } } } } = summary;
    assertEquals(
      rate,
      isAllowed ? 4 / 5 : 4 / 8,
    );
  },
);

Deno.test("threads of this machine, and a single one, have no rows", () => {
  const [a, b] = [nodeOf("worker-0", []), nodeOf("worker-1", [])];
  assertEquals(summarizeNodes(mergeSnapshots([a, b]), true), undefined);
  assertEquals(summarizeNodes(a, true), undefined);
});
