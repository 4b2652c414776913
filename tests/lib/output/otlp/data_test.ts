import { assert, assertEquals } from "@std/assert";
import { EMPTY_SNAPSHOT, Trend } from "../../../../lib/metrics/mod.ts";
import { type OtlpData, otlpData } from "../../../../lib/output/otlp/data.ts";
import { DataPointType } from "../../../../lib/output/otlp/deps.ts";

const RUN = {
  id: "run-1",
  startedAtMs: 1_000_000_001_500,
  nowMs: 1_000_000_002_250.5,
};

function data(snapshot: Partial<typeof EMPTY_SNAPSHOT>): OtlpData {
  return otlpData({
    snapshot: { ...EMPTY_SNAPSHOT, ...snapshot },
    point: undefined,
    info: { version: "1.2.3", scenario: "a\u0007\nb" },
  }, RUN);
}

function metric(of: OtlpData, name: string) {
  const [{ metrics }] = of.scopeMetrics;
  const found = metrics.filter(({ descriptor }) => descriptor.name === name);
  assertEquals(found.length, 1, name);
  return found[0];
}

Deno.test("an export says which run it is of, and since when it counts", () => {
  const { resource, scopeMetrics: [{ scope }] } = data({});
  assertEquals(resource.attributes, {
    "service.name": "rtcrowd",
    "service.version": "1.2.3",
    "service.instance.id": "run-1",
  });
  assertEquals(scope, { name: "rtcrowd", version: "1.2.3" });
  const [{ startTime, endTime }] =
    metric(data({}), "rtcrowd.run_info").dataPoints;
  assertEquals(startTime, [1_000_000_001, 500_000_000]);
  assertEquals(endTime, [1_000_000_002, 250_500_000]);
});

Deno.test.each([
  {
    name: "rtcrowd.packets_sent",
    type: DataPointType.SUM,
    value: 7,
    why: "what only grows",
  },
  {
    name: "rtcrowd.total_freezes_duration",
    type: DataPointType.SUM,
    value: 1.5,
    why: "milliseconds are seconds",
  },
  {
    name: "rtcrowd.clients_connected",
    type: DataPointType.GAUGE,
    value: 3,
    why: "what is so now",
  },
])(
  "$name is told with its value and in its kind: $why",
  ({ name, type, value }) => {
    const found = metric(
      data({
        counters: {
          ...EMPTY_SNAPSHOT.counters,
          packetsSent: 7,
          totalFreezesDurationMs: 1500,
        },
        gauges: { ...EMPTY_SNAPSHOT.gauges, clientsConnected: 3 },
      }),
      name,
    );
    assertEquals(found.dataPointType, type);
    assertEquals("isMonotonic" in found, type === DataPointType.SUM);
    assertEquals(found.dataPoints.map((point) => point.value), [value]);
  },
);

Deno.test("a distribution is told in seconds, its ends exactly, and nothing of it is lost", () => {
  const trend = new Trend();
  for (const us of [1500, 20_000, 20_000, 3_000_000]) trend.record(us);
  const found = metric(
    data({ trends: { "signaling.join_room": trend.toJSON() } }),
    "rtcrowd.signaling",
  );
  assertEquals(found.descriptor.unit, "s");
  assertEquals(found.dataPointType, DataPointType.EXPONENTIAL_HISTOGRAM);
  const [{ attributes, value }] = found.dataPoints;
  assertEquals(attributes, { operation: "join_room" });
  assert(typeof value === "object" && "positive" in value);
  const { count, sum, min, max, positive } = value;
  assertEquals([count, sum, min, max], [4, 3.0415, 0.0015, 3]);
  assertEquals(positive.bucketCounts.reduce((all, one) => all + one), 4);
});

Deno.test("what a server or an operator called something comes in one line without control characters", () => {
  const [{ attributes }] = metric(data({}), "rtcrowd.run_info").dataPoints;
  assert(!/\p{Cc}/u.test(String(attributes.scenario)));
});

Deno.test("a metric is told once, under a name of ours, with a meaning; what grows began with the run", () => {
  const { scopeMetrics: [{ metrics }] } = data({
    counters: { ...EMPTY_SNAPSHOT.counters, packetsSent: 1 },
  });
  const names = metrics.map(({ descriptor }) => descriptor.name);
  assertEquals(new Set(names).size, names.length);
  for (const { descriptor, dataPoints } of metrics) {
    assert(/^rtcrowd\.[a-z0-9_]+$/.test(descriptor.name), descriptor.name);
    assert(descriptor.description !== "", descriptor.name);
    for (const { startTime, endTime, value } of dataPoints) {
      assertEquals([startTime[0], endTime[0]], [1_000_000_001, 1_000_000_002]);
      assert(typeof value !== "number" || Number.isFinite(value));
    }
  }
});

Deno.test("an export of a run without a version and a name says so by leaving it empty", () => {
  const { resource, scopeMetrics: [{ scope }] } = otlpData({
    snapshot: EMPTY_SNAPSHOT,
    point: undefined,
    info: {},
  }, RUN);
  assertEquals(resource.attributes["service.version"], "");
  assertEquals(scope.version, "");
});
