/** A plan that somebody made by himself, as a job. */

import { assertEquals, assertRejects } from "@std/assert";
import type { ClientPlan, RunPlan } from "../../../lib/load/mod.ts";
import { EMPTY_SNAPSHOT } from "../../../lib/metrics/mod.ts";
import type { ScenarioContext, ScriptPorts } from "../../../lib/run/job.ts";
import { planJob } from "../../../lib/run/plan_job.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { clientPlan } from "../load/node/node_bench.ts";
import { recordOf } from "../metrics/client.ts";

const RAMP_MS = 4000;
const PLAN: RunPlan = {
  clients: [0, 1].map((index) =>
    clientPlan(index, { joinAtMs: index * RAMP_MS })
  ),
  endAtMs: 10_000,
  seed: 1,
};
const CONTEXT = {} as ScenarioContext;

/** A run that began `sinceMs` ago, whose clients are in as soon as they are scheduled. */
function world(sinceMs = 0, obstacle?: string) {
  const clock = new FakeClock(0);
  const beganMs = clock.nowMs() - sinceMs;
  const elapsedMs = () => clock.nowMs() - beganMs;
  const added: ClientPlan[] = [];
  const ends: number[] = [];
  const over = new AbortController();
  const ports = {
    crowd: {
      get elapsedMs() {
        return elapsedMs();
      },
      add: (plan: RunPlan) => {
        added.push(...plan.clients);
        return Promise.resolve();
      },
    },
    clock: {
      nowMs: () => clock.nowMs(),
      wallNowMs: () => clock.nowMs(),
      setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, fn),
    },
    over: over.signal,
    obstacle: () => obstacle,
    onExpectedEnd: (endMs: number) => ends.push(endMs),
    watch: (onSecond: (snapshot: typeof EMPTY_SNAPSHOT) => void) => {
      const tell = () => {
        const clients = added
          .filter(({ joinAtMs }) => sinceMs + joinAtMs <= elapsedMs())
          .map(({ index }) =>
            recordOf(index, { state: "connected", connectionSuccessful: true })
          );
        onSecond({ ...EMPTY_SNAPSHOT, clients });
        clock.setTimer(1000, tell);
      };
      clock.setTimer(1000, tell);
    },
  } as unknown as ScriptPorts;
  return { clock, ports, added, ends, over, elapsedMs };
}

const job = planJob(PLAN, { rampUpMs: RAMP_MS, config: { clients: 2 } });

Deno.test.each([{ sinceMs: 0 }, { sinceMs: 7000 }])(
  "a plan carried out $sinceMs ms after the beginning is over when its time is",
  async ({ sinceMs }) => {
    const { clock, ports, added, ends, elapsedMs } = world(sinceMs);
    let endedMs = -1;
    const done = job.script(ports, CONTEXT).then((result) => {
      assertEquals(result, null);
      endedMs = elapsedMs();
    });
    await clock.run(20_000);
    await done;
    assertEquals(added.map(({ index }) => index), [0, 1]);
    assertEquals(endedMs - sinceMs, PLAN.endAtMs);
    assertEquals(ends.every((one) => one === sinceMs + PLAN.endAtMs), true);
  },
);

Deno.test("a plan that cannot be is not begun, and its obstacle is the error", async () => {
  const { ports, added } = world(0, "there are too few files for 2 clients");
  await assertRejects(
    () => job.script(ports, CONTEXT),
    Error,
    "there are too few files for 2 clients",
  );
  assertEquals(added, []);
});

Deno.test("a run that ends before takes the plan with it", async () => {
  const { clock, ports, over } = world();
  const done = assertRejects(() => job.script(ports, CONTEXT));
  await clock.run(2000);
  over.abort(new Error("interrupted"));
  await done;
});

Deno.test("its record is what it was made from, and thresholds judge it", () => {
  const verdict = { status: "failed", reason: "loss" } as const;
  assertEquals(job.config, { clients: 2 });
  assertEquals([job.peak, job.plan?.(1)], [2, PLAN]);
  assertEquals(job.judge(null, verdict), verdict);
  assertEquals(job.describe(null), []);
});
