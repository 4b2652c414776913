/** The channel that an adapter gets, with what the command line says. */

import { assertEquals } from "@std/assert";
import {
  type ChannelDoors,
  type ChannelTarget,
  openAdapterChannel,
} from "../../../../lib/signaling/adapted/adapter_channel.ts";
import type { ChannelOptions } from "../../../../lib/signaling/adapter/mod.ts";
import type {
  Channel,
  WebSocketChannelOptions,
} from "../../../../lib/signaling/websocket/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

async function open(
  target: Partial<ChannelTarget> = {},
  options?: ChannelOptions,
) {
  const over = new AbortController();
  const told: string[] = [];
  let say = (_text: string): void => {};
  let opened: [url: string, options: WebSocketChannelOptions | undefined] = [
    "",
    undefined,
  ];
  let malformed = 0;
  const inner: Channel = {
    closed: new Promise(() => {}),
    onText: (handler) => say = handler,
    send: (text) => told.push(`send ${text}`),
    waitingMs: () => 42,
    close: () => told.push("close"),
  };
  const doors: ChannelDoors = {
    openChannel: (url, how) => {
      opened = [url, how];
      return Promise.resolve(inner);
    },
    timeoutMs: 1234,
    clock: new FakeClock(),
    signal: over.signal,
    onMalformed: () => malformed++,
  };
  const channel = await openAdapterChannel(
    { url: "ws://h/ws", ...target },
    options,
    doors,
  );
  return {
    channel,
    over,
    told,
    opened,
    say: (text: string) => say(text),
    malformed: () => malformed,
  };
}

Deno.test.each<{
  why: string;
  headers: readonly (readonly [string, string])[];
  options: ChannelOptions | undefined;
  url: string;
  sent: readonly (readonly [string, string])[];
}>([
  {
    why: "nothing asked for",
    headers: [],
    options: undefined,
    url: "ws://h/ws",
    sent: [],
  },
  {
    why: "another URL",
    headers: [],
    options: { url: new URL("wss://other/x?y=1") },
    url: "wss://other/x?y=1",
    sent: [],
  },
  {
    why: "a subprotocol and an origin behind the headers of the command line",
    headers: [["X-A", "1"]],
    options: { protocol: "protoo", origin: "https://app" },
    url: "ws://h/ws",
    sent: [
      ["X-A", "1"],
      ["Sec-WebSocket-Protocol", "protoo"],
      ["Origin", "https://app"],
    ],
  },
  {
    why: "an origin of the command line, which goes first",
    headers: [["ORIGIN", "https://mine"]],
    options: { origin: "https://app" },
    url: "ws://h/ws",
    sent: [["ORIGIN", "https://mine"]],
  },
])("a channel is opened with $why", async (row) => {
  const { opened } = await open(
    { connection: { headers: row.headers }, password: "pass" },
    row.options,
  );
  const [url, how] = opened;
  assertEquals(url, row.url);
  assertEquals<unknown>(how?.connection?.headers, row.sent);
  assertEquals(
    [how?.password, how?.connectTimeoutMs, how?.asItCame],
    ["pass", 1234, true],
  );
});

Deno.test("the headers of the command line are left as they are for the next channel", async () => {
  const headers: [string, string][] = [["X-A", "1"]];
  await open({ connection: { headers } }, { protocol: "p" });
  assertEquals(headers, [["X-A", "1"]]);
});

Deno.test("what a handler throws is told as nonsense, and the next text is heard", async () => {
  const { channel, say, malformed } = await open();
  const heard: unknown[] = [];
  channel.onText((text) => heard.push(JSON.parse(text)));
  for (const text of ["1", "{", "2"]) say(text);
  assertEquals([heard, malformed()], [[1, 2], 1]);
});

Deno.test("when the visit is over nothing more is heard", async () => {
  const { channel, say, over, malformed } = await open();
  const heard: string[] = [];
  channel.onText((text) => heard.push(text));
  say("before");
  over.abort();
  say("after");
  assertEquals([heard, malformed()], [["before"], 0]);
});

Deno.test("sending, closing and waiting are the channel's own", async () => {
  const { channel, told } = await open();
  channel.send("x");
  channel.close();
  assertEquals(told, ["send x", "close"]);
  assertEquals(channel.waitingMs(), 42);
});
