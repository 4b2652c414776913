/**
 * A fleet: all clients of a run or of a session, on one node or several. It
 * splits plans over nodes, forwards commands, and keeps the book of what the
 * nodes report.
 *
 * @module
 */

import { checkImpairment } from "../impairment/mod.ts";
import { type ClientPlan, later, type RunPlan } from "./plan/plan.ts";
import type {
  DatapathChoice,
  LoadNode,
  NodeCommand,
  NodeHandlers,
  NodeNote,
  ServerTarget,
} from "./node/node.ts";
import type { NodeClock } from "./node/local_node.ts";
import type { PublisherNews } from "./node/client_port.ts";
import { createRandom } from "./plan/random.ts";
import { splitPlan } from "./plan/split.ts";
import { checkSteering } from "./node/steer.ts";
import { WorkerNode } from "./node/worker_node.ts";
import {
  type ClientRecord,
  ClientRecorder,
  EMPTY_SNAPSHOT,
  plainRecord,
  type Snapshot,
  SnapshotBook,
  type TimelinePoint,
} from "../metrics/mod.ts";
import { threadClock } from "../time/mod.ts";
import { process } from "./deps.ts";
import { reachServer } from "./node/signaling.ts";
import { createLocalNode, systemNodeClock } from "./node/this_thread.ts";

/** What a fleet is made of. */
export interface FleetOptions {
  /** The server. */
  readonly server: ServerTarget;
  /** Seed of everything drawn. */
  readonly seed: number;
  /** Threads that drive clients; 1 is this one. @default {1} */
  readonly workers?: number | undefined;
  /**
   * Makes each node; `name` is unique in the fleet.
   * @default {this thread, or a `Worker` for each of several threads}
   */
  readonly openNode?:
    | ((name: string, handlers: NodeHandlers) => LoadNode)
    | undefined;
  /** The time by which seconds are counted. @default {the system's} */
  readonly clock?: NodeClock | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** Whose packets and events are written down, and where. @default {nobody's} */
  readonly dump?: DumpChoice | undefined;
  /** Calls off the opening; has no effect on an open fleet. */
  readonly signal?: AbortSignal | undefined;
  /** Told of what happens to clients and nodes, as it happens. */
  readonly onNote?: ((note: NodeNote) => void) | undefined;
  /** Told what became of tracks that clients receive. */
  readonly onTracks?: NodeHandlers["onTracks"];
  /** Told of each second, with what happened in it. */
  readonly onSecond?:
    | ((point: TimelinePoint, all: Snapshot) => void)
    | undefined;
}

/** Whom a fleet dumps. */
export interface DumpChoice {
  /** Where each of them has its two files. */
  readonly dir: string;
  /** Their indices; so many, drawn by the seed; or those of some drawn by it that fail, are away, or see a picture freeze. */
  readonly clients: readonly number[] | number | "failed";
  /** Only the last so many milliseconds; `null` for all. */
  readonly keepMs: number | null;
}

/** So many are watched for trouble: each holds a megabyte or two. */
const WATCHED_FOR_TROUBLE = 20;
const MARK_INTERVAL_MS = 1000;
/** A second waits so long for the report of a node that is late, so that it is not counted in the next. */
const MAX_REPORT_WAIT_MS = 500;
const REPORT_WAIT_STEP_MS = 25;

/**
 * Opens a fleet without clients. Throws an `UnreachableError` when the server
 * cannot be reached: better now than from every client.
 */
export async function openFleet(options: FleetOptions): Promise<ClientFleet> {
  const { server, signal } = options;
  await reachServer(server, signal);
  const fleet = new ClientFleet(options);
  try {
    await fleet.start();
  } catch (error) {
    await fleet.close();
    throw error;
  }
  return fleet;
}

/** All clients of a run or of a session. */
export class ClientFleet implements AsyncDisposable {
  readonly #options: FleetOptions;
  readonly #book = new SnapshotBook();
  readonly #nodes: LoadNode[] = [];
  readonly #dead = new Map<string, string>();
  readonly #nodeOf = new Map<number, LoadNode>();
  /** Of those that no node has reported yet. */
  readonly #plans = new Map<number, ClientPlan>();
  /** What was found of the server and told. */
  readonly #found = new Set<string>();
  /** Who publishes, by node and participant: when a node dies, they are gone. */
  readonly #publishers = new Map<string, Map<string, PublisherNews>>();
  readonly #watchers = new Set<NonNullable<FleetOptions["onSecond"]>>();
  readonly #clock: NodeClock;
  readonly #wallStartMs: number;
  readonly #startMs: number;
  readonly #startCpuUs = processCpuUs();
  /** How long its threads took to start, all together: they used a CPU then, too. */
  #startingUs = 0;
  /** The reports of the nodes that the last second was made of, by name. */
  #counted: ReadonlyMap<string, number> = new Map();
  #cancelTimer: (() => void) | undefined;
  #endWatch: () => void = () => {};
  #sequence = 0;
  #nextIndex = 0;
  /** Clients that were drawn to be dumped. */
  #drawn = 0;
  #drawing: (() => number) | undefined;
  #closing: Promise<void> | undefined;

