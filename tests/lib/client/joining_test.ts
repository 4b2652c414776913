import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { TransportError } from "../../../lib/rtc/mod.ts";
import type {
  ClientMessage,
  ServerMessage,
} from "../../../lib/signaling/simplestchat/wire/mod.ts";
import type { FakeChannel } from "../../../lib/testing/mod.ts";
import { AUDIO, count, errorsOf, NOTHING, statesOf, World } from "./world.ts";

Deno.test("a publisher takes the steps of a join in their order, then consumes in two passes", async () => {
  const world = new World();
  await world.joined("B");
  const { client, events } = await world.joined("A");
  assertEquals(world.saidBy("A"), [
    "joinRoom",
    "getRouterRtpCapabilities",
    "createSendTransport",
    "connectTransport",
    "createRecvTransport",
    "connectTransport",
    "produce",
    "produce",
    "consume",
    "consume",
    "resumeConsumer",
    "resumeConsumer",
  ]);
  assertEquals(statesOf(events), ["joining", "connected"]);
  assertEquals(errorsOf(events), []);
  assertEquals([client.producersOpen, client.consumersOpen], [2, 2]);
  assertEquals(count(events, "produced"), 2);
  assertEquals(count(events, "consumed"), 2);
});

Deno.test.each<{
  options: Parameters<World["client"]>[1];
  says: string[];
  why: string;
}>([
  {
    options: { publish: undefined },
    says: ["createRecvTransport", "connectTransport"],
    why: "a viewer has no send transport",
  },
  {
    options: { publish: AUDIO, maxVideo: 0 },
    says: [
      "createSendTransport",
      "connectTransport",
      "createRecvTransport",
      "connectTransport",
      "produce",
    ],
    why: "audio alone is one producer",
  },
  {
    options: { maxAudio: 0, maxVideo: 0 },
    says: ["createSendTransport", "connectTransport", "produce", "produce"],
    why: "who consumes nothing has no receive transport",
  },
])("$why", async ({ options, says }) => {
  const world = new World();
  await world.joined("A", options);
  assertEquals(world.saidBy("A").slice(2), says);
});

Deno.test("a client is connected when DTLS is up on both transports, and says so once", async () => {
  const recv = Promise.withResolvers<void>();
  const world = new World({
    handshake: (direction) =>
      direction === "recv" ? recv.promise : Promise.resolve(),
  });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(300);
  assertEquals(client.state, "joining");
  assertEquals(world.saidBy("A").at(-1), "connectTransport");
  recv.resolve();
  await joining;
  assertEquals(client.state, "connected");
  assertEquals(
    events.filter(({ type }) => type === "connected"),
    [{ type: "connected", atMs: 300 }],
  );
});

Deno.test("the fingerprint goes to the server with the role of the DTLS client", async () => {
  const world = new World();
  await world.joined("A", { publish: undefined });
  const connect = world.said.map(([, message]) => message).find(({ type }) =>
    type === "connectTransport"
  ) as ClientMessage & { type: "connectTransport" };
  assertEquals(connect.dtlsParameters, {
    role: "client",
    fingerprints: [{
      algorithm: "sha-256",
      value: new Array(32).fill("AB").join(":"),
    }],
  });
});

Deno.test.each<{ failure: TransportError; kind: string }>([
  { failure: new TransportError("iceTimeout", "no answer"), kind: "ice" },
  { failure: new TransportError("candidate", "no address"), kind: "ice" },
  { failure: new TransportError("socket", "no socket"), kind: "ice" },
  { failure: new TransportError("dtlsTimeout", "no handshake"), kind: "dtls" },
  { failure: new TransportError("dtls", "wrong peer"), kind: "dtls" },
])(
  "a transport that fails with $failure.kind fails the client as $kind",
  async ({ failure, kind }) => {
    const world = new World({
      handshake: (direction) =>
        direction === "recv" ? Promise.reject(failure) : Promise.resolve(),
    });
    const { client, events } = await world.joined("A");
    assertEquals(statesOf(events), ["joining", "failed"]);
    assertEquals(errorsOf(events), [`${kind}: ${failure.message}`]);
    assertEquals(count(events, "connected"), 0);
    assertEquals(await world.leftovers(), NOTHING);
    await client.leave();
    assertEquals(client.state, "failed");
  },
);

