import { assertEquals, assertRejects } from "@std/assert";
import {
  type ClientMessage,
  RATE_LIMIT_ERROR,
  type ServerMessage,
} from "../../../lib/protocol/mod.ts";
import {
  type Anomaly,
  Conversation,
  type Operation,
  SignalingError,
  type SignalingErrorKind,
} from "../../../lib/signaling/mod.ts";
import {
  FakeChannel,
  FakeClock,
  type Script,
} from "../../../lib/testing/mod.ts";
import {
  clientExamples as c,
  serverExamples as s,
} from "../protocol/fixtures.ts";

function converse(script?: Script) {
  const clock = new FakeClock();
  const channel = new FakeChannel(script);
  const events: ServerMessage[] = [];
  const latencies: [Operation, number][] = [];
  const anomalies: Anomaly[] = [];
  const conversation = new Conversation(channel, {
    clock,
    onLatency: (operation, ms) => latencies.push([operation, ms]),
    onAnomaly: (anomaly) => anomalies.push(anomaly),
  });
  conversation.subscribe((event) => events.push(event));
  return { clock, channel, conversation, events, latencies, anomalies };
}

function types(messages: readonly { readonly type: string }[]): string[] {
  return messages.map(({ type }) => type);
}

async function failure(promise: Promise<unknown>) {
  const { kind, message } = await assertRejects(() => promise, SignalingError);
  return { kind, message };
}

function consume(producerId: string) {
  return { ...c.consume, producerId };
}

Deno.test("a request resolves with its reply, and events pass by it in order", async () => {
  const { channel, conversation, events } = converse();
  const caps = conversation.request(
    "get_router_caps",
    c.getRouterRtpCapabilities,
  );
  channel.deliver(
    s.participantJoined,
    s.newProducer,
    s.routerRtpCapabilities,
    s.activeSpeaker,
  );
  assertEquals(
    (await caps).rtpCapabilities,
    s.routerRtpCapabilities.rtpCapabilities,
  );
  assertEquals(types(events), [
    "participantJoined",
    "newProducer",
    "activeSpeaker",
  ]);
});

Deno.test("latency counts from when the request was due, waiting for its turn included", async () => {
  const { clock, channel, conversation, latencies } = converse();
  const first = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  const second = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  clock.advance(100);
  channel.deliver(s.transportCreated);
  clock.advance(30);
  channel.deliver(s.transportCreated);
  await Promise.all([first, second]);
  const third = conversation.request("produce_audio", c.produce, {
    dueAtMs: 0,
  });
  channel.deliver(s.producerCreated);
  await third;
  assertEquals(latencies, [
    ["create_send_transport", 100],
    ["create_recv_transport", 130],
    ["produce_audio", 130],
  ]);
});

Deno.test("a request that was refused has no latency", async () => {
  const { conversation, latencies } = converse(() => [s.error]);
  await failure(conversation.request("produce_audio", c.produce));
  assertEquals(latencies, []);
});

Deno.test("one request is out at a time", async () => {
  const { channel, conversation } = converse();
  const send = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  const receive = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  assertEquals(types(channel.sent), ["createSendTransport"]);
  channel.deliver({ ...s.transportCreated, transportId: "send" });
  assertEquals(types(channel.sent), [
    "createSendTransport",
    "createRecvTransport",
  ]);
  channel.deliver({ ...s.transportCreated, transportId: "receive" });
  assertEquals((await send).transportId, "send");
  assertEquals((await receive).transportId, "receive");
});

Deno.test("a run of consumes goes out together, and what follows waits for all of it", async () => {
  const { channel, conversation } = converse();
  const consumers = ["a", "b", "c"].map((id) =>
    conversation.request("consume", consume(id))
  );
  const resumed = conversation.request("resume_consumer", c.resumeConsumer);
  assertEquals(types(channel.sent), ["consume", "consume", "consume"]);
  channel.deliver(consumed("c"), consumed("a"));
  assertEquals(channel.sent.length, 3);
  channel.deliver(consumed("b"));
  assertEquals(channel.sent.length, 4);
  channel.deliver(s.consumerResumed);
  await resumed;
  const ids = (await Promise.all(consumers)).map(({ producerId }) =>
    producerId
  );
  assertEquals(ids, ["a", "b", "c"]);
});

