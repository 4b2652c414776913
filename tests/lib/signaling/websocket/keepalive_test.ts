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

Deno.test("a ping goes out at once and every 25 s for as long as pongs come", () => {
  const { clock, keepalive, pingsAtMs, silent } = start();
  for (let turn = 0; turn < 12; turn++) {
    clock.advance(25_000);
    keepalive.answered();
  }
  assertEquals(pingsAtMs, Array.from({ length: 13 }, (_, n) => n * 25_000));
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
  assertEquals(pingsAtMs, [0, 25_000, 50_000]);
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
  assertEquals(pingsAtMs.length, 25);
  keepalive.stop();
});

Deno.test("stopped, it leaves no timer", () => {
  const { clock, keepalive, pingsAtMs } = start();
  keepalive.stop();
  assertEquals(clock.pendingTimers, 0);
  clock.advance(600_000);
  assertEquals(pingsAtMs, [0]);
});
