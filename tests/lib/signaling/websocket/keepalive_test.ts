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

Deno.test("a ping goes out every 25 s for as long as pongs come", () => {
  const { clock, keepalive, pingsAtMs, silent } = start();
  for (let turn = 0; turn < 12; turn++) {
    clock.advance(25_000);
    keepalive.heard();
  }
  assertEquals(
    pingsAtMs,
    Array.from({ length: 12 }, (_, n) => (n + 1) * 25_000),
  );
  assertEquals(silent, []);
  keepalive.stop();
});

Deno.test("a server that answers only every third ping is alive", () => {
  const { clock, keepalive, silent } = start();
  for (let turn = 0; turn < 4; turn++) {
    clock.advance(74_000);
    keepalive.heard();
  }
  assertEquals(silent, []);
  keepalive.stop();
});

Deno.test("75 s without a pong are reported once, and then all is quiet", () => {
  const { clock, pingsAtMs, silent } = start();
  clock.advance(600_000);
  assertEquals(silent, [75_000]);
  assertEquals(pingsAtMs, [25_000, 50_000]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("stopped, it leaves no timer", () => {
  const { clock, keepalive, pingsAtMs } = start();
  keepalive.stop();
  assertEquals(clock.pendingTimers, 0);
  clock.advance(600_000);
  assertEquals(pingsAtMs, []);
});
