/**
 * A node in a Deno `Worker`, so that a crowd uses more than one core: one end
 * here, which the coordinator holds, and one in the worker, which serves a
 * `LocalNode` over messages. A worker that dies takes its own clients along,
 * and nothing else.
 *
 * @module
 */

import {
  ReportReader,
  ReportWriter,
  type Snapshot,
  type SnapshotReport,
  type TrackNews,
} from "../../metrics/mod.ts";
import type { PublisherNews } from "./client_port.ts";
import {
  type LoadNode,
  type NodeCommand,
  type NodeFacts,
  type NodeHandlers,
  type NodeNote,
  type NodePlan,
  STOP_MS,
} from "./node.ts";
import { messageOf } from "../../text/mod.ts";
import { every, systemClock } from "../../time/mod.ts";

/** What goes to the worker unanswered. */
type Word =
  | { readonly type: "learn"; readonly news: PublisherNews }
  | { readonly type: "aimWall"; readonly aheadMs: number };

/** What is to be done. */
type Task =
  | { readonly type: "prepare"; readonly plan: NodePlan }
  | { readonly type: "begin"; readonly startedAtMs: number }
  | { readonly type: "command"; readonly command: NodeCommand }
  | { readonly type: "stop"; readonly withinMs: number };

/** What goes to the worker; each is answered by a `done` with its number. */
type Order = { readonly number: number } & Task;

/** What comes of an order. */
interface Outcome {
  /** Of `prepare`. */
  readonly facts?: NodeFacts | undefined;
  /** Of `stop`. */
  readonly last?: SnapshotReport | undefined;
}

/** What comes from the worker. */
type Report =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly number: number } & Outcome
  | {
    readonly type: "failed";
    readonly number: number;
    readonly error: string;
  }
  | { readonly type: "snapshot"; readonly report: SnapshotReport }
  | { readonly type: "publisher"; readonly news: PublisherNews }
  | { readonly type: "tracks"; readonly news: readonly TrackNews[] }
  | { readonly type: "note"; readonly note: NodeNote }
  /** Something was thrown that nobody caught. */
  | { readonly type: "dying"; readonly reason: string };

/** The pipe to the other end; a `Worker`, or the worker's own scope. */
interface MessagePipe {
  postMessage(message: unknown): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent) => void,
  ): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(
    type: "unhandledrejection",
    listener: (event: PromiseRejectionEvent) => void,
  ): void;
}

/** Of that, how much its clients have for leaving. */
const LEAVING_SHARE = 0.9;

/** How patient the coordinator is with a worker. */
export interface WorkerNodeOptions {
  /**
   * A worker that says nothing for about so long, in milliseconds, counts as
   * dead: one that closes itself, or hangs, gives no other sign. After a
   * fifth of it, it is late.
   *
   * @default {15000}
   */
  readonly silentAfterMs?: number;
}

/** Looks without a word in between that make a worker dead; one may be late where this thread was busy. */
const MAX_SILENT_LOOKS = 5;

/** The coordinator's end of a node in a worker. */
export class WorkerNode implements LoadNode {
  readonly name: string;
  readonly #script: string;
  /** The thread, once it is to be made ready. */
  #worker: Worker | undefined;
  #isReady = false;
  readonly #handlers: NodeHandlers;
  readonly #waiting = new Map<number, PromiseWithResolvers<Outcome>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #silentAfterMs: number;
  readonly #reader = new ReportReader();
  #endWatch: () => void = () => {};
  #silentLooks = 0;
  #number = 0;
  #dead: string | undefined;
  #stopping: Promise<Snapshot | undefined> | undefined;

  /** Is to start a worker on `script`, which must call {@linkcode serveNode}. */
  constructor(
    name: string,
    script: string,
    handlers: NodeHandlers,
    options: WorkerNodeOptions = {},
  ) {
    this.name = name;
    this.#silentAfterMs = options.silentAfterMs ?? 15_000;
    this.#handlers = handlers;
    this.#ready.promise.catch(() => {});
    this.#script = script;
  }

  async prepare(plan: NodePlan): Promise<NodeFacts> {
    if (this.#dead === undefined) this.#start();
    await this.#ready.promise;
    const { facts } = await this.#order({ type: "prepare", plan });
    return facts!;
  }

  async begin(startedAtMs: number): Promise<void> {
    await this.#order({ type: "begin", startedAtMs });
    // From here on it speaks once a second.
    if (this.#dead !== undefined || this.#stopping !== undefined) return;
    this.#endWatch = every(
      systemClock,
      this.#silentAfterMs / MAX_SILENT_LOOKS,
      () => this.#look(),
    );
  }

  learn(news: PublisherNews): void {
    if (this.#dead !== undefined) return;
    this.#worker?.postMessage({ type: "learn", news } satisfies Word);
  }

  aimWall(aheadMs: number): void {
    if (this.#dead !== undefined) return;
    this.#worker?.postMessage({ type: "aimWall", aheadMs } satisfies Word);
  }

  async command(command: NodeCommand): Promise<void> {
    await this.#order({ type: "command", command }).catch((error) => {
      // A dead one is told of elsewhere.
      if (this.#dead === undefined) throw error;
    });
  }

  stop(withinMs: number = STOP_MS): Promise<Snapshot | undefined> {
    return this.#stopping ??= this.#stop(withinMs);
  }

  #start(): void {
    const worker = new Worker(this.#script, {
      type: "module",
      name: this.name,
    });
    worker.addEventListener(
      "message",
      (event: MessageEvent<Report>) => this.#onReport(event.data),
    );
    worker.addEventListener("error", (event) => {
      // Otherwise the error would end the whole process.
      event.preventDefault();
      this.#die(event.message);
    });
    this.#worker = worker;
  }

