import { assertEquals, assertStringIncludes } from "@std/assert";
import { ServerMetrics } from "../../../../lib/sfu/signaling/metrics.ts";

const GAUGES = { connections: 1, rooms: 2, participants: 3 };

Deno.test("every counter is there from the start", () => {
  const lines = new ServerMetrics().text(GAUGES).split("\n");
  const counters = lines.filter((line) => line.endsWith(" counter"));
  assertEquals(counters.length, 15);
  assertEquals(lines.includes("simplestchat_leaves_total 0"), true);
});

Deno.test("gauges are what they are told", () => {
  const text = new ServerMetrics().text(GAUGES);
  assertStringIncludes(text, "\nsimplestchat_connections_active 1\n");
  assertStringIncludes(text, "\nsimplestchat_rooms_active 2\n");
  assertStringIncludes(text, "\nsimplestchat_participants_active 3\n");
});

Deno.test("the histogram's buckets are cumulative, and its sum has six decimals", () => {
  const metrics = new ServerMetrics();
  for (const seconds of [0.001, 0.02, 7]) metrics.handled(seconds);
  const prefix = "simplestchat_message_handling_seconds";
  const values = metrics.text(GAUGES).split("\n")
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length));
  assertEquals(values, [
    '_bucket{le="0.001"} 1',
    '_bucket{le="0.005"} 1',
    '_bucket{le="0.01"} 1',
    '_bucket{le="0.025"} 2',
    '_bucket{le="0.05"} 2',
    '_bucket{le="0.1"} 2',
    '_bucket{le="0.25"} 2',
    '_bucket{le="0.5"} 2',
    '_bucket{le="1"} 2',
    '_bucket{le="5"} 2',
    '_bucket{le="+Inf"} 3',
    "_sum 7.021000",
    "_count 3",
  ]);
});
