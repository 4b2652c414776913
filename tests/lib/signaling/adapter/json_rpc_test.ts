/** Requests and replies as JSON, in the shapes that servers use. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Channel,
  type ChannelClosed,
  jsonRpc,
  type JsonRpcOptions,
} from "../../../../lib/signaling/adapter/mod.ts";

/** A channel whose server answers by `answer`. */
function channel(answer: (message: Record<string, unknown>) => unknown[]) {
  const closed = Promise.withResolvers<ChannelClosed>();
  const sent: unknown[] = [];
  let onText = (_text: string) => {};
  const there: Channel = {
    closed: closed.promise,
    onText: (handler) => onText = handler,
    send(text) {
      sent.push(JSON.parse(text));
      for (const one of answer(JSON.parse(text))) {
        queueMicrotask(() => onText(JSON.stringify(one)));
      }
    },
    waitingMs: () => 0,
    close: () => closed.resolve({ kind: "clean", code: 1000, reason: "" }),
  };
  return {
    there,
    sent,
    hear: (message: unknown) => onText(JSON.stringify(message)),
    hearText: (text: string) => onText(text),
  };
}

const SHAPES: readonly {
  readonly why: string;
  readonly options: JsonRpcOptions;
  readonly says: unknown;
  readonly yes: (id: unknown) => unknown;
  readonly no: (id: unknown) => unknown;
}[] = [
  {
    why: "JSON-RPC 2.0",
    options: {},
    says: { jsonrpc: "2.0", id: 1, method: "m", params: { a: 1 } },
    yes: (id) => ({ jsonrpc: "2.0", id, result: 7 }),
    no: (id) => ({ jsonrpc: "2.0", id, error: { code: 1, message: "no way" } }),
  },
  {
    why: "protoo",
    options: {
      makeRequest: (id, method, data) => ({ request: true, id, method, data }),
      readReply: ({ response, id, ok, data, errorReason }) =>
        response
          ? { id, data, error: ok ? undefined : errorReason }
          : undefined,
    },
    says: { request: true, id: 1, method: "m", data: { a: 1 } },
    yes: (id) => ({ response: true, id, ok: true, data: 7 }),
    no: (id) => ({
      response: true,
      id,
      errorCode: 500,
      errorReason: "no way",
    }),
  },
  {
    why: "a type and a number in the reply",
    options: {
      makeRequest: (id, type, data) => ({ type, data, seq: id }),
      readReply: ({ replyTo, data, error }) =>
        replyTo === undefined ? undefined : { id: replyTo, data, error },
    },
    says: { type: "m", data: { a: 1 }, seq: 1 },
    yes: (id) => ({ replyTo: id, data: 7, error: null }),
    no: (id) => ({ replyTo: id, error: { reason: "no way" } }),
  },
];

const idIn = (message: Record<string, unknown>) => message.id ?? message.seq;

Deno.test.each(SHAPES)(
  "$why: asks, and hears yes and no",
  async ({ options, says, yes, no }) => {
    const asked = channel((message) => [yes(idIn(message))]);
    assertEquals(await jsonRpc(asked.there, options).ask("m", { a: 1 }), 7);
    assertEquals(asked.sent, [says]);
    const refused = channel((message) => [no(idIn(message))]);
    await assertRejects(
      () => jsonRpc(refused.there, options).ask("m", { a: 1 }),
      Error,
      "no way",
    );
  },
);

Deno.test("replies overtake each other, and what is none is handed on", async () => {
  const ids: unknown[] = [];
  const { there, hear } = channel(({ id }) => {
    ids.push(id);
    return [];
  });
  const heard: unknown[] = [];
  const rpc = jsonRpc(there, { onMessage: (message) => heard.push(message) });
  const answers = Promise.all([rpc.ask("a"), rpc.ask("b")]);
  hear({ method: "news", params: 1 });
  hear({ id: ids[1], result: "second" });
  hear({ id: ids[0], result: "first" });
  hear({ id: 99, result: "nobody's" });
  assertEquals(await answers, ["first", "second"]);
  assertEquals(heard, [{ method: "news", params: 1 }]);
});

Deno.test("what waits when the connection closes, and what is asked later, is rejected", async () => {
  const { there } = channel(() => []);
  const rpc = jsonRpc(there);
  const waiting = rpc.ask("a");
  there.close();
  await assertRejects(() => waiting, Error, "the connection is closed");
  await assertRejects(() => rpc.ask("b"), Error, "the connection is closed");
});

Deno.test.each<{ why: string; frame: string; heard: unknown[] }>([
  {
    why: "a line each",
    frame: '{"a":1}\n{"a":2}',
    heard: [{ a: 1 }, { a: 2 }],
  },
  { why: "as a list", frame: '[{"a":1},{"a":2}]', heard: [{ a: 1 }, { a: 2 }] },
  {
    why: "with one that the adapter can make nothing of",
    frame: '[{"slip":true},{"a":2}]',
    heard: [{ a: 2 }],
  },
  {
    why: "one, which is a list",
    frame: '["1","2","room","joined",{"a":1}]',
    heard: [["1", "2", "room", "joined", { a: 1 }]],
  },
])("messages come in one frame $why", ({ frame, heard }) => {
  const { there, hearText } = channel(() => []);
  const told: unknown[] = [];
  jsonRpc(there, {
    onMessage(message) {
      if (message.slip) throw new Error("oops");
      told.push(message);
    },
  });
  if (frame.includes("slip")) {
    assertThrows(() => hearText(frame), Error, "oops");
  } else hearText(frame);
  assertEquals(told, heard);
});

Deno.test("requests and replies may be lists", async () => {
  const { there, sent } = channel((message) => {
    const [, ref, topic] = message as unknown as unknown[];
    return [["1", ref, topic, "phx_reply", { status: "ok", response: 7 }]];
  });
  const rpc = jsonRpc(there, {
    makeRequest: (id, event, data) => ["1", String(id), "room:r", event, data],
    readReply: ([, ref, , event, { response }]) =>
      event === "phx_reply" ? { id: Number(ref), data: response } : undefined,
  });
  assertEquals(await rpc.ask("produce", { kind: "audio" }), 7);
  assertEquals(sent, [["1", "1", "room:r", "produce", { kind: "audio" }]]);
});
