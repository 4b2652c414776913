/** The port's contract, kept by the adapter over a channel whose server is a script. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Refusal,
  SignalingError,
  type SignalingErrorKind,
  type SignalingEvent,
  type SignalingSession,
  UnreachableError,
} from "../../../../lib/signaling/port.ts";
import {
  OPERATIONS,
  simplestChat,
} from "../../../../lib/signaling/simplestchat/mod.ts";
import type {
  ClientMessage,
  ServerMessage,
} from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { ChannelError } from "../../../../lib/signaling/websocket/mod.ts";
import {
  FakeChannel,
  FakeClock,
  type Script,
} from "../../../../lib/testing/mod.ts";
import {
  clientExamples as c,
  routerRtpCapabilities,
  serverExamples as s,
  videoParameters,
} from "./wire/fixtures.ts";

/** What a server says to each request when all is well. */
const ANSWERS: Partial<Record<ClientMessage["type"], ServerMessage>> = {
  joinRoom: s.roomJoined,
  getRouterRtpCapabilities: s.routerRtpCapabilities,
  createSendTransport: { ...s.transportCreated, transportId: "t1" },
  createRecvTransport: { ...s.transportCreated, transportId: "t2" },
  connectTransport: { type: "transportConnected", transportId: "t1" },
  restartIce: { ...s.iceRestarted, transportId: "t1" },
  produce: { type: "producerCreated", producerId: "e1" },
  pauseProducer: { type: "producerPaused", producerId: "e1" },
  resumeProducer: { type: "producerResumed", producerId: "e1" },
  consume: { ...s.consumerCreated, consumerId: "c1", producerId: "e1" },
  pauseConsumer: { type: "consumerPaused", consumerId: "c1" },
  resumeConsumer: { type: "consumerResumed", consumerId: "c1" },
};

const healthy: Script = ({ type }) => {
  const answer = ANSWERS[type];
  return answer === undefined ? [] : [answer];
};

/** A visit, on a channel for each session. */
function visit(script: Script = healthy) {
  const clock = new FakeClock();
  const channels: FakeChannel[] = [];
  const events: SignalingEvent[] = [];
  const openSession = simplestChat(
    { url: "ws://h/ws", token: "jwt", password: "pw" },
    {
      clock,
      random: () => 0.5,
      openChannel: (_url, options = {}) => {
        assertEquals(options.token, "jwt");
        channels.push(new FakeChannel(script));
        return Promise.resolve(channels.at(-1)!);
      },
    },
  );
  const open = () =>
    openSession({
      roomId: "r1",
      participantName: "TestUser3",
      onEvent: (event) => events.push(event),
    });
  return { clock, channels, events, open };
}

const signal = new AbortController().signal;

/** A session that is in the room; what was said and told on the way is forgotten. */
async function inRoom(script?: Script) {
  const world = visit(script);
  const session = world.open();
  await session.connect({ signal });
  const [channel] = world.channels;
  channel.sent.length = 0;
  world.events.length = 0;
  return { ...world, session, channel };
}

