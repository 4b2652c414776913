/** What the check of an adapter says of its operations. */

import { assertEquals } from "@std/assert";
import { operationsOf } from "../../../lib/run/check_adapter.ts";
import { recordOf } from "../metrics/client.ts";

Deno.test("how often an operation was answered is told, once as one time", () => {
  const once = { count: 1, minMs: 4, sumMs: 4, maxMs: 4, valuesMs: [4] };
  const twice = { count: 2, minMs: 2, sumMs: 5, maxMs: 3, valuesMs: [2, 3] };
  const records = [
    recordOf(0, { signaling: { join: once, publish: once } }),
    recordOf(1, { signaling: { publish: twice } }),
  ];
  assertEquals(
    operationsOf(records).map(({ about, text }) => `${about}: ${text}`),
    [
      "join: answered 1 time, in 4.0 ms on average",
      "publish: answered 3 times, in 3.0 ms on average",
    ],
  );
});
