import { assertEquals } from "@std/assert";
import {
  type NodeSummary,
  summarize,
  type Summary,
} from "../../../../lib/metrics/mod.ts";
import type { Block } from "../../../../lib/report/document/blocks.ts";
import {
  generatorBlocks,
  serverBlocks,
} from "../../../../lib/report/document/machine_blocks.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { said } from "../said.ts";

const SUMMARY: Summary = summarize(madeUpRun());
const PASSED = { ...SUMMARY.verdict, status: "passed" } as Summary["verdict"];
const FAILED = { ...SUMMARY.verdict, status: "failed" } as Summary["verdict"];

const NODE: NodeSummary = {
  ...{ name: "agent-1", host: null, cores: null, clockSynchronised: null },
  ...{ clockAheadMs: null, clockBoundMs: null, linkRoundTripP95Ms: null },
  ...{ workers: 1, clients: 4, successfulConnections: 4, connectedAtEnd: 4 },
  ...{ failedConnections: 0, unknownAtEnd: 0, packetsSent: 1 },
  ...{ packetsReceived: 1, achievedRatio: null, latenessP95Ms: 1 },
  ...{ loopLagP95Ms: 1, cpuRatio: null, kernelDrops: null, heldBackJoins: 0 },
  trouble: null,
};

/** A run whose generator is otherwise than a good one. */
function generated(
  own: Partial<Summary["generator"]>,
  more: Partial<Summary> = {},
): Block[] {
  const generator = { ...SUMMARY.generator, ...own };
  return generatorBlocks({ ...SUMMARY, ...more, generator });
}

/** How good the first figure under a label is. */
function bandOf(blocks: readonly Block[], label: string): string | undefined {
  const found = blocks.find((block) =>
    block.kind === "figures" && block.label === label
  );
  const figure = found?.kind === "figures" ? found.rows[0][0] : undefined;
  return typeof figure === "object" ? figure.band : undefined;
}

Deno.test.each<{ readonly own: Partial<NodeSummary>; readonly want: string }>([
  { own: {}, want: "kept up, 1 worker, 4 clients, lateness p95 1.00 ms" },
  {
    own: {
      host: "h",
      cores: 1,
      workers: 2,
      achievedRatio: 0.5,
      cpuRatio: 0.25,
    },
    want:
      "kept up, on h, 1 core, 2 workers, 4 clients, sent 50.0 %, lateness p95 1.00 ms, CPU 25.0 %",
  },
  {
    own: { connectedAtEnd: 1, unknownAtEnd: 2, failedConnections: 3 },
    want:
      "kept up, 1 worker, 4 clients, 1 lost again, 2 unknown, 3 failed, lateness p95 1.00 ms",
  },
  {
    own: { kernelDrops: 0, heldBackJoins: 1, linkRoundTripP95Ms: 20 },
    want:
      "kept up, 1 worker, 4 clients, lateness p95 1.00 ms, 1 join held back, link p95 20.0 ms",
  },
  {
    own: { kernelDrops: 7, clockSynchronised: false },
    want:
      "kept up, 1 worker, 4 clients, lateness p95 1.00 ms, 7 dropped by its kernel, clock not synchronised",
  },
  {
    own: { clockAheadMs: -12, clockBoundMs: 0.5, clockSynchronised: true },
    want:
      "kept up, 1 worker, 4 clients, lateness p95 1.00 ms, clock 12.0 ms behind, ±0.50 ms",
  },
  {
    own: { clockAheadMs: 12, clockBoundMs: null },
    want: "kept up, 1 worker, 4 clients, lateness p95 1.00 ms",
  },
])("of a machine is said $want", ({ own, want }) => {
  const blocks = generated({ nodes: [{ ...NODE, ...own }] });
  assertEquals(said(blocks, "agent-1"), want);
});

