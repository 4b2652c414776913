import { assertEquals, assertNotEquals } from "@std/assert";
import type { ClientMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { FakeWorld, settle } from "../fake_world.ts";

const JOIN: ClientMessage = {
  type: "joinRoom",
  roomId: "r",
  participantName: "Someone",
};

Deno.test("the others hear of a joiner before the joiner is answered", async () => {
  const world = new FakeWorld();
  await world.join("alice");
  await world.join("bob");
  assertEquals(world.journal, [
    "alice roomJoined",
    "alice participantJoined",
    "bob roomJoined",
  ]);
});

Deno.test("the first in a room owns it, later ones are guests, or users if a token named them", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  const carol = await world.join("carol", { authenticated: true });
  const roles = [alice, bob, carol].map((c) => c.last("roomJoined").yourRole);
  assertEquals(roles, ["owner", "guest", "user"]);
  assertEquals(carol.last("roomJoined").participants, [
    { id: "alice", name: "alice", producers: [], role: "owner" },
    { id: "bob", name: "bob", producers: [], role: "guest" },
  ]);
});

Deno.test("an unconfigured room has no settings in roomJoined at all", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  assertEquals("roomSettings" in alice.last("roomJoined"), false);
});

Deno.test("two first joins at once create one room", async () => {
  const world = new FakeWorld();
  const alice = world.connect("alice");
  const bob = world.connect("bob");
  alice.connection.receive(JSON.stringify(JOIN));
  bob.connection.receive(JSON.stringify(JOIN));
  await settle();
  assertEquals(world.engine.events.length, 1);
  assertEquals(bob.last("roomJoined").participants.length, 1);
});

Deno.test("leaving is silent for the leaver, and the room goes with the last", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  world.forget();
  assertEquals(await alice.say({ type: "leaveRoom" }), undefined);
  assertEquals(world.journal, ["bob participantLeft"]);
  await bob.say({ type: "leaveRoom" });
  assertEquals(world.hub.rooms.size, 0);
  assertEquals(world.engine.done, ["close router"]);
});

Deno.test("joining again leaves first, under the same id", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await world.join("bob");
  world.forget();
  await alice.say(JOIN);
  assertEquals(world.journal, [
    "bob participantLeft",
    "bob participantJoined",
    "alice roomJoined",
  ]);
  assertEquals(alice.last("roomJoined").participantId, "alice");
});

Deno.test.each<[why: string, message: ClientMessage, error: string]>([
  [
    "an empty room id",
    { ...JOIN, roomId: "" },
    "Invalid room_id: must be 1-128 characters",
  ],
  [
    "a room id of 129 bytes",
    { ...JOIN, roomId: "é".repeat(64) + "x" },
    "Invalid room_id: must be 1-128 characters",
  ],
  [
    "an empty name",
    { ...JOIN, participantName: "" },
    "Invalid participant_name: must be 1-64 characters",
  ],
  [
    "a name of 65 bytes",
    { ...JOIN, participantName: "x".repeat(65) },
    "Invalid participant_name: must be 1-64 characters",
  ],
  [
    "no password for a locked room",
    { ...JOIN, roomId: "locked" },
    "This room requires a password",
  ],
  [
    "a wrong password",
    { ...JOIN, roomId: "locked", password: "no" },
    "Incorrect room password",
  ],
])("a join with %s is refused", async (_why, message, error) => {
  const world = new FakeWorld({ roomPasswords: { locked: "yes" } });
  const client = world.connect("alice");
  assertEquals(await client.refused(message), `Error: ${error}`);
  assertEquals(world.hub.rooms.size, 0);
});

Deno.test("the right password opens a locked room, which says that it is protected", async () => {
  const world = new FakeWorld({ roomPasswords: { r: "yes" } });
  const alice = world.connect("alice");
  await alice.say({ ...JOIN, password: "yes" });
  const { roomSettings } = alice.last("roomJoined");
  assertEquals(roomSettings?.passwordProtected, true);
});

Deno.test("an engine that cannot make a router refuses the join", async () => {
  const world = new FakeWorld();
  world.engine.failure = "Worker error: No workers available";
  const client = world.connect("alice");
  assertEquals(
    await client.refused(JOIN),
    "Error: Worker error: No workers available",
  );
});

Deno.test("a lost socket leaves a ghost for the grace period, then the others hear", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await world.join("bob");
  world.forget();
  alice.connection.end();
  await settle();
  world.clock.advance(29_999);
  await settle();
  assertEquals(world.journal, []);
  assertEquals(world.hub.participants, 2);
  world.clock.advance(1);
  await settle();
  assertEquals(world.journal, ["bob participantLeft"]);
  assertEquals(world.hub.participants, 1);
});

Deno.test("who leaves and hangs up in one breath leaves no ghost, whatever was under way", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  for (const { connection } of [alice, bob]) {
    connection.receive('{"type":"createSendTransport"}');
    connection.receive('{"type":"leaveRoom"}');
    connection.end();
  }
  await settle();
  assertEquals([world.hub.participants, world.hub.ghosts.size], [0, 0]);
});

