import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { Reactor, type Task } from "../../../../lib/rtc/lane/reactor.ts";
import { FakeLane, type FakeLaneOptions } from "./fake_lane.ts";

Deno.test("tasks run in order of their deadlines, not of scheduling", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  for (const n of [3, 1, 4, 0, 2]) loop.once(`${n}`, nowMs - 10 + n);
  await loop.turns(5);
  assertEquals(loop.ran, ["0", "1", "2", "3", "4"]);
});

Deno.test("a task never runs before its deadline", async () => {
  using loop = new Loop();
  const dueMs = loop.reactor.nowMs() + 12;
  const task = loop.once("later", dueMs);
  let ranAtMs = 0;
  const run = task.run;
  task.run = (nowMs) => {
    ranAtMs = nowMs;
    run(nowMs);
  };
  await loop.turns(1);
  assertGreaterOrEqual(ranAtMs, dueMs);
});

Deno.test("a task that is late runs as often as it was due", async () => {
  using loop = new Loop();
  const dueMs = loop.reactor.nowMs() - 500;
  const due: number[] = [];
  loop.task(dueMs, (task) => {
    due.push(task.dueMs - dueMs);
    task.dueMs += 5;
    if (due.length === 100) task.dueMs = Infinity;
  });
  await loop.turns(100);
  assertEquals(due, Array.from({ length: 100 }, (_, i) => 5 * i));
});

Deno.test("more late tasks than one turn takes all run", async () => {
  using loop = new Loop();
  const dueMs = loop.reactor.nowMs() - 1;
  for (let i = 0; i < 10_000; i++) loop.once("", dueMs);
  await loop.turns(10_000);
  assertEquals(loop.ran.length, 10_000);
});

Deno.test("Infinity ends a task, which may be scheduled again", async () => {
  using loop = new Loop();
  const task = loop.once("again", loop.reactor.nowMs());
  await loop.turns(1);
  assertEquals(task.heapIndex, -1);
  task.dueMs = loop.reactor.nowMs();
  loop.reactor.schedule(task);
  await loop.turns(2);
  assertEquals(loop.ran, ["again", "again"]);
});

Deno.test("a cancelled task does not run, and cancelling it again does nothing", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  const tasks = ["a", "b", "c", "d"].map((name) => loop.once(name, nowMs));
  loop.reactor.cancel(tasks[1]);
  loop.reactor.cancel(tasks[3]);
  loop.reactor.cancel(tasks[1]);
  await loop.turns(2);
  assertEquals(loop.ran.toSorted(), ["a", "c"]);
});

Deno.test("a task may cancel others, and itself", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  const victim = loop.once("victim", nowMs - 1);
  loop.task(nowMs - 2, (task) => {
    loop.reactor.cancel(victim);
    loop.reactor.cancel(task);
    loop.note("killer");
  });
  loop.once("bystander", nowMs);
  await loop.turns(2);
  assertEquals(loop.ran, ["killer", "bystander"]);
});

Deno.test("a scheduled task moves to its new deadline, earlier or later", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  const early = loop.once("early", nowMs + 60_000);
  const late = loop.once("late", nowMs - 5);
  loop.once("middle", nowMs - 3);
  early.dueMs = nowMs - 4;
  loop.reactor.schedule(early);
  late.dueMs = nowMs - 2;
  loop.reactor.schedule(late);
  await loop.turns(3);
  assertEquals(loop.ran, ["early", "middle", "late"]);
});

Deno.test("a task that moved its own deadline may schedule others before it returns", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  loop.task(nowMs - 50, (task) => {
    task.dueMs = Infinity;
    loop.once("second", nowMs - 20);
  });
  // Placed so that the new task rises past the running one on the other side of the heap.
  loop.once("first", nowMs - 45);
  loop.once("fifth", nowMs - 5);
  loop.once("third", nowMs - 10);
  loop.once("fourth", nowMs - 9);
  await loop.turns(6);
  assertEquals(loop.ran, ["first", "second", "third", "fourth", "fifth"]);
});

