/** What a script without types may open a target with. */

import { assertEquals, assertRejects } from "@std/assert";
import { openTarget, type TargetOptions } from "../../../lib/run/mod.ts";
import { targetProblem } from "../../../lib/run/target_options.ts";

const server = "ws://h/";

const WRONG: readonly [given: unknown, says: string][] = [
  [undefined, "takes an object"],
  [{ embeded: "werift" }, "there is no embeded, did you mean embedded?"],
  [{ embedded: "janus" }, '"janus" is not werift or mediasoup'],
  [{ server: new URL(server) }, "server takes a text"],
  [{ server, signaling: "protoo" }, 'signaling takes { module: "protoo" }'],
  [{ server, workers: "many" }, '"many" is not a whole number'],
  [{ server, workers: 0 }, '"0" is not a whole number from 1 to 1024'],
  [{ server, seed: 0.5 }, '"0.5" is not a whole number of at least 0'],
  [{ server, token: 5 }, "token takes a text"],
  [{ server, monitor: "pid:1" }, "monitor takes a list"],
  [{ server, datapath: "native" }, "datapath takes an object"],
  [{ server, datapath: { lane: "fast" } }, 'datapath lane "fast" is not'],
  [{ server, datapath: { lanes: "auto" } }, "did you mean lane?"],
  [{ server, connection: { ca: "company.pem" } }, "ca holds no certificate"],
  [{ server, connection: { insecure: "yes" } }, "insecure takes true or"],
  [
    { server, connection: { headers: { Cookie: "sid=1" } } },
    "headers takes pairs of a name and a value",
  ],
];

Deno.test.each(WRONG)(
  "a target opened with %o is refused in one line",
  async (given, says) => {
    const error = await assertRejects(
      () => openTarget(given as TargetOptions),
      TypeError,
      says,
    );
    assertEquals(error.message.startsWith("Cannot open a target: "), true);
    assertEquals(error.message.includes("\n"), false);
  },
);

Deno.test("what is undefined is as good as left out, and secrets may be empty", () => {
  assertEquals(
    targetProblem({
      ...{ server, embedded: undefined, workers: undefined, token: "" },
      connection: { ca: undefined, headers: [["Cookie", "sid=1"]] },
      datapath: { lane: "auto", transport: undefined },
    }),
    undefined,
  );
});
