/** Waiting for a meeting to be over. */

import { assertEquals, assertRejects } from "@std/assert";
import { type ClientRecord, EMPTY_SNAPSHOT } from "../../../lib/metrics/mod.ts";
import { hold, type ScriptPorts } from "../../../lib/run/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";
import { clientPlan } from "../load/node/node_bench.ts";
import { recordOf } from "../metrics/client.ts";

const IN = { state: "connected", connectionSuccessful: true } as const;

/** A meeting of one, and whoever tells its seconds by hand. */
function world() {
  const clock = new FakeClock();
  const over = new AbortController();
  const ends: (readonly (number | undefined)[])[] = [];
  let onSecond = (_: typeof EMPTY_SNAPSHOT) => {};
  const ports = {
    crowd: {
      get elapsedMs() {
        return clock.nowMs();
      },
    },
    clock,
    over: over.signal,
    onExpectedEnd: (endMs: number, rampEndMs?: number) =>
      ends.push([endMs, rampEndMs]),
    watch: (listener: typeof onSecond) => onSecond = listener,
  } as unknown as ScriptPorts;
  return {
    ...{ clock, ports, over, ends },
    /** Time passes, then a second's numbers come. */
    async second(ms: number, own: Partial<ClientRecord>) {
      await clock.run(ms);
      onSecond({ ...EMPTY_SNAPSHOT, clients: [recordOf(0, own)] });
      await clock.run(0);
    },
  };
}

const PLANS = [clientPlan(0, { joinAtMs: 0 })];
const TIMES = { rampEndMs: 1_000, holdMs: 5_000 };

Deno.test("a meeting is held for its time from the ramp's end where all are in by then", async () => {
  const { clock, ports, second, ends } = world();
  let endedMs = -1;
  const held = hold(ports, PLANS, TIMES).then(() => endedMs = clock.nowMs());
  assertEquals(ends, [[6_000, 1_000]]);
  await second(1_000, IN);
  await clock.run(4_999);
  assertEquals(endedMs, -1);
  await clock.run(1);
  await held;
  assertEquals(endedMs, 6_000);
});

Deno.test("while somebody is still on the way in, the end is put off, and that is told", async () => {
  const { clock, ports, second, ends } = world();
  let endedMs = -1;
  const held = hold(ports, PLANS, TIMES).then(() => endedMs = clock.nowMs());
  await second(1_500, { state: "joining" });
  await second(1_500, { state: "joining" });
  await second(1_000, IN);
  assertEquals(ends.map(([endMs]) => endMs), [6_000, 6_500, 8_000, 8_000]);
  await clock.run(10_000);
  await held;
  assertEquals(endedMs, 8_000);
});

Deno.test("a meeting that is over sooner than its first numbers come waits for them", async () => {
  const { clock, ports, second } = world();
  let isOver = false;
  const held = hold(ports, PLANS, { rampEndMs: 0, holdMs: 100 })
    .then(() => isOver = true);
  await clock.run(900);
  assertEquals(isOver, false);
  await second(100, IN);
  await clock.run(100);
  await held;
});

Deno.test("where nobody is left a meeting is given up, with why the last one failed", async () => {
  const { ports, second } = world();
  const held = hold(ports, PLANS, TIMES);
  held.catch(() => {});
  await second(1_000, { state: "failed", failureCause: "DTLS took too long." });
  await assertRejects(
    () => held,
    Error,
    "no client is left: DTLS took too long",
  );
});

Deno.test("a run that is over ends a meeting with the reason for that, and nothing is told any more", async () => {
  const { clock, ports, over, ends, second } = world();
  const held = hold(ports, PLANS, TIMES);
  held.catch(() => {});
  await clock.run(500);
  over.abort(new Error("interrupted"));
  await assertRejects(() => held, Error, "interrupted");
  await second(1_500, { state: "joining" });
  assertEquals(ends.length, 1);
  assertEquals(clock.pendingTimers, 0);
});
