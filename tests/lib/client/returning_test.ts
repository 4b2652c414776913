import { assert, assertEquals } from "@std/assert";
import type { ClientEvent } from "../../../lib/client/mod.ts";
import { TransportError } from "../../../lib/rtc/mod.ts";
import type { FakeChannel, FakeTransport } from "../../../lib/testing/mod.ts";
import type { ServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { returnPauseMs } from "../../../lib/client/return_pace.ts";
import { count, errorsOf, NOTHING, returns, statesOf, World } from "./world.ts";

/** A first attempt on a new channel has been made by then, and has succeeded if it can. */
const FIRST_RETURN_MS = 2500;

function losses(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "lost" ? [`${event.what}: ${event.message}`] : []
  );
}

Deno.test("a lost channel is tried again with the token, and with a whole join after that", async () => {
  const world = new World();
  const b = await world.joined("B");
  const { client, events } = await world.joined("A");
  await world.clock.run(2000);
  const before = client.totals();
  client.cutChannel();
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals(statesOf(events), [
    "joining",
    "connected",
    "away",
    "connected",
  ]);
  assertEquals(returns(events), ["rejoined"]);
  assertEquals(count(events, "connected"), 1);
  assertEquals(losses(events), ["channel: connection cut"]);
  assertEquals(errorsOf(events), []);
  assertEquals(world.times("reconnect"), 1);
  // The server offers what our own ghost sent, like anyone's, and we know that nothing comes of it.
  assertEquals([client.producersOpen, client.consumersOpen], [2, 2]);
  await world.clock.run(2000);
  assert(client.totals().packetsReceived > before.packetsReceived);
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
  await world.clock.run(FIRST_RETURN_MS);
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
  await world.clock.run(FIRST_RETURN_MS);
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
  await world.clock.run(FIRST_RETURN_MS);
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
  const openChannel = world.server.openChannel.bind(world.server);
  world.server.openChannel = () => channel = openChannel() as FakeChannel;
  client.cutChannel();
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals([client.state, client.consumersOpen], ["connected", 1]);
});

/** An ICE restart that is given up after 10 s. */
function answerless({ clock }: World): Promise<void> {
  return new Promise((_, reject) => {
    clock.setTimer(10_000, () => reject(new Error("no answer")));
  });
}

/** Both transports of a client. */
function legs(world: World, name: string): FakeTransport[] {
  const { send, recv } = world.participant(name).transports;
  return [send!, recv!];
}

Deno.test("pauses grow from 2 s to 4 s, spread by a quarter", () => {
  const pauses = (random: number) =>
    [0, 1, 2, 3, 50].map((attempt) => returnPauseMs(attempt, () => random));
  assertEquals(pauses(0), [1500, 3000, 3000, 3000, 3000]);
  assertEquals(pauses(1), [2000, 4000, 4000, 4000, 4000]);
});

