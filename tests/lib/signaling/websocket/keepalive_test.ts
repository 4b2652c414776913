import { assertEquals } from "@std/assert";
import { startKeepalive } from "../../../../lib/signaling/websocket/keepalive.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

function start() {
  const clock = new FakeClock();
  const pingsAtMs: number[] = [];
  const silent: number[] = [];
  const keepalive = startKeepalive(clock, {
    ping: () => pingsAtMs.push(clock.nowMs()),
    onSilent: (ms) => silent.push(ms),
  });
  return { clock, keepalive, pingsAtMs, silent };
}

Deno.test("a ping goes out at once and every 5 s for as long as pongs come", () => {
  const { clock, keepalive, pingsAtMs, silent } = start();
  for (let turn = 0; turn < 12; turn++) {
    clock.advance(5_000);
    keepalive.answered();
  }
  assertEquals(pingsAtMs, Array.from({ length: 13 }, (_, n) => n * 5_000));
  assertEquals(silent, []);
  keepalive.stop();
});

Deno.test("a server that answers only every third ping is alive", () => {
  const { clock, keepalive, silent } = start();
  for (let turn = 0; turn < 4; turn++) {
    clock.advance(74_000);
    keepalive.answered();
  }
  assertEquals(silent, []);
  keepalive.stop();
});

Deno.test("75 s without a pong are reported once, and then all is quiet", () => {
  const { clock, keepalive, pingsAtMs, silent } = start();
  keepalive.answered();
  clock.advance(600_000);
  assertEquals(silent, [75_000]);
  assertEquals(pingsAtMs, Array.from({ length: 15 }, (_, n) => n * 5_000));
  assertEquals(clock.pendingTimers, 0);
});

Deno.test.each([
  { who: "never said anything", speaks: false },
  { who: "spoke, and then was quiet", speaks: true },
])("who answers no ping is asked on, and not lost: it $who", ({ speaks }) => {
  const { clock, keepalive, pingsAtMs, silent } = start();
  if (speaks) keepalive.heard();
  clock.advance(600_000);
  assertEquals(silent, []);
  assertEquals(pingsAtMs.length, 121);
  keepalive.stop();
});

Deno.test("stopped, it leaves no timer", () => {
  const { clock, keepalive, pingsAtMs } = start();
  keepalive.stop();
  assertEquals(clock.pendingTimers, 0);
  clock.advance(600_000);
  assertEquals(pingsAtMs, [0]);
});

Deno.test.each<{
  why: string;
  does: (keepalive: ReturnType<typeof start>["keepalive"]) => void;
  waitsMs: number;
}>([
  { why: "who says nothing more owes it", does: () => {}, waitsMs: 12_000 },
  {
    why: "who answers does not",
    does: (keepalive) => keepalive.answered(),
    waitsMs: 0,
  },
  {
    why: "who says something else does not",
    does: (keepalive) => keepalive.heard(),
    waitsMs: 0,
  },
])(
  "an answer is waited for since the first ping without one: $why",
  ({ does, waitsMs }) => {
    const { clock, keepalive } = start();
    clock.advance(1000);
    keepalive.answered();
    clock.advance(3000);
    assertEquals(keepalive.waitingMs(), 0);
    // The next ping goes out a second later.
    clock.advance(13_000);
    does(keepalive);
    assertEquals(keepalive.waitingMs(), waitsMs);
    keepalive.stop();
  },
);

Deno.test("who never answered a ping owes no answer", () => {
  const { clock, keepalive } = start();
  keepalive.heard();
  clock.advance(60_000);
  assertEquals(keepalive.waitingMs(), 0);
  keepalive.stop();
});
