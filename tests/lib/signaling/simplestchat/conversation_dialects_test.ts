/** Conversations with servers that write the wire in their own way. */

import { assertEquals } from "@std/assert";
import type { ServerMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { clientExamples as c, serverExamples as s } from "./wire/fixtures.ts";
import { converse, failure } from "./converse.ts";

/** A message as no schema has it. */
const odd = (message: object) => message as ServerMessage;

Deno.test("a reply that cannot be read fails its request at once, with the field's name", async () => {
  const { channel, conversation, anomalies, clock } = converse();
  const request = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  const next = conversation.request(
    "create_recv_transport",
    c.createRecvTransport,
  );
  channel.deliver(odd({ ...s.transportCreated, iceParameters: undefined }));
  assertEquals(await failure(request), {
    kind: "unreadable",
    message:
      "Cannot complete create_send_transport: the reply cannot be read, transportCreated: `iceParameters`: expected object, received undefined.",
  });
  assertEquals(anomalies.map(({ kind }) => kind), ["malformed"]);
  channel.deliver(s.transportCreated);
  assertEquals((await next).transportId, s.transportCreated.transportId);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("of requests that are out together, the one fails that the unreadable reply is for", async () => {
  const { channel, conversation } = converse();
  const ask = (producerId: string) =>
    conversation.request("consume", { ...c.consume, producerId });
  const [first, second, third] = ["a", "b", "c"].map(ask);
  const reply = (producerId: string) => ({ ...s.consumerCreated, producerId });
  channel.deliver(odd({ ...reply("b"), rtpParameters: "none" }));
  channel.deliver(odd({ ...reply("a"), producerId: null }));
  channel.deliver(reply("c"));
  assertEquals((await failure(second)).kind, "unreadable");
  assertEquals((await failure(first)).kind, "unreadable");
  assertEquals((await third).producerId, "c");
});

Deno.test("an event that cannot be read is counted, and fails nobody", async () => {
  const { channel, conversation, anomalies } = converse();
  const request = conversation.request(
    "get_router_caps",
    c.getRouterRtpCapabilities,
  );
  channel.deliver(odd({ ...s.audioLevels, levels: "loud" }));
  channel.deliver(odd({ type: "novelty" }));
  channel.deliver(s.routerRtpCapabilities);
  await request;
  assertEquals(anomalies.map(({ kind }) => kind), ["malformed", "unknown"]);
});

Deno.test("a server that numbers its ids is understood, also where it spells them in two ways", async () => {
  const { channel, conversation } = converse();
  const created = conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  channel.deliver(odd({ ...s.transportCreated, transportId: 12 }));
  const { transportId } = await created;
  assertEquals(transportId, "12");
  const connected = conversation.request("connect_send_transport", {
    ...c.connectTransport,
    transportId,
  });
  channel.deliver(odd({ ...s.transportConnected, transportId: 12 }));
  await connected;
});

Deno.test.each([
  { said: "OK 200", told: "cannot be read (not JSON)" },
  { said: '{"event":"joined"}', told: "cannot be read (missing field `type`)" },
  { said: '{"type":"joined"}', told: 'is of the unknown type "joined"' },
])(
  "a request that is answered by a riddle, $said, says so when its time is up",
  async ({ said, told }) => {
    const { channel, conversation, clock } = converse();
    const request = failure(
      conversation.request("produce_audio", c.produce),
    );
    channel.deliverText(said);
    await clock.run(5_000);
    assertEquals(
      (await request).message,
      `Cannot complete produce_audio: no reply within 5000 ms; what came ${told}.`,
    );
  },
);

/** A message without its type, or with one that is no text. */
const untyped = ({ type: _, ...rest }: ServerMessage, type?: unknown) =>
  JSON.stringify(type === undefined ? rest : { ...rest, type });

Deno.test.each([
  { said: untyped(s.producerCreated), told: "missing field `type`" },
  {
    said: untyped(s.producerCreated, 7),
    told: "field `type` is not a string",
  },
  {
    said: untyped(s.producerCreated, null),
    told: "field `type` is not a string",
  },
])(
  "a reply whose type is missing or no text, $said, fails its request at once",
  async ({ said, told }) => {
    const { channel, conversation, clock } = converse();
    const request = failure(conversation.request("produce_audio", c.produce));
    channel.deliverText(said);
    assertEquals(await request, {
      kind: "unreadable",
      message:
        `Cannot complete produce_audio: the reply cannot be read, ${told}.`,
    });
    assertEquals(clock.pendingTimers, 0);
  },
);

Deno.test("of requests that are out together, the one fails that a reply without a type repeats the id of", async () => {
  const { channel, conversation } = converse();
  const [first, second] = ["a", "b"].map((producerId) =>
    conversation.request("consume", { ...c.consume, producerId })
  );
  channel.deliverText(untyped({ ...s.consumerCreated, producerId: "b" }));
  assertEquals((await failure(second)).kind, "unreadable");
  channel.deliver({ ...s.consumerCreated, producerId: "a" });
  assertEquals((await first).producerId, "a");
});
