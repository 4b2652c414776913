/** A scenario carried out against a target: what it is told, and what comes of it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseThreshold } from "../../../lib/load/mod.ts";
import type { JsonValue } from "../../../lib/metrics/mod.ts";
import {
  createTarget,
  openTarget,
  type ScenarioContext,
  type ScenarioJob,
} from "../../../lib/run/mod.ts";
import { runJob } from "../../../lib/run/run.ts";
import { localMonitor, openServer } from "../../../lib/run/server.ts";
import { UnreachableError } from "../../../lib/signaling/port.ts";
import { Crowd } from "../../../lib/scenario/mod.ts";
import { fakeCrowd } from "../../../lib/testing/mod.ts";

function jobOf(
  script: (context: ScenarioContext, crowd: Crowd) => Promise<JsonValue>,
  own: Partial<ScenarioJob> = {},
): ScenarioJob {
  return {
    ...{ name: "quiet", values: {}, config: { people: 3 }, thresholds: [] },
    ...{ judgesThresholds: false, disrupts: false, plan: undefined, peak: 1 },
    verify: () => Promise.resolve([]),
    script: (ports, context) => script(context, new Crowd(ports)),
    judge: (_, verdict) => verdict,
    describe: () => [],
    ...own,
  };
}

Deno.test("a scenario's result and its options are in the summary, and it is judged by them", async () => {
  const judged: unknown[] = [];
  const { summary } = await fakeCrowd({ seed: 5 }).perform(
    jobOf((_, crowd) => crowd.join().then(() => ({ held: 40 })), {
      judge(result, { status }) {
        judged.push(result);
        return { status: "failed", reason: `${status}, but 40 are too few` };
      },
    }),
  );
  assertEquals(summary.scenario, { name: "quiet", result: { held: 40 } });
  assertEquals(summary.config, {
    ...{ scenario: "quiet", people: 3, thresholds: [] },
  });
  assertEquals(summary.seed, 5);
  assertEquals(summary.verdict.status, "failed");
  assert(summary.verdict.reason.endsWith("but 40 are too few"));
  assertEquals(new Set(judged).size, 1);
});

Deno.test("a scenario that fails has no result, breaks the run in its words, and judges nothing", async () => {
  const { summary } = await fakeCrowd().perform(
    jobOf(() => Promise.reject(new Error("the stage fell down")), {
      judge() {
        throw new Error("there is nothing to judge");
      },
    }),
  );
  assertEquals(summary.scenario, { name: "quiet", result: null });
  assertEquals(summary.verdict.status, "broke");
  assert(summary.verdict.reason.includes("the stage fell down"));
});

Deno.test("a scenario is told where it is, and what it says is in the course", async () => {
  const told: unknown[] = [];
  const { course } = await fakeCrowd({ seed: 9 }).perform(
    jobOf(({ seed, server, signal, thresholds, say }) => {
      told.push(seed, server, signal.aborted, thresholds);
      say("here we are");
      return Promise.resolve(null);
    }),
  );
  assertEquals(told, [
    9,
    { url: "ws://fake.invalid/ws", engine: null },
    false,
    [],
  ]);
  assertEquals(course.notes.map(({ text }) => text), ["here we are"]);
});

/** A target whose runs are in the fake crowd's time; `perform` resolves by itself. */
function targetOf(own: Partial<Parameters<typeof createTarget>[0]>) {
  const crowd = fakeCrowd();
  const target = createTarget({
    ...crowd.ports,
    server: { url: crowd.url },
    ...{ engine: null, seed: 1, workers: 1 },
    ...own,
  });
  return async (job: ScenarioJob) => {
    let isOver = false;
    const outcome = target.perform(job).finally(() => isOver = true);
    outcome.catch(() => {});
    for (let i = 0; i < 600 && !isOver; i++) await crowd.clock.run(100);
    return await outcome;
  };
}

const LOSS = parseThreshold("loss < 1%");
const JOIN = parseThreshold("join p(95) < 1s");

