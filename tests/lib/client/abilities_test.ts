/** What a client does where the signaling cannot do something. */

import { assertEquals, assertGreater } from "@std/assert";
import type { SignalingSession } from "../../../lib/signaling/port.ts";
import { AUDIO, CAMERA, errorsOf, returns, World } from "./world.ts";

type Ability = {
  [K in keyof SignalingSession]-?: undefined extends SignalingSession[K] ? K
    : never;
}[keyof SignalingSession];

/** A world whose signaling lacks these. */
function without(...abilities: Ability[]): World {
  const world = new World();
  const { openSession } = world.environment;
  world.environment.openSession = (visitor) => {
    const session = openSession(visitor);
    for (const ability of abilities) {
      Object.defineProperty(session, ability, { value: undefined });
    }
    return session;
  };
  return world;
}

Deno.test("without a request for a layer, choosing one is refused in a sentence", async () => {
  const world = without("preferLayer");
  await world.joined("A", {
    publish: { ...CAMERA, simulcast: true },
  });
  const { client, events } = await world.joined("B", { publish: undefined });
  client.preferLayer(0);
  assertEquals(
    events.filter(({ type }) => type === "unable"),
    [{
      type: "unable",
      message:
        "Cannot choose a layer: this server's signaling has no request for it. It sends what it thinks best.",
    }],
  );
  assertEquals(world.times("setConsumerPreferredLayers"), 0);
  await world.clock.run(1000);
  assertEquals([[...client.receivedLayers()], errorsOf(events)], [[2], []]);
});

Deno.test("without ICE restarts, a client whose path is lost joins anew", async () => {
  const world = without("restartIce");
  const { client, events } = await world.joined("A");
  const { send, recv } = world.participant("A").transports;
  send!.cutPath("lost");
  recv!.cutPath("lost");
  await world.clock.run(5000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(world.times("restartIce"), 0);
});

Deno.test("without pauses of producers, who is mute sends nothing all the same, and goes on", async () => {
  const world = without("pauseProducer", "resumeProducer");
  const { client, events } = await world.joined("A", {
    publish: AUDIO,
  });
  await world.clock.run(1000);
  await client.setPaused("audio", true);
  const { packetsSent } = client.totals();
  await world.clock.run(1000);
  assertEquals(client.totals().packetsSent, packetsSent);
  await client.setPaused("audio", false);
  await world.clock.run(1000);
  assertGreater(client.totals().packetsSent, packetsSent + 40);
  assertEquals([world.times("pauseProducer"), errorsOf(events)], [0, []]);
});

Deno.test("without pauses of consumers, tracks come as they are made, and one too many is let be", async () => {
  const world = without("pauseConsumer", "resumeConsumer");
  const b = await world.joined("B");
  const { client, events } = await world.joined("A", { publish: undefined });
  await world.clock.run(1000);
  assertGreater(client.totals().packetsReceived, 40);
  assertEquals(world.times("resumeConsumer"), 0);
  await b.client.leave();
  await world.clock.run(100);
  assertEquals([client.consumersOpen, errorsOf(events)], [0, []]);
});
