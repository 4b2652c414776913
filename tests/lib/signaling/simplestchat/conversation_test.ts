import { assertEquals } from "@std/assert";
import type { ServerMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { clientExamples as c, serverExamples as s } from "./wire/fixtures.ts";
import { converse, failure, types } from "./converse.ts";

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

Deno.test.each([
  { text: "{", anomaly: { kind: "malformed", reason: "not JSON" } },
  { text: '{"type":"novelty"}', anomaly: { kind: "unknown", type: "novelty" } },
])(
  "$text is reported, and changes nothing",
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
  },
);

Deno.test("who stops listening hears nothing more", () => {
  const { channel, conversation } = converse();
  const heard: string[] = [];
  const stop = conversation.subscribe(({ type }) => heard.push(type));
  channel.deliver(s.activeSpeaker);
  stop();
  channel.deliver(s.audioLevels);
  assertEquals(heard, ["activeSpeaker"]);
});

function consume(producerId: string) {
  return { ...c.consume, producerId };
}

function consumed(producerId: string): ServerMessage {
  return { ...s.consumerCreated, producerId };
}