/** Every request of the port: what it says, what it comes to, and as what it is measured. */
const REQUESTS: readonly {
  ask: (session: SignalingSession) => Promise<unknown>;
  says: ClientMessage;
  resolves: unknown;
  operation: typeof OPERATIONS[number];
}[] = [
  {
    ask: (session) => session.routerRtpCapabilities(),
    says: c.getRouterRtpCapabilities,
    resolves: s.routerRtpCapabilities.rtpCapabilities,
    operation: "get_router_caps",
  },
  {
    ask: (session) => session.createTransport("send"),
    says: c.createSendTransport,
    resolves: ANSWERS.createSendTransport,
    operation: "create_send_transport",
  },
  {
    ask: (session) => session.createTransport("recv"),
    says: c.createRecvTransport,
    resolves: ANSWERS.createRecvTransport,
    operation: "create_recv_transport",
  },
  {
    ask: (session) => session.restartIce!("t1", signal),
    says: c.restartIce,
    resolves: {
      iceParameters: s.iceRestarted.iceParameters,
      iceCandidates: undefined,
    },
    operation: "restart_ice",
  },
  {
    ask: (session) =>
      session.produce({
        transportId: "t1",
        kind: "video",
        rtpParameters: videoParameters,
      }),
    says: c.produce,
    resolves: "e1",
    operation: "produce_video",
  },
  {
    ask: (session) =>
      session.produce({
        transportId: "t1",
        kind: "audio",
        rtpParameters: videoParameters,
      }),
    says: { ...c.produce, kind: "audio", source: "microphone" },
    resolves: "e1",
    operation: "produce_audio",
  },
  {
    ask: (session) => session.pauseProducer!("e1"),
    says: c.pauseProducer,
    resolves: undefined,
    operation: "pause_producer",
  },
  {
    ask: (session) => session.resumeProducer!("e1"),
    says: c.resumeProducer,
    resolves: undefined,
    operation: "resume_producer",
  },
  {
    ask: (session) =>
      session.consume({
        transportId: "t2",
        producerId: "e1",
        rtpCapabilities: routerRtpCapabilities,
      }),
    says: c.consume,
    resolves: ANSWERS.consume,
    operation: "consume",
  },
  {
    ask: (session) => session.pauseConsumer!("c1"),
    says: c.pauseConsumer,
    resolves: undefined,
    operation: "pause_consumer",
  },
  {
    ask: (session) => session.resumeConsumer!("c1"),
    says: c.resumeConsumer,
    resolves: undefined,
    operation: "resume_consumer",
  },
];

Deno.test.each(REQUESTS)(
  "$operation is asked, answered and measured",
  async ({ ask, says, resolves, operation }) => {
    const { session, channel, events } = await inRoom();
    assertEquals(await ask(session), resolves);
    assertEquals(channel.sent, [says]);
    assertEquals(events, [{ type: "latency", operation, ms: 0 }]);
  },
);

Deno.test.each(
  [
    { direction: "send", operation: "connect_send_transport" },
    { direction: "recv", operation: "connect_recv_transport" },
  ] as const,
)(
  "that a $direction transport has our fingerprint is measured by its direction",
  async ({ direction, operation }) => {
    const { session, events } = await inRoom((message) =>
      message.type === "connectTransport"
        ? [{ type: "transportConnected", transportId: message.transportId }]
        : healthy(message)
    );
    const { transportId } = await session.createTransport(direction);
    await session.connectTransport(
      transportId,
      c.connectTransport.dtlsParameters,
    );
    assertEquals(events.at(-1), { type: "latency", operation, ms: 0 });
  },
);

Deno.test.each(REQUESTS)(
  "$operation that is refused rejects in the server's words",
  async ({ ask, operation }) => {
    const { session, events } = await inRoom((message) =>
      message.type === "joinRoom"
        ? healthy(message)
        : [{ type: "error", message: "Error: out of order" }]
    );
    const error = await assertRejects(() => ask(session), SignalingError);
    const { kind, detail, refusal } = error;
    assertEquals([kind, error.operation], ["server", operation]);
    assertEquals([detail, refusal], ["Error: out of order", undefined]);
    assertEquals(events, []);
  },
);

Deno.test.each(REQUESTS)(
  "$operation ends with the way to the server, and is told when asked before",
  async ({ ask, operation }) => {
    const { open } = visit();
    const early = await assertRejects(() => ask(open()), SignalingError);
    assertEquals([early.kind, early.operation], ["closed", operation]);

    const silent: Script = (message) =>
      message.type === "joinRoom" ? healthy(message) : [];
    const { session, channel, clock, events } = await inRoom(silent);
    const asked = assertRejects(() => ask(session), SignalingError);
    await clock.run(2000);
    assertEquals(session.unanswered(1000), [{ operation, waitedMs: 2000 }]);
    channel.drop();
    assertEquals((await asked).kind, "closed");
    assertEquals(events, [
      { type: "closed", message: "connection lost (code 1006)" },
    ]);
    assertEquals([session.isOpen, clock.pendingTimers], [false, 0]);
  },
);

