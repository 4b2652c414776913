import {
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  ChannelError,
  openWebSocketChannel,
  type WebSocketChannelOptions,
} from "../../lib/signaling/websocket/mod.ts";
import type { ChannelPath } from "../../lib/signaling/websocket/channel.ts";
import { joinRoom } from "../../lib/signaling/simplestchat/join.ts";
import { Conversation } from "../../lib/signaling/simplestchat/conversation.ts";
import { adaptedSessions } from "../../lib/signaling/adapted/mod.ts";
import { Network, Stream } from "../../lib/impairment/mod.ts";
import { systemClock } from "../../lib/time/mod.ts";
import { FakeClock } from "../../lib/testing/mod.ts";
import {
  clientExamples as c,
  serverExamples as s,
} from "../lib/signaling/simplestchat/wire/fixtures.ts";
import { LoopbackServer } from "./loopback_server.ts";

/** What a WebSocket server answers to an upgrade (RFC 6455 section 4.2.2). */
function switching({ headers }: IncomingMessage): string {
  const accept = createHash("sha1")
    .update(
      `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
    )
    .digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    "\r\n",
  ].join("\r\n");
}

async function failure(url: string, options?: WebSocketChannelOptions) {
  const error = await assertRejects(
    () => openWebSocketChannel(url, options),
    ChannelError,
  );
  return {
    message: error.message,
    kind: error.failure.kind,
    failure: error.failure,
  };
}

Deno.test("a client joins, asks, hears events and leaves", async () => {
  const heardByServer: string[] = [];
  const left = Promise.withResolvers<number>();
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("close", left.resolve);
    socket.on("message", (data) => {
      const { type } = JSON.parse(data.toString());
      heardByServer.push(type);
      if (type === "joinRoom") {
        socket.send(JSON.stringify(s.participantJoined));
        socket.send(JSON.stringify(s.roomJoined));
      }
      if (type === "createSendTransport") {
        socket.send(JSON.stringify(s.transportCreated));
      }
    });
  });
  const conversation = new Conversation(await openWebSocketChannel(server.url));
  const events: string[] = [];
  conversation.subscribe(({ type }) => events.push(type));
  const joined = await joinRoom(
    conversation,
    { roomId: "r", participantName: "n" },
    { random: Math.random },
  );
  assertEquals(joined.participants[0]?.name, "TestUser0");
  const created = await conversation.request(
    "create_send_transport",
    c.createSendTransport,
  );
  assertEquals(created.iceCandidates[0]?.port, 40000);
  await conversation.leave();
  assertEquals(await left.promise, 1000);
  assertEquals(heardByServer, ["joinRoom", "createSendTransport", "leaveRoom"]);
  assertEquals(events, ["participantJoined"]);
  assertEquals((await conversation.closed).kind, "clean");
});

Deno.test("what awaits a reply goes on before the event that came with it is heard", async () => {
  await using server = await LoopbackServer.webSocket((socket, request) => {
    socket.on("message", () => {
      request.socket.cork();
      socket.send(JSON.stringify(s.consumerCreated));
      socket.send(JSON.stringify(s.producerPaused));
      request.socket.uncork();
    });
  });
  const conversation = new Conversation(await openWebSocketChannel(server.url));
  const order: string[] = [];
  const event = Promise.withResolvers<void>();
  conversation.subscribe(({ type }) => {
    order.push(type);
    event.resolve();
  });
  order.push((await conversation.request("consume", c.consume)).type);
  await event.promise;
  assertEquals(order, ["consumerCreated", "producerPaused"]);
  await conversation.leave();
});

Deno.test("the token goes into the query, and neither subprotocol nor compression is offered", async () => {
  const request = Promise.withResolvers<IncomingMessage>();
  await using server = await LoopbackServer.webSocket((_, incoming) => {
    request.resolve(incoming);
  });
  const channel = await openWebSocketChannel(`${server.url}?a=b#c`, {
    token: "x&y",
  });
  const { url, headers } = await request.promise;
  assertEquals(url, "/ws?a=b&token=x%26y");
  assertEquals(headers["sec-websocket-protocol"], undefined);
  assertEquals(headers["sec-websocket-extensions"], undefined);
  channel.close();
  await channel.closed;
});

