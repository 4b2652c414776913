/**
 * A node in a Deno `Worker`, so that a crowd uses more than one core: one end
 * here, which the coordinator holds, and one in the worker, which serves a
 * `LocalNode` over messages. A worker that dies takes its own clients along,
 * and nothing else.
 *
 * @module
 */

import {
  type ClientRecord,
  DepartedRecord,
  DepartedShare,
  type Snapshot,
  type TrackNews,
} from "../../metrics/mod.ts";
import type { PublisherNews } from "./client_port.ts";
import type {
  LoadNode,
  NodeCommand,
  NodeHandlers,
  NodeNote,
  NodePlan,
} from "./node.ts";
import { messageOf } from "../../text/mod.ts";
import { every, systemClock } from "../../time/mod.ts";

/** What goes to the worker unanswered. */
interface Word {
  readonly type: "learn";
  readonly news: PublisherNews;
}

/** What goes to the worker; each is answered by a `done` with its number. */
type Order =
  & { readonly number: number }
  & (
    | { readonly type: "start"; readonly plan: NodePlan }
    | { readonly type: "command"; readonly command: NodeCommand }
    | { readonly type: "stop" }
  );

/** What comes from the worker. */
type Report =
  | { readonly type: "ready" }
  | {
    readonly type: "done";
    readonly number: number;
    readonly error: string | null;
  }
  | {
    readonly type: "snapshot";
    /** Without the clients that had left by an earlier one. */
    readonly snapshot: Snapshot;
    /** Of those clients, who has left: they are not told of again. */
    readonly departed: ReadonlySet<number>;
  }
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

/** How long a worker may take to leave its rooms and end. */
const STOP_TIMEOUT_MS = 15_000;

/** How patient the coordinator is with a worker. */
export interface WorkerNodeOptions {
  /**
   * A worker that says nothing for about so long, in milliseconds, counts as
   * dead: one that closes itself, or hangs, gives no other sign.
   *
   * @default {15000}
   */
  readonly silentAfterMs?: number;
}

/** Looks without a word in between that make a worker dead; one may be late where this thread was busy. */
const MAX_SILENT_LOOKS = 3;

/** The coordinator's end of a node in a worker. */
export class WorkerNode implements LoadNode {
  readonly name: string;
  readonly #worker: Worker;
  readonly #handlers: NodeHandlers;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #silentAfterMs: number;
  /** Who has left. */
  readonly #departed: ClientRecord[] = [];
  readonly #texts = new DepartedShare();
  #endWatch: () => void = () => {};
  #silentLooks = 0;
  #number = 0;
  #dead: string | undefined;
  #stopping: Promise<void> | undefined;

  /** Starts a worker on `script`, which must call {@linkcode serveNode}. */
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
    this.#worker = new Worker(script, { type: "module", name });
    this.#worker.addEventListener(
      "message",
      (event: MessageEvent<Report>) => this.#onReport(event.data),
    );
    this.#worker.addEventListener("error", (event) => {
      // Otherwise the error would end the whole process.
      event.preventDefault();
      this.#die(event.message);
    });
  }

  async start(plan: NodePlan): Promise<void> {
    await this.#ready.promise;
    await this.#order({ type: "start", plan });
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
    this.#worker.postMessage({ type: "learn", news } satisfies Word);
  }

  async command(command: NodeCommand): Promise<void> {
    await this.#order({ type: "command", command }).catch((error) => {
      // A dead one is told of elsewhere.
      if (this.#dead === undefined) throw error;
    });
  }

  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  #look(): void {
    if (++this.#silentLooks <= MAX_SILENT_LOOKS) return;
    this.#die(`no word in ${this.#silentAfterMs / 1000} s`);
  }

  async #stop(): Promise<void> {
    this.#endWatch();
    if (this.#dead !== undefined) return;
    const cancel = systemClock.setTimer(
      STOP_TIMEOUT_MS,
      () => this.#fail(`no answer in ${STOP_TIMEOUT_MS / 1000} s`),
    );
    await this.#order({ type: "stop" }).catch(() => {});
    cancel();
    this.#fail("stopped");
    this.#worker.terminate();
  }

  #order(
    order:
      | { readonly type: "start"; readonly plan: NodePlan }
      | { readonly type: "command"; readonly command: NodeCommand }
      | { readonly type: "stop" },
  ): Promise<void> {
    if (this.#dead !== undefined) {
      return Promise.reject(new Error(this.#dead));
    }
    const number = ++this.#number;
    const done = Promise.withResolvers<void>();
    this.#waiting.set(number, done);
    this.#worker.postMessage({ ...order, number } satisfies Order);
    return done.promise;
  }

  #onReport(report: Report): void {
    this.#silentLooks = 0;
    switch (report.type) {
      case "ready":
        return this.#ready.resolve();
      case "snapshot":
        return this.#handlers.onSnapshot(
          this.#whole(report.snapshot, report.departed),
        );
      case "note":
        return this.#handlers.onNote(report.note);
      case "publisher":
        return this.#handlers.onPublisher?.(report.news);
      case "tracks":
        return this.#handlers.onTracks?.(report.news);
      case "dying":
        return this.#die(report.reason);
      case "done": {
        const done = this.#waiting.get(report.number);
        this.#waiting.delete(report.number);
        if (report.error === null) done?.resolve();
        else done?.reject(new Error(report.error));
      }
    }
  }

  /** With everyone who left before. */
  #whole(snapshot: Snapshot, departed: ReadonlySet<number>): Snapshot {
    const others = snapshot.clients.filter((client) => {
      if (!departed.has(client.index)) return true;
      this.#departed.push(new DepartedRecord(client, this.#texts));
      return false;
    });
    const clients = [...this.#departed, ...others]
      .sort((a, b) => a.index - b.index);
    return { ...snapshot, clients };
  }

  #die(reason: string): void {
    if (this.#dead !== undefined) return;
    this.#endWatch();
    this.#fail(reason);
    this.#worker.terminate();
    if (this.#stopping === undefined) this.#handlers.onDied(reason);
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
  const told = new Set<number>();
  /** A copy of each record each second would cost more the longer a run is. */
  const tell = (snapshot: Snapshot): void => {
    const departed = new Set<number>();
    const clients = snapshot.clients.flatMap((client) => {
      if (!(client instanceof DepartedRecord)) return [client];
      if (told.has(client.index)) return [];
      departed.add(client.index);
      told.add(client.index);
      return [client.toJSON()];
    });
    say({ type: "snapshot", snapshot: { ...snapshot, clients }, departed });
  };
  const carryOut = async (order: Order): Promise<void> => {
    switch (order.type) {
      case "start":
        node = create(order.plan.node, {
          onSnapshot: tell,
          onNote: (note) => say({ type: "note", note }),
          onPublisher: (news) => say({ type: "publisher", news }),
          onTracks: (news) => say({ type: "tracks", news }),
          onDied: () => {},
        });
        return await node.start(order.plan);
      case "command":
        return await node?.command(order.command);
      case "stop":
        return await node?.stop();
    }
  };
  pipe.addEventListener("message", ({ data }: MessageEvent<Order | Word>) => {
    if (data.type === "learn") return node?.learn?.(data.news);
    const { number } = data;
    carryOut(data).then(
      () => say({ type: "done", number, error: null }),
      (error) => say({ type: "done", number, error: messageOf(error) }),
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