Deno.test("a request that nobody answers is given up after its time", async () => {
  const { session, clock } = await inRoom((message) =>
    message.type === "joinRoom" ? healthy(message) : []
  );
  const asked = assertRejects(
    () => session.pauseProducer!("e1"),
    SignalingError,
  );
  await clock.run(5000);
  assertEquals((await asked).kind, "timeout");
});

Deno.test("answers find their requests in whatever order they and events come", async () => {
  const { session, channel, events, clock } = await inRoom((message) =>
    message.type === "joinRoom" ? healthy(message) : []
  );
  const wanted = (producerId: string) =>
    session.consume({
      transportId: "t2",
      producerId,
      rtpCapabilities: routerRtpCapabilities,
    });
  const asked = ["e1", "e2", "e3"].map(wanted);
  await clock.run(0);
  const answer = (producerId: string): ServerMessage => ({
    ...s.consumerCreated,
    producerId,
    consumerId: `of ${producerId}`,
  });
  channel.deliver(
    answer("e3"),
    { type: "producerPaused", producerId: "e1" },
    answer("e1"),
    answer("e2"),
  );
  const consumers = await Promise.all(asked);
  assertEquals(
    consumers.map(({ consumerId }) => consumerId),
    ["of e1", "of e2", "of e3"],
  );
  assertEquals(
    events.filter(({ type }) => type !== "latency"),
    [{ type: "producerPaused", producerId: "e1", isPaused: true }],
  );
});

Deno.test.each<{ said: string; refusal: Refusal | undefined }>([
  {
    said: "Error: Consumer limit reached (16). Cannot create more consumers.",
    refusal: { of: "consumers", granted: 16 },
  },
  {
    said: "Error: Consumer limit reached",
    refusal: { of: "consumers", granted: undefined },
  },
  { said: "Error: Not in a room", refusal: { of: "stranger" } },
  {
    said:
      "Error: Consumer error: Failed to create consumer: No compatible media codecs",
    refusal: { of: "codec" },
  },
  { said: "Error: no", refusal: undefined },
])(
  "what $said means is told in the port's words",
  async ({ said, refusal }) => {
    const { session } = await inRoom((message) =>
      message.type === "consume"
        ? [{ type: "error", message: said }]
        : healthy(message)
    );
    const { consume } = REQUESTS_BY_OPERATION;
    const error = await assertRejects(() => consume(session), SignalingError);
    assertEquals(error.refusal, refusal);
  },
);

const REQUESTS_BY_OPERATION = Object.fromEntries(
  REQUESTS.map(({ operation, ask }) => [operation, ask]),
);

Deno.test.each<{ says: ServerMessage; tells: SignalingEvent[] }>([
  {
    says: {
      ...s.newProducer,
      participantId: "p2",
      producerId: "e2",
      kind: "video",
    },
    tells: [{
      type: "producer",
      producerId: "e2",
      peerId: "p2",
      kind: "video",
    }],
  },
  { says: { ...s.newProducer, kind: "application" }, tells: [] },
  {
    says: { ...s.newProducer, kind: "Video" },
    tells: [{
      type: "producer",
      producerId: s.newProducer.producerId,
      peerId: s.newProducer.participantId,
      kind: "video",
    }],
  },
  {
    says: { type: "producerClosed", producerId: "e2" },
    tells: [{ type: "producerClosed", producerId: "e2" }],
  },
  {
    says: { type: "producerResumed", producerId: "e2" },
    tells: [{ type: "producerPaused", producerId: "e2", isPaused: false }],
  },
  {
    says: { type: "participantLeft", participantId: "p2" },
    tells: [{ type: "peerLeft", peerId: "p2" }],
  },
  {
    says: { ...s.consumerLayersChanged, consumerId: "c1", spatialLayer: 2 },
    tells: [{ type: "layers", consumerId: "c1", spatialLayer: 2 }],
  },
  {
    says: { type: "consumerLayersChanged", consumerId: "c1" },
    tells: [{ type: "layers", consumerId: "c1", spatialLayer: null }],
  },
  {
    says: { type: "participantKicked", participantId: "p1", reason: "spam" },
    tells: [{ type: "putOut", reason: "spam" }],
  },
  {
    says: { type: "participantBanned", participantId: "p1" },
    tells: [{ type: "putOut", reason: null }],
  },
  {
    says: { type: "participantKicked", participantId: "p2", reason: "spam" },
    tells: [],
  },
  { says: s.chatReceived, tells: [] },
  { says: s.activeSpeaker, tells: [] },
])(
  "of $says.type the client hears what concerns media",
  async ({ says, tells }) => {
    const { channel, events } = await inRoom();
    channel.deliver(says);
    assertEquals(events, tells);
  },
);