Deno.test("any mix of scheduling, moving and cancelling runs like a sorted list", async () => {
  for (let seed = 0; seed < 40; seed++) {
    using loop = new Loop();
    const random = createRandom(seed, "heap");
    const baseMs = loop.reactor.nowMs() - 1000;
    const model = new Map<number, Task>();
    const ran: number[] = [];
    const tasks = Array.from({ length: 120 }, (_, id) =>
      loop.idle(() => {
        ran.push(id);
        model.delete(id);
      }));
    for (let step = 0; step < 600; step++) {
      const id = Math.floor(random() * tasks.length);
      if (random() < 0.3) {
        loop.reactor.cancel(tasks[id]);
        model.delete(id);
      } else {
        // Distinct deadlines: the order of equal ones is free.
        tasks[id].dueMs = baseMs + random() * 900 + step / 1e3;
        loop.reactor.schedule(tasks[id]);
        model.set(id, tasks[id]);
      }
    }
    const expected = [...model].sort(([, a], [, b]) => a.dueMs - b.dueMs)
      .map(([id]) => id);
    await loop.turns(expected.length);
    assertEquals(ran, expected, `seed ${seed}`);
  }
});

Deno.test("a native lane is drained while a socket is open, a portable one drains itself", async () => {
  let drained = 0;
  const onDrain = () => {
    if (++drained === 3) loop.note("drained");
  };
  using loop = new Loop({ kind: "native", onDrain });
  loop.reactor.retain();
  await loop.turns(1);
  loop.reactor.release();
  assertEquals(loop.ran, ["drained"]);
});

Deno.test.each([
  { dueMs: [], restsMs: [8], why: "nothing is due: until what came is read" },
  { dueMs: [5], restsMs: [5], why: "the next is due later than the next beat" },
  { dueMs: [1, 2], restsMs: [3, 5], why: "what is due soon runs in one beat" },
  { dueMs: [1, 4, 5, 9], restsMs: [3, 3], why: "each beat has something due" },
  { dueMs: [60], restsMs: [8], why: "what is due is far away" },
])("the thread rests $restsMs ms where $why", async ({ dueMs, restsMs }) => {
  assertEquals<readonly number[]>(await rests({ dueMs }), restsMs);
});

Deno.test.each([
  { drainMs: 0, restsMs: [3, 3], why: "costs nothing: each beat" },
  { drainMs: 0.25, restsMs: [2.75, 2.75], why: "is soon done: each beat" },
  {
    drainMs: 0.5,
    restsMs: [5.5],
    why: "takes a while: so that little is lost",
  },
  { drainMs: 2, restsMs: [6], why: "takes long: no more often than else" },
])(
  "while packets are missing, what came is read as often as that $why",
  async ({ drainMs, restsMs }) => {
    const rested = await rests({ dueMs: [], drainMs, areMissing: true });
    assertEquals<readonly number[]>(rested, restsMs);
  },
);

Deno.test.each([
  { areMissing: false, order: ["due", "read"], why: "nothing is missing" },
  { areMissing: true, order: ["read", "due"], why: "packets are missing" },
])(
  "where $why, the order of what is due and what came is $order",
  async ({ areMissing, order }) => {
    using loop = new Loop({ kind: "native", onDrain: () => loop.note("read") });
    if (areMissing) loop.reactor.readSoon();
    loop.once("due", loop.reactor.nowMs());
    loop.reactor.retain();
    await loop.turns(2);
    loop.reactor.release();
    assertEquals<readonly string[]>(loop.ran.slice(0, 2), order);
  },
);

Deno.test.each(
  [
    { kind: "native", why: "what came is read in a beat", readMs: [0, 1000] },
    { kind: "portable", why: "it is read as it comes", readMs: [1000, 1003] },
  ] as const,
)(
  "until when what came has been read is known where $why",
  async ({ kind, readMs }) => {
    let nowMs = 1000;
    const read = Promise.withResolvers<void>();
    const lane = new FakeLane({
      kind,
      onDrain() {
        nowMs += 3;
        read.resolve();
      },
    });
    const clock = { nowMs: () => nowMs, standstillCount: 0, stoodMs: 0 };
    const reactor = new Reactor(lane, clock);
    const before = reactor.readUntilMs;
    const task: Task = { dueMs: 1000, heapIndex: -1, run() {} };
    task.run = () => void (task.dueMs = 2000);
    reactor.schedule(task);
    reactor.retain();
    await read.promise;
    await Promise.resolve();
    assertEquals<readonly number[]>([before, reactor.readUntilMs], readMs);
    reactor.cancel(task);
    reactor.release();
    reactor.close();
  },
);

