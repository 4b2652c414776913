/**
 * Several nodes that are one: a plan is split over them, commands go to those
 * whom they concern, what one publishes the others learn, and their seconds
 * are put together. Whoever has a group need not know of how many, and a
 * group may consist of groups.
 *
 * @module
 */

import { messageOf } from "../../text/mod.ts";
import {
  EMPTY_SNAPSHOT,
  type NodeMachine,
  type Snapshot,
  SnapshotBook,
  withKnownLatency,
} from "../../metrics/mod.ts";
import type { PublisherNews } from "./client_port.ts";
import type { NodeClock } from "./local_node.ts";
import { lastReport, recordOf, withFailed } from "./last_report.ts";
import {
  type LoadNode,
  type NodeCommand,
  type NodeFacts,
  type NodeHandlers,
  type NodeNote,
  type NodePlan,
  STOP_MS,
} from "./node.ts";
import type { ClientPlan } from "../plan/plan.ts";
import { splitPlan } from "../plan/split.ts";

/** What a group is made of. */
export interface NodeGroupOptions {
  /** Its own name. */
  readonly name: string;
  /** The names of its nodes: places, such as `worker-0`, for what is drawn depends on them. */
  readonly nodes: readonly string[];
  /** Makes each of them. */
  readonly openNode: (name: string, handlers: NodeHandlers) => LoadNode;
  readonly handlers: NodeHandlers;
  readonly clock: NodeClock;
  /**
   * CPU time of this process so far, in microseconds, where its nodes are
   * threads of it: what they do not account for is the generator's as well.
   *
   * @default {its nodes account for everything}
   */
  readonly processCpuUs?: (() => number) | undefined;
  /** Whether each of its nodes has a machine to itself. @default {false} */
  readonly areMachines?: boolean | undefined;
  /** So many of them are made ready at one time: what starts a thread holds this one up. @default {all of them} */
  readonly startTogether?: number | undefined;
  /** So many of them may be lost: as long as others go on, their clients are lost with them rather than failed. @default {0} */
  readonly allowLost?: number | undefined;
  /** A second waits so long for the reports of those that are late, in milliseconds. @default {2000} */
  readonly patienceMs?: number | undefined;
}

const SECOND_MS = 1000;
const PATIENCE_MS = 2000;
/** Reports that this thread was too busy to take in come first. */
const GRACE_MS = 25;
/** The clients that no node has. */
const NOWHERE = "";

/** Several nodes as one. */
export class NodeGroup implements LoadNode {
  readonly name: string;
  readonly #options: NodeGroupOptions;
  readonly #book: SnapshotBook;
  readonly #nodes: LoadNode[];
  readonly #weights = new Map<LoadNode, number>();
  readonly #machines = new Map<string, NodeMachine>();
  readonly #dead = new Set<string>();
  readonly #nodeOf = new Map<number, LoadNode>();
  /** Of those that no node has reported yet. */
  readonly #plans = new Map<number, ClientPlan>();
  /** What was found of the server and told. */
  readonly #found = new Set<string>();
  /** Who publishes, by node and participant: when a node dies, they are gone. */
  readonly #publishers = new Map<string, Map<string, PublisherNews>>();
  readonly #startCpuUs: number;
  readonly #openedMs: number;
  /** How long its threads took to start, all together: they used a CPU then, too. */
  #startingUs = 0;
  #ownCpuUs = 0;
  #zeroMs: number | undefined;
  #sequence = 0;
  #cancelTimer: () => void = () => {};
  #stopping: Promise<Snapshot | undefined> | undefined;

  /** Opens its nodes, which do nothing yet. */
  constructor(options: NodeGroupOptions) {
    const { name, nodes, openNode, clock, processCpuUs } = options;
    this.name = name;
    this.#book = new SnapshotBook(options.areMachines);
    this.#options = options;
    this.#openedMs = clock.nowMs();
    this.#startCpuUs = processCpuUs?.() ?? 0;
    this.#nodes = nodes.map((node) => openNode(node, this.#handlersOf(node)));
  }