Deno.test("where nothing listens the connection is refused", async () => {
  let url: string;
  {
    await using server = await LoopbackServer.tcp(() => {});
    url = server.url;
  }
  const { kind, message } = await failure(url, { token: "secret" });
  assertEquals(kind, "refused");
  assertEquals(message, `Cannot reach ${url}: connection refused.`);
});

Deno.test("a server that is full says so", async () => {
  await using server = await LoopbackServer.upgrade(() =>
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 20\r\n\r\nToo many connections"
  );
  const { failure: why, message } = await failure(server.url);
  assertEquals(why, {
    kind: "http",
    status: 503,
    body: "Too many connections",
  });
  assertEquals(
    message,
    `Cannot reach ${server.url}: HTTP 503 (Too many connections).`,
  );
});

Deno.test("a web page in the place of the server is shown by its status alone", async () => {
  await using server = await LoopbackServer.upgrade(() =>
    "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n<html></html>"
  );
  assertEquals(
    (await failure(server.url)).message,
    `Cannot reach ${server.url}: HTTP 404.`,
  );
});

Deno.test("a server of another protocol is no WebSocket server", async () => {
  await using server = await LoopbackServer.tcp((socket) => {
    socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
  });
  const { kind, message } = await failure(server.url);
  assertEquals(kind, "notWebSocket");
  assertMatch(
    message,
    /^Cannot reach ws:\S+: not a WebSocket server \(.+\)\.$/,
  );
});

Deno.test("a server that hangs up is said to", async () => {
  await using server = await LoopbackServer.tcp((socket) => {
    socket.once("data", () => socket.end());
  });
  const { kind, message } = await failure(server.url);
  assertEquals(kind, "unreachable");
  assertEquals(message, `Cannot reach ${server.url}: the server hung up.`);
});

Deno.test("a server that accepts without the right key is no WebSocket server", async () => {
  await using server = await LoopbackServer.upgrade(() =>
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
  );
  assertEquals((await failure(server.url)).kind, "notWebSocket");
});

