/** The channel over a WebSocket that is no network, in virtual time. */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type {
  ChannelClosed,
  ChannelPath,
} from "../../../../lib/signaling/websocket/channel.ts";
import {
  WebSocketChannel,
  type WebSocketChannelOptions,
} from "../../../../lib/signaling/websocket/websocket_channel.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";
import { createHider } from "../../../../lib/text/mod.ts";
import { FakeSocket } from "./fake_socket.ts";

/** A path on which all takes its time, and is kept until it is let through. */
class SlowPath implements ChannelPath {
  readonly underWay: {
    readonly direction: string;
    readonly bytes: number;
    readonly arrive: () => void;
  }[] = [];
  forgotten = 0;

  carry(direction: string, bytes: number, arrive: () => void): void {
    this.underWay.push({ direction, bytes, arrive });
  }

  forget(): void {
    this.forgotten++;
    this.underWay.length = 0;
  }

  /** Lets the first of what is under way come through. */
  letOne(): void {
    this.underWay.shift()?.arrive();
  }

  /** Lets all come through, and what follows from that. */
  letAll(): void {
    while (this.underWay.length > 0) this.letOne();
  }
}

interface Opened extends WebSocketChannelOptions {
  readonly secrets?: readonly string[];
}

function open({ secrets = [], ...options }: Opened = {}) {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const channel = new WebSocketChannel(
    socket.asWebSocket,
    clock,
    createHider([...secrets]),
    options,
  );
  const texts: string[] = [];
  channel.onText((text) => texts.push(text));
  const ended: ChannelClosed[] = [];
  channel.closed.then((closed) => ended.push(closed));
  return { clock, socket, channel, texts, ended };
}

Deno.test.each<{ why: string; data: Parameters<FakeSocket["says"]>[0] }>([
  { why: "as text", data: '{"a":"é"}' },
  { why: "as binary data", data: Buffer.from('{"a":"é"}') },
  {
    why: "as an ArrayBuffer",
    data: new TextEncoder().encode('{"a":"é"}').buffer,
  },
  {
    why: "in fragments that cut a character in two",
    data: [
      Buffer.from('{"a":"é"}').subarray(0, 7),
      Buffer.from('{"a":"é"}').subarray(7),
    ],
  },
])("a message is given as its text: it comes $why", ({ data }) => {
  const { socket, texts, channel } = open();
  socket.says(data);
  assertEquals(texts, ['{"a":"é"}']);
  channel.close();
});

