import { assertEquals, assertThrows } from "@std/assert";
import { FakeChannel, FakeClock } from "../../../lib/testing/mod.ts";

Deno.test("timers fire in the order of their times, then of their setting", () => {
  const clock = new FakeClock(1000);
  const fired: string[] = [];
  const note = (name: string) => () =>
    fired.push(`${name} at ${clock.nowMs()}`);
  clock.setTimer(20, note("late"));
  clock.setTimer(10, note("first"));
  clock.setTimer(10, note("second"));
  clock.setTimer(0, note("due"));
  clock.setTimer(-5, note("overdue"));
  clock.advance(15);
  assertEquals(fired, [
    "due at 1000",
    "overdue at 1000",
    "first at 1010",
    "second at 1010",
  ]);
  assertEquals([clock.nowMs(), clock.pendingTimers], [1015, 1]);
});

Deno.test("a timer that sets another within the time fires both", () => {
  const clock = new FakeClock();
  let ticks = 0;
  const tick = () => {
    ticks++;
    clock.setTimer(10, tick);
  };
  clock.setTimer(10, tick);
  clock.advance(100);
  assertEquals(ticks, 10);
});

Deno.test("a cancelled timer does not fire", () => {
  const clock = new FakeClock();
  let fired = false;
  const cancel = clock.setTimer(10, () => fired = true);
  cancel();
  clock.advance(10);
  assertEquals([fired, clock.pendingTimers], [false, 0]);
});

Deno.test("running lets code that awaits go on, and set the next timer in time", async () => {
  const clock = new FakeClock();
  const wokeAtMs: number[] = [];
  const sleep = (ms: number) =>
    new Promise<void>((wake) => clock.setTimer(ms, wake));
  const work = (async () => {
    for (let turn = 0; turn < 3; turn++) {
      await sleep(100);
      wokeAtMs.push(clock.nowMs());
    }
  })();
  await clock.run(1000);
  await work;
  assertEquals(wokeAtMs, [100, 200, 300]);
});

Deno.test("a channel answers by its script, but never within the call", async () => {
  const channel = new FakeChannel((
    { type },
  ) => [{ type: "error", message: type }]);
  const heard: string[] = [];
  channel.onText((text) => heard.push(text));
  channel.send('{"type":"leaveRoom"}');
  assertEquals(heard, []);
  await Promise.resolve();
  assertEquals(heard, ['{"type":"error","message":"leaveRoom"}']);
  assertEquals<unknown>(channel.sent, [{ type: "leaveRoom" }]);
});

Deno.test.each(['{"type":"leave"}', '{"type":"consume"}', "{"])(
  "a channel does not take %s, which no server would understand",
  (text) => {
    assertThrows(() => new FakeChannel().send(text), TypeError, "Cannot send");
  },
);

Deno.test("a dropped channel says nothing and takes nothing any more", async () => {
  const channel = new FakeChannel();
  const heard: string[] = [];
  channel.onText((text) => heard.push(text));
  channel.drop({ kind: "silent", silentMs: 75_000 });
  channel.send('{"type":"leaveRoom"}');
  channel.deliver({ type: "lobbyAdmitted" });
  channel.close();
  assertEquals([heard.length, channel.sent.length, channel.isOpen], [
    0,
    0,
    false,
  ]);
  assertEquals(await channel.closed, { kind: "silent", silentMs: 75_000 });
});
