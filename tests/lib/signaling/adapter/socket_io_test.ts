/** socket.io as its servers speak it, frame by frame. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  type AdapterClient,
  type Channel,
  type ChannelClosed,
  socketIo,
  type SocketIoOptions,
} from "../../../../lib/signaling/adapter/mod.ts";

/** A server that lets in, and what it was told. */
function server({ url = "ws://h:1", greeting = '40{"sid":"me"}' } = {}) {
  const closed = Promise.withResolvers<ChannelClosed>();
  const sent: string[] = [];
  const lost: string[] = [];
  let opened = "";
  let say = (_frame: string): void => {};
  const channel: Channel = {
    closed: closed.promise,
    onText(handler) {
      say = handler;
      queueMicrotask(() => say('0{"sid":"x","upgrades":[]}'));
    },
    send(frame) {
      sent.push(frame);
      if (frame.startsWith("40")) queueMicrotask(() => say(greeting));
    },
    waitingMs: () => 0,
    close: () => closed.resolve({ kind: "clean", code: 1000, reason: "" }),
  };
  const client: Pick<AdapterClient, "url" | "openChannel" | "onClosed"> = {
    url: new URL(url),
    openChannel: (options) => {
      opened = String(options?.url);
      return Promise.resolve(channel);
    },
    onClosed: (reason) => lost.push(reason),
  };
  return {
    sent,
    lost,
    get opened() {
      return opened;
    },
    close: channel.close,
    say: (frame: string) => say(frame),
    connect: (options?: SocketIoOptions) =>
      socketIo(client as AdapterClient, options),
  };
}

Deno.test.each<{
  url: string;
  options: SocketIoOptions;
  opens: string;
  greeting: string;
  first: string;
}>([
  {
    url: "ws://h:1",
    options: {},
    opens: "ws://h:1/socket.io/?EIO=4&transport=websocket",
    greeting: '40{"sid":"me"}',
    first: "40",
  },
  {
    url: "wss://h/app?key=7",
    options: {
      path: "/live/",
      namespace: "/mediasoup",
      query: { roomId: "r 1" },
      auth: { token: "t" },
    },
    opens: "wss://h/live/?key=7&roomId=r+1&EIO=4&transport=websocket",
    greeting: '40/mediasoup,{"sid":"me"}',
    first: '40/mediasoup,{"token":"t"}',
  },
  {
    url: "ws://h",
    options: { path: "/rt" },
    opens: "ws://h/rt/?EIO=4&transport=websocket",
    greeting: '40{"sid":"me"}',
    first: "40",
  },
])("at $opens it enters with $first", async ({ options, ...expected }) => {
  const there = server(expected);
  const { id } = await there.connect(options);
  assertEquals(
    [id, there.opened, there.sent],
    ["me", expected.opens, [expected.first]],
  );
});

Deno.test("who is refused has the server's words", async () => {
  const there = server({ greeting: '44{"message":"unauthorized"}' });
  await assertRejects(() => there.connect(), Error, "unauthorized");
});

Deno.test.each<{ back: string; is?: unknown; no?: string }>([
  { back: '[{"id":7}]', is: { id: 7 } },
  { back: "[]", is: undefined },
  { back: '["success"]', is: "success" },
  { back: '[null,{"id":7}]', is: { id: 7 } },
  { back: '[{"error":null,"id":7}]', is: { error: null, id: 7 } },
  { back: '[{"error":"room is full"}]', no: "room is full" },
  { back: '[{"error":{"message":"room is full"}}]', no: "room is full" },
  { back: '["room is full",null]', no: "room is full" },
])("called back with $back, what is asked is answered", async (answer) => {
  const there = server();
  const socket = await there.connect();
  const asked = socket.ask("join", { room: "r" });
  assertEquals(there.sent.at(-1), '421["join",{"room":"r"}]');
  there.say(`431${answer.back}`);
  if (answer.no !== undefined) {
    await assertRejects(() => asked, Error, answer.no);
  } else assertEquals(await asked, answer.is);
});

Deno.test("events come to their handlers, and who wants an answer gets one", async () => {
  const there = server({ greeting: '40/ms,{"sid":"me"}' });
  const socket = await there.connect({ namespace: "/ms" });
  const heard: unknown[] = [];
  socket.on("left", (...values) => heard.push(values));
  socket.on("left", ({ id }) => heard.push(id));
  socket.on("offer", ({ n }, answer) => answer(n + 1));
  there.say('42/ms,["left",{"id":"p"},2]');
  there.say('42["left",{"id":"elsewhere"}]');
  there.say('42/ms,5["offer",{"n":1}]');
  there.say('42/ms,["unheard"]');
  there.say("2");
  socket.emit("bye");
  assertEquals(heard, [[{ id: "p" }, 2], "p"]);
  assertEquals(there.sent.slice(1), [
    "43/ms,5[2]",
    "3",
    '42/ms,["bye"]',
  ]);
});

Deno.test("a server that goes takes what was asked with it", async () => {
  const there = server();
  const socket = await there.connect();
  there.say("41");
  assertEquals(there.lost, ["the server disconnected the socket"]);
  const asked = socket.ask("join");
  there.say("1");
  await assertRejects(() => asked, Error, "closed");
  await assertRejects(() => socket.ask("join"), Error, "closed");
});
