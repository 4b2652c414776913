/** Both ends of a node in a worker, over a pipe in memory that copies as a real one does. */

import { assertEquals, assertRejects } from "@std/assert";
import type {
  LoadNode,
  NodeHandlers,
  NodePlan,
} from "../../../../lib/load/mod.ts";
import {
  serveNode,
  WorkerNode,
} from "../../../../lib/load/node/worker_node.ts";
import { EMPTY_SNAPSHOT } from "../../../../lib/metrics/mod.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

const PLAN: NodePlan = {
  node: "w",
  server: { url: "ws://h/ws" },
  seed: 1,
  datapath: {},
};
const FACTS = {
  node: "w",
  version: "1",
  threads: 1,
  lanes: ["native"],
  ciphers: ["openssl"],
  dtls: ["openssl"],
  machine: null,
  clock: null,
};

/** What a worker would be: messages go over as copies, each in a turn of its own. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  /** What runs in it. */
  readonly scope = Object.assign(new EventTarget(), {
    postMessage: (message: unknown) => this.#deliver(this, message),
  });
  terminated = 0;

  constructor(readonly script: string, readonly options: WorkerOptions) {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(message: unknown): void {
    this.#deliver(this.scope, message);
  }

  terminate(): void {
    this.terminated++;
  }

  #deliver(to: EventTarget, message: unknown): void {
    const data = structuredClone(message);
    queueMicrotask(() => {
      if (this.terminated > 0) return;
      to.dispatchEvent(new MessageEvent("message", { data }));
    });
  }
}

/** The node that the worker serves. */
class InnerNode implements LoadNode {
  readonly name = "w";
  readonly did: string[] = [];
  failure: Error | undefined;
  hangs = false;
  handlers: NodeHandlers | undefined;

  async #do<T>(what: string, outcome: T): Promise<T> {
    this.did.push(what);
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    if (this.hangs) await new Promise(() => {});
    return outcome;
  }

  prepare(plan: NodePlan) {
    return this.#do(`prepare ${plan.node}`, FACTS);
  }
  begin(startedAtMs: number) {
    return this.#do(`begin ${startedAtMs}`, undefined);
  }
  command({ type }: Parameters<LoadNode["command"]>[0]) {
    return this.#do(type, undefined);
  }
  learn({ participantId }: { readonly participantId: string }) {
    this.did.push(`learn ${participantId}`);
  }
  aimWall(aheadMs: number) {
    this.did.push(`aim ${aheadMs}`);
  }
  stop(withinMs?: number) {
    return this.#do(`stop ${withinMs}`, snapshot(9));
  }
}

const snapshot = (sequence: number) => ({
  ...EMPTY_SNAPSHOT,
  node: "w",
  sequence,
  second: sequence,
});

/** Lets what is ready go on. */
const settle = () => new FakeClock().run(0);

/** A node whose worker is none, with what was told of it. */
class World implements Disposable {
  readonly inner = new InnerNode();
  readonly told: string[] = [];
  readonly died = Promise.withResolvers<void>();
  readonly node: WorkerNode;
  readonly #real = globalThis.Worker;

  constructor(silentAfterMs?: number) {
    FakeWorker.made.length = 0;
    globalThis.Worker = FakeWorker as unknown as typeof Worker;
    this.node = new WorkerNode("w", "file:///worker.ts", {
      onSnapshot: ({ sequence }) => this.told.push(`snapshot ${sequence}`),
      onNote: ({ text }) => this.told.push(text),
      onTracks: ([{ from }]) => this.told.push(`tracks of ${from}`),
      onPublisher: ({ participantId }) =>
        this.told.push(`publisher ${participantId}`),
      onLate: () => this.told.push("late"),
      onBack: () => this.told.push("back"),
      onDied: (reason) => {
        this.told.push(`died: ${reason}`);
        this.died.resolve();
      },
    }, silentAfterMs === undefined ? {} : { silentAfterMs });
  }

  get worker(): FakeWorker {
    return FakeWorker.made[0];
  }

  /** The script runs. */
  run(): void {
    serveNode(
      this.worker.scope as unknown as Parameters<typeof serveNode>[0],
      (_name, handlers) => {
        this.inner.handlers = handlers;
        return this.inner;
      },
    );
  }

  async start(): Promise<void> {
    const prepared = this.node.prepare(PLAN);
    this.run();
    await prepared;
    await this.node.begin(5);
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#real;
  }
}

const DROP = { type: "drop", clients: [1] } as const;

Deno.test("orders are carried out one after the other, and the last report comes with the end", async () => {
  using world = new World();
  const { node, inner } = world;
  // No thread is started before it is needed.
  assertEquals(FakeWorker.made.length, 0);
  const prepared = node.prepare(PLAN);
  assertEquals(world.worker.options.name, "w");
  world.run();
  assertEquals<unknown>(await prepared, FACTS);
  await node.begin(5);
  await node.command(DROP);
  const stopped = node.stop(1000);
  assertEquals(node.stop() === stopped, true);
  assertEquals((await stopped)?.sequence, 9);
  // A tenth of the time is for the way of the report.
  assertEquals(inner.did, ["prepare w", "begin 5", "drop", "stop 900"]);
  assertEquals([world.worker.terminated, world.told], [1, []]);
});

