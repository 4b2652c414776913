/** A run that goes on, in virtual time against a fake server. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { mediaPlanOf } from "../../../lib/media/mod.ts";
import type { Verdict } from "../../../lib/metrics/mod.ts";
import { type OpenRun, openRun, type RunRecord } from "../../../lib/run/mod.ts";
import { UnreachableError } from "../../../lib/signaling/port.ts";
import { type FakeCrowd, fakeCrowd } from "../../../lib/testing/mod.ts";
import { planOf } from "../../plans.ts";

const PLAN = planOf(2, {
  ...mediaPlanOf({ video: false, maxAudio: 1, maxVideo: 0 }),
});
const RECORD: RunRecord = {
  config: { clients: 2 },
  ending: { kind: "finished" },
  thresholds: [],
};

/** What a promise comes to, while virtual time goes on. */
async function settled<Value>(
  { clock }: FakeCrowd,
  promise: Promise<Value>,
): Promise<Value> {
  let isOver = false;
  const end = () => isOver = true;
  promise.then(end, end);
  for (let i = 0; i < 600 && !isOver; i++) await clock.run(100);
  return await promise;
}

/** Two people in a room, and what is seen of the run. */
async function meeting() {
  const crowd = fakeCrowd();
  const points: number[] = [];
  const run: OpenRun = await settled(
    crowd,
    openRun({
      ...crowd.ports,
      server: { url: "ws://me:word@fake.invalid/ws?key=k" },
      engine: null,
      seed: 7,
      onSecond: ({ tSec }) => points.push(tSec),
    }),
  );
  await settled(crowd, run.fleet.add(PLAN));
  return { crowd, run, points };
}

