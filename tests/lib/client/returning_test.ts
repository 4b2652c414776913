import { assert, assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../lib/client/mod.ts";
import type { FakeChannel } from "../../../lib/testing/mod.ts";
import { count, errorsOf, NOTHING, statesOf, World } from "./world.ts";

function returns(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "returned" ? [event.how] : []
  );
}

Deno.test("a lost channel is tried again with the token, and with a whole join after that", async () => {
  const world = new World();
  const b = await world.joined("B");
  const { client, events } = await world.joined("A");
  await world.clock.run(2000);
  const before = client.totals();
  client.cutChannel();
  await world.clock.run(1000);
  assertEquals(statesOf(events), [
    "joining",
    "connected",
    "joining",
    "connected",
  ]);
  assertEquals(returns(events), ["rejoined"]);
  assertEquals(count(events, "connected"), 1);
  assertEquals(errorsOf(events), ["channel: connection closed"]);
  assertEquals(world.times("reconnect"), 1);
  // The server offers what our own ghost sent, like anyone's, and we know that nothing comes of it.
  assertEquals([client.producersOpen, client.consumersOpen], [2, 2]);
  await world.clock.run(2000);
  assert(client.totals().received > before.received);
  assert(client.totals().packetsSent > before.packetsSent);
  // The ghost of the first stay is there for its 30 s.
  assertEquals(world.server.participants.size, 3);
  await Promise.all([client.leave(), b.client.leave()]);
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a server that honours the token takes the client back with its transports", async () => {
  const world = new World({ honoursTokens: true });
  await world.joined("B");
  const { client, events } = await world.joined("A");
  const { transports } = world.participant("A");
  const { send, recv } = transports;
  client.cutChannel();
  await world.clock.run(1000);
  assertEquals(returns(events), ["reconnected"]);
  assertEquals(client.state, "connected");
  assertEquals([send!.state, recv!.state], ["connected", "connected"]);
  assertEquals(world.server.participants.size, 2);
  await world.joined("C");
  assertEquals(client.consumersOpen, 4);
});

Deno.test("what was asked for when the channel went is asked for again after a reconnect", async () => {
  let silent = true;
  const world = new World({
    honoursTokens: true,
    intercept: ({ type }, participant) =>
      type === "consume" && participant?.name === "A" && silent
        ? []
        : undefined,
  });
  await world.joined("A", { publish: undefined });
  const a = world.participant("A");
  await world.joined("B");
  a.channel.drop();
  silent = false;
  await world.clock.run(1000);
  assertEquals(
    [...world.server.participants].map(({ name }) => name),
    ["A", "B"],
  );
  assertEquals(a.consumersMade, 2);
});