Deno.test("what cannot be read is counted, and nobody else's affair", async () => {
  const { channel, events } = await inRoom();
  channel.deliverText("{");
  channel.deliverText('{"type":"novelty"}');
  assertEquals(
    events.map((event) => event.type === "anomaly" && event.anomaly.kind),
    ["malformed", "unknown"],
  );
});

Deno.test("who comes in hears of what is there, and of what came before the answer", async () => {
  const { open, events } = visit((message) =>
    message.type === "joinRoom" ? [s.newProducer, s.roomJoined] : []
  );
  assertEquals(await open().connect({ signal }), {
    peerId: "p1",
    isResumed: false,
  });
  assertEquals(
    events.map((event) => event.type === "producer" && event.producerId),
    [s.newProducer.producerId, false, "e0"],
  );
});

Deno.test.each<{ error: string; kind: SignalingErrorKind }>([
  { error: "Error: Room is full", kind: "server" },
  { error: "Error: Incorrect room password", kind: "server" },
])(
  "a server that answers a join with $error lets nobody in",
  async ({ error, kind }) => {
    const { open, channels } = visit(({ type }) =>
      type === "joinRoom" ? [{ type: "error", message: error }] : []
    );
    const session = open();
    const refused = await assertRejects(
      () => session.connect({ signal }),
      SignalingError,
    );
    assertEquals([refused.kind, refused.operation], [kind, "join_room"]);
    await session.leave();
    assertEquals(channels[0].isOpen, false);
  },
);

Deno.test("a server that cannot be reached is told apart from one that says no", async () => {
  const session = simplestChat({ url: "ws://h/ws" }, {
    random: Math.random,
    openChannel: (url) =>
      Promise.reject(new ChannelError(url, { kind: "refused" })),
  })({ roomId: "r", participantName: "A", onEvent() {} });
  const { message } = await assertRejects(
    () => session.connect({ signal }),
    UnreachableError,
  );
  assertEquals(message, "Cannot reach ws://h/ws: connection refused.");
  await session.leave();
});

Deno.test("a layer is asked for without waiting for an answer", async () => {
  const { session, channel } = await inRoom();
  await session.preferLayer!("c1", 1);
  assertEquals(channel.sent, [c.setConsumerPreferredLayers]);
});

Deno.test("leaving says so and closes, once; cutting says nothing", async () => {
  const left = await inRoom();
  await Promise.all([left.session.leave(), left.session.leave()]);
  assertEquals(left.channel.sent, [c.leaveRoom]);
  const cut = await inRoom();
  cut.session.cut();
  assertEquals(cut.session.isOpen, false);
  await cut.session.leave();
  assertEquals([cut.channel.sent, cut.channel.isOpen], [[], false]);
});

Deno.test("who leaves while the channel opens leaves no channel open", async () => {
  const gate = Promise.withResolvers<FakeChannel>();
  const session = simplestChat({ url: "ws://h/ws" }, {
    random: Math.random,
    openChannel: () => gate.promise,
  })({ roomId: "r", participantName: "A", onEvent() {} });
  const connecting = session.connect({ signal });
  await session.leave();
  const channel = new FakeChannel();
  gate.resolve(channel);
  assertEquals(
    (await assertRejects(() => connecting, SignalingError)).kind,
    "closed",
  );
  assertEquals([channel.isOpen, channel.sent], [false, []]);
});

Deno.test("who gives up while joining is asked no more", async () => {
  const abort = new AbortController();
  const { open, clock } = visit(() => []);
  const session = open();
  const connecting = assertRejects(
    () => session.connect({ signal: abort.signal }),
    SignalingError,
  );
  await clock.run(1500);
  assertEquals(session.unanswered(1000), [
    { operation: "join_room", waitedMs: 1500 },
  ]);
  abort.abort();
  assertEquals((await connecting).kind, "aborted");
  await session.leave();
  assertEquals(clock.pendingTimers, 0);
});