Deno.test("messages of one frame are handed out one a turn, and what comes behind them keeps its place", () => {
  const { clock, socket, texts, channel } = open();
  socket.says('{"n":1}\n{"n":2}\n{"n":3}');
  assertEquals(texts, ['{"n":1}']);
  socket.says('{"n":4}');
  assertEquals(texts.length, 1);
  clock.advance(0);
  assertEquals(texts, [1, 2, 3, 4].map((n) => `{"n":${n}}`));
  socket.says('{"n":5}');
  assertEquals(texts.length, 5);
  channel.close();
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("what waits for its turn is handed out before the channel is told to be closed", async () => {
  const { clock, socket, texts, ended } = open();
  socket.says('{"n":1}\n{"n":2}\n{"n":3}');
  socket.ends(1000);
  assertEquals(texts.length, 3);
  await clock.run(10_000);
  assertEquals(texts.length, 3);
  assertEquals(ended, [{ kind: "clean", code: 1000, reason: "" }]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("who wants frames as they came gets them so, secrets and all", () => {
  const { socket, texts, channel } = open({
    asItCame: true,
    secrets: ["secret"],
  });
  const frame = '{"message":"secret"}\n{"n":2}';
  socket.says(frame);
  assertEquals(texts, [frame]);
  channel.close();
});

Deno.test("a server's words repeat no secret, and no password in a URL", () => {
  const { socket, texts, channel } = open({ secrets: ["hunter2"] });
  socket.says('{"error":"bad hunter2","id":"hunter2"}');
  socket.says('{"reason":"see wss://me:pass@h/ws?token=abc"}');
  assertEquals(texts[0], '{"error":"bad ***","id":"hunter2"}');
  assertEquals(texts[1].includes("pass"), false);
  assertEquals(texts[1].includes("abc"), false);
  channel.close();
});

Deno.test.each<{ code: number; kind: "clean" | "abnormal"; why: string }>([
  { code: 1000, kind: "clean", why: "normal" },
  { code: 1001, kind: "clean", why: "going away" },
  { code: 1005, kind: "clean", why: "a close frame without a code" },
  { code: 1006, kind: "abnormal", why: "no close frame" },
  { code: 1008, kind: "abnormal", why: "a policy" },
  { code: 1011, kind: "abnormal", why: "an error of the server" },
  { code: 1012, kind: "abnormal", why: "a restart" },
  { code: 4003, kind: "abnormal", why: "a code of its own" },
])("a server that closes with $code ($why) closes it $kind", async (row) => {
  const { clock, socket, ended } = open();
  socket.ends(row.code, "because");
  await clock.run(0);
  const { kind, code } = row;
  assertEquals(ended, [{ kind, code, reason: "because" }]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a closing reason repeats no secret", async () => {
  const { clock, socket, ended } = open({ secrets: ["hunter2"] });
  socket.ends(4001, "hunter2 is wrong");
  await clock.run(0);
  assertEquals(ended, [
    { kind: "abnormal", code: 4001, reason: "*** is wrong" },
  ]);
});

Deno.test("what went wrong first is the reason, not the code that follows from it", async () => {
  const { clock, socket, ended } = open();
  socket.emit("error", new Error("Invalid UTF-8 sequence"));
  socket.emit("error", new Error("read ECONNRESET"));
  socket.ends(1006);
  await clock.run(0);
  assertEquals(ended, [{ kind: "error", message: "Invalid UTF-8 sequence" }]);
});

Deno.test("a message that is too long is told by its limit", async () => {
  const { clock, socket, ended } = open();
  socket.emit(
    "error",
    Object.assign(new RangeError("Max payload size exceeded"), {
      code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
    }),
  );
  socket.ends(1009);
  await clock.run(0);
  assertEquals(ended, [{
    kind: "error",
    message: "the server sent a message of more than 4194304 bytes",
  }]);
});

Deno.test("closing says goodbye once, and is clean whatever the server then does", async () => {
  const { clock, socket, channel, ended } = open();
  channel.close();
  channel.close();
  assertEquals(socket.did, ["ping", "close 1000"]);
  assertEquals(clock.pendingTimers, 0);
  socket.ends(1006);
  channel.close();
  await clock.run(0);
  assertEquals(ended, [{ kind: "clean", code: 1000, reason: "" }]);
});

Deno.test("closing while the server closes adds no second close frame, and tells the server's code", async () => {
  const { clock, socket, channel, ended } = open();
  socket.readyState = 2;
  channel.close();
  socket.ends(1012, "restart");
  await clock.run(0);
  assertEquals(socket.did, ["ping"]);
  assertEquals(ended, [{ kind: "abnormal", code: 1012, reason: "restart" }]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("what is sent to a channel that is closed is gone, and no error", async () => {
  const { clock, socket, channel } = open();
  socket.ends(1000);
  await clock.run(0);
  channel.send("late");
  channel.close();
  await clock.run(60_000);
  assertEquals(socket.did, ["ping", "send late"]);
});

Deno.test("it pings at once and in its interval, and after the close no more", async () => {
  const { clock, socket } = open({ pingIntervalMs: 1000 });
  clock.advance(3500);
  assertEquals(socket.did, ["ping", "ping", "ping", "ping"]);
  socket.ends(1001);
  await clock.run(10_000);
  assertEquals(socket.did.length, 4);
});

Deno.test("a ping of the server is answered with what it said", () => {
  const { socket, channel } = open();
  socket.emit("ping", Buffer.from("are you there"));
  socket.emit("ping", Buffer.alloc(0));
  assertEquals(socket.did, ["ping", "pong are you there", "pong "]);
  channel.close();
});

Deno.test("a server that answered pings and then says nothing is given up, with the time of its silence", async () => {
  const { clock, socket, ended } = open({
    pingIntervalMs: 1000,
    silentAfterMs: 5000,
  });
  clock.advance(1500);
  socket.emit("pong");
  await clock.run(5500);
  assertEquals(socket.did.at(-1), "terminate");
  assertEquals(ended, [{ kind: "silent", silentMs: 5500 }]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test.each<{ why: string; sign: (socket: FakeSocket) => void }>([
  { why: "messages", sign: (socket) => socket.says("{}") },
  { why: "pings", sign: (socket) => socket.emit("ping", Buffer.alloc(0)) },
  { why: "pongs", sign: (socket) => socket.emit("pong") },
])("a server of which $why come is alive", async ({ sign }) => {
  const { clock, socket, channel, ended } = open({
    pingIntervalMs: 1000,
    silentAfterMs: 5000,
  });
  socket.emit("pong");
  for (let turn = 0; turn < 10; turn++) {
    await clock.run(4000);
    // The ping that waits went out a second after the last sign.
    assertEquals(channel.waitingMs(), 3000);
    sign(socket);
    assertEquals(channel.waitingMs(), 0);
  }
  assertEquals(ended, []);
  channel.close();
});

Deno.test("what goes over a slow path arrives when it is through, in both directions", () => {
  const path = new SlowPath();
  const { socket, channel, texts } = open({ path });
  path.letAll();
  channel.send("hello");
  assertEquals(socket.did, ["ping"]);
  assertEquals(path.underWay[0], {
    ...path.underWay[0],
    direction: "outbound",
    bytes: 5,
  });
  path.letAll();
  assertEquals(socket.did, ["ping", "send hello"]);
  socket.says("{}");
  assertEquals(texts, []);
  path.letAll();
  assertEquals(texts, ["{}"]);
  channel.close();
  path.letAll();
  assertEquals(socket.did.at(-1), "close 1000");
});

Deno.test("what is under way is counted in bytes, however many of them a character has", () => {
  const path = new SlowPath();
  const { socket, channel, texts } = open({ path });
  path.letAll();
  channel.send('"é€😀"');
  assertEquals(path.underWay[0].bytes, 11);
  path.letAll();
  // In characters it would be far less than a mebibyte.
  const text = JSON.stringify("€".repeat(350_000));
  socket.says(text);
  assertEquals(path.underWay[0].bytes, 1_050_002);
  assertEquals(socket.isPaused, true);
  path.letAll();
  assertEquals([texts, socket.isPaused], [[text], false]);
  channel.close();
});

Deno.test("more than a mebibyte under way is left in the socket until it has come through", () => {
  const path = new SlowPath();
  const { socket, channel, texts } = open({ path });
  path.letAll();
  const half = JSON.stringify("x".repeat(512 * 1024 - 2));
  socket.says(half);
  socket.says(half);
  assertEquals(socket.isPaused, false);
  socket.says("{}");
  assertEquals(socket.isPaused, true);
  path.letOne();
  assertEquals(socket.isPaused, false);
  path.letAll();
  assertEquals(texts.map(({ length }) => length), [524288, 524288, 2]);
  assertEquals(socket.did, ["ping", "pause", "resume"]);
  channel.close();
});

Deno.test("news of a close takes the path too, behind what was said before it", async () => {
  const path = new SlowPath();
  const { clock, socket, texts, ended } = open({ path });
  path.letAll();
  socket.says('{"n":1}');
  socket.ends(1011, "oops");
  await clock.run(0);
  assertEquals([texts, ended], [[], []]);
  path.letAll();
  await clock.run(0);
  assertEquals(texts, ['{"n":1}']);
  assertEquals(ended, [{ kind: "abnormal", code: 1011, reason: "oops" }]);
});

Deno.test("who closes waits for no news that is under way, and hears nothing more", async () => {
  const path = new SlowPath();
  const { clock, socket, channel, texts, ended } = open({ path });
  path.letAll();
  socket.says('{"n":1}');
  socket.ends(1011, "oops");
  channel.close();
  await clock.run(0);
  assertEquals(ended, [{ kind: "abnormal", code: 1011, reason: "oops" }]);
  assertEquals(path.forgotten, 1);
  path.letAll();
  await clock.run(0);
  assertEquals(texts, []);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a goodbye that does not get through is not waited for", async () => {
  const path = new SlowPath();
  const { clock, socket, channel, ended } = open({ path });
  channel.close();
  await clock.run(1999);
  assertEquals(ended, []);
  await clock.run(1);
  assertEquals(socket.did, ["terminate"]);
  assertEquals(ended, [{ kind: "clean", code: 1000, reason: "" }]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a goodbye that is under way when the socket ends is forgotten, and the end is clean", async () => {
  const path = new SlowPath();
  const { clock, socket, channel, texts, ended } = open({ path });
  path.letAll();
  socket.says('{"n":1}');
  channel.close();
  await clock.run(500);
  socket.ends(1006);
  await clock.run(0);
  assertEquals(ended, [{ kind: "clean", code: 1000, reason: "" }]);
  assertEquals([path.forgotten, path.underWay.length], [1, 0]);
  await clock.run(60_000);
  assertEquals([socket.did, texts], [["ping"], []]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a goodbye that gets through in time is followed by no end by force", async () => {
  const path = new SlowPath();
  const { clock, socket, channel } = open({ path });
  channel.close();
  await clock.run(1000);
  path.letAll();
  await clock.run(60_000);
  assertEquals(socket.did, ["ping", "close 1000"]);
});
