import { assertEquals } from "@std/assert";
import { refusalsLine } from "../../../cli/commands/serve.ts";

Deno.test.each([
  [{ connections: 1, transports: 0, messages: 0 }, "1 connection"],
  [
    { connections: 0, transports: 2, messages: 3 },
    "2 transports, 3 bursts of messages",
  ],
])("what was refused is one line: $1", (refusals, told) => {
  assertEquals(
    refusalsLine(refusals),
    `Refused so far, over the limits: ${told}.`,
  );
});