Deno.test("a run is summed up while it goes on, and when it is over", async () => {
  const { crowd, run, points } = await meeting();
  await crowd.clock.run(10_000);
  const soFar = run.summarize({ ...RECORD, ending: { kind: "interrupted" } });
  assertEquals(
    [soFar.verdict.status, soFar.totalClients, soFar.connectedAtEnd],
    ["interrupted", 2, 2],
  );
  await settled(crowd, run.close());
  const summary = run.summarize(RECORD);
  assertEquals([summary.verdict.status, summary.partial], ["passed", false]);
  assertEquals([summary.seed, summary.config], [7, { clients: 2 }]);
  assert(summary.totalPacketsReceived > soFar.totalPacketsReceived / 2);
  // Second by second, and nobody is told of one twice.
  assertEquals(points, [...new Set(points)].toSorted((a, b) => a - b));
  assert(points.length >= 10, `${points}`);
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("the address of a server is told without its secrets", async () => {
  const { crowd, run } = await meeting();
  const { server } = run.summarize(RECORD);
  assertEquals(server.url, "ws://fake.invalid/ws?key=***");
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("who drives a run has a word in its verdict", async () => {
  const { crowd, run } = await meeting();
  await crowd.clock.run(3_000);
  await settled(crowd, run.close());
  const judge = (verdict: Verdict): Verdict => ({
    status: "failed",
    reason: `${verdict.status}, but too few came`,
  });
  assertEquals(run.summarize({ ...RECORD, judge }).verdict, {
    status: "failed",
    reason: "passed, but too few came",
  });
  await settled(crowd, run[Symbol.asyncDispose]());
});

/** The ports of a script in this run. */
function portsOf(run: OpenRun) {
  return run.scriptPorts({
    over: new AbortController().signal,
    onExpectedEnd() {},
    roster: {} as Parameters<OpenRun["scriptPorts"]>[0]["roster"],
  });
}

Deno.test("a part that a script is about has the figures, once it is finished; the course is of all", async () => {
  const { crowd, run } = await meeting();
  await crowd.clock.run(5_000);
  const from = run.fleet.snapshot();
  await crowd.clock.run(5_000);
  const to = run.fleet.snapshot();
  await crowd.clock.run(5_000);
  portsOf(run).focus({ from, to, says: "the middle" });
  const scenario = { name: "s", result: 1 };
  const broken = run.summarize({
    ...{ ...RECORD, scenario },
    ending: { kind: "broke", reason: "no" },
  });
  assertEquals(broken.scenario, scenario);
  assert(broken.totalPacketsSent > to.counters.packetsSent);
  const summary = run.summarize({ ...RECORD, scenario });
  assertEquals(summary.scenario, { ...scenario, figuresOf: "the middle" });
  assertEquals(
    summary.totalPacketsSent,
    to.counters.packetsSent - from.counters.packetsSent,
  );
  assertEquals(summary.elapsedMs, broken.elapsedMs);
  assertEquals(summary.timeline, broken.timeline);
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("scripts are told of each second, all of them", async () => {
  const { crowd, run } = await meeting();
  const seen: number[][] = [[], []];
  const { watch } = portsOf(run);
  for (const one of seen) watch(({ second }) => one.push(second));
  await crowd.clock.run(3_000);
  const [a, b] = seen;
  assertEquals(a, b);
  assertEquals(a.length, 3);
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("clients that somebody made up need nothing of this machine", async () => {
  const { crowd, run } = await meeting();
  const { obstacle, cpuTimes, serverIsHere, serverLoad } = portsOf(run);
  assertEquals(obstacle(planOf(10_000)), undefined);
  assertEquals([cpuTimes(), serverIsHere, serverLoad(0, 1)], [
    null,
    false,
    null,
  ]);
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("what is told is in the course, and of a client in its story too", async () => {
  const { crowd, run } = await meeting();
  await crowd.clock.run(2_000);
  const { clientId } = run.fleet.snapshot().clients[1];
  run.noteEvent({ atMs: 1_500.4, clientId, level: "error", text: "of one" });
  run.noteEvent({ atMs: 1_600, clientId: null, level: "info", text: "of all" });
  await crowd.clock.run(1_000);
  const texts = run.course().notes.map(({ text }) => text);
  assertEquals(texts.filter((text) => /^of (one|all)$/.test(text)), [
    "of one",
    "of all",
  ]);
  const told = (index: number) =>
    run.story(index)?.events.filter(({ text }) => text === "of one");
  assertEquals(told(1), [{ atSec: 1.5, text: "of one" }]);
  assertEquals(told(0), []);
  assertEquals(run.story(99), undefined);
  assertEquals(
    [...run.stories()].map((story) => story.index).sort(),
    [0, 1],
  );
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("closing has everyone leave, once, and those who had left before are no loss", async () => {
  const { crowd, run } = await meeting();
  await crowd.clock.run(3_000);
  await settled(crowd, run.fleet.command({ type: "drop", clients: [0] }));
  const closing = run.close();
  assertEquals(run.close() === closing, true);
  await settled(crowd, closing);
  assertEquals(crowd.server.participants.size, 0);
  assertEquals(
    await settled(crowd, run.endingOf({ kind: "finished" })),
    { kind: "finished" },
  );
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("of a run on this machine alone nothing is kept of agents", async () => {
  const { crowd, run } = await meeting();
  assertEquals(run.basis(RECORD), {
    ...{ run: null, nodes: [], agent: null, ending: RECORD.ending },
    ...{ thresholds: [], streams: null, isDisrupted: false },
    ...{ unwatched: null, machineCpuRatio: null },
  });
  await settled(crowd, run[Symbol.asyncDispose]());
});

Deno.test("a run that cannot be opened says why, and leaves nothing behind", async () => {
  const crowd = fakeCrowd();
  await assertRejects(
    () =>
      openRun({
        ...crowd.ports,
        open: () => Promise.reject(new UnreachableError("nobody answers")),
        server: { url: "ws://fake.invalid/ws" },
        ...{ engine: null, seed: 1 },
      }),
    UnreachableError,
    "nobody answers",
  );
  assertEquals(crowd.clock.pendingTimers, 0);
});