  /** Use {@linkcode openFleet}. */
  constructor(options: FleetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemNodeClock;
    this.#wallStartMs = Math.round(this.#clock.wallNowMs());
    this.#startMs = this.#clock.nowMs();
  }

  /** Milliseconds since the fleet was opened. */
  get elapsedMs(): number {
    return this.#clock.nowMs() - this.#startMs;
  }

  /** When it was opened, ISO 8601 in UTC. */
  get startedAt(): string {
    return new Date(this.#wallStartMs).toISOString();
  }

  /** The index of its first client. */
  get firstIndex(): number {
    return 0;
  }

  /** The index that no client has had yet, nor any above it. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Nodes that died, with the reason. */
  get deadNodes(): ReadonlyMap<string, string> {
    return this.#dead;
  }

  /** Starts the nodes; called once. */
  async start(): Promise<void> {
    const { workers = 1, seed, server, datapath = {} } = this.#options;
    const openNode = this.#options.openNode ??
      (workers === 1 ? openOnThisThread : openInWorker);
    for (let i = 0; i < workers; i++) {
      const name = workers === 1 ? "local" : `worker-${i}`;
      this.#nodes.push(openNode(name, this.#handlersOf(name)));
    }
    await Promise.all(this.#nodes.map((node) =>
      node.start({
        node: node.name,
        server,
        datapath,
        startedAtMs: this.#wallStartMs,
        seed,
      })
    ));
    this.#startingUs = Math.round(this.elapsedMs * 1000) * workers;
    if (this.#clock === systemNodeClock) this.#endWatch = threadClock.watch();
    this.#scheduleMark();
  }

  /**
   * Adds the clients of a plan, whose times count from now. Throws a
   * `RangeError` for an impairment that cannot be, and an `Error` for a media
   * file that cannot be used.
   */
  async add(plan: Pick<RunPlan, "clients">): Promise<void> {
    for (const { impairment } of plan.clients) {
      checkImpairment(impairment ?? {});
    }
    const nowMs = this.elapsedMs;
    const alive = this.#alive();
    if (alive.length === 0) return;
    const parts = splitPlan(plan, alive.length);
    await Promise.all(alive.map((node, i) => {
      const clients = parts[i].map((client) => later(client, nowMs));
      for (const client of clients) {
        this.#nextIndex = Math.max(this.#nextIndex, client.index + 1);
        this.#nodeOf.set(client.index, node);
        this.#plans.set(client.index, client);
      }
      return node.command({ type: "add", clients });
    }));
    await this.#dump(plan.clients.map(({ index }) => index));
  }

  /** Dumps those of new clients that were chosen. */
  async #dump(added: readonly number[]): Promise<void> {
    const { dump } = this.#options;
    if (dump === undefined) return;
    const { dir, keepMs, clients } = dump;
    await this.command({
      type: "dump",
      clients: typeof clients === "object"
        ? added.filter((index) => clients.includes(index))
        : this.#draw(
          added,
          clients === "failed" ? WATCHED_FOR_TROUBLE : clients,
        ),
      dir,
      keepMs,
      forMs: null,
      onTrouble: clients === "failed",
    });
  }

