import { assertEquals } from "@std/assert";
import {
  deriveMetrics,
  parseHealth,
  parsePrometheus,
} from "../../../lib/monitor/http.ts";

const METRICS = `# HELP simplestchat_connections_total Total
# TYPE simplestchat_connections_total counter
simplestchat_connections_total 12
simplestchat_connections_active 7
simplestchat_rooms_active 2
simplestchat_participants_active 6
simplestchat_messages_received_total 1000
simplestchat_messages_sent_total 2500
simplestchat_errors_total 3
simplestchat_message_handling_seconds_bucket{le="0.001"} 900
simplestchat_message_handling_seconds_bucket{le="+Inf"} 1000
simplestchat_message_handling_seconds_sum 0.500000
simplestchat_message_handling_seconds_count 1000
`;

Deno.test("health is read, and what is missing is unknown", () => {
  assertEquals(parseHealth(`{"participants":3,"rooms":1,"status":"ok"}`), {
    value: { status: "ok", participants: 3, rooms: 1 },
    impossible: [],
  });
  assertEquals(parseHealth("{}"), {
    value: { status: "unknown", participants: null, rooms: null },
    impossible: [],
  });
  assertEquals(parseHealth("OK"), undefined);
  assertEquals(parseHealth("null"), undefined);
});

Deno.test("metrics are found under the server's own prefix", () => {
  assertEquals(deriveMetrics(parsePrometheus(METRICS).value), {
    connections: 7,
    rooms: 2,
    participants: 6,
    connectionsTotal: 12,
    messagesReceivedTotal: 1000,
    messagesSentTotal: 2500,
    errorsTotal: 3,
  });
});

Deno.test("lines that are no samples and buckets are passed over, labels are summed", () => {
  const { value, impossible } = parsePrometheus(
    'a{x="1 }"} 2 1700000000\r\na{x="2"} 3\nb NaN\nb_total\nh_bucket{le="1"} 9\n<html>\n c 1e3\n',
  );
  assertEquals([...value], [["a", 5], ["c", 1000]]);
  assertEquals(impossible, [], "they are none of those that are looked at");
});

Deno.test.each([
  { text: "-1", why: "less than nothing" },
  { text: "1e308", why: "more than there can be" },
  { text: "9007199254740993", why: "more than a double holds exactly" },
  { text: "NaN", why: "no number" },
  { text: "+Inf", why: "without end" },
  { text: "-Inf", why: "without end, below" },
])("errors_total $text is left out and named: $why", ({ text }) => {
  const { value, impossible } = parsePrometheus(
    `app_errors_total ${text}\nrooms_active 2\nother_total ${text}\n`,
  );
  assertEquals(impossible, ["app_errors_total"]);
  const { errorsTotal, rooms } = deriveMetrics(value);
  assertEquals([errorsTotal, rooms], [null, 2]);
});

Deno.test("labels that add up to what cannot be are left out as well", () => {
  const { impossible } = parsePrometheus(
    'errors_total{a="1"} 9e15\nerrors_total{a="2"} 9e15\n',
  );
  assertEquals(impossible, ["errors_total"]);
});

Deno.test("people and rooms that cannot be are left out of the health", () => {
  const health = `{"participants":-1e308,"rooms":1e308,"status":"${
    "x".repeat(5_000)
  }"}`;
  const { value, impossible } = parseHealth(health)!;
  assertEquals([value.participants, value.rooms], [null, null]);
  assertEquals(impossible, ["participants", "rooms"]);
  assertEquals(value.status.length, 100);
});

Deno.test("a page of nothing but blanks and brackets is read in no time", () => {
  const nasty = "a" + " ".repeat(500_000) + "{".repeat(500_000);
  assertEquals(parsePrometheus(nasty).value.size, 0);
});

Deno.test("rates are the growth between two looks", () => {
  const { value: before } = parsePrometheus(METRICS);
  const after = new Map(before)
    .set("simplestchat_connections_total", 16)
    .set("simplestchat_messages_received_total", 1100)
    .set("simplestchat_message_handling_seconds_count", 1100)
    .set("simplestchat_message_handling_seconds_sum", 0.7);
  const { rates } = deriveMetrics(after, before, 2_000);
  assertEquals(rates, {
    connectionsHz: 2,
    messagesReceivedHz: 50,
    messagesSentHz: 0,
    errorsHz: 0,
    handlingMeanMs: (0.7 - 0.5) * 1_000 / 100,
  });
});

Deno.test("a total that fell began anew with its server", () => {
  const { value: before } = parsePrometheus("errors_total 100\n");
  const { value: after } = parsePrometheus("errors_total 4\n");
  const { rates } = deriveMetrics(after, before, 1_000);
  assertEquals([rates?.errorsHz, rates?.messagesSentHz], [4, null]);
});

Deno.test("a server that handled nothing has no mean handling time", () => {
  const { value: values } = parsePrometheus(METRICS);
  assertEquals(
    deriveMetrics(values, values, 1_000).rates?.handlingMeanMs,
    null,
  );
});
