/**
 * An agent: it waits to be claimed, carries out the orders of whoever claimed
 * it, and has its clients leave when that one is gone.
 *
 * @module
 */

import { AgentRun } from "./agent_run.ts";
import { type Link, withTrouble } from "./link/mod.ts";
import {
  AgentClaim,
  type Answer,
  type Card,
  LOOK_MS,
  type Order,
  PROTOCOL,
  readOrder,
  shortened,
  subjectsOf,
} from "./protocol/mod.ts";
import { readWork } from "./work.ts";
import { VERSION } from "../../version.ts";
import type {
  LoadNode,
  NodeClock,
  NodeHandlers,
  ServerTarget,
} from "../load/mod.ts";
import type { SavedRun } from "../report/mod.ts";
import { messageOf } from "../text/mod.ts";
import { every } from "../time/mod.ts";

/** What an agent is made of. */
export interface AgentHostOptions {
  readonly link: Link;
  /** Agents of other groups are not seen. */
  readonly group: string;
  /** Its name, unique in the group. */
  readonly id: string;
  /** Another for each process: letters and digits. */
  readonly epoch: string;
  /** What it runs on. */
  readonly machine: Pick<Card, "cores" | "host" | "memoryBytes">;
  readonly clock: NodeClock;
  /** Makes what drives the clients of a run. */
  readonly openNode: (name: string, handlers: NodeHandlers) => LoadNode;
  /** Throws an `Error` in one line where a server cannot be reached from here. @default {nobody asks} */
  readonly reach?: ((server: ServerTarget) => Promise<void>) | undefined;
  /** Keeps its part of a run that it leaves, where the coordinator does not have it: as it is, and once everyone has left. @default {it is lost} */
  readonly keep?: ((part: SavedRun) => Promise<void>) | undefined;
  /** Told when it left a run, and why. */
  readonly onLeft?: ((left: LeftRun) => void) | undefined;
}

/** A run that an agent is no more part of. */
export interface LeftRun {
  readonly run: string;
  readonly reason: string;
  /** Whether nothing was heard of the coordinator any more. */
  readonly isForsaken: boolean;
}

/** An agent on a link. */
export class AgentHost implements AsyncDisposable {
  readonly #options: AgentHostOptions;
  readonly #claim = new AgentClaim();
  /** Answers that somebody waits for, by the number of the order. */
  readonly #awaited = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #stops: readonly (() => void)[];
  #run: AgentRun | undefined;
  #leaving: Promise<void> = Promise.resolve();

  /** Begins to listen. */
  constructor(options: AgentHostOptions) {
    this.#options = options;
    const { link, group, id, clock } = options;
    const subjects = subjectsOf(group);
    this.#stops = [
      link.serve(subjects.hello, () => JSON.stringify(this.#card())),
      link.serve(subjects.agent(id), (text) => this.#answer(text)),
      every(clock, LOOK_MS, () => this.#look()),
    ];
  }

  /** Whether it is part of a run. */
  get isClaimed(): boolean {
    return this.#claim.run !== undefined;
  }

  /** Leaves its run, and is an agent no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.leave("the agent was ended");
  }

  /** Has everyone leave, and is free again. */
  leave(reason: string, isForsaken = false): Promise<void> {
    const run = this.#claim.run;
    const left = this.#run;
    if (run === undefined) return this.#leaving;
    this.#claim.leave(reason);
    this.#run = undefined;
    for (const { resolve } of this.#awaited.values()) {
      resolve({ type: "gone", reason });
    }
    this.#awaited.clear();
    return this.#leaving = (async () => {
      // Whoever ends this process may not wait until everyone has left.
      await this.#keep(left, reason);
      await left?.end();
      await this.#keep(left, reason);
      this.#options.onLeft?.({ run, reason, isForsaken });
    })();
  }

  async #keep(run: AgentRun | undefined, reason: string): Promise<void> {
    const part = run?.untold(reason);
    if (part !== undefined) await this.#options.keep?.(part);
  }

  #card(): Card {
    const { id, epoch, machine, clock } = this.#options;
    const { by = null, sinceMs = null } =
      this.#claim.claimedBy(clock.nowMs()) ?? {};
    return {
      id,
      epoch,
      ...machine,
      version: VERSION,
      protocol: PROTOCOL,
      by,
      sinceMs,
    };
  }

  #look(): void {
    const { link, clock } = this.#options;
    const reason = this.#claim.forsaken(clock.nowMs());
    if (reason !== undefined) this.leave(withTrouble(reason, link), true);
  }

  async #answer(text: string): Promise<string | undefined> {
    const order = readOrder(text);
    if (order === undefined) return undefined;
    // Who came before leaves first, so that a machine has one crowd at a time.
    if (!this.isClaimed) await this.#leaving;
    const { run, number } = order;
    const { body } = order;
    if (body.type === "claim" && body.version !== VERSION) {
      return JSON.stringify({
        type: "refused",
        message: `it has ${VERSION}, this is ${body.version}`,
      });
    }
    const taken = this.#claim.take(order, this.#options.clock.nowMs());
    if ("answer" in taken) return JSON.stringify(taken.answer);
    // First, for one that is done at once has nobody else to tell.
    const outcome = this.#outcome(run, number);
    for (const due of taken.begin) this.#begin(due);
    return JSON.stringify(await outcome);
  }

  #outcome(run: string, number: number): Promise<Answer> {
    const known = this.#claim.run === run
      ? this.#claim.answerOf(number)
      : undefined;
    if (known !== undefined) return Promise.resolve(known);
    let awaited = this.#awaited.get(number);
    if (awaited === undefined) {
      this.#awaited.set(number, awaited = Promise.withResolvers());
    }
    return awaited.promise;
  }

  #begin(order: Order): void {
    const { run, number } = order;
    const settle = (answer: Answer) => {
      if (this.#claim.run !== run) return;
      this.#claim.done(run, number, answer);
      this.#awaited.get(number)?.resolve(answer);
      this.#awaited.delete(number);
    };
    this.#carryOut(order).then(
      (value) => settle({ type: "done", value }),
      (error) =>
        settle({ type: "failed", message: shortened(messageOf(error)) }),
    );
  }

  async #carryOut({ run, body }: Order): Promise<unknown> {
    switch (body.type) {
      case "claim":
        this.#run = this.#newRun(run);
        return this.#card();
      case "work":
        return await this.#run?.do(readWork(body.work)) ?? null;
      case "release":
        await this.leave("it was released");
        return null;
    }
  }

  #newRun(run: string): AgentRun {
    const { link, group, id, epoch, machine, clock, openNode, reach } =
      this.#options;
    return new AgentRun({
      ...{ link, run, id, host: machine.host, epoch },
      subject: subjectsOf(group).up(run, id),
      clock,
      openNode,
      reach,
      onHeard: () => {
        if (this.#claim.run === run) this.#claim.hear(clock.nowMs());
      },
      onMissed: () => {
        if (this.#claim.run === run) this.#claim.miss(clock.nowMs());
      },
      onReleased: (reason) => {
        if (this.#claim.run === run) this.leave(reason);
      },
    });
  }
}
