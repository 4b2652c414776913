import { assert, assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  Trend,
} from "../../../lib/metrics/mod.ts";
import { generator } from "./generate.ts";
import { recorderOf } from "./client.ts";

Deno.test("merging snapshots is associative and commutative, and nothing is neutral", () => {
  const generate = generator(3);
  for (let round = 0; round < 100; round++) {
    const [a, b, c] = ["a", "b", "c"].map((node) => generate.snapshot(node));
    const left = mergeSnapshots([mergeSnapshots([a, b]), c]);
    assertEquals(mergeSnapshots([a, mergeSnapshots([b, c])]), left);
    assertEquals(mergeSnapshots([c, mergeSnapshots([b, a])]), left);
    assertEquals(mergeSnapshots([EMPTY_SNAPSHOT, left]), left);
    assertEquals(mergeSnapshots([left, EMPTY_SNAPSHOT]), left);
    assertEquals(JSON.parse(JSON.stringify(left)), left);
  }
});

Deno.test("merged counters, gauges, trends and clients are those of both nodes", () => {
  const generate = generator(4);
  const [a, b] = [generate.snapshot("a"), generate.snapshot("b")];
  const merged = mergeSnapshots([a, b]);
  assertEquals(merged.node, "a+b");
  assertEquals(
    merged.counters.packetsSent,
    a.counters.packetsSent + b.counters.packetsSent,
  );
  assertEquals(
    merged.gauges.clientsConnected,
    a.gauges.clientsConnected + b.gauges.clientsConnected,
  );
  assertEquals(merged.clients.length, a.clients.length + b.clients.length);
  const jitter = (trends: typeof a.trends) =>
    trends.jitter === undefined ? 0 : Trend.fromJSON(trends.jitter).count;
  assertEquals(jitter(merged.trends), jitter(a.trends) + jitter(b.trends));
});

Deno.test("drops that one node cannot know are unknown of the whole", () => {
  const [known, unknown] = [3, null].map((kernelDrops) => ({
    ...EMPTY_SNAPSHOT,
    generator: { ...EMPTY_SNAPSHOT.generator, kernelDrops },
  }));
  assertEquals(mergeSnapshots([known, known]).generator.kernelDrops, 6);
  assertEquals(mergeSnapshots([known, unknown]).generator.kernelDrops, null);
});

Deno.test("a meter's snapshot is not reached by what happens later", () => {
  const meter = new NodeMeter("here");
  const client = recorderOf(0, { role: "viewer" });
  const take = (atMs: number) =>
    meter.snapshot({
      atMs,
      clients: [client],
      generator: EMPTY_SNAPSHOT.generator,
    });
  meter.trend("lateness").record(10);
  const first = take(1000);
  const before = structuredClone(first);
  meter.counters.packetsSent++;
  meter.gauges.clientsConnected++;
  meter.countError("timeout");
  meter.trend("lateness").record(20);
  client.figures.state = "failed";
  client.addError("timeout", "no reply", 1500);
  client.addOperation("join_room", 5);
  assertEquals(first, before);

  const second = take(2000);
  assertEquals([first.sequence, second.sequence], [1, 2]);
  assertEquals(second.counters.packetsSent, 1);
  assertEquals(second.counters["errors.timeout"], 1);
  assertEquals(second.trends.lateness.count, 2);
  assertEquals(second.clients[0].state, "failed");
});

Deno.test("a meter hands out one trend a name, so that a hot path may keep it", () => {
  const meter = new NodeMeter("here");
  assert(meter.trend("jitter") === meter.trend("jitter"));
  assert(meter.trend("jitter") !== meter.trend("lateness"));
});
