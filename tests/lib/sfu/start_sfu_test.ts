/** What a script without types may start a server with. */

import { assertRejects } from "@std/assert";
import { type SfuOptions, startSfu } from "../../../lib/sfu/mod.ts";

Deno.test.each<{ given: unknown; says: string }>([
  { given: {}, says: "engine takes werift or mediasoup, not undefined" },
  {
    given: { engine: "janus" },
    says: "engine takes werift or mediasoup, not janus",
  },
  {
    given: { engine: "werift", protocol: "sip" },
    says: "protocol takes simplestchat or protoo or protoo-js, not sip",
  },
])("a server is refused before it starts: $says", async ({ given, says }) => {
  await assertRejects(() => startSfu(given as SfuOptions), TypeError, says);
});
