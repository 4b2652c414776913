import { assertEquals, assertMatch } from "@std/assert";
import type { ClientMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import type { HubParts } from "../../../../lib/sfu/signaling/hub.ts";
import { RTP_PARAMETERS, uuid } from "../fake_engine.ts";
import { type FakeClient, FakeWorld } from "../fake_world.ts";

const PRODUCE: ClientMessage = {
  type: "produce",
  transportId: "ignored",
  kind: "audio",
  rtpParameters: RTP_PARAMETERS,
  source: "microphone",
};

function consume(producerId: string): ClientMessage {
  return {
    type: "consume",
    producerId,
    rtpCapabilities: { codecs: [], headerExtensions: [] },
  };
}

/** Alice produces; Bob is there and has a receive transport. */
async function publishing(world: FakeWorld): Promise<{
  readonly alice: FakeClient;
  readonly bob: FakeClient;
  readonly producerId: string;
}> {
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await alice.say({ type: "createSendTransport" });
  await bob.say({ type: "createRecvTransport" });
  await alice.say(PRODUCE);
  const { producerId } = alice.last("producerCreated");
  return { alice, bob, producerId };
}

Deno.test("the others hear of a producer before its owner, who only gets its answer", async () => {
  const world = new FakeWorld();
  const { alice, bob, producerId } = await publishing(world);
  assertEquals(world.journal.slice(-2), [
    "bob newProducer",
    "alice producerCreated",
  ]);
  assertEquals(world.engine.done, [`observe ${producerId}`]);
  assertEquals(alice.heard.some((m) => m.type === "newProducer"), false);
  assertEquals(bob.last("newProducer"), {
    type: "newProducer",
    participantId: "alice",
    producerId,
    kind: "audio",
    source: "microphone",
  });
});

Deno.test("a producer without a source is announced with null", async () => {
  const world = new FakeWorld();
  const { alice, bob } = await publishing(world);
  await alice.say({ ...PRODUCE, source: undefined });
  assertEquals(bob.last("newProducer").source, null);
});

Deno.test("a joiner learns of producers, in order, from roomJoined", async () => {
  const world = new FakeWorld();
  const { alice, producerId } = await publishing(world);
  await alice.say({ ...PRODUCE, kind: "video", source: "camera" });
  const second = alice.last("producerCreated").producerId;
  const carol = await world.join("carol");
  assertEquals(carol.last("roomJoined").participants[0].producers, [
    { id: producerId, kind: "audio", source: "microphone" },
    { id: second, kind: "video", source: "camera" },
  ]);
});

Deno.test("a missing cname is invented from the participant's id", async () => {
  const world = new FakeWorld();
  const { alice, producerId } = await publishing(world);
  assertEquals(world.engine.cnames.get(producerId), "c");
  await alice.say({
    ...PRODUCE,
    rtpParameters: { ...RTP_PARAMETERS, rtcp: { reducedSize: true } },
  });
  const second = alice.last("producerCreated").producerId;
  assertEquals(world.engine.cnames.get(second), "ms-alice");
});

Deno.test("a consumer starts unpaused", async () => {
  const world = new FakeWorld();
  const { bob, producerId } = await publishing(world);
  world.forget();
  await bob.say(consume(producerId));
  assertEquals(world.journal, ["bob consumerCreated"]);
  assertEquals(bob.last("consumerCreated").producerId, producerId);
  assertEquals(world.engine.done.filter((d) => d.includes("paused")), []);
});

Deno.test("a consumer of a paused producer starts paused, and is told so after its creation", async () => {
  const world = new FakeWorld();
  const { alice, bob, producerId } = await publishing(world);
  await alice.say({ type: "pauseProducer", producerId });
  world.forget();
  await bob.say(consume(producerId));
  assertEquals(world.journal, ["bob consumerCreated", "bob producerPaused"]);
  const { consumerId } = bob.last("consumerCreated");
  assertEquals(
    world.engine.done.at(-1),
    `consumer ${consumerId} starts paused`,
  );
});

Deno.test("a producer that is paused while its consumer is being made pauses it, too", async () => {
  const world = new FakeWorld();
  const { alice, bob, producerId } = await publishing(world);
  bob.connection.receive(JSON.stringify(consume(producerId)));
  await alice.say({ type: "pauseProducer", producerId });
  const { consumerId } = bob.last("consumerCreated");
  assertEquals(
    world.engine.done.includes(`pause consumer ${consumerId}`),
    true,
  );
  assertEquals(bob.heard.at(-1), { type: "producerPaused", producerId });
});

Deno.test("pausing and resuming a producer reaches every consumer, and everybody hears", async () => {
  const world = new FakeWorld();
  const { alice, bob, producerId } = await publishing(world);
  await bob.say(consume(producerId));
  await bob.say(consume(producerId));
  const [first, second] = bob.heard.filter((m) => m.type === "consumerCreated")
    .map((m) => m.consumerId);
  await bob.say({ type: "pauseConsumer", consumerId: first });
  world.forget();
  world.engine.done.length = 0;
  await alice.say({ type: "pauseProducer", producerId });
  await alice.say({ type: "resumeProducer", producerId });
  assertEquals(world.engine.done, [
    `pause producer ${producerId}`,
    `pause consumer ${first}`,
    `pause consumer ${second}`,
    `resume producer ${producerId}`,
    `resume consumer ${first}`,
    `resume consumer ${second}`,
  ]);
  assertEquals(world.journal, [
    "alice producerPaused",
    "bob producerPaused",
    "alice producerResumed",
    "bob producerResumed",
  ]);
});

Deno.test("closing a producer tells the others and answers nothing", async () => {
  const world = new FakeWorld();
  const { alice, producerId } = await publishing(world);
  world.forget();
  await alice.say({ type: "closeProducer", producerId });
  assertEquals(world.journal, ["bob producerClosed"]);
  assertEquals(world.engine.done.at(-1), `close producer ${producerId}`);
});

Deno.test("a departure is one participantLeft, and closes the transports", async () => {
  const world = new FakeWorld();
  const { alice } = await publishing(world);
  const { transportId } = alice.last("transportCreated");
  world.forget();
  await alice.say({ type: "leaveRoom" });
  assertEquals(world.journal, ["bob participantLeft"]);
  assertEquals(world.engine.done.at(-1), `close transport ${transportId}`);
});

Deno.test("the cap on consumers counts closed ones, until the next join", async () => {
  const world = new FakeWorld({ maxConsumersPerJoin: 2 });
  const { alice, bob, producerId } = await publishing(world);
  await bob.say(consume(producerId));
  await bob.say(consume(producerId));
  await alice.say({ type: "closeProducer", producerId });
  await alice.say(PRODUCE);
  const next = alice.last("producerCreated").producerId;
  assertEquals(
    await bob.refused(consume(next)),
    "Error: Consumer limit reached (2). Cannot create more consumers.",
  );
  await bob.say({ type: "joinRoom", roomId: "r", participantName: "bob" });
  await bob.say({ type: "createRecvTransport" });
  await bob.say(consume(next));
  assertEquals(bob.heard.at(-1)?.type, "consumerCreated");
});

Deno.test.each<[why: string, message: ClientMessage, error: string]>([
  ["producing without any transport", PRODUCE, "Participant not found: alice"],
  [
    "consuming without any transport",
    consume(uuid(9)),
    "Participant not found: alice",
  ],
  ["connecting without any transport", {
    type: "connectTransport",
    transportId: "t",
    dtlsParameters: { role: "client", fingerprints: [] },
  }, "Participant not found: alice"],
  [
    "pausing what is not one's own",
    { type: "pauseProducer", producerId: "p" },
    "Producer error: Producer not found: p",
  ],
  [
    "closing what is not one's own",
    { type: "closeProducer", producerId: "p" },
    "Producer error: Producer not found: p",
  ],
  [
    "resuming an unknown consumer",
    { type: "resumeConsumer", consumerId: "c" },
    "Consumer error: Consumer not found: c",
  ],
  ["layers of an unknown consumer", {
    type: "setConsumerPreferredLayers",
    consumerId: "c",
    spatialLayer: 1,
  }, "Consumer error: Consumer not found: c"],
])("%s is refused", async (_why, message, error) => {
  const alice = await new FakeWorld().join("alice");
  assertEquals(await alice.refused(message), `Error: ${error}`);
});

Deno.test("a transport of the wrong direction is named in the error", async () => {
  const alice = await new FakeWorld().join("alice");
  await alice.say({ type: "createRecvTransport" });
  assertEquals(
    await alice.refused(PRODUCE),
    "Error: Transport error: Send transport not found",
  );
  const bob = await new FakeWorld().join("bob");
  await bob.say({ type: "createSendTransport" });
  assertEquals(
    await bob.refused(consume(uuid(1))),
    "Error: Transport error: Receive transport not found",
  );
  assertEquals(
    await bob.refused({ type: "restartIce", transportId: "other" }),
    "Error: Transport error: Transport not found: other",
  );
});

Deno.test("whatever id is not the send transport's means the receive transport", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "createSendTransport" });
  await alice.say({ type: "createRecvTransport" });
  const { transportId } = alice.last("transportCreated");
  const answer = await alice.say({
    type: "connectTransport",
    transportId: "anything",
    dtlsParameters: { role: "client", fingerprints: [] },
  });
  assertEquals(answer, { type: "transportConnected", transportId: "anything" });
  assertEquals(world.engine.done, [`connect ${transportId}`]);
});

