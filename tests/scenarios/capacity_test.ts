/** The search for a capacity in virtual time, against servers of a known one. */

import { assert, assertEquals } from "@std/assert";
import { fakeCrowd } from "../../lib/testing/mod.ts";
import { capacity } from "../../mod.ts";
import type { CapacityInput } from "../../tool.ts";
import { capacityLines } from "../../scenarios/capacity_lines.ts";

/** Searches at a server that loses one packet in seven when it holds more than so many. */
async function search(holds: number, input: CapacityInput = {}) {
  let count = 0;
  const target = fakeCrowd({
    turnMs: 50,
    drops: () => target.server.participants.size > holds && ++count % 7 === 0,
  });
  const summary = await capacity(target, {
    start: 4,
    roomSize: 4,
    video: false,
    thresholds: ["loss < 1%"],
    ...input,
  });
  return { ...summary, found: summary.scenario.result! };
}

Deno.test("it finds what a server holds, and a smaller number of one that holds less", async () => {
  for (const holds of [20, 13, 1]) {
    const { found, verdict } = await search(holds);
    assertEquals([found.largest, found.smallestBroken], [holds, holds + 1]);
    assertEquals(found.limitedBy, {
      kind: "threshold",
      text: '"loss < 1%" failed',
    });
    assertEquals(verdict.status, "passed");
  }
});

Deno.test("a server with which no step is healthy fails, whatever was tried", async () => {
  const { found, verdict, exitCode } = await search(13, {
    thresholds: ["errors > 5"],
  });
  assertEquals([found.largest, found.smallestBroken], [0, 1]);
  assertEquals(found.clientsPerServerCore, null);
  assertEquals(exitCode, 99);
  assertEquals(verdict, {
    status: "failed",
    reason: 'no step was healthy: "errors > 5" failed',
  });
});

Deno.test("whatever comes twice decides about a step, and what broke is tried once more", async () => {
  const { found } = await search(5);
  assertEquals(
    found.steps.map(({ clients, healthy, windows }) => [
      clients,
      healthy,
      windows,
    ]),
    [[4, true, 2], [6, false, 2], [5, true, 2], [6, false, 2]],
  );
});

Deno.test("a server that hiccups for some seconds holds as many as one that does not", async () => {
  let count = 0;
  const target = fakeCrowd({
    turnMs: 50,
    drops: () =>
      (target.server.participants.size > 13 ||
        target.clock.nowMs() % 60_000 < 4_000) && ++count % 7 === 0,
  });
  const { scenario } = await capacity(target, {
    start: 4,
    roomSize: 4,
    video: false,
    thresholds: ["loss < 1%"],
  });
  assertEquals(scenario.result!.largest, 13);
});

Deno.test("where nothing breaks, the most is the answer and is said to be", async () => {
  const { found } = await search(1000, { most: 9 });
  assertEquals([found.largest, found.smallestBroken], [9, null]);
  assertEquals(found.limitedBy, {
    kind: "most",
    text: "9 were the most to be tried",
  });
});

Deno.test("it stops when its time is over", async () => {
  const { found, elapsedMs } = await search(1000, { limit: "30s" });
  assertEquals(found.limitedBy.kind, "time");
  assert(elapsedMs < 50_000, `${elapsedMs}`);
});

Deno.test("it stops in the middle of a step, or of a recovery, when its time is over", async () => {
  for (const [sec, steps] of [[6, 0], [12, 1], [15, 1], [20, 1], [40, 2]]) {
    const { found, elapsedMs, verdict } = await search(1000, {
      thresholds: ["errors > 5"],
      limit: `${sec}s`,
    });
    assertEquals(found.limitedBy.kind, "time");
    assertEquals(found.steps.length, steps);
    assertEquals(verdict.status, "failed");
    const late = elapsedMs - sec * 1000;
    assert(late >= 0 && late < 3500, `${late}`);
  }
});

Deno.test("who would be too late to come is not asked to", async () => {
  const { found, totalClients } = await search(1000, {
    start: 100,
    joinRate: 1,
    limit: "50s",
  });
  assertEquals([found.steps, found.limitedBy.kind], [[], "time"]);
  assertEquals(totalClients, 0);
});

Deno.test("whatever thresholds it is given decide, step by step", async () => {
  const { found } = await search(13, { thresholds: ["loss < 90%"], most: 30 });
  assertEquals(found.largest, 30);
  const { thresholds } = await search(13, {
    thresholds: "deliveryRatio > 97%",
  });
  assertEquals(thresholds, [], "the whole run is not judged by them");
});

Deno.test("every step is a row of the table, below the answer and its reason", async () => {
  const { found } = await search(5);
  const [answer, reason, , head, ...rows] = capacityLines(found);
  assertEquals(answer, "Largest healthy number of clients: 5");
  assertEquals(reason, 'Limited by threshold: "loss < 1%" failed');
  assert(head.startsWith("Clients"));
  assertEquals(rows.length, 4);
  assert(/^ +6 {2}failed .*"loss < 1%" failed$/.test(rows[1]), rows[1]);
});

Deno.test("the same seed finds the same, step by step", async () => {
  assertEquals((await search(13)).found, (await search(13)).found);
});