Deno.test("the advertised reconnect token is stale, and using it prolongs the ghost", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  const { reconnectToken = "" } = alice.last("roomJoined");
  alice.connection.end();
  await settle();
  world.clock.advance(20_000);
  const again = world.connect("again");
  const answer = await again.say({
    type: "reconnect",
    participantId: "alice",
    roomId: "r",
    reconnectToken,
  });
  assertEquals(answer, {
    type: "reconnectResult",
    success: false,
    participantId: "alice",
  });
  world.clock.advance(29_999);
  await settle();
  assertEquals(bob.heard.at(-1)?.type, "roomJoined");
  world.clock.advance(1);
  await settle();
  assertEquals(bob.heard.at(-1)?.type, "participantLeft");
});

Deno.test("with a fresh token, a reconnect takes the ghost's place, and nobody else notices", async () => {
  const world = new FakeWorld({ freshReconnectToken: true });
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  const { reconnectToken = "" } = alice.last("roomJoined");
  alice.connection.end();
  await settle();
  const again = world.connect("again");
  world.forget();
  await again.say({
    type: "reconnect",
    participantId: "alice",
    roomId: "r",
    reconnectToken,
  });
  assertEquals(world.journal, ["again reconnectResult"]);
  assertEquals(again.last("reconnectResult").success, true);
  await bob.say({ type: "chatMessage", content: "hi" });
  assertEquals(again.last("chatReceived").content, "hi");
  world.clock.advance(60_000);
  await settle();
  assertEquals(world.hub.participants, 2);
});

Deno.test("a reconnect that nobody waits for fails without an error", async () => {
  const world = new FakeWorld();
  const client = world.connect("alice");
  const answer = await client.say({
    type: "reconnect",
    participantId: "nobody",
    roomId: "r",
    reconnectToken: "x",
  });
  assertEquals(answer?.type, "reconnectResult");
});

Deno.test("a guest waits in the lobby until a moderator lets it in, as a user", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", lobbyEnabled: true });
  world.forget();
  const bob = await world.join("bob");
  assertEquals(bob.last("lobbyWaiting"), {
    type: "lobbyWaiting",
    roomName: "r",
    topic: null,
    participantCount: 1,
  });
  assertEquals(
    await bob.refused({ type: "getRouterRtpCapabilities" }),
    "Error: Cannot perform this action while waiting in lobby",
  );
  assertEquals(
    await bob.refused({ type: "chatMessage", content: "hi" }),
    "Error: Participant not found",
  );
  world.forget();
  await alice.say({ type: "admitFromLobby", targetParticipantId: "bob" });
  assertEquals(world.journal, [
    "alice participantJoined",
    "bob lobbyAdmitted",
    "bob roomJoined",
  ]);
  assertEquals(bob.last("roomJoined").yourRole, "user");

  const { reconnectToken = "" } = bob.last("roomJoined");
  bob.connection.end();
  await settle();
  const again = world.connect("again");
  await again.say({
    type: "reconnect",
    participantId: "bob",
    roomId: "r",
    reconnectToken,
  });
  assertEquals(again.last("reconnectResult").success, true);
});

Deno.test("a lost socket in the lobby leaves no ghost", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", lobbyEnabled: true });
  const bob = await world.join("bob");
  bob.connection.end();
  await settle();
  assertEquals(
    await alice.refused({ type: "admitFromLobby", targetParticipantId: "bob" }),
    "Error: Participant not found in lobby",
  );
});

Deno.test("a denied participant is outside again", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", lobbyEnabled: true });
  const bob = await world.join("bob");
  await alice.say({ type: "denyFromLobby", targetParticipantId: "bob" });
  assertEquals(bob.last("lobbyDenied"), { type: "lobbyDenied", reason: null });
  assertEquals(
    await bob.refused({ type: "createSendTransport" }),
    "Error: Not in a room",
  );
});

Deno.test("every join makes a new reconnect token", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const first = alice.last("roomJoined").reconnectToken;
  await alice.say(JOIN);
  assertNotEquals(alice.last("roomJoined").reconnectToken, first);
});

Deno.test("a refused join that empties the room does not spoil one that waits for the same room", async () => {
  const world = new FakeWorld({ roomPasswords: { r: "yes" } });
  const alice = world.connect("alice");
  const bob = world.connect("bob");
  alice.connection.receive(JSON.stringify(JOIN));
  bob.connection.receive(JSON.stringify({ ...JOIN, password: "yes" }));
  await settle();
  assertEquals(
    alice.last("error").message,
    "Error: This room requires a password",
  );
  await bob.say({ type: "createSendTransport" });
  assertEquals(bob.heard.map((m) => m.type), [
    "roomJoined",
    "transportCreated",
  ]);
});

Deno.test("a closed server keeps no ghosts", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  alice.connection.end();
  await settle();
  world.hub.close();
  bob.connection.end();
  await settle();
  assertEquals(world.clock.pendingTimers, 0);
});

Deno.test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "a room may be called %s",
  async (roomId) => {
    const world = new FakeWorld();
    const alice = world.connect("alice");
    await alice.say({ ...JOIN, roomId });
    assertEquals(alice.last("roomJoined").roomSettings, undefined);
  },
);
