import { assert, assertEquals, assertLess } from "@std/assert";
import { defineScenario } from "../../../lib/scenario/mod.ts";
import { fakeCrowd } from "../../../lib/testing/mod.ts";

const alone = defineScenario({
  name: "alone",
  description: "One who waits for somebody, and a viewer.",
  options: {},
  async run(crowd) {
    await crowd.join();
    await crowd.wait("20s");
    await crowd.join();
    await crowd.join({ publish: false });
    await crowd.wait("3s");
  },
});

Deno.test("who is there first does not wait for others by their fault: what it receives counts from when they send", async () => {
  const { metrics } = await alone(fakeCrowd());
  for (
    const { count, max } of [
      metrics.timeToFirstMediaReceived.values,
      metrics.firstMedia.values,
      metrics.join.values,
    ]
  ) {
    assertEquals(count, 3);
    assertLess(max, 2000);
  }
  const { join, firstMedia } = metrics;
  assert(join.values.max <= firstMedia.values.max);
});
