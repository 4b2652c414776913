/** Rooms that appear with the first who asks and vanish with the last who leaves. */

import { assertEquals, assertRejects } from "@std/assert";
import { SignalingError } from "../../../../lib/sfu/signaling/errors.ts";
import {
  changedSettings,
  defaultSettings,
} from "../../../../lib/sfu/signaling/settings.ts";
import { FakeWorld, settle } from "../fake_world.ts";
import { RTP_PARAMETERS } from "../fake_engine.ts";

Deno.test("who asks for a room while it is being made gets the same one", async () => {
  const { hub, engine } = new FakeWorld();
  const [a, b, other] = await Promise.all([
    hub.obtain("r"),
    hub.obtain("r"),
    hub.obtain("s"),
  ]);
  assertEquals(a === b, true);
  assertEquals(a === other, false);
  assertEquals(engine.events.length, 2);
  assertEquals(await hub.obtain("r") === a, true);
});

Deno.test("a room that cannot be made fails all who wait for it, and is made for who asks next", async () => {
  const { hub, engine } = new FakeWorld();
  engine.failure = "No workers available";
  const both = [hub.obtain("r"), hub.obtain("r")];
  for (const one of both) {
    await assertRejects(() => one, SignalingError, "No workers available");
  }
  assertEquals(hub.rooms.size, 0);
  assertEquals((await hub.obtain("r")).id, "r");
});

Deno.test("an empty room is closed once, and whoever comes next gets another", async () => {
  const { hub, engine } = new FakeWorld();
  const room = await hub.obtain("r");
  hub.dropIfEmpty(room);
  hub.dropIfEmpty(room);
  assertEquals(engine.done, ["close router"]);
  const next = await hub.obtain("r");
  assertEquals(next === room, false);
  // The old one is no other's end.
  hub.dropIfEmpty(room);
  assertEquals(hub.rooms.get("r") === next, true);
});

Deno.test("a room with somebody in it, or in its lobby, is not empty", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "updateRoomSettings", lobbyEnabled: true });
  const bob = await world.join("bob");
  assertEquals(bob.last("lobbyWaiting").participantCount, 1);
  await alice.say({ type: "leaveRoom" });
  // Bob still waits there.
  assertEquals([world.hub.rooms.size, world.hub.participants], [1, 0]);
  await bob.say({ type: "leaveRoom" });
  assertEquals(world.hub.rooms.size, 0);
});

Deno.test("transports of everybody are counted, and given back by who leaves", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  for (const one of [alice, bob]) {
    await one.say({ type: "createSendTransport" });
    await one.say({ type: "createRecvTransport" });
  }
  assertEquals(world.hub.transports, 4);
  await alice.say({ type: "leaveRoom" });
  assertEquals(world.hub.transports, 2);
  bob.connection.end();
  await settle();
  // A ghost keeps what it had for its time of grace.
  assertEquals(world.hub.transports, 2);
  await world.clock.run(30_000);
  await settle();
  assertEquals([world.hub.transports, world.hub.rooms.size], [0, 0]);
});

Deno.test("a server that ends cancels what would still happen, and closes its rooms", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  const bob = await world.join("bob");
  await bob.say({ type: "createRecvTransport" });
  alice.connection.end();
  await settle();
  assertEquals(world.hub.ghosts.size, 1);
  world.hub.close();
  assertEquals([world.hub.ghosts.size, world.hub.rooms.size], [0, 0]);
  assertEquals(world.engine.done.at(-1), "close router");
  bob.connection.end();
  await settle();
  assertEquals(world.clock.pendingTimers, 0);
});

Deno.test("voices of who is gone are told to nobody", async () => {
  const world = new FakeWorld();
  const alice = await world.join("alice");
  await alice.say({ type: "createSendTransport" });
  await alice.say({
    type: "produce",
    transportId: alice.last("transportCreated").transportId,
    kind: "audio",
    rtpParameters: RTP_PARAMETERS,
  });
  const { producerId } = alice.last("producerCreated");
  const [events] = world.engine.events;
  world.forget();
  events.audioLevels([{ producerId: "nobody", volume: -1 }]);
  events.activeSpeaker("nobody");
  assertEquals(world.journal, []);
  events.audioLevels([
    { producerId, volume: -20 },
    { producerId: "nobody", volume: -1 },
  ]);
  assertEquals(alice.last("audioLevels").levels, [
    { participantId: "alice", volume: -20 },
  ]);
  await alice.say({ type: "leaveRoom" });
  world.forget();
  events.activeSpeaker(producerId);
  assertEquals(world.journal, []);
});

Deno.test("a change of settings keeps what it does not mention, and takes null and false for values", () => {
  const before = defaultSettings("r", "owner");
  const type = "updateRoomSettings" as const;
  assertEquals(changedSettings(before, { type }), before);
  const limited = changedSettings(before, { type, maxParticipants: 5 });
  assertEquals(limited, { ...before, maxParticipants: 5 });
  assertEquals(
    changedSettings(limited, { type, allowChat: false }),
    { ...before, maxParticipants: 5, allowChat: false },
  );
});

Deno.test("a password is no part of the settings; that there is one is, and stays so", () => {
  const before = defaultSettings("r", null);
  const type = "updateRoomSettings" as const;
  const locked = changedSettings(before, { type, password: "hunter2" });
  assertEquals(JSON.stringify(locked).includes("hunter2"), false);
  assertEquals(locked, { ...before, passwordProtected: true });
  assertEquals(changedSettings(locked, { type }).passwordProtected, true);
});
