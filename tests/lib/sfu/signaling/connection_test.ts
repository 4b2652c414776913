import { assertEquals } from "@std/assert";
import { FakeWorld, settle } from "../fake_world.ts";

Deno.test("outside a room, room operations are refused and leaving is silent", async () => {
  const client = new FakeWorld().connect("alice");
  assertEquals(
    await client.refused({ type: "createSendTransport" }),
    "Error: Not in a room",
  );
  assertEquals(await client.say({ type: "leaveRoom" }), undefined);
});

Deno.test.each<[why: string, text: string]>([
  ["no JSON", "{"],
  ["an unknown type", '{"type":"nope"}'],
  ["a missing field", '{"type":"joinRoom"}'],
])("%s is answered as an invalid message", async (_why, text) => {
  const client = new FakeWorld().connect("alice");
  const error = await client.refused(text);
  assertEquals(error?.startsWith("Invalid message format: "), true);
});

Deno.test("requests are answered one after another, in their order", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  alice.heard.length = 0;
  alice.connection.receive('{"type":"createSendTransport"}');
  alice.connection.receive('{"type":"nope"}');
  alice.connection.receive('{"type":"getRouterRtpCapabilities"}');
  await settle();
  assertEquals(alice.heard.map((m) => m.type), [
    "transportCreated",
    "error",
    "routerRtpCapabilities",
  ]);
});

Deno.test("the 101st frame of a burst is dropped with one error, and a second later all is well", async () => {
  const world = new FakeWorld();
  const client = world.connect("alice");
  for (let i = 0; i < 110; i++) {
    client.connection.receive('{"type":"leaveRoom"}');
  }
  for (let i = 0; i < 10; i++) await settle();
  assertEquals(client.heard, [{
    type: "error",
    message: "Rate limit exceeded: max 100 messages/second",
  }]);
  assertEquals(world.hub.parts.metrics.refusals.messages, 10);
  world.clock.advance(1000);
  await client.say({ type: "joinRoom", roomId: "r", participantName: "a" });
  assertEquals(client.heard.at(-1)?.type, "roomJoined");
});

Deno.test("each run of dropped frames is told once", async () => {
  const world = new FakeWorld();
  const client = world.connect("alice");
  for (const _run of [1, 2]) {
    for (let i = 0; i < 110; i++) {
      client.connection.receive('{"type":"leaveRoom"}');
    }
    for (let i = 0; i < 10; i++) await settle();
    world.clock.advance(1000);
  }
  assertEquals(client.heard.length, 2);
});

Deno.test("reading stops while too many frames wait, and goes on", async () => {
  const client = new FakeWorld().connect("alice");
  for (let i = 0; i < 70; i++) {
    client.connection.receive('{"type":"leaveRoom"}');
  }
  assertEquals(client.reading, false);
  for (let i = 0; i < 10; i++) await settle();
  assertEquals(client.reading, true);
});

Deno.test("a connection that says nothing for five minutes is dropped; any frame counts", () => {
  const world = new FakeWorld();
  const client = world.connect("alice");
  world.clock.advance(200_000);
  client.connection.heard();
  world.clock.advance(299_999);
  assertEquals(client.terminated, false);
  world.clock.advance(1);
  assertEquals(client.terminated, true);
});

Deno.test("a client that does not read loses messages after 64, once it has been stuck for a second", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  alice.stuck = [];
  alice.heard.length = 0;
  const flood = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await bob.say({ type: "chatMessage", content: "x" });
    }
  };
  await flood(64);
  world.clock.advance(1000);
  await flood(3);
  assertEquals(alice.heard.length, 64);
  assertEquals(world.hub.parts.metrics.refusals.unsent, 3);
  for (const done of alice.stuck.splice(0)) done();
  await flood(1);
  assertEquals(alice.heard.length, 65);
});

Deno.test("a message that is being handled when the socket dies still leaves a ghost behind", async () => {
  const world = new FakeWorld();
  const client = world.connect("alice");
  client.connection.receive(
    '{"type":"joinRoom","roomId":"r","participantName":"a"}',
  );
  client.connection.end();
  await settle();
  assertEquals(world.hub.ghosts.size, 1);
  world.clock.advance(30_000);
  await settle();
  assertEquals(world.hub.rooms.size, 0);
});

Deno.test("metrics count what happened", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say("{");
  await alice.say({ type: "leaveRoom" });
  const text = world.hub.parts.metrics.text({
    connections: 1,
    rooms: 0,
    participants: 0,
  });
  const line = (name: string) =>
    text.split("\n").find((l) => l.startsWith(`simplestchat_${name} `));
  assertEquals(
    [
      "messages_received_total",
      "messages_sent_total",
      "errors_total",
      "joins_total",
      "leaves_total",
      "rooms_created_total",
      "message_handling_seconds_count",
    ].map(line),
    [
      "simplestchat_messages_received_total 3",
      "simplestchat_messages_sent_total 2",
      "simplestchat_errors_total 1",
      "simplestchat_joins_total 1",
      "simplestchat_leaves_total 1",
      "simplestchat_rooms_created_total 1",
      "simplestchat_message_handling_seconds_count 2",
    ],
  );
});