Deno.test.each([
  { judges: false, inSummary: 2, why: "the run is judged by them" },
  { judges: true, inSummary: 0, why: "the scenario judges them itself" },
])("a scenario's thresholds and the target's go together: $why", async ({
  judges,
  inSummary,
}) => {
  const told: string[] = [];
  const perform = targetOf({ thresholds: [JOIN], config: { out: "x" } });
  const { summary } = await perform(
    jobOf(({ thresholds }) => {
      told.push(...thresholds.map(({ expression }) => expression));
      return Promise.resolve(null);
    }, { thresholds: [LOSS], judgesThresholds: judges }),
  );
  const both = [LOSS, JOIN].map(({ expression }) => expression);
  assertEquals(told, both);
  assertEquals([summary.config.thresholds, summary.config.out], [both, "x"]);
  assertEquals(summary.thresholds.length, inSummary);
});

const UNREACHABLE = new UnreachableError("Cannot reach ws://h: refused.");

Deno.test("a server that cannot be reached is a summary where that is asked for, and an error else", async () => {
  const open = () => Promise.reject(UNREACHABLE);
  const job = jobOf(() => Promise.resolve(1));
  const options = {
    ...fakeCrowd().ports,
    ...{ job, seed: 1, engine: null, config: {}, thresholds: [LOSS], open },
    server: { url: "ws://me:word@h/" },
  };
  const outcome = await runJob({ ...options, unreachable: "report" });
  assertEquals(outcome.unreachable, UNREACHABLE);
  assertEquals(outcome.basis, undefined);
  const { summary } = outcome;
  assertEquals(
    [summary.verdict.status, summary.totalClients, summary.server.url],
    ["broke", 0, "ws://h/"],
  );
  assertEquals(summary.scenario, { name: "quiet", result: null });
  await assertRejects(() => runJob(options), UnreachableError);
  // Whoever stopped it knows why it did not begin.
  await assertRejects(
    () =>
      runJob({
        ...options,
        unreachable: "report",
        signal: AbortSignal.abort(new Error("stopped")),
      }),
  );
});

Deno.test("what went wrong otherwise before a run is an error, however it is to be reported", async () => {
  await assertRejects(
    () =>
      runJob({
        ...fakeCrowd().ports,
        ...{ seed: 1, engine: null, config: {}, thresholds: [] },
        job: jobOf(() => Promise.resolve(1)),
        server: { url: "ws://h/" },
        open: () => Promise.reject(new Error("no such clip")),
        unreachable: "report",
      }),
    Error,
    "no such clip",
  );
});

Deno.test.each([
  { url: "ws://localhost:3000/ws", port: 3000, why: "it is here" },
  { url: "ws://localhost/ws", port: 80, why: "at the port of its scheme" },
  { url: "wss://127.0.0.1/ws", port: 443, why: "at that of TLS" },
  { url: "wss://[::1]:9/ws", port: 9, why: "by an address of IPv6" },
  { url: "ws://sfu.example:3000/ws", port: undefined, why: "it is elsewhere" },
  { url: "ws://10.0.0.1/ws", port: undefined, why: "who knows where it is" },
])("of $url the port $port is watched, for $why", ({ url, port }) => {
  assertEquals(
    localMonitor(url),
    port === undefined
      ? []
      : [{ kind: "port", text: `port:${port}`, port, isAssumed: true }],
  );
});

Deno.test("a server elsewhere is left as it is, before and after", async () => {
  const server = { url: "ws://h/", token: "t" };
  await using opened = await openServer({ server });
  assertEquals(
    [opened.server, opened.engine, opened.pids, opened.monitor],
    [server, null, [], []],
  );
});

Deno.test.each([
  { why: "neither", options: {} },
  { why: "both", options: { server: "ws://h/", embedded: "werift" } as const },
])(
  "a target is a server or an embedded one: $why is a mistake",
  async ({ options }) => {
    await assertRejects(
      () => openTarget(options),
      TypeError,
      "give it either a server",
    );
  },
);

Deno.test("what is to be watched is read before anything begins", async () => {
  await assertRejects(
    () => openTarget({ server: "ws://h/", monitor: ["prot:3000"] }),
    TypeError,
    "Did you mean port:3000?",
  );
});
