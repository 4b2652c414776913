/** A node whose clients only count, and which remembers all that it was told and has told. */

import type {
  LoadNode,
  NodeClock,
  NodeCommand,
  NodeFacts,
  NodeHandlers,
  NodePlan,
  PublisherNews,
} from "../../../lib/load/mod.ts";
import {
  type ClientRecorder,
  EMPTY_SNAPSHOT,
  type Snapshot,
  Trend,
} from "../../../lib/metrics/mod.ts";
import { every } from "../../../lib/time/mod.ts";
import { recorderOf } from "../metrics/client.ts";

/** Such a node. */
export class CountingNode implements LoadNode {
  readonly name: string;
  readonly plans: NodePlan[] = [];
  readonly begunAtMs: number[] = [];
  /** The first client of each command, in the order in which they came. */
  readonly done: number[] = [];
  readonly learnt: PublisherNews[] = [];
  /** All that it told, oldest first. */
  readonly told: Snapshot[] = [];
  /** Publishers that it told of. */
  published = 0;
  stops = 0;
  readonly #clock: NodeClock;
  readonly #random: () => number;
  readonly #handlers: NodeHandlers;
  readonly #joins = new Trend();
  #sent = 0;
  readonly #clients: ClientRecorder[] = [];
  #last: Snapshot | undefined;
  #end = () => {};

  constructor(
    name: string,
    clock: NodeClock,
    random: () => number,
    handlers: NodeHandlers,
  ) {
    this.name = name;
    this.#clock = clock;
    this.#random = random;
    this.#handlers = handlers;
  }

  prepare(plan: NodePlan): Promise<NodeFacts> {
    this.plans.push(plan);
    return Promise.resolve({
      node: this.name,
      version: "1",
      threads: 1,
      lanes: ["native"],
      ciphers: [],
      dtls: [],
      machine: null,
      clock: null,
    });
  }

  begin(startedAtMs: number): Promise<void> {
    this.begunAtMs.push(startedAtMs);
    this.#end = every(
      this.#clock,
      1000,
      () => this.#handlers.onSnapshot(this.#second(false)),
    );
    return Promise.resolve();
  }

  /** Tells who publishes what. */
  publish(news: PublisherNews): void {
    this.#handlers.onPublisher?.(news);
  }

  /** Says something. */
  note(text: string): void {
    this.#handlers.onNote({ atMs: 0, clientId: null, level: "info", text });
  }

  learn(news: PublisherNews): void {
    this.learnt.push(news);
  }

  async command({ clients }: NodeCommand): Promise<void> {
    this.done.push(clients[0] as number);
    await new Promise<void>((resolve) =>
      this.#clock.setTimer(this.#random() * 3000, resolve)
    );
  }

  stop(): Promise<Snapshot | undefined> {
    this.#end();
    if (this.stops++ === 0 && this.begunAtMs.length > 0) {
      this.#last = this.#second(true);
    }
    return Promise.resolve(this.#last);
  }

  /** Its machine is no more. */
  kill(): void {
    this.#end();
    this.stops++;
  }

  #second(final: boolean): Snapshot {
    this.#sent += 1 + Math.floor(this.#random() * 1000);
    this.#joins.record(this.#random() * 1e6);
    if (this.#random() < 0.15) {
      const index = this.#clients.length;
      this.#clients.push(
        recorderOf(index, { role: "viewer", node: this.name }),
      );
      this.#handlers.onPublisher?.({
        roomId: "r",
        participantId: String(this.published++),
        tracks: null,
      });
    }
    for (const { figures } of this.#clients) {
      if (this.#random() < 0.5) figures.packetsSent += 7;
    }
    for (const client of this.#clients) {
      if (this.#random() < 0.1) {
        client.addError("timeout", "in vain", this.#clock.nowMs());
      }
    }
    const snapshot: Snapshot = {
      ...EMPTY_SNAPSHOT,
      node: this.name,
      sequence: this.told.length + 1,
      second: this.told.length + 1,
      ...(final && { final }),
      atMs: this.#clock.nowMs(),
      counters: { packetsSent: this.#sent },
      trends: { join: this.#joins.toJSON() },
      clients: this.#clients.map((client) => client.toRecord()),
    };
    this.told.push(snapshot);
    return snapshot;
  }
}
