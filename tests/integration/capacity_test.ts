/** The search for a capacity with the real SFU: as it is, and made slow on purpose. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { capacity, openTarget, type Sfu } from "../../mod.ts";
import { spawnSfu } from "../../tool.ts";
import { slowDown } from "../fixtures/stutter.ts";
import { ENGINES } from "./sfu/engines.ts";

/** What is asked of either first, and at most. */
const [START, MOST] = [16, 24];
/** Of each tenth of a second: in so little of it, sixteen people's packets are not forwarded. */
const RUN_MS = 8;

const { ignore } = ENGINES.find(({ engine }) => engine === "mediasoup")!;

Deno.test({
  name: "of a server that is made slow on purpose a smaller number is found",
  ignore,
  async fn() {
    await using sfu = await spawnSfu({ engine: "mediasoup" });
    const asItIs = await search(sfu);
    assertEquals([asItIs.largest, asItIs.limitedBy.kind], [MOST, "most"]);
    await using _ = slowDown({ pids: sfu.pids.slice(1), runMs: RUN_MS });
    const slow = await search(sfu);
    assert(slow.largest > 0 && slow.largest < MOST, `${slow.largest}`);
    // On a busy machine fewer may have been too many as well.
    const { smallestBroken } = slow;
    assert(smallestBroken !== null && smallestBroken <= START);
    assertMatch(slow.limitedBy.text, /^"(loss|mediaLatency) .* failed/);
  },
});

async function search({ url }: Sfu) {
  // It is not watched, so that nobody else is to blame and no look is repeated.
  await using target = await openTarget({ server: url });
  const { scenario } = await capacity(target, {
    start: START,
    most: MOST,
    precision: 1,
    joinRate: 20,
    warmUp: "1s",
    steady: "2s",
    thresholds: ["loss < 1%", "mediaLatency p(95) < 250ms"],
  });
  return scenario.result!;
}