Deno.test("a transport that went with the channel is not taken back: the client joins anew", async () => {
  const world = new World({ honoursTokens: true });
  const { client, events } = await world.joined("A");
  const { transports } = world.participant("A");
  client.cutChannel();
  await world.clock.run(10);
  transports.send!.lose();
  await world.clock.run(1000);
  assertEquals(returns(events), ["rejoined"]);
  assertEquals(client.state, "connected");
  assertEquals(world.participant("A").transports.send!.state, "connected");
  await client.leave();
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("what the server tells while a client comes back is not missed", async () => {
  let channel: FakeChannel | undefined;
  const world: World = new World({
    intercept: (message): undefined => {
      if (message.type !== "joinRoom" || world.times("reconnect") === 0) return;
      const { id, producers } = world.participant("C");
      channel!.deliver({
        type: "newProducer",
        participantId: id,
        producerId: producers[0].id,
        kind: "audio",
        source: null,
      });
    },
  });
  await world.joined("C", { roomId: "other" });
  const { client } = await world.joined("A", { publish: undefined });
  const { openChannel } = world.environment;
  world.environment.openChannel = async (signal) =>
    channel = await openChannel(signal) as FakeChannel;
  client.cutChannel();
  await world.clock.run(1000);
  assertEquals([client.state, client.consumersOpen], ["connected", 1]);
});

Deno.test("four attempts that fail are counted, and end in failure", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  world.server.isDown = true;
  world.server.dropChannels();
  await world.clock.run(20_000);
  assertEquals(count(events, "returnFailed"), 4);
  assertEquals(statesOf(events).at(-1), "failed");
  assertEquals(errorsOf(events).map((text) => text.split(":")[0]), [
    "channel",
    "connect",
    "connect",
    "connect",
    "connect",
  ]);
  await client.leave();
  assertEquals(client.state, "failed");
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a return that fails after it got into the room leaves no ghost there", async () => {
  let fails = false;
  const world = new World({
    intercept: ({ type }) =>
      fails && type === "createRecvTransport"
        ? [{ type: "error", message: "Error: no" }]
        : undefined,
  });
  const { client, events } = await world.joined("A");
  fails = true;
  client.cutChannel();
  await world.clock.run(20_000);
  assertEquals(count(events, "returnFailed"), 4);
  assertEquals(client.state, "failed");
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a server that comes back within the attempts is found", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  world.server.isDown = true;
  world.server.dropChannels();
  await world.clock.run(500);
  world.server.isDown = false;
  await world.clock.run(5000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  // The token is worth one attempt, and that was spent on a server that was down.
  assertEquals(world.times("reconnect"), 0);
});

Deno.test("a channel that goes while media begins is a return, not a failure", async () => {
  let cuts = true;
  const world = new World({
    intercept: ({ type }, participant) => {
      if (type !== "produce" || !cuts) return undefined;
      cuts = false;
      participant!.channel.drop();
      return [];
    },
  });
  const { client, events } = await world.joined("A");
  await world.clock.run(1000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(errorsOf(events), ["channel: connection lost (code 1006)"]);
  assertEquals(client.producersOpen, 2);
  await client.leave();
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a channel that goes while nobody asks anything of it is noticed as soon as DTLS is up", async () => {
  const gate = Promise.withResolvers<void>();
  const world = new World({ handshake: () => gate.promise });
  const { client, events } = world.client("A", { publish: undefined });
  const joining = client.join();
  await world.clock.run(100);
  world.server.dropChannels();
  await world.clock.run(100);
  assertEquals(client.state, "joining");
  gate.resolve();
  await joining;
  await world.clock.run(1000);
  assertEquals(returns(events), ["rejoined"]);
  assertEquals(client.state, "connected");
});

Deno.test("a channel that is lost before the client is in fails the join", async () => {
  const world = new World({
    intercept: ({ type }, participant) => {
      if (type !== "createRecvTransport") return undefined;
      participant!.channel.drop();
      return [];
    },
  });
  const { events } = await world.joined("A");
  assertEquals(statesOf(events), ["joining", "failed"]);
  assertEquals(errorsOf(events).length, 1);
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("leaving leaves nothing behind, at whatever moment of a return it comes", async () => {
  for (let turns = 0; turns < 120; turns++) {
    const world = new World({ honoursTokens: turns % 2 === 0 }, 1000);
    const { client, events } = await world.joined("A");
    client.cutChannel();
    await world.clock.run(0);
    // The return begins now, and not a turn of it has passed.
    world.clock.advance(250);
    for (let turn = 0; turn < turns; turn++) await undefined;
    await client.leave();
    const when = `after ${turns} turns`;
    assertEquals(statesOf(events).at(-1), "left", when);
    assertEquals(errorsOf(events), ["channel: connection closed"], when);
    await world.clock.run(30_000);
    assertEquals(await world.leftovers(), NOTHING, when);
  }
});

Deno.test("leaving during the pause before a return ends it at once", async () => {
  const world = new World();
  const { client } = await world.joined("A");
  client.cutChannel();
  await world.clock.run(50);
  await client.leave();
  assertEquals(client.state, "left");
  assertEquals(world.saidBy("A").includes("leaveRoom"), false);
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("leaving twice, and at the same time, is leaving once", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  await Promise.all([client.leave(), client.leave()]);
  await client.leave();
  assertEquals(
    world.saidBy("A").filter((type) => type === "leaveRoom").length,
    1,
  );
  assertEquals(statesOf(events), ["joining", "connected", "left"]);
  assertEquals(await world.leftovers(), NOTHING);
});
