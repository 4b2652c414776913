import { assertEquals } from "@std/assert";
import {
  ClientRecorder,
  MAX_CLIENT_ERRORS,
  MAX_OPERATION_VALUES,
} from "../../../lib/metrics/mod.ts";

const IDENTITY = {
  clientId: "client-3",
  index: 3,
  roomId: "load-test-room",
  role: "publisher",
  node: "local",
} as const;

Deno.test("a new client is planned, and nothing is known of it", () => {
  const record = new ClientRecorder(IDENTITY).toRecord();
  assertEquals(record.clientId, "client-3");
  assertEquals(record.state, "planned");
  assertEquals(record.connectionSuccessful, false);
  assertEquals(record.connectionTimeMs, null);
  assertEquals(record.errors, []);
});

Deno.test("errors beyond the bound are counted but not kept", () => {
  const client = new ClientRecorder(IDENTITY);
  for (let i = 0; i < MAX_CLIENT_ERRORS + 5; i++) {
    client.addError("timeout", `number ${i}`, i);
  }
  const { errors, errorCount } = client.toRecord();
  assertEquals(errorCount, MAX_CLIENT_ERRORS + 5);
  assertEquals(errors.length, MAX_CLIENT_ERRORS);
  assertEquals(errors[0], { kind: "timeout", message: "number 0", atMs: 0 });
});

Deno.test("a long message is cut, so that a server cannot fill the results", () => {
  const client = new ClientRecorder(IDENTITY);
  client.addError("server", "x".repeat(10_000), 0);
  assertEquals(client.toRecord().errors[0].message.length, 300);
});

Deno.test("an operation's count and extremes cover all requests, its values the latest", () => {
  const client = new ClientRecorder(IDENTITY);
  const total = MAX_OPERATION_VALUES + 10;
  for (let ms = 1; ms <= total; ms++) client.addOperation("consume", ms);
  const { count, minMs, maxMs, sumMs, valuesMs } =
    client.toRecord().signaling.consume;
  assertEquals([count, minMs, maxMs], [total, 1, total]);
  assertEquals(sumMs, total * (total + 1) / 2);
  assertEquals(valuesMs.length, MAX_OPERATION_VALUES);
  assertEquals([valuesMs[0], valuesMs.at(-1)], [11, total]);
});