  async prepare(plan: NodePlan): Promise<NodeFacts> {
    const parts = await this.#prepareAll(plan);
    this.#nodes.forEach((node, i) => this.#weights.set(node, parts[i].threads));
    for (const facts of parts) this.#machines.set(facts.node, machineOf(facts));
    const all = (kind: "lanes" | "ciphers" | "dtls") =>
      [...new Set(parts.flatMap((part) => part[kind]))].sort();
    const [{ version, machine, clock }] = parts;
    return {
      node: this.name,
      version,
      threads: parts.reduce((sum, { threads }) => sum + threads, 0),
      lanes: all("lanes"),
      ciphers: all("ciphers"),
      dtls: all("dtls"),
      machine,
      clock,
      parts,
    };
  }

  /** What each of them is, in their order. Throws once the group is stopped. */
  async #prepareAll(plan: NodePlan): Promise<NodeFacts[]> {
    const { startTogether = this.#nodes.length } = this.#options;
    const parts: NodeFacts[] = [];
    const rest = this.#nodes.entries();
    const takeTurns = async () => {
      for (const [i, node] of rest) {
        if (this.#stopping !== undefined) throw new Error("stopped");
        parts[i] = await node.prepare({ ...plan, node: node.name });
      }
    };
    await Promise.all(Array.from({ length: startTogether }, takeTurns));
    return parts;
  }

  async begin(startedAtMs: number): Promise<void> {
    const { clock } = this.#options;
    await Promise.all(this.#nodes.map((node) => node.begin(startedAtMs)));
    const nowMs = clock.nowMs();
    this.#zeroMs = nowMs - (clock.wallNowMs() - startedAtMs);
    this.#startingUs = Math.round(
      (nowMs - this.#openedMs) * 1000 * this.#nodes.length,
    );
    this.#waitForReports();
  }

  learn(news: PublisherNews): void {
    for (const node of this.#alive()) node.learn?.(news);
  }

  aimWall(aheadMs: number): void {
    for (const node of this.#alive()) node.aimWall?.(aheadMs);
  }

  /**
   * Carries a command out. Where some nodes cannot, the others have done it
   * all the same: that is a note, and clients that were to be added there have
   * failed. Throws what the first throws when none can.
   */
  async command(command: NodeCommand): Promise<void> {
    if (command.type === "add" && this.#alive().length === 0) {
      return this.#turnAway(command.clients, "every node has died");
    }
    const orders = command.type === "add"
      ? this.#shares(command.clients)
      : this.#addressees(command);
    const outcomes = await Promise.allSettled(
      orders.map(({ node, command }) => node.command(command)),
    );
    const failures = outcomes.flatMap((outcome, i) =>
      outcome.status === "rejected"
        ? [{ ...orders[i], reason: outcome.reason }]
        : []
    );
    if (failures.length === 0) return;
    if (failures.length === orders.length) {
      for (const { command } of orders) this.#forgetAdded(command);
      throw failures[0].reason;
    }
    for (const { node, command, reason } of failures) {
      const why = `${node.name} cannot ${command.type} clients: ${
        messageOf(reason)
      }`;
      if (command.type === "add") this.#turnAway(command.clients, why, node);
      this.#note("error", why);
    }
  }

  stop(withinMs: number = STOP_MS): Promise<Snapshot | undefined> {
    return this.#stopping ??= this.#stop(withinMs);
  }

  async #stop(withinMs: number): Promise<Snapshot | undefined> {
    this.#cancelTimer();
    const alive = this.#alive();
    const [lasts] = await Promise.all([
      Promise.all(alive.map((node) => node.stop(withinMs))),
      ...this.#nodes.filter(({ name }) => this.#dead.has(name))
        .map((node) => node.stop(withinMs)),
    ]);
    // Of a run that never began there is nothing to tell.
    if (this.#zeroMs === undefined) return undefined;
    alive.forEach(({ name }, i) => {
      const last = lasts[i];
      if (last !== undefined) this.#take(last);
      else if (!this.#dead.has(name)) {
        this.#lose(name, "it gave no last report");
      }
    });
    return this.#putTogether(Infinity);
  }

  #alive(): LoadNode[] {
    return this.#nodes.filter(({ name }) => !this.#dead.has(name));
  }

  get #elapsedMs(): number {
    const { clock } = this.#options;
    return this.#zeroMs === undefined ? 0 : clock.nowMs() - this.#zeroMs;
  }

  #handlersOf(name: string): NodeHandlers {
    const { handlers } = this.#options;
    return {
      onTracks: handlers.onTracks,
      onSnapshot: (snapshot) => {
        this.#take(snapshot);
        this.#tellComplete();
      },
      onNote: (note) => {
        if (note.isOfServer) {
          if (this.#found.has(note.text)) return;
          this.#found.add(note.text);
        }
        handlers.onNote(note);
      },
      onPublisher: (news) => this.#spread(name, news),
      onLate: (silentMs) =>
        this.#note("info", `${name} has been silent for ${inSec(silentMs)}`),
      onBack: (silentMs) =>
        this.#note("info", `${name} is back after ${inSec(silentMs)}`),
      onDied: (reason, kept) => {
        this.#lose(name, reason);
        for (const news of this.#publishers.get(name)?.values() ?? []) {
          this.#spread(name, { ...news, tracks: null });
        }
        const found = kept === undefined ? "" : `. ${kept}`;
        this.#note(
          "error",
          `${name} is lost with its clients: ${reason}${found}`,
        );
        this.#tellComplete();
      },
    };
  }

  #note(level: NodeNote["level"], text: string): void {
    const atMs = this.#elapsedMs;
    this.#options.handlers.onNote({ atMs, clientId: null, level, text });
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
    this.#options.handlers.onPublisher?.(news);
  }