Deno.test("a server that accepts and says nothing is given up after its time", async () => {
  const clock = new FakeClock();
  const gone = Promise.withResolvers<void>();
  await using server = await LoopbackServer.tcp((socket) => {
    socket.once("close", () => gone.resolve());
    socket.once("data", () => clock.advance(10_000));
  });
  const { kind, message } = await failure(server.url, { clock });
  await gone.promise;
  assertEquals(kind, "timeout");
  assertEquals(message, `Cannot reach ${server.url}: no answer within 10 s.`);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("opening can be interrupted, before and while", async () => {
  const abort = new AbortController();
  const clock = new FakeClock();
  await using server = await LoopbackServer.tcp((socket) => {
    socket.once("data", () => abort.abort());
  });
  const { signal } = abort;
  assertEquals((await failure(server.url, { signal, clock })).kind, "aborted");
  assertEquals((await failure(server.url, { signal, clock })).kind, "aborted");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test.each(["localhost:3000", "http://localhost/ws", "", "ws://"])(
  "'%s' is called no WebSocket URL",
  async (url) => {
    const { kind, message } = await failure(url);
    assertEquals(kind, "badUrl");
    assertEquals(message, `Cannot reach "${url}": not a ws:// or wss:// URL.`);
  },
);

Deno.test("a host that does not exist is unreachable", async () => {
  const { kind, message } = await failure("ws://no-such-host.invalid/ws");
  assertEquals(kind, "unreachable");
  assertEquals(
    message,
    "Cannot reach ws://no-such-host.invalid/ws: no such host.",
  );
});

Deno.test("closing does not depend on a server that never answers it", async () => {
  await using server = await LoopbackServer.upgrade(switching);
  const channel = await openWebSocketChannel(server.url, { closeTimeoutMs: 1 });
  channel.close();
  channel.close();
  channel.send("lost");
  assertEquals(await channel.closed, { kind: "clean", code: 1000, reason: "" });
});

Deno.test.each(
  [
    { by: "going away", end: { code: 1001, reason: "bye" }, kind: "clean" },
    {
      by: "an error code",
      end: { code: 4000, reason: "kicked" },
      kind: "abnormal",
    },
    {
      by: "cutting the line",
      end: { code: 1006, reason: "" },
      kind: "abnormal",
    },
  ] as const,
)(
  "a server that ends with $by leaves a channel closed as $kind",
  async ({ end, kind }) => {
    await using server = await LoopbackServer.webSocket((socket) => {
      if (end.code === 1006) socket.terminate();
      else socket.close(end.code, end.reason);
    });
    const channel = await openWebSocketChannel(server.url);
    assertEquals(await channel.closed, { kind, ...end });
  },
);

Deno.test("a server that breaks the WebSocket protocol leaves a channel closed with the error", async () => {
  await using server = await LoopbackServer.webSocket((_, { socket }) => {
    socket.write(new Uint8Array([0xff, 0xff, 0xff, 0xff]));
  });
  const channel = await openWebSocketChannel(server.url);
  assertEquals((await channel.closed).kind, "error");
});

Deno.test("messages are read out of text, binary data, fragments and frames of several, in order", async () => {
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", () => {
      socket.send('{"n":1}');
      socket.send(new TextEncoder().encode('{"n":2}'));
      socket.send('{"n"', { fin: false });
      socket.send(":3}");
      socket.send('{"n":4}\n{"n":5}\n');
      socket.send('[{"n":6},{"n":7}]');
      socket.send('{\n"n":8}');
      socket.send("nothing\nat all");
    });
  });
  const channel = await openWebSocketChannel(server.url);
  const texts: string[] = [];
  const heard = Promise.withResolvers<void>();
  let turns = 0;
  const seen: number[] = [];
  channel.onText((text) => {
    texts.push(text);
    seen.push(turns);
    setTimeout(() => turns++, 0);
    if (texts.length === 9) heard.resolve();
  });
  channel.send("go");
  await heard.promise;
  assertEquals(texts, [
    ...[1, 2, 3, 4, 5, 6, 7].map((n) => `{"n":${n}}`),
    '{\n"n":8}',
    "nothing\nat all",
  ]);
  // Each in a turn of its own: what awaits one goes on before the next.
  assertEquals(seen[4] > seen[3], true);
  assertEquals(seen[6] > seen[5], true);
  channel.close();
  await channel.closed;
});

Deno.test("an adapter's channel gives frames as they came, with every secret in its place", async () => {
  const frames = [
    "",
    '[{"n":1},{"n":2}]',
    '["1","2",{"n":3}]',
    '{"n":4}\n{"n":5}',
    '{"message":"sesame","port":4242}',
    '42["joined","sesame",4242]',
  ];
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", () => frames.forEach((frame) => socket.send(frame)));
  });
  for (const password of ["sesame", "4242"]) {
    const heard = Promise.withResolvers<string[]>();
    const session = adaptedSessions(
      async (client) => {
        const texts: string[] = [];
        const channel = await client.openChannel();
        channel.onText((text) => {
          if (texts.push(text) === frames.length) heard.resolve(texts);
        });
        channel.send("go");
        return await new Promise<never>(() => {});
      },
      { url: server.url, password },
      {},
    )({ roomId: "r", participantName: "A", onEvent: () => {} });
    const given = new AbortController();
    const connecting = assertRejects(() =>
      session.connect({ signal: given.signal })
    );
    assertEquals(await heard.promise, frames);
    given.abort();
    await connecting;
    await session.leave();
  }
});