Deno.test("a client tries to come back until it leaves; attempts are no errors, and staying away is one", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  world.server.isDown = true;
  world.server.dropChannels();
  await world.clock.run(600_000);
  assert(count(events, "returnFailed") > 600_000 / 4000);
  assertEquals(statesOf(events).at(-1), "away");
  assertEquals(errorsOf(events), []);
  await client.leave();
  assertEquals(client.state, "failed");
  assertEquals(errorsOf(events), [
    "channel: did not come back before it left: Cannot reach ws://fake.invalid/ws: connection refused.",
  ]);
  await world.clock.run(30_000);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test.each(
  [
    { why: "a server that is down", what: "channel" },
    { why: "a path that stays away", what: "transport" },
  ] as const,
)("patience ends a return to $why", async ({ what }) => {
  const world = new World();
  const { client, events } = await world.joined("A", { patienceMs: 20_000 });
  if (what === "channel") {
    world.server.isDown = true;
    world.server.dropChannels();
  } else {
    for (const one of legs(world, "A")) one.cutPath();
  }
  await world.clock.run(30_000);
  assertEquals(client.state, "failed");
  assertEquals(errorsOf(events).length, 1);
  assert(
    errorsOf(events)[0].startsWith(`${what}: did not come back within 20 s: `),
    errorsOf(events)[0],
  );
  const attempts = count(events, "returnFailed");
  await world.clock.run(30_000);
  assertEquals(count(events, "returnFailed"), attempts);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test.each([
  { why: "closes it with a code of its own", code: 4000 },
  { why: "goes away in order", code: 1001 },
  { why: "calls it a normal end", code: 1000 },
])("a client comes back when the server $why", async ({ code }) => {
  const world = new World();
  const { client, events } = await world.joined("A");
  world.participant("A").channel.drop({ kind: "clean", code, reason: "bye" });
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(errorsOf(events), []);
});

Deno.test.each(
  [
    { why: "both", directions: ["send", "recv"] },
    { why: "only what is sent", directions: ["send"] },
    { why: "only what is received", directions: ["recv"] },
  ] as const,
)(
  "a lost path of $why is found by an ICE restart after 3 s, on the same transports",
  async ({ directions }) => {
    const world = new World();
    const { client, events } = await world.joined("A");
    const { transports } = world.participant("A");
    for (const direction of directions) transports[direction]!.cutPath();
    await world.clock.run(2900);
    assertEquals([client.state, world.times("restartIce")], ["connected", 0]);
    await world.clock.run(200);
    assertEquals(client.state, "away");
    assertEquals(losses(events), [
      `transport: no answer to consent checks of the ${
        directions[0]
      } transport`,
    ]);
    assertEquals(world.times("restartIce"), directions.length);
    for (const direction of directions) transports[direction]!.mendPath();
    await world.clock.run(100);
    assertEquals([client.state, returns(events)], ["connected", [
      "iceRestart",
    ]]);
    assertEquals(transports, world.participant("A").transports);
    assertEquals([errorsOf(events), world.times("joinRoom")], [[], 1]);
  },
);

Deno.test("a path that comes back by itself within 3 s was never lost", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  for (const one of legs(world, "A")) one.cutPath();
  await world.clock.run(2900);
  for (const one of legs(world, "A")) one.mendPath();
  await world.clock.run(10_000);
  assertEquals([client.state, losses(events)], ["connected", []]);
  assertEquals(world.times("restartIce"), 0);
});

Deno.test("a path whose consent has ended is restarted at once, and nothing is sent meanwhile", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  for (const one of legs(world, "A")) one.cutPath("lost");
  await world.clock.run(100);
  assertEquals([client.state, world.times("restartIce")], ["away", 2]);
  const { packetsSent } = client.totals();
  await world.clock.run(5000);
  assertEquals(client.totals().packetsSent, packetsSent);
  for (const one of legs(world, "A")) one.mendPath();
  await world.clock.run(1000);
  assertEquals(returns(events), ["iceRestart"]);
  assert(client.totals().packetsSent > packetsSent);
});

Deno.test("a server that has the transports no more is joined anew, at once", async () => {
  const world = new World({
    intercept: ({ type }) =>
      type === "restartIce"
        ? [{ type: "error", message: "Error: Transport not found" }]
        : undefined,
  });
  const { client, events } = await world.joined("A");
  for (const one of legs(world, "A")) one.cutPath("lost");
  await world.clock.run(100);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(count(events, "returnFailed"), 1);
  // It left before: there is no ghost of it.
  assertEquals(world.server.participants.size, 1);
});

Deno.test.each(
  [
    { why: "both", directions: ["send", "recv"] },
    { why: "one", directions: ["recv"] },
  ] as const,
)(
  "a client whose server closes $why of its transports joins anew, at once",
  async ({ directions }) => {
    const world = new World();
    const { client, events } = await world.joined("A");
    const { transports } = world.participant("A");
    for (const direction of directions) transports[direction]!.lose();
    await world.clock.run(100);
    assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
    assertEquals([losses(events).length, errorsOf(events)], [1, []]);
    assertEquals([client.producersOpen, world.times("restartIce")], [2, 0]);
    await client.leave();
    await world.clock.run(30_000);
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("a server that says goodbye, closes the channels and is back later has everyone back", async () => {
  const world = new World();
  const all = [];
  for (const name of ["A", "B", "C"]) all.push(await world.joined(name));
  world.server.isDown = true;
  for (const name of ["A", "B", "C"]) {
    for (const one of legs(world, name)) one.lose();
  }
  await world.clock.run(50);
  world.server.dropChannels();
  await world.clock.run(20_000);
  assertEquals(all.map(({ client }) => client.state), ["away", "away", "away"]);
  world.server.isDown = false;
  await world.clock.run(4500);
  for (const { client, events } of all) {
    assertEquals([client.state, errorsOf(events)], ["connected", []]);
    assertEquals(returns(events), ["rejoined"]);
    assert(client.consumersOpen >= 4);
  }
});

Deno.test("a channel that goes while ICE is restarted is taken up again, and ICE restarted there", async () => {
  const world = new World({ honoursTokens: true });
  const { client, events } = await world.joined("A");
  const transports = legs(world, "A");
  for (const one of transports) one.cutPath("lost");
  await world.clock.run(1000);
  world.server.dropChannels();
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals([client.state, world.times("reconnect")], ["away", 1]);
  assertEquals(world.times("restartIce"), 4);
  for (const one of transports) one.mendPath();
  await world.clock.run(100);
  assertEquals([client.state, returns(events)], ["connected", ["reconnected"]]);
  assertEquals(transports, legs(world, "A"));
});

Deno.test.each([
  { why: "goes on there", honoursTokens: true, how: "reconnected" },
  { why: "joins anew", honoursTokens: false, how: "rejoined" },
])(
  "a channel by which no ICE restart is answered is given up for another one, and the client $why",
  async ({ honoursTokens, how }) => {
    let isDeaf = false;
    const world = new World({
      honoursTokens,
      intercept: ({ type }) => isDeaf && type === "restartIce" ? [] : undefined,
    });
    const { client, events } = await world.joined("A");
    isDeaf = true;
    const transports = legs(world, "A");
    for (const one of transports) one.cutPath("lost");
    await world.clock.run(4900);
    assertEquals([client.state, world.times("joinRoom")], ["away", 1]);
    isDeaf = false;
    for (const one of transports) one.mendPath();
    // It has waited for five seconds, which is more than a pause.
    await world.clock.run(600);
    assertEquals([client.state, returns(events)], ["connected", [how]]);
    await client.leave();
    // The server keeps who was lost for half a minute.
    await world.clock.run(31_000);
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("ICE restarts without an answer end after a minute in a join anew", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  for (const one of legs(world, "A")) {
    one.cutPath("lost");
    one.restartIce = () => answerless(world);
  }
  await world.clock.run(59_000);
  assertEquals(client.state, "away");
  await world.clock.run(3000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
});

/** What the server sends comes to the client no more, although it answers on the new path. */
function sendElsewhere(transport: FakeTransport): void {
  transport.deliverRtp = () => {};
}

Deno.test("an ICE restart that the server answers, and after which nothing comes, ends in a join anew", async () => {
  const world = new World();
  await world.joined("B");
  const { client, events } = await world.joined("A");
  await world.clock.run(2000);
  const [send, recv] = legs(world, "A");
  for (const one of [send, recv]) one.cutPath("lost");
  sendElsewhere(recv);
  await world.clock.run(1000);
  for (const one of [send, recv]) one.mendPath();
  await world.clock.run(1900);
  assertEquals([client.state, returns(events)], ["away", []]);
  await world.clock.run(200);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals([send.iceRestarts, recv.iceRestarts], [1, 1]);
  const { packetsReceived: received } = client.totals();
  await world.clock.run(1000);
  assert(client.totals().packetsReceived > received);
});

Deno.test("an ICE restart after which nothing comes because nobody sends is a return", async () => {
  const world = new World();
  const b = await world.joined("B");
  const { client, events } = await world.joined("A");
  await world.clock.run(2000);
  for (const one of legs(world, "A")) one.cutPath("lost");
  await b.client.leave();
  for (const one of legs(world, "A")) one.mendPath();
  await world.clock.run(3000);
  assertEquals([client.state, returns(events)], ["connected", ["iceRestart"]]);
  assertEquals(world.times("joinRoom"), 2);
});

Deno.test("when a whole room has lost its paths, who finds his first waits for the others, and joins no other time", async () => {
  const world = new World();
  const all = [];
  for (const name of ["A", "B", "C"]) all.push(await world.joined(name));
  await world.clock.run(2000);
  for (const name of ["A", "B", "C"]) {
    for (const one of legs(world, name)) one.cutPath("lost");
  }
  for (const [name, afterMs] of [["A", 0], ["B", 5000], ["C", 5000]] as const) {
    await world.clock.run(afterMs);
    for (const one of legs(world, name)) one.mendPath();
  }
  await world.clock.run(5000);
  for (const { client, events } of all) {
    assertEquals([client.state, returns(events)], ["connected", [
      "iceRestart",
    ]]);
  }
  assertEquals(world.times("joinRoom"), 3);
});

Deno.test.each([
  { why: "while it waits for a new channel", what: "channel" },
  { why: "while ICE is restarted", what: "path" },
])("who is put out $why is out", async ({ what }) => {
  const world = new World({ honoursTokens: true });
  const { client, events } = await world.joined("A");
  const me = world.participant("A");
  if (what === "path") {
    for (const one of legs(world, "A")) one.cutPath("lost");
    await world.clock.run(100);
    world.server.kick(me, "spam");
  } else {
    client.cutChannel();
    await world.clock.run(FIRST_RETURN_MS);
    world.server.kick(world.participant("A"), "spam");
  }
  await world.clock.run(60_000);
  assertEquals([client.state, errorsOf(events)], ["failed", [
    'kicked: the server put it out, and said "spam"',
  ]]);
  assertEquals(statesOf(events).at(-1), "failed");
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a client that fails while its channel is lost stays failed", async () => {
  const gate = Promise.withResolvers<void>();
  const world = new World({ handshake: () => gate.promise });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(100);
  world.server.dropChannels();
  await world.clock.run(100);
  gate.reject(new TransportError("dtls", "wrong peer"));
  await joining;
  await world.clock.run(60_000);
  assertEquals(statesOf(events), ["joining", "failed"]);
  assertEquals(errorsOf(events).map((text) => text.split(":")[0]), ["dtls"]);
  assertEquals([count(events, "returnFailed"), losses(events)], [0, []]);
  await client.leave();
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test.each([
  { why: "offers no codecs", codecs: [] },
  {
    why: "offers codecs that we do not send",
    codecs: [{ kind: "audio", mimeType: "audio/PCMU", clockRate: 8000 }],
  },
])(
  "a client that loses its channel before its transports are up, on a server that $why, is back once, and has not failed meanwhile",
  async ({ codecs }) => {
    const gate = Promise.withResolvers<void>();
    const world = new World({
      handshake: () => gate.promise,
      intercept: ({ type }) =>
        type === "getRouterRtpCapabilities"
          ? [{
            type: "routerRtpCapabilities",
            rtpCapabilities: { codecs, headerExtensions: [] },
          } as unknown as ServerMessage]
          : undefined,
    });
    const { client, events } = world.client("A");
    const joining = client.join();
    await world.clock.run(100);
    world.server.dropChannels();
    await world.clock.run(100);
    gate.resolve();
    await joining;
    await world.clock.run(60_000);
    assertEquals(statesOf(events), [
      "joining",
      "connected",
      "away",
      "connected",
    ]);
    assertEquals(count(events, "connected"), 1);
    assertEquals(errorsOf(events).filter((text) => /^internal/.test(text)), []);
    await client.leave();
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("what is muted while a client is away is muted once it is back", async () => {
  const world = new World({ honoursTokens: true });
  const { client } = await world.joined("A");
  client.cutChannel();
  await client.setPaused("audio", true);
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals(client.state, "connected");
  assertEquals(world.saidBy("A").filter((type) => type === "pauseProducer"), [
    "pauseProducer",
  ]);
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
  assert(count(events, "returnFailed") > 3);
  assertEquals(client.state, "away");
  // None but the ghost of the stay that was cut, for its 30 s.
  await world.clock.run(20_000);
  assertEquals(world.server.participants.size, 0);
  await client.leave();
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("the token is shown to the first server that listens, and to no other", async () => {
  const world = new World();
  const { client, events } = await world.joined("A");
  world.server.isDown = true;
  world.server.dropChannels();
  await world.clock.run(500);
  world.server.isDown = false;
  await world.clock.run(5000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(world.times("reconnect"), 1);
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
  await world.clock.run(FIRST_RETURN_MS);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals(losses(events), ["channel: connection lost (code 1006)"]);
  assertEquals(errorsOf(events), []);
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
  await world.clock.run(FIRST_RETURN_MS);
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
    world.clock.advance(2000);
    for (let turn = 0; turn < turns; turn++) await undefined;
    await client.leave();
    const when = `after ${turns} turns`;
    const wasAway = errorsOf(events).length === 1;
    assertEquals(statesOf(events).at(-1), wasAway ? "failed" : "left", when);
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
  assertEquals(client.state, "failed");
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

Deno.test("a server that says that the client is in no room has put it out: it joins anew", async () => {
  let isOut = false;
  const world: World = new World({
    intercept: ({ type }, participant) =>
      isOut && type === "consume" && participant?.name === "A" &&
        world.saidBy("A").filter((said) => said === "joinRoom").length === 1
        ? [{ type: "error", message: "Error: Not in a room" }]
        : undefined,
  });
  const { client, events } = await world.joined("A");
  isOut = true;
  await world.joined("B");
  await world.clock.run(1000);
  assertEquals([client.state, returns(events)], ["connected", ["rejoined"]]);
  assertEquals([client.consumersOpen, errorsOf(events)], [2, []]);
});

Deno.test("a server that puts out whoever comes back is not stormed", async () => {
  let isOut = false;
  const world = new World({
    intercept: ({ type }, participant) =>
      isOut && type === "consume" && participant?.name === "A"
        ? [{ type: "error", message: "Error: Participant not found: A" }]
        : undefined,
  });
  const { client } = await world.joined("A", { publish: undefined });
  isOut = true;
  await world.joined("B");
  await world.clock.run(10_000);
  const joins = world.saidBy("A").filter((type) => type === "joinRoom").length;
  assert(joins > 2 && joins < 20, `${joins} joins`);
  await client.leave();
});

Deno.test("a client whose transport the server has closed sends nothing that would be refused", async () => {
  const world = new World();
  const { client } = await world.joined("A");
  world.server.isDown = true;
  const { send } = world.participant("A").transports;
  let tries = 0;
  const trySend = send!.send.bind(send);
  send!.send = (...packet) => {
    tries++;
    return trySend(...packet);
  };
  send!.lose();
  await world.clock.run(10_000);
  assertEquals([client.state, tries], ["away", 0]);
});

Deno.test("a client that leaves while a request is open has lost nothing", async () => {
  const world = new World({
    intercept: ({ type }) => type === "resumeConsumer" ? [] : undefined,
  });
  await world.joined("B");
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(1000);
  await client.leave();
  await joining;
  assertEquals([losses(events), client.state], [[], "left"]);
});