Deno.test.each<{ type: ClientMessage["type"]; error: string; is: string }>([
  { type: "joinRoom", error: "Error: Room is full", is: "join" },
  { type: "createSendTransport", error: "Error: no", is: "server" },
])(
  "a server that refuses $type fails the client as $is, and is left",
  async ({ type, error, is }) => {
    const world = new World({
      intercept: (message) =>
        message.type === type ? [{ type: "error", message: error }] : undefined,
    });
    const { events } = await world.joined("A");
    assertEquals(statesOf(events).at(-1), "failed");
    assertEquals(errorsOf(events).length, 1);
    assertEquals(errorsOf(events)[0].split(":")[0], is);
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("a server that is not there fails the client as connect", async () => {
  const world = new World();
  world.server.isDown = true;
  const { events } = await world.joined("A");
  assertEquals(statesOf(events), ["joining", "failed"]);
  assertEquals(errorsOf(events), [
    "connect: Cannot reach ws://fake.invalid/ws: connection refused.",
  ]);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("a server that is silent fails the client as timeout", async () => {
  const world = new World({
    intercept: ({ type }) => type === "createSendTransport" ? [] : undefined,
  });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(5_000);
  await joining;
  assertEquals(errorsOf(events).map((text) => text.split(":")[0]), ["timeout"]);
  assertEquals(await world.leftovers(), NOTHING);
});

const REFUSAL = "Error: You are not allowed to produce this media type";

Deno.test.each<{
  why: string;
  answer: (kind: "audio" | "video") => ServerMessage[] | undefined;
  sends: readonly string[];
  errors: readonly string[];
}>([
  {
    why: "all tracks are refused",
    answer: () => [{ type: "error", message: REFUSAL }],
    sends: [],
    errors: ["publish", "publish"],
  },
  {
    why: "pictures are refused",
    answer: (kind) =>
      kind === "video" ? [{ type: "error", message: REFUSAL }] : undefined,
    sends: ["audio"],
    errors: ["publish"],
  },
  {
    why: "sound is refused",
    answer: (kind) =>
      kind === "audio" ? [{ type: "error", message: "no" }] : undefined,
    sends: ["video"],
    errors: ["publish"],
  },
  {
    why: "pictures are not answered to",
    answer: (kind) => kind === "video" ? [] : undefined,
    sends: ["audio"],
    errors: ["timeout"],
  },
])(
  "a client whose tracks are not taken stays and hears the others: $why",
  async ({ answer, sends, errors }) => {
    const world = new World({
      intercept: (message, participant) =>
        message.type === "produce" && participant?.name === "A"
          ? answer(message.kind)
          : undefined,
    });
    const other = await world.joined("B");
    const { client, events } = world.client("A");
    const joining = client.join();
    await world.clock.run(6_000);
    await joining;
    await world.clock.run(1_000);
    assertEquals([client.state, client.consumersOpen], ["connected", 2]);
    const sent = events.flatMap((event) =>
      event.type === "produced" ? [event.kind] : []
    );
    assertEquals(sent, sends);
    assertEquals(client.producersOpen, sends.length);
    assertEquals(count(events, "notProduced"), errors.length);
    assertEquals(
      errorsOf(events).map((text) => text.split(":")[0]),
      errors,
    );
    assertGreater(client.totals().packetsReceived, 50);
    await client.leave();
    await other.client.leave();
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("a client that the server lets send nothing says so again when it has joined anew", async () => {
  let isOpen = false;
  const world = new World({
    intercept: ({ type }) =>
      type === "produce" && !isOpen
        ? [{ type: "error", message: REFUSAL }]
        : undefined,
  });
  const { client, events } = await world.joined("A");
  isOpen = true;
  client.rejoin();
  await world.clock.run(5_000);
  assertEquals([count(events, "notProduced"), count(events, "produced")], [
    2,
    2,
  ]);
  await client.leave();
});

Deno.test("a router without the codecs that a client sends has it as a viewer", async () => {
  const world = new World({
    intercept: ({ type }) =>
      type === "getRouterRtpCapabilities"
        ? [{
          type: "routerRtpCapabilities",
          rtpCapabilities: { codecs: [], headerExtensions: [] },
        }]
        : undefined,
  });
  const { client, events } = await world.joined("A");
  assertEquals(errorsOf(events), [
    "codec: the server has no audio/opus",
    "codec: the server has no video/VP8",
  ]);
  assertEquals(client.state, "connected");
});

Deno.test("what the server tells before roomJoined is not missed", async () => {
  const world: World = new World({
    intercept: ({ type }, participant): undefined => {
      if (type !== "joinRoom" || participant !== undefined) return;
      if (world.server.participants.size === 0) return;
      // Someone of another room stands for who is not in the list yet.
      const { id, producers } = world.participant("C");
      channel?.deliver({
        type: "newProducer",
        participantId: id,
        producerId: producers[0].id,
        kind: "audio",
        source: null,
      });
    },
  });
  let channel: FakeChannel | undefined;
  await world.joined("C", { roomId: "other" });
  const openChannel = world.server.openChannel.bind(world.server);
  world.server.openChannel = () => channel = openChannel() as FakeChannel;
  const { client } = await world.joined("A");
  assertEquals(client.consumersOpen, 1);
});

Deno.test("leaving leaves nothing behind, at whatever turn of a join it comes", async () => {
  // A whole join takes about a hundred turns of the microtask queue.
  for (let turns = 0; turns < 160; turns++) {
    const world = new World();
    const other = await world.joined("B");
    const { client, events } = world.client("A");
    const joining = client.join();
    for (let turn = 0; turn < turns; turn++) await undefined;
    await client.leave();
    await joining;
    const when = `after ${turns} turns`;
    assertEquals(statesOf(events).at(-1), "left", when);
    assertEquals(errorsOf(events), [], when);
    await other.client.leave();
    assertEquals(await world.leftovers(), NOTHING, when);
  }
});

Deno.test.each<{ type: ClientMessage["type"] }>([
  { type: "joinRoom" },
  { type: "createSendTransport" },
  { type: "connectTransport" },
  { type: "produce" },
  { type: "consume" },
  { type: "resumeConsumer" },
])(
  "leaving while $type is unanswered leaves nothing behind",
  async ({ type }) => {
    const world = new World({
      intercept: (message, participant) =>
        message.type === type && participant?.name !== "B" &&
          !(message.type === "joinRoom" && message.participantName === "B")
          ? []
          : undefined,
    });
    const other = await world.joined("B");
    const { client, events } = world.client("A");
    const joining = client.join();
    await world.clock.run(100);
    await client.leave();
    await joining;
    assertEquals(errorsOf(events), []);
    await other.client.leave();
    assertEquals(await world.leftovers(), NOTHING);
  },
);

Deno.test("leaving during a handshake ends it", async () => {
  const world = new World({ handshake: () => new Promise(() => {}) });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(100);
  await client.leave();
  await joining;
  assertEquals(statesOf(events), ["joining", "left"]);
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("leaving after seconds without a path tells what was waited for", async () => {
  const world = new World({ handshake: () => new Promise(() => {}) });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(3000);
  await client.leave();
  await joining;
  assertMatch(
    String(errorsOf(events)),
    /the send transport was not connected in \d+ ms, when the client left/,
  );
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("leaving a lobby tells that nobody let us in", async () => {
  const world = new World({
    intercept: ({ type }) =>
      type === "joinRoom"
        ? [{
          type: "lobbyWaiting",
          roomName: "a",
          topic: null,
          participantCount: 1,
        }]
        : undefined,
  });
  const { client, events } = world.client("A");
  const joining = client.join();
  await world.clock.run(3000);
  await client.leave();
  await joining;
  assertMatch(
    String(errorsOf(events)),
    /join_room: kept in the lobby, and let in by nobody within \d+ ms/,
  );
  assertEquals(await world.leftovers(), NOTHING);
});

Deno.test("who never tried to join stays planned, and cannot join after leaving", async () => {
  const world = new World();
  const { client, events } = world.client("A");
  await client.leave();
  await client.join();
  assertEquals([client.state, events.length], ["planned", 0]);
});
