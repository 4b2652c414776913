/** What a server says that it misses of what a client sent. */

import { assertEquals, assertGreater } from "@std/assert";
import { writeNack } from "../../../lib/media/mod.ts";
import { AUDIO, World } from "./world.ts";

/** As many as a message of usual size names, and more than is kept. */
const BLOCK = 1000;

/** A client that sends, and how many packets it sends again for a message that names these. */
async function speaker() {
  const world = new World();
  const { client } = await world.joined("A", { publish: AUDIO, maxVideo: 0 });
  await world.clock.run(200);
  const { transports } = world.participant("A");
  const [said] = world.said.flatMap(([, message]) =>
    message.type === "produce" ? [message] : []
  );
  const [{ ssrc }] = said.rtpParameters.encodings;
  const bytes = new Uint8Array(30_000);
  const sentAgain = (sequences: readonly number[]) => {
    const before = client.totals().retransmittedPacketsSent;
    const length = writeNack(bytes, 0, 1, ssrc!, sequences);
    transports.send!.deliverRtcp(bytes.subarray(0, length), {
      nowMs: world.clock.nowMs(),
      wallMs: world.server.wallNowMs(),
    });
    return client.totals().retransmittedPacketsSent - before;
  };
  return { client, sentAgain };
}

function block(number: number): number[] {
  return Array.from({ length: BLOCK }, (_, i) => (number * BLOCK + i) & 0xffff);
}

Deno.test("of a message that asks for more than is kept the rest is not looked for", async () => {
  const { client, sentAgain } = await speaker();
  const number = Array.from({ length: 66 }, (_, i) => i)
    .find((i) => sentAgain(block(i)) > 0)!;
  const sent = block(number);
  const never = [...block(number + 2), ...block(number + 3)];
  assertEquals(sentAgain([...never, ...sent]), 0);
  assertGreater(sentAgain([...sent, ...never]), 0);
  assertGreater(client.totals().retransmissionRequestsReceived, 6 * BLOCK);
});
