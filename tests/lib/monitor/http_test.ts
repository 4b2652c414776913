import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
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
  for (const text of ["null", "[]", "3", '"ok"', "", "{"]) {
    assertEquals(parseHealth(text), undefined, text);
  }
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

Deno.test.each([
  { line: "n 7", is: 7, why: "a name and a value" },
  { line: "n\t 7", is: 7, why: "any blanks between them" },
  { line: "n +7", is: 7, why: "a sign" },
  { line: "n .5", is: 0.5, why: "no digit before the point" },
  { line: "n 5e-1", is: 0.5, why: "an exponent" },
  { line: "n 7 1700000000000", is: 7, why: "a timestamp in milliseconds" },
  { line: "n 7 -5", is: 7, why: "one before 1970" },
  { line: "n 7 1700000000.123", is: 7, why: "OpenMetrics' in seconds" },
  { line: "n{} 7", is: 7, why: "no labels in their brackets" },
  { line: 'n{a="b"}7', is: 7, why: "nothing after the labels" },
  { line: 'n {a="b",} 7', is: 7, why: "a blank before, a comma after" },
  { line: 'n{a="}"} 7', is: 7, why: "a bracket in a label" },
  { line: 'n{a="\\"} 9",b="\\\\"} 7', is: 7, why: "escaped quotes" },
  { line: 'n{a="# {"} 7', is: 7, why: "a hash in a label" },
  {
    line: 'n{a="b"} 7 # {trace_id="c"} 0.67 1700000000.1',
    is: 7,
    why: "an exemplar is another value",
  },
  { line: 'n 7 # {trace_id="c"} 0.67', is: 7, why: "one without labels" },
  { line: "# n 7", is: undefined, why: "a comment" },
  { line: "n", is: undefined, why: "no value" },
  { line: "n seven", is: undefined, why: "a word" },
  { line: "n 0x10", is: undefined, why: "no number of the format" },
  { line: "n 1_000", is: undefined, why: "neither is this" },
  { line: "n 1e", is: undefined, why: "half an exponent" },
  { line: "n 7 8 9", is: undefined, why: "more than it has" },
  { line: "n 7 later", is: undefined, why: "no time" },
  { line: 'n{a="b 7', is: undefined, why: "labels without an end" },
  { line: 'n{a="b\\"} 7', is: undefined, why: "their end is in a label" },
  { line: "1n 7", is: undefined, why: "no name" },
  { line: "-n 7", is: undefined, why: "neither is this" },
])("a line of metrics is read as $is: $why", ({ line, is }) => {
  for (const end of ["", "\r"]) {
    assertEquals(parsePrometheus(line + end).value.get("n"), is);
  }
});

Deno.test("whatever stands in its labels, a metric is the sum over them", () => {
  const label = fc.string({
    unit: fc.constantFrom(...'{}",\\#= \naé\u{1f600}'),
  });
  const escaped = (text: string) =>
    text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
      .replaceAll("\n", "\\n");
  fc.assert(fc.property(
    fc.array(
      fc.tuple(
        fc.constantFrom("a_total", "b", "c:d"),
        label,
        fc.integer({ min: 0, max: 1000 }),
        fc.boolean(),
      ),
    ),
    (samples) => {
      const page = samples.map(([name, text, value, isTraced]) =>
        `${name}{x="${escaped(text)}"} ${value}${
          isTraced ? ` # {id="${escaped(text)}"} 99 1.5` : ""
        }\n`
      ).join("");
      const sums = new Map<string, number>();
      for (const [name, , value] of samples) {
        sums.set(name, (sums.get(name) ?? 0) + value);
      }
      assertEquals(parsePrometheus(page).value, sums);
    },
  ));
});

Deno.test.each([
  { page: "errors_total 1\nx_errors_total 2\n", is: 1, why: "its own name" },
  { page: "x_errors_total 2\nerrors_total 1\n", is: 1, why: "wherever it is" },
  { page: "x_errors_total 2\ny_errors_total 3\n", is: 2, why: "the first" },
  { page: "xerrors_total 2\n", is: null, why: "another word that ends so" },
  { page: "errors_total_x 2\n", is: null, why: "one that begins so" },
])("of metrics with like names one is taken, $is: $why", ({ page, is }) => {
  assertEquals(deriveMetrics(parsePrometheus(page).value).errorsTotal, is);
});

Deno.test.each([
  { intervalMs: 0, why: "no time has passed" },
  { intervalMs: -5_000, why: "the clock was set back" },
])("there are no rates where $why", ({ intervalMs }) => {
  const values = new Map([["errors_total", 5]]);
  assertEquals("rates" in deriveMetrics(values, values, intervalMs), false);
});

Deno.test("a mean time is over what was handled since, also when the server began anew", () => {
  const counts = (count: number, sum: number) =>
    new Map([
      ["message_handling_seconds_count", count],
      ["message_handling_seconds_sum", sum],
    ]);
  const mean = (after: Map<string, number>, before: Map<string, number>) =>
    deriveMetrics(after, before, 1_000).rates!.handlingMeanMs!;
  assertAlmostEquals(mean(counts(30, 0.5), counts(10, 0.1)), 20);
  assertAlmostEquals(mean(counts(4, 0.02), counts(1000, 9)), 5);
});
