import { assertEquals } from "@std/assert";
import { isOfLibrary } from "../../../../lib/agents/link/library_prints.ts";

Deno.test.each([
  {
    whose: "the library's",
    caller: "npm/@nats-io/nats-core/3.4.0/lib/protocol.js:482:29",
    want: true,
  },
  { whose: "a scenario's", caller: "file:///home/me/mine.ts:3:9", want: false },
])(
  "what is printed by $whose code is told by its caller",
  ({ caller, want }) => {
    const ours = "file:///rtcrowd/lib/agents/link/library_prints.ts:19:30";
    const later = "npm/@nats-io/nats-core/3.4.0/lib/core.js:1:1";
    assertEquals(
      isOfLibrary(
        `Error\n    at console.log (${ours})\n    at ${caller}\n    at f (${later})`,
      ),
      want,
    );
  },
);