Deno.test("the engine's refusal follows SimplestChat's words", async () => {
  const world = new FakeWorld();
  const { alice } = await publishing(world);
  world.engine.failure = "no such codec";
  assertEquals(
    await alice.refused(PRODUCE),
    "Error: Producer error: Failed to create producer: no such codec",
  );
});

Deno.test("a producer id that is no UUID is refused in the parser's words", async () => {
  const world = new FakeWorld();
  const { bob } = await publishing(world);
  assertMatch(
    await bob.refused(consume("nope")) ?? "",
    /^Error: invalid character: .*`n` at 1$/,
  );
  assertMatch(
    await bob.refused(consume("abc")) ?? "",
    /^Error: invalid length/,
  );
});

Deno.test("bandwidth is reported every ten seconds if it changed", async () => {
  const world = new FakeWorld();
  const { bob } = await publishing(world);
  world.forget();
  world.engine.bandwidth[0](700_000);
  world.clock.advance(10_000);
  world.clock.advance(10_000);
  assertEquals(world.journal, ["bob connectionStats"]);
  assertEquals(bob.last("connectionStats"), {
    type: "connectionStats",
    availableBitrate: 700_000,
    rtt: null,
  });
});

Deno.test("an estimate picks the layers of layered consumers only", async () => {
  const world = new FakeWorld();
  const { bob, producerId } = await publishing(world);
  await bob.say(consume(producerId));
  world.engine.layered = true;
  await bob.say(consume(producerId));
  const { consumerId } = bob.last("consumerCreated");
  world.engine.done.length = 0;
  world.engine.bandwidth[0](300_000);
  assertEquals(world.engine.done, [`prefer ${consumerId} 1/undefined`]);
  world.engine.layers[1](undefined);
  assertEquals(bob.last("consumerLayersChanged"), {
    type: "consumerLayersChanged",
    consumerId,
    spatialLayer: null,
    temporalLayer: null,
  });
});

