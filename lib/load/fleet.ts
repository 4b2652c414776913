/**
 * A fleet: all clients of a run or of a session, on one node or several, and
 * the time of their run, second by second.
 *
 * @module
 */

import { checkImpairment } from "../impairment/mod.ts";
import { later, type RunPlan } from "./plan/plan.ts";
import type {
  DatapathChoice,
  LoadNode,
  NodeCommand,
  NodeFacts,
  NodeHandlers,
  NodeNote,
  ServerTarget,
} from "./node/node.ts";
import { NodeGroup } from "./node/group.ts";
import type { NodeClock } from "./node/local_node.ts";
import { createRandom } from "./plan/random.ts";
import { checkSteering } from "./node/steer.ts";
import {
  EMPTY_SNAPSHOT,
  type Snapshot,
  Timeline,
  type TimelinePoint,
} from "../metrics/mod.ts";
import { ChannelError } from "../signaling/websocket/mod.ts";
import { shownUrl } from "../text/mod.ts";
import { delay, threadClock, unlessAborted } from "../time/mod.ts";
import { reachServer } from "./node/signaling.ts";
import { systemNodeClock } from "./node/this_thread.ts";
import {
  openInWorker,
  openOnThisThread,
  processCpuUs,
  START_TOGETHER,
} from "./node/threads.ts";

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
  /** Where clients run in place of this machine. @default {here} */
  readonly elsewhere?: Elsewhere | undefined;
  /** The time by which seconds are counted. @default {the system's} */
  readonly clock?: NodeClock | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** Whose packets and events are written down, and where. @default {nobody's} */
  readonly dump?: DumpChoice | undefined;
  /** Why these nodes cannot have what is to come; asked once they are ready, before anything begins. @default {they can} */
  readonly objection?:
    | ((nodes: readonly NodeFacts[]) => string | undefined)
    | undefined;
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

/** Nodes on other machines. */
export interface Elsewhere {
  /** Their names: places, such as `agent-0`, for what is drawn depends on them. */
  readonly nodes: readonly string[];
  /** Makes each. */
  readonly openNode: (name: string, handlers: NodeHandlers) => LoadNode;
  /** So many of them may be lost, and the run goes by the others. @default {0} */
  readonly allowLost?: number | undefined;
  /** Tells in a line when nobody can be heard of, and when they can again, until what is returned is called. @default {nothing is told} */
  readonly watch?: ((tell: (line: string) => void) => () => void) | undefined;
  /** How long it takes until all have heard that the run begins, in milliseconds; asked when all are ready. */
  readonly leadMs: () => number;
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
/**
 * Opens a fleet without clients. Throws an `UnreachableError` when the server
 * cannot be reached: better now than from every client.
 */
export async function openFleet(options: FleetOptions): Promise<ClientFleet> {
  const { server, signal, elsewhere } = options;
  // Whether it can be reached from here says nothing of nodes elsewhere.
  if (elsewhere === undefined) await reachServer(server, signal);
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
  readonly #clock: NodeClock;
  readonly #group: NodeGroup;
  readonly #timeline = new Timeline();
  readonly #watchers = new Set<NonNullable<FleetOptions["onSecond"]>>();
  #latest: Snapshot = EMPTY_SNAPSHOT;
  #facts: NodeFacts | undefined;
  #startedAtMs: number;
  #zeroMs: number;
  #endWatch: () => void = () => {};
  readonly #endLinkWatch: (() => void) | undefined;
  #nextIndex = 0;
  /** Clients that were drawn to be dumped. */
  #drawn = 0;
  #drawing: (() => number) | undefined;
  #closing: Promise<void> | undefined;

  /** Use {@linkcode openFleet}. */
  constructor(options: FleetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemNodeClock;
    this.#startedAtMs = Math.round(this.#clock.wallNowMs());
    this.#zeroMs = this.#clock.nowMs();
    const { workers = 1, elsewhere, onNote, onTracks } = options;
    const isHere = elsewhere === undefined;
    this.#endLinkWatch = elsewhere?.watch?.((text) => {
      const atMs = this.elapsedMs;
      onNote?.({ atMs, clientId: null, level: "error", text });
    });
    this.#group = new NodeGroup({
      name: "fleet",
      nodes: elsewhere?.nodes ?? namesOf(workers),
      openNode: elsewhere?.openNode ?? options.openNode ??
        (workers === 1 ? openOnThisThread : openInWorker),
      clock: this.#clock,
      ...(isHere && workers > 1 && { processCpuUs }),
      areMachines: !isHere,
      ...(isHere && { startTogether: START_TOGETHER }),
      allowLost: elsewhere?.allowLost,
      handlers: {
        onSnapshot: (snapshot) => this.#onSecond(snapshot),
        onNote: (note) => onNote?.(note),
        onTracks,
        onDied: () => {},
      },
    });
  }

  /** Milliseconds since its run began; 0 before. */
  get elapsedMs(): number {
    return Math.max(0, this.#clock.nowMs() - this.#zeroMs);
  }

  /** When its run began, ISO 8601 in UTC. */
  get startedAt(): string {
    return new Date(this.#startedAtMs).toISOString();
  }

  /** The index of its first client. */
  get firstIndex(): number {
    return 0;
  }

  /** The index that no client has had yet, nor any above it. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Whether its clients run on this machine. */
  get isHere(): boolean {
    return this.#options.elsewhere === undefined;
  }

  /** What its nodes are and have, once it is open. */
  get nodes(): readonly NodeFacts[] {
    return this.#facts?.parts ?? [];
  }

  /** Makes the nodes ready, and has the run begin; called once. */
  async start(): Promise<void> {
    const { seed, server, datapath = {}, elsewhere, signal } = this.#options;
    const plan = { node: this.#group.name, server, datapath, seed };
    const preparing = this.#group.prepare(plan);
    this.#facts = await unlessAborted(preparing, signal).catch((error) => {
      if (!signal?.aborted) throw error;
      throw new ChannelError(shownUrl(server.url), { kind: "aborted" });
    });
    const why = this.#options.objection?.(this.nodes);
    if (why !== undefined) throw new Error(why);
    const leadMs = elsewhere?.leadMs() ?? 0;
    this.#startedAtMs = Math.round(this.#clock.wallNowMs() + leadMs);
    this.#zeroMs = this.#clock.nowMs() + leadMs;
    await this.#group.begin(this.#startedAtMs);
    if (this.#clock === systemNodeClock) this.#endWatch = threadClock.watch();
    const restMs = this.#zeroMs - this.#clock.nowMs();
    const never = new AbortController().signal;
    if (restMs > 0) await delay(this.#clock, restMs, signal ?? never);
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
    const clients = plan.clients.map((client) => later(client, nowMs));
    for (const { index } of clients) {
      this.#nextIndex = Math.max(this.#nextIndex, index + 1);
    }
    await this.#group.command({ type: "add", clients });
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
    await this.#group.command(command);
  }

  /** All nodes together, as of the last second that is over. */
  snapshot(): Snapshot {
    return this.#latest;
  }

  /** The time so far, second by second. */
  timeline(): TimelinePoint[] {
    return this.#timeline.points();
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
    const last = await this.#group.stop();
    this.#endWatch();
    this.#endLinkWatch?.();
    // Of a fleet that never started there is nothing to tell.
    if (last !== undefined) this.#onSecond(last);
  }

  #onSecond(all: Snapshot): void {
    this.#latest = all;
    const atMs = all.final ? this.elapsedMs : all.second * 1000;
    const point = this.#timeline.mark(all, atMs);
    this.#options.onSecond?.(point, all);
    for (const watcher of [...this.#watchers]) watcher(point, all);
  }
}

function namesOf(workers: number): string[] {
  return workers === 1
    ? ["local"]
    : Array.from({ length: workers }, (_, i) => `worker-${i}`);
}
