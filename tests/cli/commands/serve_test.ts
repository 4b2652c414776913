import { assertEquals } from "@std/assert";
import {
  type Refusals,
  ServerMetrics,
} from "../../../lib/sfu/signaling/metrics.ts";
import { refusalsLine } from "../../../cli/commands/serve.ts";

const NOTHING = new ServerMetrics().refusals;

Deno.test.each<[refusals: Partial<Refusals>, told: string]>([
  [{ connections: 1 }, "1 connection"],
  [
    { transports: 2, messages: 3 },
    "2 transports, 3 messages over 100 a second",
  ],
  [
    { consumers: 1, frames: 2, unsent: 70 },
    "1 consumer, 2 frames too long or broken, 70 messages to who does not read",
  ],
])("what was refused is one line: $1", (refusals, told) => {
  assertEquals(
    refusalsLine({ ...NOTHING, ...refusals }),
    `Refused so far, over the limits: ${told}.`,
  );
});