  #look(): void {
    const looks = ++this.#silentLooks - 1;
    if (looks < 1) return;
    const silentMs = looks * this.#silentAfterMs / MAX_SILENT_LOOKS;
    if (looks === MAX_SILENT_LOOKS) {
      return this.#die(`no word in ${silentMs / 1000} s`);
    }
    if (looks === 1) this.#handlers.onLate?.(silentMs);
  }

  async #stop(withinMs: number): Promise<Snapshot | undefined> {
    this.#endWatch();
    if (this.#dead !== undefined) return undefined;
    // One that has not begun has nothing to leave.
    if (!this.#isReady) return void this.#end("stopped");
    const cancel = systemClock.setTimer(
      withinMs,
      () => this.#fail(`no answer in ${withinMs / 1000} s`),
    );
    const leavingMs = withinMs * LEAVING_SHARE;
    const { last } = await this.#order({ type: "stop", withinMs: leavingMs })
      .catch((): Outcome => ({}));
    cancel();
    this.#end("stopped");
    return last && this.#read(last);
  }

  #order(task: Task): Promise<Outcome> {
    if (this.#dead !== undefined) {
      return Promise.reject(new Error(this.#dead));
    }
    const number = ++this.#number;
    const done = Promise.withResolvers<Outcome>();
    this.#waiting.set(number, done);
    this.#worker?.postMessage({ ...task, number } satisfies Order);
    return done.promise;
  }

  #heard(): void {
    const looks = this.#silentLooks - 1;
    this.#silentLooks = 0;
    if (looks < 1) return;
    this.#handlers.onBack?.(looks * this.#silentAfterMs / MAX_SILENT_LOOKS);
  }

  #onReport(report: Report): void {
    this.#heard();
    switch (report.type) {
      case "ready":
        this.#isReady = true;
        return this.#ready.resolve();
      case "snapshot":
        return this.#handlers.onSnapshot(this.#read(report.report));
      case "note":
        return this.#handlers.onNote(report.note);
      case "publisher":
        return this.#handlers.onPublisher?.(report.news);
      case "tracks":
        return this.#handlers.onTracks?.(report.news);
      case "dying":
        return this.#die(report.reason);
      case "done":
        return this.#answered(report.number)?.resolve(report);
      case "failed":
        return this.#answered(report.number)?.reject(new Error(report.error));
    }
  }

  #answered(number: number): PromiseWithResolvers<Outcome> | undefined {
    const done = this.#waiting.get(number);
    this.#waiting.delete(number);
    return done;
  }

  /** What comes from a thread comes whole, once and in order. */
  #read(report: SnapshotReport): Snapshot {
    const snapshot = this.#reader.read(report);
    if (typeof snapshot !== "string") return snapshot;
    throw new Error(`Cannot read what a thread reports: it is "${snapshot}"`);
  }

  #die(reason: string): void {
    if (this.#dead !== undefined) return;
    this.#endWatch();
    this.#end(reason);
    if (this.#stopping === undefined) this.#handlers.onDied(reason);
  }

  #end(reason: string): void {
    this.#fail(reason);
    this.#worker?.terminate();
  }

  #fail(reason: string): void {
    this.#dead ??= reason;
    const error = new Error(reason);
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The worker's end: serves the node that `create` makes, over `pipe`. */
export function serveNode(
  pipe: MessagePipe,
  create: (name: string, handlers: NodeHandlers) => LoadNode,
): void {
  const say = (report: Report) => pipe.postMessage(report);
  let node: LoadNode | undefined;
  const writer = new ReportWriter(crypto.randomUUID());
  const reportOf = (snapshot: Snapshot): SnapshotReport => {
    const report = writer.write(snapshot);
    writer.acknowledge(snapshot.sequence);
    return report;
  };
  const carryOut = async (order: Order): Promise<Outcome> => {
    switch (order.type) {
      case "prepare":
        node = create(order.plan.node, {
          onSnapshot: (snapshot) =>
            say({ type: "snapshot", report: reportOf(snapshot) }),
          onNote: (note) => say({ type: "note", note }),
          onPublisher: (news) => say({ type: "publisher", news }),
          onTracks: (news) => say({ type: "tracks", news }),
          onDied: () => {},
        });
        return { facts: await node.prepare(order.plan) };
      case "begin":
        await node?.begin(order.startedAtMs);
        return {};
      case "command":
        await node?.command(order.command);
        return {};
      case "stop": {
        const last = await node?.stop(order.withinMs);
        return { last: last && reportOf(last) };
      }
    }
  };
  pipe.addEventListener("message", ({ data }: MessageEvent<Order | Word>) => {
    if (data.type === "learn") return node?.learn?.(data.news);
    if (data.type === "aimWall") return node?.aimWall?.(data.aheadMs);
    const { number } = data;
    carryOut(data).then(
      (outcome) => say({ type: "done", number, ...outcome }),
      (error) => say({ type: "failed", number, error: messageOf(error) }),
    );
  });
  // Otherwise the runtime prints a trace, whoever is told of it.
  pipe.addEventListener("error", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    say({ type: "dying", reason: event.message });
  });
  pipe.addEventListener("unhandledrejection", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    say({ type: "dying", reason: `Uncaught ${event.reason}` });
  });
  say({ type: "ready" });
}