/** A server that knows the token, or does not, and gives whoever joins anew another id. */
function returning(success: boolean): Script {
  let joins = 0;
  return (message) => {
    switch (message.type) {
      case "reconnect":
        return [{ ...s.reconnectResult, success }];
      case "joinRoom":
        return [{ ...s.roomJoined, participantId: `p${++joins}` }];
      default:
        return healthy(message);
    }
  };
}

Deno.test("with a good token we come back as who we were", async () => {
  const { session: former, open, channels } = await inRoom(returning(true));
  channels[0].drop();
  assertEquals(await open().connect({ signal, former }), {
    peerId: "p1",
    isResumed: true,
  });
  assertEquals(channels[1].sent, [c.reconnect]);
});

Deno.test("a session that was taken over can be taken over again", async () => {
  const { session: former, open, channels } = await inRoom(returning(true));
  channels[0].drop();
  const second = open();
  await second.connect({ signal, former });
  channels[1].drop();
  const { isResumed } = await open().connect({ signal, former: second });
  assert(isResumed);
});

Deno.test("with a stale token we join anew on the same connection, after one attempt", async () => {
  const { session: former, open, channels } = await inRoom(returning(false));
  channels[0].drop();
  assertEquals(await open().connect({ signal, former }), {
    peerId: "p2",
    isResumed: false,
  });
  assertEquals(
    channels[1].sent.map(({ type }) => type),
    ["reconnect", "joinRoom"],
  );
  await open().connect({ signal, former });
  assertEquals(channels[2].sent.map(({ type }) => type), ["joinRoom"]);
});

Deno.test("a token is kept until a server has listened", async () => {
  let isDown = true;
  const channel = new FakeChannel(returning(true));
  const openSession = simplestChat({ url: "ws://h/ws" }, {
    random: Math.random,
    openChannel: (url) =>
      isDown && channel.sent.length > 0
        ? Promise.reject(new ChannelError(url, { kind: "refused" }))
        : Promise.resolve(
          channel.sent.length === 0
            ? channel
            : new FakeChannel(returning(true)),
        ),
  });
  const visitor = { roomId: "r1", participantName: "A", onEvent() {} };
  const former = openSession(visitor);
  await former.connect({ signal });
  channel.drop();
  await assertRejects(
    () => openSession(visitor).connect({ signal, former }),
    UnreachableError,
  );
  isDown = false;
  const again = openSession(visitor);
  assert((await again.connect({ signal, former })).isResumed);
  await again.leave();
});

Deno.test("without a token we join at once", async () => {
  const { roomJoined: { reconnectToken: _, ...roomJoined } } = s;
  const { session: former, open, channels } = await inRoom((message) =>
    message.type === "joinRoom" ? [roomJoined] : healthy(message)
  );
  channels[0].drop();
  assertEquals((await open().connect({ signal, former })).isResumed, false);
  assertEquals(channels[1].sent.map(({ type }) => type), ["joinRoom"]);
});

Deno.test("when there is no way back the new connection is left as well", async () => {
  let isFull = false;
  const { session: former, open, channels, clock } = await inRoom((message) => {
    if (message.type === "reconnect") return [s.reconnectResult];
    return message.type === "joinRoom" && isFull
      ? [{ type: "error", message: "Error: Room is full" }]
      : healthy(message);
  });
  channels[0].drop();
  isFull = true;
  const session = open();
  const { kind } = await assertRejects(
    () => session.connect({ signal, former }),
    SignalingError,
  );
  await session.leave();
  assertEquals([kind, channels[1].isOpen], ["server", false]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("every request is measured under a name that is listed, and every name is used", () => {
  const named = [
    "join_room",
    "reconnect",
    "connect_send_transport",
    "connect_recv_transport",
    ...REQUESTS.map(({ operation }) => operation),
  ];
  assertEquals(named.sort(), [...OPERATIONS].sort());
});
