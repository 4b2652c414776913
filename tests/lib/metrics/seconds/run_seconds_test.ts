import { assert, assertEquals } from "@std/assert";
import {
  type ClientRecord,
  EMPTY_SNAPSHOT,
  incidentName,
  RunSeconds,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";
import { idlePoint } from "./timeline_point.ts";

function look(
  sec: number,
  counters: Record<string, number>,
  clients: readonly ClientRecord[] = [],
) {
  return { ...EMPTY_SNAPSHOT, atMs: sec * 1000, counters, clients };
}

/** Four clients of one room to whom media comes, or nothing any more. */
function clientsAt(sec: number, silentFrom = Infinity): ClientRecord[] {
  return [0, 1, 2, 3].map((index) => {
    const came = Math.min(sec, silentFrom) * 100;
    const silentMs = Math.max(0, sec - silentFrom) * 1000;
    return recordOf(index, {
      state: "connected",
      connectionSuccessful: true,
      packetsDeliverable: sec * 100,
      packetsReceived: came,
      tracksDueMs: sec * 1000,
      tracksSilentMs: silentMs,
      withoutMediaMs: silentMs,
    });
  });
}

Deno.test("before the first second is over there is none", () => {
  const run = new RunSeconds();
  assertEquals(run.last, undefined);
  assertEquals(run.course.course().seconds, []);
  assertEquals([...run.stories.stories()], []);
  assertEquals(run.incidents.incidents(), []);
});

Deno.test("each second is that of the course, the stories and the last one told", () => {
  const run = new RunSeconds();
  run.take(idlePoint(1), look(1, { packetsSent: 10 }, clientsAt(1)), "ramp");
  run.take(idlePoint(2.5), look(2.5, { packetsSent: 25 }, clientsAt(2.5)));
  assertEquals(run.last, run.course.course().seconds[1]);
  assertEquals(
    run.course.course().seconds.map(({ fromSec, point, phase, grown }) => [
      fromSec,
      point.tSec,
      phase,
      grown.packetsSent,
    ]),
    [[0, 1, "ramp", 10], [1, 2.5, "media", 15]],
  );
  assertEquals(
    run.stories.story(3)?.bins.map(({ fromSec, toSec, packetsCame }) => [
      fromSec,
      toSec,
      packetsCame,
    ]),
    [[0, 1, 100], [1, 2.5, 150]],
  );
});

Deno.test("what happened to many at once is an incident, from where the second began", () => {
  const run = new RunSeconds();
  const told = [1, 2, 3, 4, 5].map((sec) =>
    run.take(idlePoint(sec), look(sec, {}, clientsAt(sec, 3)))
      .map(({ change, incident }) => `${change}: ${incidentName(incident)}`)
  );
  assertEquals(told.flat().slice(0, 1), [
    "began: 4 of 4 clients without media",
  ]);
  const [{ fromSec, untilSec }] = run.incidents.incidents();
  assertEquals([fromSec, untilSec], [3, null]);
});

Deno.test("the generator is late with what left late and what never left, of all that was to leave", () => {
  const run = new RunSeconds();
  const counts = { packetsSent: 1000, packetsLate: 100, packetsSkipped: 50 };
  run.take(idlePoint(1), look(1, counts, clientsAt(1)));
  // From then on 300 of 1,000 leave late each second, and 500 never: 800 of 1,500.
  const bad = { packetsSent: 2000, packetsLate: 400, packetsSkipped: 550 };
  run.take(idlePoint(2, { cpuRatio: 0.9 }), look(2, bad, clientsAt(2)));
  const worse = { packetsSent: 3000, packetsLate: 700, packetsSkipped: 1050 };
  run.take(idlePoint(3, { cpuRatio: 0.9 }), look(3, worse, clientsAt(3)));
  const late = run.incidents.incidents().find(({ kind }) =>
    kind === "generator"
  );
  assert(late !== undefined);
  assertEquals(late.worstRatio, 0.533);
  assertEquals(late.generator, {
    maxCpuRatio: 0.9,
    maxLateRatio: 0.533,
  });
});

Deno.test("an incident has the figures of its first bad second, too, though only the second one shows that it is one", () => {
  const run = new RunSeconds();
  const sent = (sec: number) => ({ packetsSent: 1000 * sec });
  const server = (cpuRatio: number, udpDrops: number) => ({
    ...{ cpuRatio, maxProcessRatio: cpuRatio, rssBytes: 1e6 },
    ...{ fds: null, udpDrops },
  });
  const looks = [
    { late: 0, cpuRatio: 0.1, server: server(0.2, 0) },
    { late: 800, cpuRatio: 0.9, server: server(0.8, 7) },
    { late: 1300, cpuRatio: 0, server: server(0.4, 2) },
    { late: 1300, cpuRatio: 0.95, server: server(0.95, 1) },
  ];
  for (const [i, { late, ...own }] of looks.entries()) {
    const counts = { ...sent(i + 1), packetsLate: late };
    run.take(idlePoint(i + 1, own), look(i + 1, counts, clientsAt(i + 1)));
  }
  const [late] = run.incidents.incidents();
  assertEquals([late.fromSec, late.untilSec, late.worstRatio], [1, 3, 0.8]);
  assertEquals(late.generator, { maxCpuRatio: 0.9, maxLateRatio: 0.8 });
  assertEquals(late.server, {
    cpuRatioBefore: 0.2,
    minCpuRatio: 0.4,
    maxCpuRatio: 0.8,
    udpDrops: 9,
  });
});

Deno.test("a generator that was to send nothing is not late", () => {
  const run = new RunSeconds();
  for (const sec of [1, 2, 3]) {
    run.take(idlePoint(sec), look(sec, {}, clientsAt(sec)));
  }
  assertEquals(run.incidents.incidents(), []);
});
