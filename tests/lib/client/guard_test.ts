/** What throws ends its own client, and nobody else. */

import { assertEquals, assertGreater } from "@std/assert";
import type { ClientEnvironment } from "../../../lib/client/mod.ts";
import { errorsOf, NOTHING, statesOf, World } from "./world.ts";

Deno.test.each<{
  why: string;
  break: (environment: World["environment"]) => void;
}>([
  {
    why: "a task of what it sends",
    break: (environment) => {
      const { meter } = environment;
      environment.meter = { ...meter, lateness: { record: fail } };
    },
  },
  {
    why: "its reports",
    break: (environment) => {
      const { createTransport } = environment;
      environment.createTransport = (remote, handlers) => {
        const transport = createTransport(remote, handlers);
        transport.sendRtcp = fail;
        return transport;
      };
    },
  },
  {
    why: "the reading of a packet",
    break: (environment) => {
      const { createTransport } = environment;
      environment.createTransport = (remote, handlers) => {
        // As a socket does.
        const onRtp: typeof handlers.onRtp = () =>
          handlers.onError!(new Error("a bug"));
        return createTransport(remote, { ...handlers, onRtp });
      };
    },
  },
])(
  "when $why throws, that client fails as internal, once, and the others go on",
  async ({ break: sabotage }) => {
    const world = new World();
    const before = await world.joined("before");
    const healthy: ClientEnvironment = { ...world.environment };
    sabotage(world.environment);
    const bad = await world.joined("bad");
    Object.assign(world.environment, healthy);
    const after = await world.joined("after");
    await world.clock.run(5000);
    assertEquals(statesOf(bad.events), ["joining", "connected", "failed"]);
    assertEquals(errorsOf(bad.events), ["internal: a bug"]);
    for (const { client, events } of [before, after]) {
      assertEquals(client.state, "connected");
      assertEquals(errorsOf(events), []);
      // Each has the other's two tracks, and not the failed one's.
      assertEquals(client.consumersOpen, 2);
    }
    for (const { client } of [before, bad, after]) await client.leave();
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("there is no task of a client whose errors nobody hears", async () => {
  const world = new World();
  const { scheduler } = world.environment;
  const unheard: unknown[] = [];
  let heard = 0;
  world.environment.scheduler = {
    nowMs: () => scheduler.nowMs(),
    schedule: (task) => {
      if (task.onError === undefined) unheard.push(task);
      else heard++;
      scheduler.schedule(task);
    },
    cancel: (task) => scheduler.cancel(task),
  };
  const clients = [await world.joined("a"), await world.joined("b")];
  await world.clock.run(10_000);
  assertEquals(unheard, []);
  assertGreater(heard, 6);
  for (const { client } of clients) await client.leave();
});

function fail(): never {
  throw new Error("a bug");
}