Deno.test("no more than 16 consumes are out, as the server drops replies beyond its queue", async () => {
  const { channel, conversation } = converse();
  const all = Array.from(
    { length: 20 },
    (_, id) => conversation.request("consume", consume(`${id}`)),
  );
  assertEquals(channel.sent.length, 16);
  channel.deliver(consumed("0"));
  assertEquals(channel.sent.length, 17);
  for (let id = 1; id < 20; id++) channel.deliver(consumed(`${id}`));
  assertEquals((await Promise.all(all)).length, 20);
});

Deno.test("a notice does not wait for the outstanding request", async () => {
  const { channel, conversation } = converse();
  const send = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  conversation.notify(c.chatMessage);
  assertEquals(types(channel.sent), ["createSendTransport", "chatMessage"]);
  channel.deliver(s.transportCreated);
  await send;
});

Deno.test("a pause is its owner's reply and everybody else's event", async () => {
  const { channel, conversation, events } = converse();
  const paused = conversation.request("pause_producer", {
    type: "pauseProducer",
    producerId: "mine",
  });
  channel.deliver(
    { type: "producerPaused", producerId: "theirs" },
    { type: "producerPaused", producerId: "mine" },
    { type: "producerPaused", producerId: "mine" },
  );
  assertEquals((await paused).producerId, "mine");
  assertEquals<unknown>(events, [
    { type: "producerPaused", producerId: "theirs" },
    { type: "producerPaused", producerId: "mine" },
  ]);
});

Deno.test("the server's error rejects the oldest request with the server's words", async () => {
  const { conversation } = converse(() => [s.error]);
  assertEquals(
    await failure(conversation.request("produce_video", c.produce)),
    {
      kind: "server",
      message:
        'Cannot complete produce_video: the server said "Error: Not in a room".',
    },
  );
});

Deno.test("an error about a chat message is an event to whoever waits for a transport", async () => {
  const { channel, conversation, events } = converse();
  const send = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  channel.deliver({
    type: "error",
    message: "Error: You are not allowed to chat",
  }, s.transportCreated);
  assertEquals((await send).transportId, "t1");
  assertEquals(types(events), ["error"]);
});

const DEADLINES: readonly {
  operation: Operation;
  request: typeof c.joinRoom | typeof c.reconnect | typeof c.produce;
  timeoutMs: number;
}[] = [
  { operation: "join_room", request: c.joinRoom, timeoutMs: 10_000 },
  { operation: "reconnect", request: c.reconnect, timeoutMs: 10_000 },
  { operation: "produce_audio", request: c.produce, timeoutMs: 5_000 },
];
Deno.test.each(DEADLINES)(
  "$operation has $timeoutMs ms",
  async ({ operation, request, timeoutMs }) => {
    const { clock, conversation } = converse();
    let settled = false;
    const reply = failure(conversation.request(operation, request)).finally(
      () => settled = true,
    );
    await clock.run(timeoutMs - 1);
    assertEquals(settled, false);
    await clock.run(1);
    assertEquals(await reply, {
      kind: "timeout",
      message: `Cannot complete ${operation}: no reply within ${timeoutMs} ms.`,
    });
    assertEquals(clock.pendingTimers, 0);
  },
);

Deno.test("the deadline counts from sending, so a queue does not time out by itself", async () => {
  const { clock, channel, conversation } = converse();
  const first = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  const second = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  clock.advance(4_000);
  channel.deliver(s.transportCreated);
  clock.advance(4_000);
  channel.deliver(s.transportCreated);
  assertEquals((await Promise.all([first, second])).length, 2);
});