Deno.test("a message of more than 4 MiB ends the channel, in words", async () => {
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", () => socket.send("x".repeat(5 * 1024 * 1024)));
    socket.on("error", () => {});
  });
  const channel = await openWebSocketChannel(server.url);
  channel.send("go");
  assertEquals(await channel.closed, {
    kind: "error",
    message: "the server sent a message of more than 4194304 bytes",
  });
});

Deno.test("a server's words repeat no secret of ours, and everything else stays", async () => {
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", () => {
      socket.send(
        JSON.stringify({ type: "error", message: "not sesame!", id: "sesame" }),
      );
      socket.close(4000, "no sesame");
    });
  });
  const channel = await openWebSocketChannel(server.url, {
    password: "sesame",
  });
  const texts: string[] = [];
  channel.onText((text) => texts.push(text));
  channel.send("go");
  assertEquals(await channel.closed, {
    kind: "abnormal",
    code: 4000,
    reason: "no ***",
  });
  assertEquals(texts.map((text) => JSON.parse(text)), [
    { type: "error", message: "not ***!", id: "sesame" },
  ]);
});

Deno.test("a server's words keep the secrets of nobody's URL, and its ids and addresses stay", async () => {
  const url = "https://me:hunter2@sfu.example/room?key=K3Y";
  const shown = "https://sfu.example/room?key=***";
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", () => {
      socket.send(
        JSON.stringify({ type: "error", message: `no (see ${url})`, id: url }),
      );
      socket.close(4000, `ask ${url}`);
    });
  });
  const channel = await openWebSocketChannel(server.url);
  const texts: string[] = [];
  channel.onText((text) => texts.push(text));
  channel.send("go");
  assertEquals(await channel.closed, {
    kind: "abnormal",
    code: 4000,
    reason: `ask ${shown}`,
  });
  assertEquals(texts.map((text) => JSON.parse(text)), [
    { type: "error", message: `no (see ${shown})`, id: url },
  ]);
});

Deno.test("a server that stops answering pings is given up", async () => {
  const clock = new FakeClock();
  const ponged = Promise.withResolvers<void>();
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.once("ping", () => {
      socket.pong();
      socket.send("ponged");
    });
  }, { autoPong: false });
  const channel = await openWebSocketChannel(server.url, { clock });
  channel.onText(() => ponged.resolve());
  await ponged.promise;
  clock.advance(75_000);
  assertEquals(await channel.closed, { kind: "silent", silentMs: 75_000 });
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a server that never answers a ping is kept, however quiet it is", async () => {
  const clock = new FakeClock();
  await using server = await LoopbackServer.webSocket(() => {}, {
    autoPong: false,
  });
  const channel = await openWebSocketChannel(server.url, { clock });
  clock.advance(600_000);
  channel.close();
  assertEquals((await channel.closed).kind, "clean");
});

Deno.test("a server that answers pings is kept, however quiet it is", async () => {
  const clock = new FakeClock();
  await using server = await LoopbackServer.webSocket((socket) => {
    // Sent after the automatic pong, so it tells the client side that the pong is there.
    socket.on("ping", () => socket.send("ponged"));
  });
  const channel = await openWebSocketChannel(server.url, { clock });
  for (let ping = 0; ping < 8; ping++) {
    const ponged = Promise.withResolvers<void>();
    channel.onText(() => ponged.resolve());
    if (ping > 0) clock.advance(25_000);
    await ponged.promise;
  }
  channel.close();
  assertEquals((await channel.closed).kind, "clean");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("through a slow network, opening takes its round trips, and so does what is said and answered", async () => {
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", (data) => socket.send(`${data}!`));
  });
  const network = new Network(() => () => 0.5);
  const link = { delayMs: 40 };
  network.impair({ inbound: link, outbound: link }, systemClock.nowMs());
  const path = new Stream(network, systemClock);
  const startMs = systemClock.nowMs();
  const channel = await openWebSocketChannel(server.url, { path });
  const openMs = systemClock.nowMs();
  const texts: string[] = [];
  const both = Promise.withResolvers<void>();
  channel.onText((text) => texts.push(text) === 2 && both.resolve());
  channel.send("a");
  channel.send("b");
  await both.promise;
  // A timer may be a moment early.
  assertGreaterOrEqual(openMs - startMs, 4 * 40 - 5);
  assertGreaterOrEqual(systemClock.nowMs() - openMs, 2 * 40 - 5);
  assertEquals(texts, ["a!", "b!"]);
  channel.close();
  assertEquals((await channel.closed).kind, "clean");
});

