/**
 * A node at an agent: what the fleet asks of a node goes there as orders, and
 * what happens there comes back.
 *
 * @module
 */

import type { ClaimedAgent } from "./claimed_agent.ts";
import { keptAdvice } from "./kept_files.ts";
import type { RunAbout } from "./run_about.ts";
import { type AgentEvent, readFacts } from "./work.ts";
import {
  type LoadNode,
  type NodeCommand,
  type NodeFacts,
  type NodeHandlers,
  type NodePlan,
  type PublisherNews,
  STOP_MS,
} from "../load/mod.ts";
import type { Snapshot } from "../metrics/mod.ts";
import { messageOf } from "../text/mod.ts";
import type { Clock } from "../time/mod.ts";

/** How much longer an agent may take to say that everyone has left. */
const TELL_MS = 8_000;

/** The node of a claimed agent. */
export class RemoteNode implements LoadNode {
  readonly name: string;
  readonly #agent: ClaimedAgent;
  readonly #handlers: NodeHandlers;
  readonly #clock: Clock;
  readonly #about: RunAbout | undefined;
  /** What others send, and the agent does not know. */
  #unlearnt: PublisherNews[] = [];
  #isTeaching = false;
  #isLost = false;
  #last: Snapshot | undefined;
  #stopping: Promise<Snapshot | undefined> | undefined;

  /** Has what the agent tells passed on to `handlers`; `about` is what it is told of the run. */
  constructor(
    name: string,
    agent: ClaimedAgent,
    handlers: NodeHandlers,
    clock: Clock,
    about?: RunAbout,
  ) {
    this.#about = about;
    this.name = name;
    this.#agent = agent;
    this.#handlers = handlers;
    this.#clock = clock;
    agent.listen({
      onSnapshot: (snapshot) => this.#onSnapshot(snapshot),
      onEvent: (event) => this.#onEvent(event),
      onLate: (silentMs) => handlers.onLate?.(silentMs),
      onBack: (silentMs) => handlers.onBack?.(silentMs),
      onLost: (reason) => this.#lose(reason),
    });
  }

  async prepare(plan: NodePlan): Promise<NodeFacts> {
    const about = this.#about;
    const facts = await this.#agent.do({ type: "prepare", plan, about })
      .catch((error) => {
        throw new Error(`Cannot use ${this.#agent.name}: ${messageOf(error)}`);
      });
    const { host } = this.#agent;
    return { ...readFacts(facts), node: this.name, host };
  }

  async begin(startedAtMs: number): Promise<void> {
    await this.#agent.do({
      type: "begin",
      startedAtMs: this.#agent.toRunTime(startedAtMs),
    });
  }

  learn(news: PublisherNews): void {
    this.#unlearnt.push(news);
    this.#teach();
  }

  async command(command: NodeCommand): Promise<void> {
    await this.#agent.do({ type: "command", command }).catch((error) => {
      // A lost one is told of elsewhere.
      if (!this.#isLost) throw error;
    });
  }

  stop(withinMs: number = STOP_MS): Promise<Snapshot | undefined> {
    return this.#stopping ??= this.#stop(withinMs);
  }

  async #stop(withinMs: number): Promise<Snapshot | undefined> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#clock.setTimer(withinMs + TELL_MS, () => {
      const why = `no answer in ${(withinMs + TELL_MS) / 1000} s`;
      late.reject(new Error(this.#agent.whySilent(why)));
    });
    try {
      const stopped = this.#agent.do({ type: "stop", withinMs });
      await Promise.race([stopped, late.promise]);
    } catch (error) {
      this.#lose(messageOf(error));
      return undefined;
    } finally {
      cancel();
      await this.#agent.release();
    }
    return this.#last;
  }

  /** What comes while some is on its way goes together. */
  async #teach(): Promise<void> {
    if (this.#isTeaching || this.#isLost) return;
    this.#isTeaching = true;
    while (this.#unlearnt.length > 0) {
      const news = this.#unlearnt.splice(0);
      await this.#agent.do({ type: "learn", news }).catch(() => {});
    }
    this.#isTeaching = false;
  }

  #onSnapshot(told: Snapshot): void {
    // Whatever it calls itself, its numbers are those of this node.
    const snapshot = { ...told, node: this.name };
    if (snapshot.final) this.#last = snapshot;
    else this.#handlers.onSnapshot(snapshot);
  }

  #onEvent(event: AgentEvent): void {
    switch (event.type) {
      case "note":
        return this.#handlers.onNote(event.note);
      case "publisher":
        return this.#handlers.onPublisher?.(event.news);
      case "tracks":
        return this.#handlers.onTracks?.(event.news);
      case "died":
        return this.#lose(event.reason);
      default:
        event satisfies never;
    }
  }

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#unlearnt = [];
    this.#handlers.onDied(
      this.#stopping === undefined
        ? reason
        : `it gave no last report, ${reason}`,
      this.#about && keptAdvice(this.#agent.id, this.#about.run),
    );
  }
}