Deno.test("a late reply is reported, and not taken for the next one of its kind", async () => {
  const { clock, channel, conversation, events, anomalies } = converse();
  const first = failure(
    conversation.request("create_send_transport", c.createSendTransport),
  );
  clock.advance(5_000);
  assertEquals((await first).kind, "timeout");
  const second = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  const late: ServerMessage = { ...s.transportCreated, transportId: "late" };
  channel.deliver(late, { ...s.transportCreated, transportId: "good" });
  assertEquals((await second).transportId, "good");
  assertEquals<unknown>(anomalies, [
    { kind: "late", operation: "create_send_transport", message: late },
  ]);
  assertEquals(events, []);
});

Deno.test("after a rate limit error the next reply still finds its own request", async () => {
  const { clock, channel, conversation, events, anomalies } = converse();
  const first = failure(
    conversation.request("create_send_transport", c.createSendTransport),
  );
  channel.deliver({ type: "error", message: RATE_LIMIT_ERROR });
  clock.advance(5_000);
  assertEquals((await first).kind, "rateLimited");
  const second = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  channel.deliver(s.transportCreated);
  assertEquals((await second).type, "transportCreated");
  assertEquals<unknown>(anomalies, [{ kind: "rateLimited" }]);
  assertEquals(events, []);
});

Deno.test("a rate limit error does not fail a request that is answered after it", async () => {
  const { channel, conversation } = converse();
  const send = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  conversation.notify(c.chatMessage);
  channel.deliver(
    { type: "error", message: RATE_LIMIT_ERROR },
    s.transportCreated,
  );
  assertEquals((await send).type, "transportCreated");
});

