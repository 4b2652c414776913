import { assertEquals, assertRejects } from "@std/assert";
import { LinkError, StreamLink } from "../../../../lib/agents/link/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

function pair(clock = new FakeClock()): {
  readonly a: StreamLink;
  readonly b: StreamLink;
  readonly clock: FakeClock;
} {
  const ab = new TransformStream<Bytes, Bytes>();
  const ba = new TransformStream<Bytes, Bytes>();
  return {
    a: new StreamLink({ readable: ba.readable, writable: ab.writable }, clock),
    b: new StreamLink({ readable: ab.readable, writable: ba.writable }, clock),
    clock,
  };
}

Deno.test("both ends ask and answer, several at a time", async () => {
  const { a, b } = pair();
  await using _ = a;
  await using __ = b;
  b.serve("upper", (text) => text.toUpperCase());
  a.serve("length", (text) => String(text.length));
  await a.greeted;
  const long = "ab".repeat(300_000);
  assertEquals(
    await Promise.all([
      a.request("upper", "x", 1000),
      b.request("length", long, 1000),
      a.request("upper", long, 1000),
    ]),
    ["X", "600000", long.toUpperCase()],
  );
});

Deno.test("dead, silent and closed are told apart", async () => {
  const { a, b, clock } = pair();
  await using _ = a;
  b.serve("mute", () => undefined);
  const failureOf = async (request: Promise<string>) =>
    (await assertRejects(() => request, LinkError)).failure;
  assertEquals(await failureOf(a.request("nobody", "", 1000)), "nobody");
  const silent = failureOf(a.request("mute", "", 1000));
  await clock.run(1000);
  assertEquals(await silent, "silent");
  const cut = failureOf(a.request("mute", "", 1000));
  await clock.run(10);
  await b[Symbol.asyncDispose]();
  assertEquals(await cut, "closed");
  assertEquals(await a.closed, "the other end closed it");
  assertEquals(await failureOf(a.request("mute", "", 1000)), "closed");
  assertEquals(clock.pendingTimers, 0);
});