/** How long the thread rests in its first turn. */
async function rests(
  { dueMs, drainMs = 0, areMissing = false }: {
    readonly dueMs: readonly number[];
    /** Reading what came takes so long. */
    readonly drainMs?: number;
    readonly areMissing?: boolean;
  },
): Promise<number[]> {
  let nowMs = 0;
  const rested: number[] = [];
  const lane = new FakeLane({
    kind: "native",
    onDrain: () => void (nowMs += drainMs),
    onRest(ms) {
      rested.push(ms);
      nowMs += ms;
    },
  });
  const clock = { nowMs: () => nowMs, standstillCount: 0, stoodMs: 0 };
  const reactor = new Reactor(lane, clock);
  if (areMissing) reactor.readSoon();
  for (const due of dueMs) {
    const run = () => void (task.dueMs = Infinity);
    const task: Task = { dueMs: due, heapIndex: -1, run };
    reactor.schedule(task);
  }
  const second = Promise.withResolvers<void>();
  let turns = 0;
  reactor.observer = {
    onTurn() {
      if (++turns < 2) return;
      reactor.close();
      second.resolve();
    },
  };
  reactor.retain();
  await second.promise;
  return rested;
}

Deno.test("while nothing but packets is under way a turn has beats, and what is due meanwhile runs in them", async () => {
  const restsMs: number[] = [];
  using loop = new Loop({
    kind: "native",
    onRest(ms) {
      restsMs.push(ms);
      if (restsMs.length === 1) loop.once("meanwhile", loop.reactor.nowMs());
      else loop.note("rested");
    },
  });
  loop.reactor.retain();
  await loop.turns(2);
  loop.reactor.release();
  assertEquals(loop.ran.slice(0, 2), ["meanwhile", "rested"]);
  for (const ms of restsMs) assert(ms > 0 && ms < 10, `${ms} ms`);
});

Deno.test.each<
  { why: string; kind: "native" | "portable"; busy: (reactor: Reactor) => void }
>([
  {
    why: "a handshake waits for each answer",
    kind: "native",
    busy: (reactor) => reactor.enterLowLatency(),
  },
  {
    why: "a reply is on its way",
    kind: "native",
    busy: (reactor) => reactor.expectEvents(),
  },
  {
    why: "a portable lane gets its packets by the event loop",
    kind: "portable",
    busy: () => {},
  },
])("the thread never rests when $why", async ({ kind, busy }) => {
  let rested = 0;
  using loop = new Loop({ kind, onRest: () => rested++ });
  busy(loop.reactor);
  loop.reactor.retain();
  for (let i = 0; i < 3; i++) {
    loop.once("", loop.reactor.nowMs());
    await loop.turns(i + 1);
  }
  loop.reactor.release();
  assertEquals(rested, 0);
});

Deno.test("a turn tells how late it began", async () => {
  using loop = new Loop();
  const late: number[] = [];
  loop.reactor.observer = { onTurn: (lateMs) => late.push(lateMs) };
  loop.once("overdue", loop.reactor.nowMs() - 250);
  await loop.turns(1);
  assertEquals(late.length, 1);
  assertGreaterOrEqual(late[0], 250);
});

Deno.test("closing stops the loop and the lane, even from inside a task", async () => {
  const loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  loop.once("never", nowMs);
  loop.task(nowMs - 1, () => {
    loop.reactor.close();
    loop.note("closer");
  });
  await loop.turns(1);
  loop.once("after", nowMs - 5);
  loop.reactor.retain();
  loop.reactor.close();
  // A turn that is still to come would come before this.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(loop.ran, ["closer"]);
  assert(loop.lane.closed > 0);
});

Deno.test("a task that throws is taken out and told of it, and the others run on", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  const told: unknown[] = [];
  const failing = (name: string, dueMs: number) => {
    const task = loop.idle(() => {
      loop.ran.push(name);
      throw new Error(name);
    });
    task.dueMs = dueMs;
    task.onError = (error) => told.push(error);
    loop.reactor.schedule(task);
    return task;
  };
  const bad = failing("bad", nowMs - 3);
  failing("worse", nowMs - 1);
  loop.once("before", nowMs - 4);
  loop.once("between", nowMs - 2);
  loop.once("after", nowMs);
  await loop.turns(3);
  assertEquals(loop.ran, ["before", "bad", "between", "worse", "after"]);
  assertEquals(told.map(String), ["Error: bad", "Error: worse"]);
  assertEquals(bad.heapIndex, -1);
});