Deno.test("more than a second's frames are delayed, none is lost, and requests keep their turn", async () => {
  const { clock, channel, conversation } = converse(({ type }) =>
    type === "createSendTransport" ? [s.transportCreated] : []
  );
  for (let n = 0; n < 100; n++) {
    conversation.notify({ type: "chatMessage", content: `${n}` });
  }
  const send = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  assertEquals(channel.sent.length, 40);
  await clock.run(2_000);
  assertEquals((await send).type, "transportCreated");
  assertEquals(
    types(channel.sent.slice(0, 100)),
    Array(100).fill("chatMessage"),
  );
  assertEquals(channel.sent.length, 101);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test.each([
  { text: "{", anomaly: { kind: "malformed", reason: "not JSON" } },
  { text: '{"type":"novelty"}', anomaly: { kind: "unknown", type: "novelty" } },
])(
  "$text is counted and reported, and changes nothing",
  async ({ text, anomaly }) => {
    const { channel, conversation, anomalies } = converse();
    const send = conversation.request(
      "create_send_transport",
      c.createSendTransport,
    );
    channel.deliverText(text);
    channel.deliver(s.transportCreated);
    assertEquals((await send).type, "transportCreated");
    assertEquals<unknown>(anomalies, [anomaly]);
    assertEquals(
      Object.values(conversation.anomalies).reduce((a, b) => a + b),
      1,
    );
  },
);

Deno.test("the end of the channel rejects what is out and what waits, with the cause", async () => {
  const { clock, channel, conversation } = converse();
  const out = failure(
    conversation.request("create_send_transport", c.createSendTransport),
  );
  const waiting = failure(conversation.request("produce_audio", c.produce));
  channel.drop();
  assertEquals(await out, {
    kind: "closed",
    message:
      "Cannot complete create_send_transport: connection lost (code 1006).",
  });
  assertEquals((await waiting).kind, "closed");
  assertEquals(
    (await failure(conversation.request("consume", c.consume))).kind,
    "closed",
  );
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("leaving says so to the server, rejects what is out, and happens once", async () => {
  const { clock, channel, conversation } = converse();
  const out = failure(
    conversation.request("create_send_transport", c.createSendTransport),
  );
  await Promise.all([conversation.leave(), conversation.leave()]);
  conversation.notify(c.chatMessage);
  assertEquals((await out).kind, "closed");
  assertEquals(types(channel.sent), ["createSendTransport", "leaveRoom"]);
  assertEquals(channel.isOpen, false);
  assertEquals(clock.pendingTimers, 0);
  assertEquals((await conversation.closed).kind, "clean");
});

Deno.test("a leave goes out even when the pace holds other frames back", async () => {
  const { clock, channel, conversation } = converse();
  for (let n = 0; n < 60; n++) conversation.notify(c.chatMessage);
  await conversation.leave();
  assertEquals(channel.sent.at(-1)?.type, "leaveRoom");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("disposing leaves", async () => {
  const { channel, conversation } = converse();
  {
    await using _ = conversation;
  }
  assertEquals(types(channel.sent), ["leaveRoom"]);
});

const ABORTS: readonly {
  when: string;
  out: number;
  sent: ClientMessage["type"][];
}[] = [
  { when: "out", out: 0, sent: ["createSendTransport", "createRecvTransport"] },
  { when: "waiting", out: 1, sent: ["produce", "createRecvTransport"] },
];
Deno.test.each(ABORTS)(
  "a request can be given up while it is $when",
  async ({ out, sent }) => {
    const { clock, channel, conversation } = converse();
    const abort = new AbortController();
    const before = out === 1
      ? conversation.request("produce_audio", c.produce)
      : undefined;
    const given = failure(
      conversation.request("create_send_transport", c.createSendTransport, {
        signal: abort.signal,
      }),
    );
    const after = conversation.request(
      "create_recv_transport",
      c.createRecvTransport,
    );
    abort.abort();
    const kind: SignalingErrorKind = "aborted";
    assertEquals((await given).kind, kind);
    if (before !== undefined) channel.deliver(s.producerCreated);
    // The reply to the one that was sent and given up comes first.
    else channel.deliver({ ...s.transportCreated, transportId: "given up" });
    channel.deliver(s.transportCreated);
    assertEquals((await after).transportId, "t1");
    assertEquals(types(channel.sent), sent);
    assertEquals(clock.pendingTimers, 0);
  },
);

Deno.test("a signal that has fired stops a request before it is sent", async () => {
  const { channel, conversation } = converse();
  const request = conversation.request("consume", c.consume, {
    signal: AbortSignal.abort(),
  });
  assertEquals((await failure(request)).kind, "aborted");
  assertEquals(channel.sent, []);
});

Deno.test("a request that the pace holds back can still be given up unsent", async () => {
  const { clock, channel, conversation } = converse();
  const abort = new AbortController();
  for (let n = 0; n < 45; n++) conversation.notify(c.chatMessage);
  const given = failure(
    conversation.request("consume", c.consume, { signal: abort.signal }),
  );
  abort.abort();
  assertEquals((await given).kind, "aborted");
  await clock.run(1_000);
  assertEquals(types(channel.sent), Array(45).fill("chatMessage"));
});

Deno.test("a rate limit error says nothing about a request that is not sent yet", async () => {
  const { clock, channel, conversation } = converse();
  for (let n = 0; n < 45; n++) conversation.notify(c.chatMessage);
  const asked = failure(conversation.request("consume", c.consume));
  channel.deliver({ type: "error", message: RATE_LIMIT_ERROR });
  await clock.run(6_000);
  assertEquals((await asked).kind, "timeout");
});

Deno.test("a signal that outlives its requests keeps none of them", async () => {
  const { conversation } = converse(() => [s.transportCreated]);
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    listeners++;
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners--;
    remove(type, listener);
  };
  await conversation.request("create_send_transport", c.createSendTransport, {
    signal,
  });
  assertEquals(listeners, 0);
});

Deno.test("who stops listening hears nothing more", () => {
  const { channel, conversation } = converse();
  const heard: string[] = [];
  const stop = conversation.subscribe(({ type }) => heard.push(type));
  channel.deliver(s.activeSpeaker);
  stop();
  channel.deliver(s.audioLevels);
  assertEquals(heard, ["activeSpeaker"]);
});

function consumed(producerId: string): ServerMessage {
  return { ...s.consumerCreated, producerId };
}
