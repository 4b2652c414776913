import { assertEquals } from "@std/assert";
import type { ClientMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { RTP_PARAMETERS } from "../fake_engine.ts";
import { FakeWorld } from "../fake_world.ts";

function produce(source: string | undefined): ClientMessage {
  return {
    type: "produce",
    transportId: "",
    kind: source === "microphone" ? "audio" : "video",
    rtpParameters: RTP_PARAMETERS,
    source,
  };
}

const BOB = { targetParticipantId: "bob" };

Deno.test("chat goes to the others and not back", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  world.forget();
  await alice.say({ type: "chatMessage", content: "hi" });
  assertEquals(world.journal, ["bob chatReceived"]);
  assertEquals(bob.last("chatReceived"), {
    type: "chatReceived",
    participantId: "alice",
    participantName: "alice",
    content: "hi",
  });
});

Deno.test.each<[why: string, content: string]>([
  ["empty", ""],
  ["longer than 4096 bytes", "é".repeat(2049)],
])("a chat message that is %s is refused", async (_why, content) => {
  const alice = await new FakeWorld().join("alice");
  assertEquals(
    await alice.refused({ type: "chatMessage", content }),
    "Error: Invalid chat message: must be 1-4096 characters",
  );
});

Deno.test.each<[why: string, message: ClientMessage, journal: string[]]>([
  ["textMute", { type: "textMute", ...BOB }, [
    "alice textMuted",
    "bob textMuted",
  ]],
  ["textUnmute", { type: "textUnmute", ...BOB }, [
    "alice textUnmuted",
    "bob textUnmuted",
  ]],
  ["camBan", { type: "camBan", ...BOB }, ["alice camBanned", "bob camBanned"]],
  ["camUnban", { type: "camUnban", ...BOB }, [
    "alice camUnbanned",
    "bob camUnbanned",
  ]],
  ["kick", { type: "kick", ...BOB }, [
    "alice participantKicked",
    "bob participantKicked",
    "alice participantLeft",
  ]],
  ["ban", { type: "ban", ...BOB }, [
    "alice participantBanned",
    "bob participantBanned",
    "alice participantLeft",
  ]],
  ["setRole", { type: "setRole", ...BOB, role: 3 }, [
    "alice roleChanged",
    "bob roleChanged",
  ]],
  ["setTopic", { type: "setTopic", topic: "t" }, [
    "alice topicChanged",
    "bob topicChanged",
  ]],
  ["updateRoomSettings", { type: "updateRoomSettings", secret: true }, [
    "alice roomSettingsChanged",
    "bob roomSettingsChanged",
  ]],
  ["requestVoice", { type: "requestVoice" }, ["alice voiceRequested"]],
])(
  "%s by the owner is heard by exactly those whom it concerns",
  async (_why, message, journal) => {
    const world = new FakeWorld();
    const alice = await world.join("alice");
    await world.join("bob");
    world.forget();
    await alice.say(message);
    assertEquals(world.journal, journal);
  },
);

Deno.test.each<[why: string, message: ClientMessage, error: string]>([
  [
    "to kick the owner",
    { type: "kick", targetParticipantId: "alice" },
    "Insufficient permissions to kick this participant",
  ],
  [
    "to ban the owner",
    { type: "ban", targetParticipantId: "alice" },
    "Insufficient permissions to ban this participant",
  ],
  [
    "to mute the owner",
    { type: "textMute", targetParticipantId: "alice" },
    "Insufficient permissions to moderate this participant",
  ],
  [
    "an unknown target",
    { type: "kick", targetParticipantId: "nobody" },
    "Target participant not found",
  ],
  [
    "an empty target",
    { type: "kick", targetParticipantId: "" },
    "Invalid target participant ID: must be 1-128 characters",
  ],
  [
    "a role that does not exist",
    { type: "setRole", ...BOB, role: 6 },
    "Invalid role value: 6",
  ],
  [
    "to make itself an admin",
    { type: "setRole", ...BOB, role: 4 },
    "Insufficient permissions to set this role",
  ],
  [
    "to unban",
    { type: "unban", targetUserId: "x" },
    "Insufficient permissions to unban (requires Admin+)",
  ],
  [
    "to set the topic",
    { type: "setTopic", topic: "t" },
    "Insufficient permissions to change room topic (requires Admin+)",
  ],
  [
    "to change settings",
    { type: "updateRoomSettings" },
    "Insufficient permissions to change room settings (requires Admin+)",
  ],
  [
    "to admit",
    { type: "admitFromLobby", ...BOB },
    "Insufficient permissions to admit from lobby",
  ],
  [
    "to deny",
    { type: "denyFromLobby", ...BOB },
    "Insufficient permissions to deny from lobby",
  ],
])("a guest is refused: %s", async (_why, message, error) => {
  const world = new FakeWorld();
  await world.join("alice");
  const bob = await world.join("bob");
  assertEquals(await bob.refused(message), `Error: ${error}`);
});

