/** What an adapter is asked for ends in time, and as an error of the port. */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  attempt,
  ClosedError,
  type Performance,
  Performer,
  type PerformerOptions,
} from "../../../../lib/signaling/adapted/performer.ts";
import {
  SignalingError,
  type SignalingErrorKind,
  UnreachableError,
} from "../../../../lib/signaling/port.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

function start(options: Partial<PerformerOptions> = {}) {
  const clock = new FakeClock();
  const over = new AbortController();
  const latencies: [string, number][] = [];
  let asked = 0;
  const performer = new Performer({
    clock,
    shown: (words) => words.replaceAll("secret", "***"),
    over: over.signal,
    onAsked: () => asked++,
    onLatency: (operation, ms) => latencies.push([operation, ms]),
    ...options,
  });
  return {
    clock,
    over,
    latencies,
    performer,
    get asked() {
      return asked;
    },
    /** The error of an operation that is carried out so. */
    fails: (perform: () => Promise<unknown>, how?: Performance) =>
      assertRejects(
        () => performer.perform("join", perform, (answer) => answer, how),
        Error,
      ),
  };
}

const never = () => new Promise<never>(() => {});

Deno.test("an answer is read, and its time is told", async () => {
  const { clock, performer, latencies } = start();
  const answer = Promise.withResolvers<unknown>();
  const performed = performer.perform(
    "produce",
    () => answer.promise,
    (given) => `${given}!`,
  );
  await clock.run(150);
  answer.resolve("yes");
  assertEquals(await performed, "yes!");
  assertEquals(latencies, [["produce", 150]]);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("operations under way are told with how long they have waited", async () => {
  const { clock, performer } = start();
  const answer = Promise.withResolvers<unknown>();
  const first = performer.perform("a", () => answer.promise, (x) => x);
  await clock.run(300);
  const second = performer.perform("b", () => answer.promise, (x) => x);
  await clock.run(200);
  assertEquals(performer.unanswered(0), [
    { operation: "a", waitedMs: 500 },
    { operation: "b", waitedMs: 200 },
  ]);
  assertEquals(performer.unanswered(500).map((one) => one.operation), ["a"]);
  answer.resolve(1);
  await Promise.all([first, second]);
  assertEquals(performer.unanswered(0), []);
});

Deno.test.each<{
  why: string;
  thrown: () => unknown;
  kind: SignalingErrorKind;
  says: string;
}>([
  {
    why: "the server says no",
    thrown: () => new Error("room is full."),
    kind: "server",
    says: "room is full",
  },
  {
    why: "the server says no, and repeats a secret",
    thrown: () => new Error("bad secret"),
    kind: "server",
    says: "bad ***",
  },
  {
    why: "what is thrown is no error",
    thrown: () => ({ reason: "not today" }),
    kind: "server",
    says: "not today",
  },
  {
    why: "the adapter has a slip",
    thrown: () => new TypeError("x is not a function"),
    kind: "unreadable",
    says: "the adapter threw a TypeError, x is not a function",
  },
  {
    why: "the adapter reads what is no JSON",
    thrown: () => new SyntaxError("Unexpected token"),
    kind: "unreadable",
    says: "the adapter threw a SyntaxError, Unexpected token",
  },
  {
    why: "the visit is over by the adapter's own word",
    thrown: () => new ClosedError("the server went"),
    kind: "closed",
    says: "the server went",
  },
])("whatever is thrown is an error of the port: $why", async (row) => {
  const { fails, clock, latencies } = start();
  const error = await fails(() => Promise.reject(row.thrown()));
  assertInstanceOf(error, SignalingError);
  assertEquals([error.kind, error.operation], [row.kind, "join"]);
  assertEquals(error.message.includes(row.says), true, error.message);
  // What failed has no time that means anything.
  assertEquals([latencies, clock.pendingTimers], [[], 0]);
});

Deno.test("what is thrown before anything is awaited is a rejection, too", async () => {
  const { fails } = start();
  const error = await fails(() => {
    throw new Error("at once");
  });
  assertInstanceOf(error, SignalingError);
  await assertRejects(
    () =>
      attempt(() => {
        throw new Error("at once");
      }),
    Error,
    "at once",
  );
});

Deno.test("errors of the port go through as they are", async () => {
  const { fails } = start();
  for (
    const thrown of [
      new SignalingError("timeout", "other", "no reply"),
      new UnreachableError("Cannot reach it."),
    ]
  ) {
    assertEquals(await fails(() => Promise.reject(thrown)), thrown);
  }
});

Deno.test("an answer that cannot be read is an error with its reason", async () => {
  const { performer, latencies } = start();
  const error = await assertRejects(
    () =>
      performer.perform("consume", () => Promise.resolve(7), () => {
        throw new SignalingError("unreadable", "consume", "id: too short");
      }),
    SignalingError,
  );
  assertEquals([error.kind, latencies], ["unreadable", []]);
});

Deno.test.each([
  {
    why: "as usual",
    timeoutMs: undefined,
    how: {},
    atMs: 10_000,
    says: "10 s",
  },
  {
    why: "the visit's own time",
    timeoutMs: 2500,
    how: {},
    atMs: 2500,
    says: "2.5 s",
  },
  {
    why: "the operation's own time",
    timeoutMs: 2500,
    how: { timeoutMs: 400 },
    atMs: 400,
    says: "0.4 s",
  },
])("what is not answered in time ends, $why", async (row) => {
  const { clock, fails, performer } = start({ timeoutMs: row.timeoutMs });
  let error: Error | undefined;
  const failed = fails(never, row.how).then((it) => error = it);
  await clock.run(row.atMs - 1);
  assertEquals(error, undefined);
  await clock.run(1);
  await failed;
  assertInstanceOf(error, SignalingError);
  assertEquals(error.kind, "timeout");
  assertEquals(error.message.includes(`no reply within ${row.says}`), true);
  assertEquals([performer.unanswered(0), clock.pendingTimers], [[], 0]);
});

Deno.test("who gives up waits no longer, and the adapter's late answer is handed on", async () => {
  const { clock, fails } = start();
  const giveUp = new AbortController();
  const answer = Promise.withResolvers<unknown>();
  const late: unknown[] = [];
  const failed = fails(() => answer.promise, {
    signal: giveUp.signal,
    onLate: (it) => late.push(it),
  });
  await clock.run(10);
  giveUp.abort();
  const error = await failed;
  assertInstanceOf(error, SignalingError);
  assertEquals(error.kind, "aborted");
  assertEquals(clock.pendingTimers, 0);
  answer.resolve("a consumer");
  await clock.run(0);
  assertEquals(late, ["a consumer"]);
});

Deno.test("a late refusal is nobody's surprise", async () => {
  const { clock, fails } = start();
  const answer = Promise.withResolvers<unknown>();
  const failed = fails(() => answer.promise, { timeoutMs: 5 });
  await clock.run(5);
  await failed;
  answer.reject(new Error("too late"));
  await clock.run(0);
});

Deno.test("who has given up before, or whose visit is over, asks the adapter nothing", async () => {
  const world = start();
  let performed = 0;
  const perform = () => {
    performed++;
    return Promise.resolve();
  };
  const first = await world.fails(perform, { signal: AbortSignal.abort() });
  assertInstanceOf(first, SignalingError);
  assertEquals(first.kind, "aborted");
  world.over.abort(new ClosedError("left"));
  const second = await world.fails(perform);
  assertInstanceOf(second, SignalingError);
  assertEquals([second.kind, performed, world.asked], ["closed", 0, 0]);
  assertEquals(world.clock.pendingTimers, 0);
});

Deno.test("the end of a visit ends all that is under way", async () => {
  const { clock, over, fails, performer } = start();
  const both = [fails(never), fails(never)];
  await clock.run(10);
  over.abort(new ClosedError("the server closed the connection"));
  for (const failed of both) {
    const error = await failed;
    assertInstanceOf(error, SignalingError);
    assertEquals(error.kind, "closed");
  }
  assertEquals([performer.unanswered(0), clock.pendingTimers], [[], 0]);
});
