import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ClientRecorder,
  EMPTY_SNAPSHOT,
  namesOf,
  NodeMeter,
  RecordTable,
  type SnapshotContext,
  totalErrors,
  trendOf,
} from "../../../lib/metrics/mod.ts";
import { recorderOf, recordOf } from "./client.ts";

function context(own: Partial<SnapshotContext> = {}): SnapshotContext {
  return {
    atMs: 0,
    clients: [],
    generator: EMPTY_SNAPSHOT.generator,
    ...own,
  };
}

Deno.test("a meter begins with each counter and each gauge at zero, and no distribution", () => {
  const { counters, gauges, trends, clients, node } = new NodeMeter("n")
    .snapshot(context());
  assertEquals(Object.keys(counters), [...namesOf({ type: "counter" })]);
  assertEquals(Object.keys(gauges), [...namesOf({ type: "gauge" })]);
  assertEquals(
    new Set(Object.values({ ...counters, ...gauges })),
    new Set([0]),
  );
  assertEquals([trends, clients, node], [{}, [], "n"]);
});

Deno.test("two meters share nothing", () => {
  const [a, b] = [new NodeMeter("a"), new NodeMeter("b")];
  a.counters.packetsSent++;
  a.gauges.clientsActive++;
  a.countError("ice");
  a.trend("jitter").record(1);
  const of = b.snapshot(context());
  assertEquals([of.counters.packetsSent, of.gauges.clientsActive], [0, 0]);
  assertEquals([totalErrors(of), trendOf(of, "jitter").count], [0, 0]);
});

Deno.test("a trend is the same object each time, one a name", () => {
  const meter = new NodeMeter("n");
  const jitter = meter.trend("jitter");
  assertStrictEquals(meter.trend("jitter"), jitter);
  assert(meter.trend("signaling.join") !== meter.trend("signaling.produce"));
  jitter.record(3);
  meter.trend("signaling.join").record(5);
  const { trends } = meter.snapshot(context());
  assertEquals([trends.jitter.sum, trends["signaling.join"].sum], [3, 5]);
});

Deno.test("errors are counted by kind, whatever a kind is called", () => {
  const meter = new NodeMeter("n");
  for (const kind of ["ice", "constructor", "ice", "__proto__", ""]) {
    meter.countError(kind);
  }
  const snapshot = meter.snapshot(context());
  const { counters } = snapshot;
  assertEquals(
    ["errors.ice", "errors.constructor", "errors.__proto__", "errors."]
      .map((name) => counters[name]),
    [2, 1, 1, 1],
  );
  assertEquals(totalErrors(snapshot), 5);
});

Deno.test.each<{ why: string; own: Partial<SnapshotContext>; second: number }>([
  { why: "none is over", own: { atMs: 999.9 }, second: 0 },
  { why: "the first is over", own: { atMs: 1000 }, second: 1 },
  { why: "it is said", own: { atMs: 2999, second: 3 }, second: 3 },
  {
    why: "the one it is of may be the first",
    own: { atMs: 9, second: 0 },
    second: 0,
  },
])("a snapshot is of the last second that is over: $why", ({ own, second }) => {
  assertEquals(new NodeMeter("n").snapshot(context(own)).second, second);
});

Deno.test("only the last snapshot says that it is, and each has the next number", () => {
  const meter = new NodeMeter("n");
  const looks = [{}, { final: false }, { final: true }].map((own) =>
    meter.snapshot(context(own))
  );
  assertEquals(looks.map(({ sequence }) => sequence), [1, 2, 3]);
  assertEquals(
    looks.map((look) => Object.hasOwn(look, "final")),
    [false, false, true],
  );
});

Deno.test("clients that are there become records, and records stay what they are", () => {
  const there = recorderOf(0);
  there.figures.packetsSent = 7;
  const left = recordOf(1, { packetsSent: 9 });
  const row = new RecordTable().keep(recorderOf(2));
  const { clients } = new NodeMeter("n").snapshot(context({
    clients: new Set([there, left, row]),
  }));
  assertEquals(clients[0], there.toRecord());
  assertEquals(clients[0] instanceof ClientRecorder, false);
  assertStrictEquals(clients[1], left);
  assertStrictEquals(clients[2], row);
});

Deno.test("what a meter is not told of is none, and what it is told is passed on", () => {
  const meter = new NodeMeter("n");
  const { others, stopped, candidates, consumersAllowed } = meter.snapshot(
    context(),
  );
  assertEquals([others, stopped, candidates, consumersAllowed], [
    [],
    [],
    [],
    null,
  ]);
  const told = meter.snapshot(context({
    stopped: [{ producerId: "p", how: "closed" }],
    consumersAllowed: 0,
  }));
  assertEquals([told.stopped?.length, told.consumersAllowed], [1, 0]);
});

Deno.test("a counter beyond 32 bits goes on counting by one", () => {
  const meter = new NodeMeter("n");
  for (const from of [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 53 - 2]) {
    meter.counters.bytesSent = from;
    meter.counters.bytesSent++;
    const { counters } = meter.snapshot(context());
    assertEquals(counters.bytesSent, from + 1);
  }
});
