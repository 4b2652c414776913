import { assertEquals } from "@std/assert";
import type { ClientMessage } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import type { SignalingErrorKind } from "../../../../lib/signaling/port.ts";
import { clientExamples as c, serverExamples as s } from "./wire/fixtures.ts";
import { converse, failure, types } from "./converse.ts";

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

Deno.test("what came in place of a reply is told with who still waits for it", async () => {
  const { clock, channel, conversation } = converse();
  const asked = failure(conversation.request("produce_audio", c.produce));
  channel.deliver({ type: "produced" } as never);
  await clock.run(1200);
  assertEquals(conversation.unanswered(1000), [{
    operation: "produce_audio",
    waitedMs: 1200,
    meanwhile: 'what came is of the unknown type "produced"',
  }]);
  await conversation.leave();
  await asked;
});

Deno.test("what has waited for its reply for so long is told, and nothing that was answered or is new", async () => {
  const { clock, conversation } = converse();
  const old = failure(conversation.request("consume", c.consume));
  const queued = failure(conversation.request("produce_audio", c.produce));
  await clock.run(1200);
  const fresh = failure(
    conversation.request("resume_consumer", c.resumeConsumer),
  );
  assertEquals(conversation.unanswered(1000), [
    { operation: "consume", waitedMs: 1200 },
    { operation: "produce_audio", waitedMs: 1200 },
  ]);
  assertEquals(conversation.unanswered(2000), []);
  await conversation.leave();
  assertEquals(conversation.unanswered(0), []);
  await Promise.all([old, queued, fresh]);
});
