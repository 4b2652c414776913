import { assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  NodeMeter,
  saturationOf,
  summarize,
} from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "./run.ts";

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