  /** Who adds whom. */
  #shares(clients: readonly ClientPlan[]): Order[] {
    const alive = this.#alive();
    const weights = alive.map((node) => this.#weights.get(node) ?? 1);
    const shares = splitPlan({ clients }, weights);
    return alive.flatMap((node, i) => {
      for (const client of shares[i]) {
        this.#nodeOf.set(client.index, node);
        this.#plans.set(client.index, client);
      }
      return shares[i].length === 0
        ? []
        : [{ node, command: { type: "add", clients: shares[i] } }];
    });
  }

  /** Who has to do something with whom. */
  #addressees(
    command: Exclude<NodeCommand, { readonly type: "add" }>,
  ): Order[] {
    return this.#alive().flatMap((node) => {
      const clients = command.clients.filter((index) =>
        this.#nodeOf.get(index) === node
      );
      return clients.length === 0
        ? []
        : [{ node, command: { ...command, clients } }];
    });
  }

  #forgetAdded(command: NodeCommand): void {
    if (command.type !== "add") return;
    for (const { index } of command.clients) {
      this.#plans.delete(index);
      this.#nodeOf.delete(index);
    }
  }

  /** Clients that a node does not take have failed. */
  #turnAway(
    plans: readonly ClientPlan[],
    why: string,
    { name }: Pick<LoadNode, "name"> = this,
  ): void {
    this.#forgetAdded({ type: "add", clients: plans });
    const before = this.#book.latest(NOWHERE) ?? EMPTY_SNAPSHOT;
    this.#book.add(
      withFailed(
        { ...before, node: NOWHERE, second: this.#book.second + 1 },
        plans.map((plan) => recordOf(plan, name)),
        why,
        this.#elapsedMs,
      ),
    );
  }

  #take(snapshot: Snapshot): void {
    this.#book.add(snapshot);
    // Of those that were heard of no plan is needed, and of those that left
    // no node: of them only records stay.
    for (const { index, state } of snapshot.clients) {
      this.#plans.delete(index);
      if (state === "left") this.#nodeOf.delete(index);
    }
  }

  /** A node is gone, and its clients have failed, or are lost where it may be: its last report must say so. */
  #lose(name: string, reason: string): void {
    this.#dead.add(name);
    const { allowLost = 0 } = this.#options;
    const last = this.#book.latest(name) ?? { ...EMPTY_SNAPSHOT, node: name };
    this.#book.add(
      lastReport({
        last,
        second: Math.max(last.second, this.#book.second + 1),
        plans: [...this.#plans.values()]
          .filter(({ index }) => this.#nodeOf.get(index)?.name === name),
        atMs: this.#elapsedMs,
        reason,
        isAllowed: this.#dead.size <= allowLost && this.#alive().length > 0,
      }),
    );
  }

  /** Tells of each second that all living nodes have reported. */
  #tellComplete(): void {
    if (this.#stopping !== undefined || this.#zeroMs === undefined) return;
    const alive = this.#alive().map(({ name }) => name);
    for (;;) {
      const second = this.#book.complete(alive);
      if (second === undefined) break;
      this.#tell(second);
    }
    if (alive.length === 0) this.#waitForReports();
  }

  #tell(second: number): void {
    const snapshot = this.#putTogether(second);
    this.#waitForReports();
    this.#options.handlers.onSnapshot(snapshot);
  }

  /** The next second is told of when it is over for all, or has waited for long enough. */
  #waitForReports(): void {
    this.#cancelTimer();
    const { clock, patienceMs = PATIENCE_MS } = this.#options;
    const next = this.#book.second + 1;
    const waitMs = this.#alive().length === 0 ? 0 : patienceMs;
    const dueMs = next * SECOND_MS + waitMs - this.#elapsedMs;
    this.#cancelTimer = clock.setTimer(Math.max(0, dueMs), () => {
      this.#cancelTimer = clock.setTimer(GRACE_MS, () => this.#tellLate(next));
    });
  }

  /** Tells of a second that waited for long enough, unless all that is known of it is that no machine could be heard. */
  #tellLate(second: number): void {
    const isUnknown = this.#options.areMachines === true &&
      this.#alive().length > 0 && !this.#book.hasNewsOf(second);
    if (!isUnknown) return this.#tell(second);
    this.#book.passOver(second);
    this.#waitForReports();
  }

  /** All nodes up to a second, under the group's own name. */
  #putTogether(second: number): Snapshot {
    const all = this.#book.at(second);
    const { generator, parts } = all;
    return withKnownLatency({
      ...all,
      node: this.name,
      sequence: ++this.#sequence,
      ...(second === Infinity ? { final: true } : { second }),
      generator: {
        ...generator,
        cpuUs: generator.cpuUs + this.#ownCpu(generator.cpuUs),
        threadUs: generator.threadUs + this.#startingUs,
      },
      ...(this.#options.areMachines && parts !== undefined && {
        parts: parts.map((part) => ({
          ...part,
          machine: this.#machines.get(part.node),
        })),
      }),
    });
  }

  /** What this thread and the runtime's helpers use beside the nodes. */
  #ownCpu(ofNodesUs: number): number {
    const { processCpuUs } = this.#options;
    if (processCpuUs === undefined) return 0;
    const all = processCpuUs() - this.#startCpuUs;
    return this.#ownCpuUs = Math.max(this.#ownCpuUs, all - ofNodesUs);
  }
}

/** What is told of the machine of a node that is ready. */
export function machineOf({ host, machine, clock }: NodeFacts): NodeMachine {
  return {
    host: host ?? null,
    cores: machine?.cores ?? null,
    isSynchronised: clock?.isSynchronised ?? null,
  };
}

/** A command, and whom it goes to. */
interface Order {
  readonly node: LoadNode;
  readonly command: NodeCommand;
}

function inSec(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