Deno.test.each([
  {
    verdict: PASSED,
    want: "warning",
    why: "where the run passed all the same",
  },
  { verdict: FAILED, want: "critical", why: "where it did not" },
])("a machine that was in trouble is a $want $why, and so is the whole", ({
  verdict,
  want,
}) => {
  const reason = "agent-1 was lost at 0:10";
  const blocks = generated({ nodes: [{ ...NODE, trouble: "lost" }] }, {
    ...{ verdict, invalid: { ...SUMMARY.invalid, reason } },
  } as Partial<Summary>);
  assertEquals(bandOf(blocks, "agent-1"), want);
  assertEquals(bandOf(blocks, "Generator"), want);
});

Deno.test.each([
  { reason: undefined, want: "kept up" },
  { reason: "the generator stood still for 3 s", want: "stood still" },
  { reason: "agent-1 was lost at 0:10", want: "incomplete" },
  { reason: "its CPU was at 99 %", want: "saturated" },
])("why a generator is not believed is said in short: $want", ({
  reason,
  want,
}) => {
  const invalid = reason === undefined ? null : { reason };
  const blocks = generated({}, { invalid } as Partial<Summary>);
  assertEquals(said(blocks, "Generator")?.split(", ")[0], want);
});

Deno.test("of a generator is left out what was not measured or did not happen", () => {
  const blocks = generated({
    ...{ lane: "native", cipher: "openssl", dtls: "", workers: 1 },
    ...{ cpuSeconds: 1.25, cpuRatio: null, cpuPerServerCpu: null },
    ...{ achievedRatio: null, packetsSkipped: 0, kernelDrops: null },
    ...{ heldBackJoins: 0, notes: [], nodes: undefined },
  }, { invalid: null });
  assertEquals(
    said(blocks, "Generator"),
    "kept up, native lane, openssl cipher, 1 worker, CPU 1.3 s",
  );
  assertEquals(generated({ workers: 0 }), []);
});

const LOAD = SUMMARY.server.load!;
const thread = (name: string, meanCpuRatio: number) => ({
  ...{ name, meanCpuRatio, maxCpuRatio: meanCpuRatio },
});

/** A run whose server is otherwise. */
function watched(own: Partial<Summary["server"]>, rooms = 1): Block[] {
  return serverBlocks({
    ...SUMMARY,
    server: { ...SUMMARY.server, ...own },
    rooms: Array.from({ length: rooms }, () => SUMMARY.rooms[0]),
  });
}

Deno.test("threads are listed by how busy they were, eight at most", () => {
  const busyThreads = Array.from(
    { length: 10 },
    (_, i) => thread(`t${i}`, i / 100),
  );
  const text = said(watched({ load: { ...LOAD, busyThreads } }), "Threads")!;
  const rows = text.split(" | ");
  assertEquals(rows.length, 9);
  assertEquals(rows[0], "t9, mean 9.0 %, max 9.0 %");
  assertEquals(rows[8], "2 more, less busy");
});

Deno.test.each([
  {
    rooms: 1,
    isSaid: false,
    why: "one room is on one thread, as it has to be",
  },
  { rooms: 2, isSaid: true, why: "several rooms may be spread" },
])("that threads are uneven is said: $isSaid, as $why", ({ rooms, isSaid }) => {
  const busyThreads = [
    thread("worker (1)", 0.5),
    thread("worker (2)", 0.02),
    thread("worker (3)", 0.02),
  ];
  const blocks = watched({ load: { ...LOAD, busyThreads } }, rooms);
  assertEquals(
    said(blocks, "")?.endsWith(": the likely limit as more come") ?? false,
    isSaid,
  );
});

Deno.test.each([
  { known: { maxParticipants: 5, errors: 0 }, want: "5 people, 0 errors" },
  { known: {}, want: "nothing that we know" },
])("what a server says of itself is $want", ({ known, want }) => {
  const reported = {
    ...{ maxParticipants: null, maxRooms: null, maxConnections: null },
    ...{ errors: null, ...known },
  } as unknown as Summary["server"]["reported"];
  assertEquals(said(watched({ reported }), "It says"), want);
});

Deno.test("of a server that nobody watched nothing is said, but why", () => {
  const blocks = watched({
    load: null,
    reported: null,
    notes: ["no such pid"],
  });
  for (const label of ["Server", "Threads", "It says"]) {
    assertEquals(said(blocks, label), undefined);
  }
  assertEquals(said(blocks, "Watching it"), "no such pid");
});
