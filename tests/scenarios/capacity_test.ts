/** The search for a capacity in virtual time, against servers of a known one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
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
    assertMatch(
      verdict.status === "passed" ? verdict.reason : "",
      holds === 1 ? /^1 client was healthy/ : /^\d+ clients were healthy/,
    );
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
    reason: 'no step was healthy; limited by threshold: "errors > 5" failed',
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

Deno.test("where filling rooms one by one holds what filling them as run does broke, it says so", async () => {
  let count = 0;
  // Of rooms that are filled one into each, the server loses packets.
  const target = fakeCrowd({
    turnMs: 50,
    drops: () =>
      target.server.participants.size > 8 &&
      ![...target.server.participants.values()].some(({ roomId }) =>
        roomId.startsWith("capacity-rooms-")
      ) && ++count % 7 === 0,
  });
  const { scenario } = await capacity(target, {
    start: 8,
    most: 12,
    roomSize: 4,
    video: false,
    thresholds: ["loss < 1%"],
  });
  const found = scenario.result!;
  assertEquals([found.largest, found.smallestBroken], [8, 9]);
  assertEquals([found.otherFill?.fill, found.otherFill?.healthy], [
    "rooms",
    true,
  ]);
  const line = capacityLines(found).find((one) => one.startsWith("Rooms"));
  assertMatch(line!, /fill=rooms\): 9 held, .* depends on the order/);
});

Deno.test("a size that held as the crowd grew is tried all at once, as run has it, and where that breaks the first line says so", async () => {
  for (const holdsAtOnce of [true, false]) {
    let count = 0;
    const target = fakeCrowd({
      turnMs: 50,
      drops: () =>
        !holdsAtOnce &&
        [...target.server.participants.values()].filter(({ roomId }) =>
            roomId.startsWith("capacity-anew-")
          ).length > 4 &&
        ++count % 7 === 0,
    });
    const { scenario, verdict, exitCode } = await capacity(target, {
      start: 4,
      most: 6,
      roomSize: 2,
      video: false,
      thresholds: ["loss < 1%"],
    });
    const found = scenario.result!;
    assertEquals([found.largest, found.anew?.healthy], [6, holdsAtOnce]);
    assertEquals(exitCode, 0);
    assertEquals(
      verdict.reason,
      holdsAtOnce
        ? "6 clients were healthy; limited by most: 6 were the most to be tried"
        : "6 clients were healthy as they grew, but not all at once; limited by most: 6 were the most to be tried",
    );
    const line = capacityLines(found).find((one) => one.startsWith("All at"));
    assertMatch(
      line!,
      holdsAtOnce
        ? /^All at once into empty rooms: 6 held as well$/
        : /: 6 broke, 0 of 2 looks passed, .*threshold: "loss < 1%" failed: what it holds depends on how the crowd grew$/,
    );
  }
});

Deno.test("a size that was tried all at once at first, or whose rooms fill one by one, is not tried so again", async () => {
  const first = await search(1000, { start: 6, most: 6 });
  const rooms = await search(1000, { most: 6, fill: "rooms" });
  assertEquals([first.found.anew, rooms.found.anew], [null, null]);
  assertEquals([first.found.largest, rooms.found.largest], [6, 6]);
});

Deno.test("where time is over between two sizes, the first line says what gave out all the same", async () => {
  const { found, verdict } = await search(13, { limit: "60s", most: 40 });
  assertEquals(found.limitedBy.kind, "time");
  assert(found.smallestBroken !== null);
  assertEquals(
    verdict.reason,
    `${found.largest} clients were healthy, ${found.smallestBroken} were not; limited by threshold: "loss < 1%" failed, and there was no time for the sizes between`,
  );
});

Deno.test("where time was over before anything held, the first line says what failed", async () => {
  const { found, verdict } = await search(2, { start: 8, limit: "14s" });
  assertEquals([found.largest, found.limitedBy.kind], [0, "time"]);
  assertEquals(
    verdict.reason,
    'no step was healthy; limited by threshold: "loss < 1%" failed, and there was no time for smaller ones',
  );
});

Deno.test("a size that broke before it was finished is told of once", async () => {
  const { found } = await search(2, { start: 8, limit: "6s" });
  assertEquals(found.steps.map(({ isFinished }) => isFinished), [false]);
  const told = capacityLines(found).filter((line) => /: 8, 0 of/.test(line));
  assertEquals(told.map((line) => line.split(":")[0]), ["Broke, not finished"]);
});

Deno.test("time that is over does not hide an answer that is near enough", async () => {
  // 4 holds, 6 breaks, and a third is near enough.
  const { found } = await search(5, { limit: "38s", precision: 0.5 });
  assertEquals([found.largest, found.smallestBroken], [4, 6]);
  assertEquals(found.limitedBy.kind, "threshold");
});

Deno.test("the figures of the summary are of the largest that held, and the timeline of all", async () => {
  const {
    found,
    scenario,
    media,
    totalClients,
    judgement,
    timeline,
    elapsedMs,
  } = await search(13);
  assertEquals([found.largest, totalClients], [13, 13]);
  assertEquals(media.loss.lost, 0);
  assertEquals(media.deliveryRatio, 1);
  assertEquals(judgement.filter(({ band }) => band !== "good"), []);
  assertEquals(scenario.figuresOf, "the 13 clients that were healthy");
  assert(timeline.some(({ clients }) => clients > 13));
  assert(elapsedMs > timeline.at(-1)!.tSec * 900);
});

Deno.test("it stops when its time is over", async () => {
  const { found, elapsedMs } = await search(1000, { limit: "30s" });
  assertEquals(found.limitedBy.kind, "time");
  assert(elapsedMs < 50_000, `${elapsedMs}`);
});

Deno.test("it stops in the middle of a step, or of a recovery, when its time is over", async () => {
  for (const [sec, steps] of [[6, 1], [12, 1], [15, 1], [20, 1], [40, 2]]) {
    const { found, elapsedMs, verdict } = await search(1000, {
      thresholds: ["errors > 5"],
      limit: `${sec}s`,
    });
    assertEquals(found.limitedBy.kind, "time");
    assertEquals(verdict.status, "failed");
    assertEquals(found.steps.length, steps);
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
  const lines = capacityLines(found);
  assertEquals(lines.slice(0, 2), [
    "Largest healthy number of clients: 5",
    'Limited by threshold: "loss < 1%" failed',
  ]);
  assertMatch(lines[2], /^Held: 5, 2 of 2 looks passed, loss 0 % at most$/);
  assertMatch(
    lines[3],
    /^Broke: 6, 0 of 2 looks passed, loss 1\d\.\d % at most$/,
  );
  assertEquals(lines.slice(4, 6), [
    "All at once into empty rooms: 5 held as well",
    "Rooms filled the other way (fill=rooms): 6 broke as well",
  ]);
  const [head, ...rows] = lines.slice(lines.indexOf("") + 1);
  assert(head.startsWith("Clients"));
  const steps = rows.filter((row) => !/^ +look /.test(row));
  assertEquals(steps.length, 6);
  assertMatch(steps[4], /^ +5 {2}passed .* all at once$/);
  assertMatch(
    steps[5],
    /^ +6 {2}failed .* fill=rooms, threshold: "loss < 1%" failed$/,
  );
  assertMatch(steps[1], /^ +6 {2}failed .*threshold: "loss < 1%" failed$/);
  assertEquals(rows.length - steps.length, 12, "two looks a step");
});

Deno.test("the same seed finds the same, step by step", async () => {
  assertEquals((await search(13)).found, (await search(13)).found);
});
