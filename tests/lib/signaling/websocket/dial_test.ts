/** Dialling, as far as it goes without a network. */

import { assertEquals, assertRejects } from "@std/assert";
import type { ChannelPath } from "../../../../lib/signaling/websocket/channel.ts";
import {
  ChannelError,
  type ChannelFailure,
} from "../../../../lib/signaling/websocket/channel_error.ts";
import { openWebSocketChannel } from "../../../../lib/signaling/websocket/open.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

async function refusal(
  url: string,
  options: Parameters<typeof openWebSocketChannel>[1],
): Promise<ChannelError> {
  return await assertRejects(
    () => openWebSocketChannel(url, options),
    ChannelError,
  );
}

Deno.test.each([
  { why: "another scheme", url: "http://h/ws" },
  { why: "a scheme that begins like one", url: "wsx://h/ws" },
  { why: "no scheme", url: "h:3000/ws" },
  { why: "no host", url: "ws://" },
  { why: "a port that is none", url: "ws://h:99999/ws" },
  { why: "nothing", url: "" },
])("what is no WebSocket URL is refused at once: $why", async ({ url }) => {
  const clock = new FakeClock();
  const error = await refusal(url, { clock });
  assertEquals(error.failure, { kind: "badUrl" });
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("an error names the server without the password and the token of its URL", async () => {
  const error = await refusal("http://me:hunter2@h/ws?token=abcdef", {
    clock: new FakeClock(),
  });
  for (const secret of ["hunter2", "abcdef"]) {
    assertEquals(error.message.includes(secret), false, error.message);
  }
});

Deno.test("who has given up already opens nothing", async () => {
  const clock = new FakeClock();
  const path = new CountingPath();
  const error = await refusal("ws://h/ws", {
    clock,
    path,
    signal: AbortSignal.abort(),
  });
  assertEquals(error.failure, { kind: "aborted" });
  assertEquals([path.sent, clock.pendingTimers], [0, 0]);
});

/** On which a message takes 100 ms, until it is cut. */
class CountingPath implements ChannelPath {
  sent = 0;
  forgotten = 0;
  readonly #clock: FakeClock | undefined;

  constructor(clock?: FakeClock) {
    this.#clock = clock;
  }

  carry(_direction: string, _bytes: number, arrive: () => void): void {
    this.sent++;
    this.#clock?.setTimer(100, arrive);
  }

  forget(): void {
    this.forgotten++;
  }
}

Deno.test("a path that lets nothing through is given up when the time to connect is over", async () => {
  const clock = new FakeClock();
  const path = new CountingPath();
  const opening = refusal("ws://h/ws", {
    clock,
    path,
    connectTimeoutMs: 3000,
  });
  await clock.run(2999);
  assertEquals(path.forgotten, 0);
  await clock.run(1);
  const error = await opening;
  assertEquals<ChannelFailure>(error.failure, {
    kind: "timeout",
    timeoutMs: 3000,
  });
  assertEquals(error.message, "Cannot reach ws://h/ws: no answer within 3 s.");
  assertEquals([path.forgotten, clock.pendingTimers], [1, 0]);
});

Deno.test.each([
  { url: "ws://h/ws", why: "TCP and HTTP", roundTrips: 2 },
  { url: "wss://h/ws", why: "TCP, TLS and HTTP", roundTrips: 3 },
])(
  "before the real one, a slow path takes the round trips of $why",
  async ({ url, roundTrips }) => {
    const clock = new FakeClock();
    const path = new CountingPath(clock);
    const giveUp = new AbortController();
    const opening = refusal(url, { clock, path, signal: giveUp.signal });
    // Given up within the last of them: what would follow is the network's.
    await clock.run(200 * roundTrips - 50);
    assertEquals(path.sent, 2 * roundTrips);
    giveUp.abort();
    const error = await opening;
    assertEquals(error.failure, { kind: "aborted" });
    assertEquals(error.message, `Cannot reach ${url}: interrupted.`);
    assertEquals(path.forgotten, 1);
    await clock.run(100);
    assertEquals([path.sent, clock.pendingTimers], [2 * roundTrips, 0]);
  },
);
