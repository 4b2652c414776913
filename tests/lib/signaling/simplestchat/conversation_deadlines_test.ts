import { assertEquals } from "@std/assert";
import {
  RATE_LIMIT_ERROR,
  type ServerMessage,
} from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import type { Operation } from "../../../../lib/signaling/simplestchat/operations.ts";
import { clientExamples as c, serverExamples as s } from "./wire/fixtures.ts";
import { converse, failure, types } from "./converse.ts";

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

Deno.test("a rate limit error says nothing about a request that is not sent yet", async () => {
  const { clock, channel, conversation } = converse();
  for (let n = 0; n < 45; n++) conversation.notify(c.chatMessage);
  const asked = failure(conversation.request("consume", c.consume));
  channel.deliver({ type: "error", message: RATE_LIMIT_ERROR });
  await clock.run(6_000);
  assertEquals((await asked).kind, "timeout");
});

Deno.test("the server owes an answer to the oldest request on the wire, and to a ping of the channel", async () => {
  const { clock, channel, conversation } = converse();
  assertEquals(conversation.waitingMs(), 0);
  const first = conversation.request(
    "get_router_caps",
    c.getRouterRtpCapabilities,
  );
  const next = failure(
    conversation.request("create_send_transport", c.createSendTransport),
  );
  clock.advance(3000);
  assertEquals(conversation.waitingMs(), 3000);
  channel.deliver(s.routerRtpCapabilities);
  await first;
  clock.advance(500);
  assertEquals(conversation.waitingMs(), 500);
  channel.waitsMs = 4000;
  assertEquals(conversation.waitingMs(), 4000);
  channel.waitsMs = 0;
  await clock.run(5000);
  await next;
  assertEquals(conversation.waitingMs(), 0);
});