  /** Of these, as many as are still to be drawn. */
  #draw(added: readonly number[], most: number): number[] {
    this.#drawing ??= createRandom(this.#options.seed, "dumps");
    const random = this.#drawing;
    const drawn = added.map((index) => ({ index, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most - this.#drawn)
      .map(({ index }) => index);
    this.#drawn += drawn.length;
    return drawn;
  }

  /** Has clients do something; those of other nodes are left alone. Throws a `RangeError` for an impairment that cannot be. */
  async command(
    command: Exclude<NodeCommand, { readonly type: "add" }>,
  ): Promise<void> {
    if (command.type !== "drop" && command.type !== "dump") {
      checkSteering(command);
    }
    await Promise.all(
      this.#alive().map((node) => {
        const clients = command.clients.filter((index) =>
          this.#nodeOf.get(index) === node
        );
        return clients.length === 0
          ? undefined
          : node.command({ ...command, clients });
      }),
    );
  }

  /** All nodes together, as of their last reports. */
  snapshot(): Snapshot {
    return this.#book.merged();
  }

  /** The time so far, second by second. */
  timeline(): TimelinePoint[] {
    return this.#book.timeline();
  }

  /** Calls back each second with what happened in it, until what is returned is called. */
  watch(
    onSecond: NonNullable<FleetOptions["onSecond"]>,
  ): () => void {
    this.#watchers.add(onSecond);
    return () => this.#watchers.delete(onSecond);
  }