Deno.test("what the observers hear goes to the whole room, by participant", async () => {
  const world = new FakeWorld();
  const { producerId } = await publishing(world);
  world.forget();
  world.engine.events[0].activeSpeaker(producerId);
  world.engine.events[0].audioLevels([{ producerId, volume: -38 }]);
  world.engine.events[0].audioLevels([{ producerId: "gone", volume: -1 }]);
  assertEquals(world.journal, [
    "alice activeSpeaker",
    "bob activeSpeaker",
    "alice audioLevels",
    "bob audioLevels",
  ]);
});

Deno.test("statistics outlive the streams that they are about", async () => {
  const world = new FakeWorld();
  const { alice, bob, producerId } = await publishing(world);
  await bob.say(consume(producerId));
  await alice.say({ type: "leaveRoom" });
  await bob.say({ type: "leaveRoom" });
  const stats = await world.hub.parts.streams.stats("werift");
  assertEquals(stats.producers, [{
    id: producerId,
    roomId: "r",
    participantId: "alice",
    kind: "audio",
    packets: 10,
    bytes: 1000,
    lost: 1,
    retransmitted: 0,
    nacked: 0,
    closed: true,
    consumers: 1,
  }]);
  assertEquals(stats.consumers.map((c) => [c.participantId, c.producerId]), [
    ["bob", producerId],
  ]);
});

Deno.test("who has left leads to nobody else, and nobody to who has left", async () => {
  const world = new FakeWorld();
  const { bob, producerId } = await publishing(world);
  await bob.say(consume(producerId));
  const { participants, producers } = world.hub.rooms.get("r")!;
  const { media } = participants.get("bob")!;
  assertEquals(media.consumers.size, 1);
  await bob.say({ type: "leaveRoom" });
  assertEquals(
    [media.consumers.size, media.transports.length],
    [0, 0],
  );
  assertEquals(producers.get(producerId)!.consumers.size, 0);
});

Deno.test.each<[why: string, limits: Partial<HubParts>, error: string]>([
  [
    "a join has used up its own",
    { maxTransportsPerJoin: 2 },
    "Error: Transport limit reached (2). Cannot create more transports.",
  ],
  [
    "the server has no more",
    { maxTransports: 2 },
    "Error: Transport limit of the server reached (2).",
  ],
])(
  "transports are refused where $0, and counted",
  async (_why, limits, error) => {
    const world = new FakeWorld(limits);
    const alice = await world.join("alice");
    await alice.say({ type: "createSendTransport" });
    await alice.say({ type: "createRecvTransport" });
    assertEquals(await alice.refused({ type: "createSendTransport" }), error);
    assertMatch(
      world.hub.parts.metrics.text({
        connections: 0,
        rooms: 0,
        participants: 0,
      }),
      /transports_refused_total 1\n/,
    );
    await alice.say({ type: "leaveRoom" });
    await alice.say({
      type: "joinRoom",
      roomId: "r",
      participantName: "alice",
    });
    await alice.say({ type: "createSendTransport" });
    assertEquals(alice.heard.at(-1)?.type, "transportCreated");
  },
);

Deno.test("nothing ticks any more when everybody has left", async () => {
  const world = new FakeWorld();
  const { alice, bob } = await publishing(world);
  alice.connection.end();
  bob.connection.end();
  world.clock.advance(30_000);
  await alice.say({ type: "leaveRoom" });
  assertEquals(world.clock.pendingTimers, 0);
});
