import { assertEquals, assertMatch } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  saturationOf,
  type Snapshot,
  snapshotBetween,
  summarize,
} from "../../../../lib/metrics/mod.ts";
import { madeUpRun } from "../run.ts";

Deno.test.each([
  {
    planned: 1000,
    sent: 950,
    lateMs: 20,
    drops: 10,
    want: null,
    why: "just within every limit",
  },
  {
    planned: 0,
    sent: 0,
    lateMs: 0,
    drops: null,
    want: null,
    why: "nothing to send",
  },
  {
    planned: 1000,
    sent: 949,
    lateMs: 0,
    drops: 0,
    want: "the generator sent only 94.9 % of the packets that were due",
    why: "too few sent",
  },
  {
    planned: 1000,
    sent: 1000,
    lateMs: 21,
    drops: 0,
    want: "the generator sent 5 % of its packets 21.0 ms late or more",
    why: "too late",
  },
  {
    planned: 1000,
    sent: 1000,
    lateMs: 0,
    drops: 101,
    want:
      "the generator's kernel dropped 101 packets (1.0 %) before they could be read",
    why: "our own loss",
  },
])("saturated or not: $why", ({ planned, sent, lateMs, drops, want }) => {
  const meter = new NodeMeter("here");
  Object.assign(meter.counters, {
    packetsPlanned: planned,
    packetsSent: sent,
    packetsReceived: 10_000,
  });
  meter.trend("lateness").record(lateMs * 1000);
  const generator = { ...EMPTY_SNAPSHOT.generator, kernelDrops: drops };
  assertEquals(
    saturationOf(meter.snapshot({ atMs: 0, clients: [], generator })),
    want,
  );
});

/** What a node did that sent this many of 1,000 packets, two fifths of them so late. */
function nodeThatSent(
  node: string,
  packetsSent: number,
  lateMs = 0,
  kernelDrops = 0,
): Snapshot {
  const meter = new NodeMeter(node);
  Object.assign(meter.counters, {
    packetsPlanned: 1000,
    packetsSent,
    packetsReceived: 10_000,
  });
  meter.trend("lateness").record(0, 600);
  meter.trend("lateness").record(lateMs * 1000, 400);
  const generator = { ...EMPTY_SNAPSHOT.generator, kernelDrops };
  return meter.snapshot({ atMs: 60_000, clients: [], generator });
}

const NINE_GOOD = Array.from(
  { length: 9 },
  (_, i) => nodeThatSent(`agent-${i}`, 1000),
);

Deno.test.each([
  {
    node: nodeThatSent("agent-9", 600),
    want: "agent-9 sent only 60.0 % of the packets that were due",
    why: "all together sent 96 %",
  },
  {
    node: nodeThatSent("agent-9", 1000, 30),
    want: "agent-9 sent 5 % of its packets 30.0 ms late or more",
    why: "of all together 4 % were late",
  },
  {
    node: nodeThatSent("agent-9", 1000, 0, 60),
    want:
      "agent-9's kernel dropped 60 packets (0.6 %) before they could be read",
    why: "of what came for all it is 0.06 %",
  },
  {
    node: nodeThatSent("agent-9", 999, 30),
    want: null,
    why: "too few to call it late",
  },
  {
    node: nodeThatSent("agent-9", 950, 20, 10),
    want: null,
    why: "just within every limit",
  },
])("one node of ten that does not keep up is named: $why", ({ node, want }) => {
  const all = mergeSnapshots([...NINE_GOOD, node]);
  assertEquals(saturationOf({ ...all, parts: undefined }), null);
  assertEquals(saturationOf(all), want);
});

Deno.test("a thread of a machine that does not keep up is named, and what was before a window is not in it", () => {
  const machine = (weak: Snapshot): Snapshot => ({
    ...mergeSnapshots([nodeThatSent("agent-10/worker-0", 1000), weak]),
    node: "agent-10",
  });
  const before = mergeSnapshots([
    ...NINE_GOOD,
    machine(nodeThatSent("agent-10/worker-1", 500)),
  ]);
  assertEquals(
    saturationOf({ ...before, ...{ counters: {}, trends: {} } }),
    "agent-10 sent only 75.0 % of the packets that were due",
  );
  const [{ node, parts = [] }] = before.parts!.filter(({ parts }) => parts);
  assertEquals([node, parts.length], ["agent-10", 2]);
  assertEquals(
    saturationOf({ ...before, ...{ counters: {}, trends: {} }, parts }),
    "agent-10/worker-1 sent only 50.0 % of the packets that were due",
  );
  assertEquals(saturationOf(snapshotBetween(before, before)), null);
});

Deno.test("a node that was lost makes the run invalid, with who, when and with how many; what was lost before a window does not", () => {
  const lost = [
    { node: "agent-2", atMs: 41_000, clients: 250, reason: "no word in 15 s" },
    { node: "worker-1", atMs: 61_000, clients: 1, reason: "out of memory" },
  ];
  const { generator } = EMPTY_SNAPSHOT;
  const after = { ...EMPTY_SNAPSHOT, generator: { ...generator, lost } };
  assertEquals(
    saturationOf(after),
    "agent-2 was lost at 0:41 with 250 clients: no word in 15 s; worker-1 was lost at 1:01 with 1 client: out of memory",
  );
  const before = { ...EMPTY_SNAPSHOT, atMs: 50_000 };
  assertEquals(
    saturationOf(snapshotBetween(before, after)),
    "worker-1 was lost at 1:01 with 1 client: out of memory",
  );
});

Deno.test.each<{ machine: number | null; want: RegExp }>([
  {
    machine: 0.97,
    want: / late or more, with this machine's cores 97.0 % busy$/,
  },
  { machine: 0.6, want: / late or more$/ },
  { machine: null, want: / late or more$/ },
])(
  "a generator that is late on a machine that is $machine busy: $want",
  ({ machine, want }) => {
    const meter = new NodeMeter("here");
    meter.trend("lateness").record(21_000);
    const { generator } = EMPTY_SNAPSHOT;
    const snapshot = meter.snapshot({ atMs: 0, clients: [], generator });
    assertMatch(saturationOf(snapshot, machine)!, want);
  },
);

Deno.test("a saturated generator makes the run invalid, whatever the thresholds say", () => {
  const run = madeUpRun();
  const counters = { ...run.snapshot.counters, packetsPlanned: 20_000 };
  const summary = summarize({
    ...run,
    snapshot: { ...run.snapshot, counters },
  });
  assertEquals([summary.verdict.status, summary.exitCode], ["invalid", 98]);
  assertEquals(summary.invalid?.reason, summary.verdict.reason);
});