Deno.test("opening through a network that is gone ends when its time is over, or when interrupted", async () => {
  const clock = new FakeClock();
  const network = new Network(() => () => 0.5);
  network.impair({ outbound: { outageMs: 60_000 } }, 0);
  const path = new Stream(network, clock);
  const url = "ws://127.0.0.1:9/ws";
  const late = failure(url, { clock, path });
  await clock.run(10_000);
  assertEquals((await late).kind, "timeout");
  const abort = new AbortController();
  const { signal } = abort;
  const aborted = failure(url, { clock, path, signal });
  await clock.run(100);
  abort.abort();
  assertEquals((await aborted).kind, "aborted");
  assertEquals(clock.pendingTimers, 0);
});

/** Lets everything through until it is cut. */
class Cuttable implements ChannelPath {
  isCut = false;

  carry(_way: string, _bytes: number, arrive: () => void) {
    if (!this.isCut) arrive();
  }

  forget() {}
}

Deno.test("a network that is gone for long ends a channel as a server does that stops answering pings", async () => {
  const clock = new FakeClock();
  const path = new Cuttable();
  const ponged = Promise.withResolvers<void>();
  await using server = await LoopbackServer.webSocket((socket) => {
    // Sent after the automatic pong.
    socket.on("ping", () => socket.send("ponged"));
  });
  const channel = await openWebSocketChannel(server.url, { clock, path });
  channel.onText(() => ponged.resolve());
  await ponged.promise;
  path.isCut = true;
  clock.advance(75_000);
  assertEquals(await channel.closed, { kind: "silent", silentMs: 75_000 });
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("who closes a channel through a network that is gone says nothing more, and waits for nobody", async () => {
  const clock = new FakeClock();
  const path = new Cuttable();
  const heard: string[] = [];
  const left = Promise.withResolvers<number>();
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("message", (data) => heard.push(String(data)));
    socket.on("close", left.resolve);
  });
  const channel = await openWebSocketChannel(server.url, { clock, path });
  path.isCut = true;
  channel.send("goodbye");
  channel.close();
  clock.advance(2000);
  assertEquals((await channel.closed).kind, "clean");
  assertEquals([await left.promise, heard], [1006, []]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("pings of the server are answered by the path, and that it hung up is heard by it", async () => {
  const clock = new FakeClock();
  const path = new Cuttable();
  const pongs: string[] = [];
  const opened = Promise.withResolvers<void>();
  let hangUp = () => {};
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on("pong", (data) => {
      pongs.push(String(data));
      opened.resolve();
    });
    socket.ping("one");
    hangUp = () => {
      socket.ping("two");
      socket.close(1001);
    };
  });
  const channel = await openWebSocketChannel(server.url, { clock, path });
  await opened.promise;
  path.isCut = true;
  hangUp();
  let isClosed = false;
  channel.closed.then(() => isClosed = true);
  // The server waits for our half of the closing handshake, which needs no path.
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals([isClosed, pongs], [false, ["one"]]);
  // Whoever leaves meanwhile waits no longer.
  channel.close();
  await channel.closed;
  assertEquals(clock.pendingTimers, 0);
});