Deno.test("what the node tells is told here", async () => {
  using world = new World();
  await world.start();
  const { handlers } = world.inner;
  handlers?.onSnapshot(snapshot(1));
  handlers?.onSnapshot(snapshot(2));
  handlers?.onNote({ atMs: 0, clientId: null, level: "info", text: "hello" });
  handlers?.onPublisher?.({ roomId: "r", participantId: "p", tracks: null });
  handlers?.onTracks?.([{ clientId: "c", from: "f", atSec: 1 }]);
  await settle();
  assertEquals(world.told, [
    "snapshot 1",
    "snapshot 2",
    "hello",
    "publisher p",
    "tracks of f",
  ]);
  await world.node.stop();
});

Deno.test("words that nobody answers arrive while the node lives, and are lost before and after", async () => {
  using world = new World();
  const news = { roomId: "r", participantId: "p", tracks: null };
  world.node.learn(news);
  world.node.aimWall(1);
  await world.start();
  world.inner.did.length = 0;
  world.node.learn(news);
  world.node.aimWall(2);
  await settle();
  assertEquals(world.inner.did, ["learn p", "aim 2"]);
  await world.node.stop();
  world.node.learn(news);
  world.node.aimWall(3);
  await settle();
  assertEquals(world.inner.did.length, 3);
});

Deno.test("a node that cannot be prepared says why, and so does a command that fails", async () => {
  using world = new World();
  world.inner.failure = new Error("no libcrypto");
  const prepared = world.node.prepare(PLAN);
  world.run();
  await assertRejects(() => prepared, Error, "no libcrypto");
  world.inner.failure = new Error("the clip cannot be had");
  await assertRejects(
    () => world.node.command(DROP),
    Error,
    "the clip cannot be had",
  );
  await world.node.stop();
});

Deno.test("an error of the worker ends it once, with all that waits for it, and not the process", async () => {
  using world = new World();
  await world.start();
  world.inner.hangs = true;
  const commanded = world.node.command(DROP);
  const event = new ErrorEvent("error", {
    message: "out of memory",
    cancelable: true,
  });
  world.worker.dispatchEvent(event);
  assertEquals(event.defaultPrevented, true);
  // Who commands a dead node hears of it elsewhere.
  await commanded;
  world.worker.dispatchEvent(new ErrorEvent("error", { message: "again" }));
  assertEquals(world.told, ["died: out of memory"]);
  assertEquals(world.worker.terminated, 1);
  await world.node.command(DROP);
  assertEquals(await world.node.stop(), undefined);
});

Deno.test.each<{ why: string; event: () => Event; reason: string }>([
  {
    why: "an error",
    event: () =>
      new ErrorEvent("error", { message: "Uncaught x", cancelable: true }),
    reason: "Uncaught x",
  },
  {
    why: "a rejection",
    event: () => {
      const promise = Promise.reject(new Error("boom"));
      promise.catch(() => {});
      return new PromiseRejectionEvent("unhandledrejection", {
        promise,
        reason: new Error("boom"),
        cancelable: true,
      });
    },
    reason: "Uncaught Error: boom",
  },
])(
  "$why that nobody in the worker caught is told with its reason",
  async (row) => {
    using world = new World();
    await world.start();
    const event = row.event();
    world.worker.scope.dispatchEvent(event);
    await settle();
    assertEquals(event.defaultPrevented, true);
    assertEquals(world.told, [`died: ${row.reason}`]);
  },
);

Deno.test("what somebody else has dealt with ends nothing", async () => {
  using world = new World();
  await world.start();
  const event = new ErrorEvent("error", { message: "x", cancelable: true });
  event.preventDefault();
  world.worker.scope.dispatchEvent(event);
  await settle();
  assertEquals(world.told, []);
  await world.node.stop();
});

Deno.test("a node that is stopped before its script runs is at its end at once", async () => {
  using world = new World();
  const prepared = world.node.prepare(PLAN);
  assertEquals(await world.node.stop(), undefined);
  await assertRejects(() => prepared, Error, "stopped");
  assertEquals([world.worker.terminated, world.told], [1, []]);
});

Deno.test("a node that was never prepared has nothing to stop, and is not started any more", async () => {
  using world = new World();
  assertEquals(await world.node.stop(), undefined);
  await assertRejects(() => world.node.prepare(PLAN), Error, "stopped");
  assertEquals(FakeWorker.made.length, 0);
});

Deno.test("one that does not stop in its time is ended without a last report", async () => {
  using world = new World();
  await world.start();
  world.inner.hangs = true;
  assertEquals(await world.node.stop(5), undefined);
  assertEquals([world.worker.terminated, world.told], [1, []]);
});

Deno.test("one that says nothing more is late, then dead, and each is told once", async () => {
  using world = new World(25);
  await world.start();
  await world.died.promise;
  assertEquals(world.told, ["late", "died: no word in 0.025 s"]);
  assertEquals(world.worker.terminated, 1);
});