Deno.test("closeCam closes video only, and tells the owner too", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await bob.say({ type: "createSendTransport" });
  await bob.say(produce("microphone"));
  await bob.say(produce("camera"));
  const { producerId } = bob.last("producerCreated");
  world.forget();
  await alice.say({ type: "closeCam", ...BOB });
  assertEquals(world.journal, [
    "alice forceClosedProducer",
    "bob forceClosedProducer",
    "alice producerClosed",
    "bob producerClosed",
  ]);
  assertEquals(bob.last("forceClosedProducer"), {
    type: "forceClosedProducer",
    producerId,
    reason: "Closed by moderator",
  });
});

Deno.test("a cam ban blocks cameras and screens, not microphones", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await bob.say({ type: "createSendTransport" });
  await alice.say({ type: "camBan", ...BOB });
  const refusal = "Error: You are not allowed to produce this media type";
  assertEquals(await bob.refused(produce("camera")), refusal);
  assertEquals(await bob.refused(produce("screen")), refusal);
  assertEquals(await bob.refused(produce(undefined)), refusal);
  assertEquals(await bob.refused(produce("microphone")), undefined);
  await alice.say({ type: "camUnban", ...BOB });
  assertEquals(await bob.refused(produce("camera")), undefined);
});

Deno.test("who is muted cannot chat", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await alice.say({ type: "textMute", ...BOB });
  assertEquals(
    await bob.refused({ type: "chatMessage", content: "hi" }),
    "Error: You are not allowed to chat",
  );
});

Deno.test("who is kicked still believes to be in the room, but is not", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await bob.say({ type: "createSendTransport" });
  await alice.say({ type: "kick", ...BOB, reason: "spam" });
  assertEquals(bob.last("participantKicked").reason, "spam");
  assertEquals(
    await bob.refused(produce("camera")),
    "Error: Participant not found",
  );
  assertEquals(
    await bob.refused({ type: "chatMessage", content: "hi" }),
    "Error: Participant not found",
  );
  const answer = await bob.say({ type: "getRouterRtpCapabilities" });
  assertEquals(answer?.type, "routerRtpCapabilities");
  world.forget();
  await bob.say({ type: "leaveRoom" });
  assertEquals(world.journal, []);
});

Deno.test("who is banned cannot come back under the same id until unbanned", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await world.join("bob");
  await alice.say({ type: "ban", ...BOB });
  const again = await world.join("bob");
  assertEquals(
    again.last("error").message,
    "Error: You are banned from this room",
  );
  await alice.say({ type: "unban", targetUserId: "bob" });
  const then = await world.join("bob");
  assertEquals(then.heard.at(-1)?.type, "roomJoined");
  assertEquals(
    await alice.refused({ type: "unban", targetUserId: "bob" }),
    "Error: Participant is not banned",
  );
});

Deno.test.each<[why: string, settings: Partial<ClientMessage>, error: string]>([
  [
    "guests are not allowed",
    { guestsAllowed: false },
    "Guests are not allowed in this room",
  ],
  [
    "registration is required",
    { requireRegistration: true },
    "This room requires registration",
  ],
  ["the room is full", { maxParticipants: 1 }, "Room is full"],
  [
    "a password has been set",
    { password: "p" },
    "This room requires a password",
  ],
])("nobody new gets in when %s", async (_why, settings, error) => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", ...settings } as ClientMessage);
  const bob = await world.join("bob");
  assertEquals(bob.last("error").message, `Error: ${error}`);
});

Deno.test("in a moderated room a guest may neither produce nor chat until it is a member", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", moderated: true });
  const bob = await world.join("bob");
  await bob.say({ type: "createSendTransport" });
  assertEquals(bob.last("roomJoined").roomSettings?.moderated, true);
  assertEquals(
    await bob.refused(produce("microphone")),
    "Error: You are not allowed to produce this media type",
  );
  await alice.say({ type: "setRole", ...BOB, role: 2 });
  assertEquals(bob.last("roleChanged"), {
    type: "roleChanged",
    participantId: "bob",
    newRole: "member",
    grantedBy: "alice",
  });
  assertEquals(await bob.refused(produce("microphone")), undefined);
});

Deno.test("settings keep what a change does not mention", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "setTopic", topic: "t" });
  await alice.say({ type: "updateRoomSettings", maxParticipants: 7 });
  await alice.say({ type: "updateRoomSettings", secret: true });
  const { settings } = alice.last("roomSettingsChanged");
  assertEquals(
    [
      settings.topic,
      settings.maxParticipants,
      settings.secret,
      settings.ownerId,
    ],
    ["t", 7, true, "alice"],
  );
});