Deno.test("who is told of a task that threw may end others, and schedule it again", async () => {
  using loop = new Loop();
  const nowMs = loop.reactor.nowMs();
  const ended = loop.once("ended", nowMs);
  const task = loop.idle(() => {
    if (loop.ran.push("run") === 1) throw new Error("once");
  });
  task.onError = () => {
    loop.reactor.cancel(ended);
    task.dueMs = nowMs;
    loop.reactor.schedule(task);
  };
  task.dueMs = nowMs - 1;
  loop.reactor.schedule(task);
  await loop.turns(1);
  assertEquals(loop.ran, ["run", "run"]);
});

/** The clock of a thread that stands still when it is told to. */
class StoppedClock {
  standstillCount = 0;
  stoodMs = 0;

  nowMs(): number {
    return 1000;
  }

  standStill(ms: number): void {
    this.standstillCount++;
    this.stoodMs += ms;
  }
}

Deno.test.each<{ when: string; ran: readonly string[] }>([
  {
    when: "before a turn",
    ran: ["stood 2000", "read", "caught up 2000", "observer", "run"],
  },
  {
    when: "while a task runs",
    ran: ["run", "stood 2000", "read", "caught up 2000", "observer"],
  },
  {
    when: "while what came is read",
    ran: ["run", "stood 2000", "read", "read", "caught up 2000", "observer"],
  },
])(
  "tasks hear of a standstill $when before what came meanwhile is read, and after",
  async ({ when, ran }) => {
    const clock = new StoppedClock();
    const log: string[] = [];
    const stop = (at: string) => {
      if (at === when && clock.standstillCount === 0) clock.standStill(2000);
    };
    const caughtUp = Promise.withResolvers<void>();
    const lane = new FakeLane({
      kind: "native",
      onDrain() {
        stop("while what came is read");
        // Of two datagrams that came late.
        lane.onLate?.();
        lane.onLate?.();
        log.push("read");
      },
    });
    const reactor = new Reactor(lane, clock);
    reactor.observer = {
      onTurn() {},
      onCaughtUp() {
        log.push("observer");
        caughtUp.resolve();
      },
    };
    const task: Task = {
      dueMs: 1000,
      heapIndex: -1,
      run() {
        log.push("run");
        this.dueMs = Infinity;
        stop("while a task runs");
      },
    };
    const other: Task = {
      dueMs: 5000,
      heapIndex: -1,
      run() {},
      onStandstill: (ms) => log.push(`stood ${ms}`),
      onCaughtUp: (ms) => log.push(`caught up ${ms}`),
    };
    reactor.schedule(task);
    reactor.schedule(other);
    reactor.retain();
    stop("before a turn");
    await caughtUp.promise;
    assertEquals(log.slice(0, ran.length), ran);
    reactor.cancel(other);
    reactor.close();
  },
);

/** A reactor on a fake lane, and a log of what ran. */
class Loop {
  readonly ran: string[] = [];
  readonly lane: FakeLane;
  readonly reactor: Reactor;
  #count = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(options: FakeLaneOptions = {}) {
    this.lane = new FakeLane(options);
    this.reactor = new Reactor(this.lane);
  }

  [Symbol.dispose](): void {
    this.reactor.close();
  }

  note(name: string): void {
    this.ran.push(name);
    this.#counted();
  }

  /** A task that is not scheduled yet; it ends after one run. */
  idle(work: (task: Task) => void): Task {
    const task: Task = {
      dueMs: Infinity,
      heapIndex: -1,
      run: () => {
        task.dueMs = Infinity;
        work(task);
        this.#counted();
      },
    };
    return task;
  }

  task(dueMs: number, work: (task: Task) => void): Task {
    const task: Task = {
      dueMs,
      heapIndex: -1,
      run: () => {
        work(task);
        this.#counted();
      },
    };
    this.reactor.schedule(task);
    return task;
  }

  /** Schedules a task that runs once and leaves its name. */
  once(name: string, dueMs: number): Task {
    const task = this.idle(() => this.ran.push(name));
    task.dueMs = dueMs;
    this.reactor.schedule(task);
    return task;
  }

  /** Waits until tasks have run so many times in all, and the turn is over. */
  async turns(count: number): Promise<void> {
    if (this.#count < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push({ count, resolve });
      await promise;
    }
  }

  #counted(): void {
    this.#count++;
    const done = this.#waiting.filter(({ count }) => count <= this.#count);
    this.#waiting = this.#waiting.filter((one) => !done.includes(one));
    for (const { resolve } of done) resolve();
  }
}