  /** Has everyone leave; resolves when nothing is left behind. Idempotent. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** The same as {@linkcode ClientFleet.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#cancelTimer?.();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    this.#endWatch();
    // Of a fleet that never started there is nothing to tell.
    if (this.#cancelTimer !== undefined) this.#mark();
  }

  #alive(): LoadNode[] {
    return this.#nodes.filter(({ name }) => !this.#dead.has(name));
  }

  #handlersOf(name: string): NodeHandlers {
    const { onNote, onTracks } = this.#options;
    return {
      onTracks,
      onSnapshot: (snapshot) => {
        this.#book.add(snapshot);
        this.#forget(snapshot.clients);
      },
      onNote: (note) => {
        if (note.isOfServer) {
          if (this.#found.has(note.text)) return;
          this.#found.add(note.text);
        }
        onNote?.(note);
      },
      onPublisher: (news) => this.#spread(name, news),
      onDied: (reason) => {
        this.#dead.set(name, reason);
        for (const news of this.#publishers.get(name)?.values() ?? []) {
          this.#spread(name, { ...news, tracks: null });
        }
        this.#markNodeDead(name, reason);
        onNote?.({
          atMs: this.elapsedMs,
          clientId: null,
          level: "error",
          text: `${name} died with its clients: ${reason}`,
        });
      },
    };
  }

  /** Tells all other nodes what a client of one node sends. */
  #spread(name: string, news: PublisherNews): void {
    let own = this.#publishers.get(name);
    if (own === undefined) this.#publishers.set(name, own = new Map());
    const key = `${news.participantId} in ${news.roomId}`;
    if (news.tracks === null) own.delete(key);
    else own.set(key, news);
    for (const node of this.#alive()) {
      if (node.name !== name) node.learn?.(news);
    }
  }

  /** Of those that were heard of no plan is needed, and of those that left no node: of them only records stay. */
  #forget(clients: readonly ClientRecord[]): void {
    for (const { index, state } of clients) {
      this.#plans.delete(index);
      if (state === "left") this.#nodeOf.delete(index);
    }
  }

  /** The clients of a dead node are lost, and its last report must say so. */
  #markNodeDead(name: string, reason: string): void {
    const last = this.#book.latest(name) ?? { ...EMPTY_SNAPSHOT, node: name };
    const cause = `${name} died: ${reason}`;
    const known = new Set(last.clients.map(({ index }) => index));
    // It died before it could say a word of those.
    const unheard = [...this.#plans.values()]
      .filter(({ index }) =>
        this.#nodeOf.get(index)?.name === name && !known.has(index)
      )
      .map((client) => recordOf(client, name));
    const clients = [...last.clients, ...unheard].map((client) =>
      client.state === "left" || client.state === "failed"
        ? client
        : failed(client, cause, this.elapsedMs)
    );
    const lost = clients.filter(({ failureCause }) => failureCause === cause);
    const key = "errors.worker";
    this.#book.add({
      ...last,
      sequence: last.sequence + 1,
      gauges: {},
      counters: {
        ...last.counters,
        [key]: (last.counters[key] ?? 0) + lost.length,
      },
      clients,
    });
  }

  #scheduleMark(): void {
    this.#cancelTimer = this.#clock.setTimer(
      MARK_INTERVAL_MS,
      () => this.#markOnceReported(MAX_REPORT_WAIT_MS),
    );
  }

  #markOnceReported(mostMs: number): void {
    const late = this.#alive().some(({ name }) =>
      this.#book.latest(name)?.sequence === this.#counted.get(name)
    );
    if (late && mostMs > 0) {
      this.#cancelTimer = this.#clock.setTimer(
        REPORT_WAIT_STEP_MS,
        () => this.#markOnceReported(mostMs - REPORT_WAIT_STEP_MS),
      );
      return;
    }
    this.#scheduleMark();
    this.#mark();
  }

  #mark(): void {
    if (this.#nodes.length > 1) this.#addOwnCpu();
    this.#counted = new Map(
      this.#nodes.flatMap(({ name }) => {
        const last = this.#book.latest(name);
        return last === undefined ? [] : [[name, last.sequence]];
      }),
    );
    const point = this.#book.mark(this.elapsedMs);
    const all = this.#book.merged();
    this.#options.onSecond?.(point, all);
    for (const watcher of [...this.#watchers]) watcher(point, all);
  }

  /** With workers, what this thread and the runtime's helpers use is the generator's as well. */
  #addOwnCpu(): void {
    const main = "main";
    const before = this.#book.latest(main)?.generator.cpuUs ?? 0;
    const ofNodes = this.#book.merged().generator.cpuUs - before;
    const all = processCpuUs() - this.#startCpuUs;
    this.#book.add({
      ...EMPTY_SNAPSHOT,
      node: main,
      sequence: ++this.#sequence,
      atMs: this.elapsedMs,
      generator: {
        ...EMPTY_SNAPSHOT.generator,
        cpuUs: Math.max(before, Math.round(all - ofNodes)),
        threadUs: this.#startingUs,
      },
    });
  }
}

function openOnThisThread(name: string, handlers: NodeHandlers): LoadNode {
  return createLocalNode(name, "process", handlers);
}

function openInWorker(name: string, handlers: NodeHandlers): LoadNode {
  return new WorkerNode(
    name,
    import.meta.resolve("./node/worker.ts"),
    handlers,
  );
}

function recordOf(
  { clientId, index, roomId, role }: ClientPlan,
  node: string,
): ClientRecord {
  return new ClientRecorder({ clientId, index, roomId, role, node }).toRecord();
}

function failed(
  client: ClientRecord,
  cause: string,
  nowMs: number,
): ClientRecord {
  const atMs = Math.round(nowMs);
  return {
    ...plainRecord(client),
    state: "failed",
    failureCause: cause,
    errorCount: client.errorCount + 1,
    errors: [...client.errors, { kind: "worker", message: cause, atMs }],
  };
}

function processCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
