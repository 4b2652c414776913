/**
 * The coordinator's end of one agent: it is claimed for a run, does what it is
 * ordered to, and is lost when it is silent.
 *
 * @module
 */

import { type Link, LinkError, withTrouble } from "./link/mod.ts";
import {
  type Acknowledgement,
  type Answer,
  type Card,
  type ClockAnswer,
  Liveness,
  LOOK_MS,
  type Order,
  readAnswer,
  readCard,
  readUpward,
  type Report,
  ReportInbox,
  REQUEST_MS,
  shortened,
  subjectsOf,
} from "./protocol/mod.ts";
import { readNumbers } from "./snapshot_wire.ts";
import { type AgentEvent, readEvent, type Work } from "./work.ts";
import { VERSION } from "../../version.ts";
import { type NodeClock, steadyWallClock } from "../load/mod.ts";
import { ReportReader, type Snapshot } from "../metrics/mod.ts";
import { messageOf } from "../text/mod.ts";
import { every } from "../time/mod.ts";

/** What is told of an agent. */
export interface AgentListener {
  onSnapshot(snapshot: Snapshot): void;
  onEvent(event: AgentEvent): void;
  /** Nothing has been heard of it for so many milliseconds. */
  onLate(silentMs: number): void;
  /** It has been heard of again, after so many milliseconds. */
  onBack(silentMs: number): void;
  /** It is no part of the run any more; called once, and not after a release. */
  onLost(reason: string): void;
}

/** What an agent is claimed with. */
export interface ClaimOptions {
  readonly link: Link;
  readonly group: string;
  readonly id: string;
  /** The run's name: letters and digits. */
  readonly run: string;
  /** Who claims it, for others to read. */
  readonly by: string;
  readonly clock: NodeClock;
}

/** Between two tries where nobody answers. */
const PAUSE_MS = 500;
/** Who has not looked for so long stood still. */
const STILL_MS = 3 * LOOK_MS;
/** Orders on the way at one time; an agent keeps the answers of more. */
const MAX_UNDER_WAY = 32;

/** An agent of a run. */
export class ClaimedAgent {
  readonly #options: ClaimOptions;
  readonly #subject: string;
  readonly #liveness: Liveness;
  readonly #inbox = new ReportInbox();
  readonly #reader = new ReportReader();
  /** The indices of its clients, as far as it has named them. */
  readonly #clients = new Set<number>();
  readonly #stops: readonly (() => void)[];
  /** The clock that the run goes by: it does not follow when this machine's is set. */
  readonly #wallNowMs: () => number;
  readonly #over = Promise.withResolvers<never>();
  readonly #queue: (() => void)[] = [];
  #lookedMs: number;
  #underWay = 0;
  #next = 0;
  #card: Card | undefined;
  #listener: AgentListener | undefined;
  /** What came before anybody listened. */
  #early: AgentEvent[] = [];
  /** Why it is no part of the run any more. */
  #gone: string | undefined;
  #isLate = false;
  #releasing: Promise<void> | undefined;

  /** Begins to listen; {@linkcode ClaimedAgent.claim} comes next. */
  constructor(options: ClaimOptions) {
    const { link, group, id, run, clock } = options;
    this.#options = options;
    const subjects = subjectsOf(group);
    this.#subject = subjects.agent(id);
    this.#liveness = new Liveness(clock.nowMs());
    this.#lookedMs = clock.nowMs();
    this.#wallNowMs = steadyWallClock(clock);
    this.#over.promise.catch(() => {});
    this.#stops = [
      link.serve(subjects.up(run, id), (text) => this.#hear(text)),
      every(clock, LOOK_MS, () => this.#look()),
    ];
    link.closed.then((reason) => this.#lose(reason));
  }

  /** Its machine's name, once it is claimed. */
  get host(): string | undefined {
    return this.#card?.host;
  }

  /** Why it gave no answer, as far as that is the link's fault. */
  whySilent(reason: string): string {
    return withTrouble(reason, this.#options.link);
  }

  /** What it is called where it was found. */
  get id(): string {
    return this.#options.id;
  }

  /** `agent-1 (host)`. */
  get name(): string {
    const { id } = this.#options;
    return this.#card === undefined ? id : `${id} (${this.#card.host})`;
  }

  /** Claims it. Throws an `Error` in one line when it cannot take part. */
  async claim(): Promise<Card> {
    const { by } = this.#options;
    const value = await this.#order({ type: "claim", by, version: VERSION });
    const card = readCard(JSON.stringify(value));
    if (card === undefined) {
      throw new Error(`Cannot use ${this.name}: it says nothing of itself`);
    }
    return this.#card = card;
  }

  /** Has what it tells passed on from now on, and what it told before at once. */
  listen(listener: AgentListener): void {
    this.#listener = listener;
    for (const event of this.#early.splice(0)) listener.onEvent(event);
    if (this.#gone !== undefined) listener.onLost(this.#gone);
  }

  /** A time by this machine's wall clock, as that is now, by the clock that the run goes by. */
  toRunTime(wallMs: number): number {
    return wallMs - this.#options.clock.wallNowMs() + this.#wallNowMs();
  }

  /** Has it do something. Throws an `Error` when that cannot be done, or it is lost. */
  async do(work: Work): Promise<unknown> {
    return await this.#order({ type: "work", work });
  }

  /** Lets it go; what it does not hear, it finds out. Idempotent. */
  release(): Promise<void> {
    return this.#releasing ??= this.#release();
  }

  async #release(): Promise<void> {
    this.#listener = undefined;
    if (this.#gone === undefined) {
      await this.#order({ type: "release" }).catch(() => {});
    }
    this.#end("it was released");
  }

  /** Orders are begun there in the order in which this is called. */
  async #order(body: Order["body"]): Promise<unknown> {
    if (this.#gone !== undefined) throw this.#lostError(this.#gone);
    const number = this.#next++;
    if (this.#underWay >= MAX_UNDER_WAY) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#underWay++;
    try {
      const { run } = this.#options;
      return this.#valueOf(await this.#ask({ run, number, body }));
    } finally {
      this.#underWay--;
      this.#queue.shift()?.();
    }
  }

  #valueOf(answer: Answer): unknown {
    switch (answer.type) {
      case "done":
        return answer.value;
      case "failed":
        throw new Error(answer.message);
      case "busy": {
        const sinceSec = Math.round(answer.sinceMs / 1000);
        throw new Error(
          `Cannot use ${this.name}: ${answer.by} has had it for ${sinceSec} s. Wait, or take another.`,
        );
      }
      case "refused":
        throw new Error(
          `Cannot use ${this.name}: ${answer.message}. Update the older of both.`,
        );
      case "gone":
        this.#lose(answer.reason);
        throw this.#lostError(answer.reason);
    }
  }

  /** Asks until there is an answer, or the agent is lost. */
  async #ask(order: Order): Promise<Answer> {
    const text = JSON.stringify(order);
    const { link, clock } = this.#options;
    for (;;) {
      try {
        const answer = readAnswer(
          await Promise.race([
            link.request(this.#subject, text, REQUEST_MS),
            this.#over.promise,
          ]),
        );
        this.#heard();
        return answer ??
          { type: "failed", message: "its answer cannot be read" };
      } catch (error) {
        if (!(error instanceof LinkError) || error.failure === "tooLong") {
          throw error;
        }
        if (error.failure === "nobody") this.#liveness.miss(clock.nowMs());
        if (error.failure === "closed") this.#lose(await link.closed);
        await Promise.race([this.#pause(), this.#over.promise]);
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.setTimer(PAUSE_MS, resolve);
    });
  }

  #hear(text: string): string | undefined {
    const receivedMs = this.#wallNowMs();
    const message = readUpward(text);
    if (message === undefined || message.run !== this.#options.run) {
      return undefined;
    }
    if (this.#gone !== undefined) {
      return acknowledgement({ type: "released", reason: this.#gone });
    }
    if (this.#card !== undefined && message.epoch !== this.#card.epoch) {
      const reason = "it is another agent than the one that was claimed";
      return acknowledgement({ type: "released", reason });
    }
    this.#heard();
    if ("clock" in message) {
      const times = { receivedMs, sentMs: this.#wallNowMs() };
      return JSON.stringify(times satisfies ClockAnswer);
    }
    // Before its card is here nobody knows whose report this is.
    if (this.#card === undefined) return undefined;
    try {
      this.#take(message);
    } catch (error) {
      const reason = shortened(messageOf(error));
      this.#lose(reason);
      return acknowledgement({ type: "released", reason });
    }
    const { events } = this.#inbox;
    const { sequence } = this.#reader;
    const sentMs = this.#wallNowMs();
    return acknowledgement(
      { type: "taken", sequence, events, receivedMs, sentMs },
    );
  }

  #take(report: Report): void {
    for (const event of this.#inbox.take(report).map(readEvent)) {
      if (this.#listener === undefined) this.#early.push(event);
      else this.#listener.onEvent(event);
    }
    if (report.snapshot === null) return;
    const snapshot = this.#reader.read(
      readNumbers(report.snapshot, this.#clients),
    );
    if (typeof snapshot !== "string") this.#listener?.onSnapshot(snapshot);
  }

  #look(): void {
    const nowMs = this.#options.clock.nowMs();
    const sinceMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    if (sinceMs > STILL_MS) {
      // This thread stood still: what came meanwhile has not been read yet,
      // and whether anybody has waited is to be asked.
      if (this.#card !== undefined) this.do({ type: "ping" }).catch(() => {});
      return;
    }
    const { link } = this.#options;
    const lost = this.#liveness.lost(nowMs);
    if (lost !== undefined) return this.#lose(withTrouble(lost, link));
    // That nothing comes of anybody is told of the link.
    if (link.trouble !== undefined) return;
    const lateMs = this.#liveness.lateMs(nowMs);
    if (this.#card === undefined || lateMs === undefined || this.#isLate) {
      return;
    }
    this.#isLate = true;
    this.#listener?.onLate(lateMs);
    this.do({ type: "ping" }).catch(() => {});
  }

  #heard(): void {
    const nowMs = this.#options.clock.nowMs();
    const silentMs = this.#liveness.hear(nowMs);
    if (this.#isLate) this.#listener?.onBack(silentMs);
    this.#isLate = false;
  }

  #lose(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#end(reason);
    this.#listener?.onLost(reason);
  }

  #end(reason: string): void {
    this.#gone ??= reason;
    // Its subject is still served: who comes back is told that it is released.
    this.#stops[1]();
    this.#over.reject(this.#lostError(reason));
    for (const resume of this.#queue.splice(0)) resume();
  }

  /** Who comes back later is not answered any more. */
  forget(): void {
    this.#stops[0]();
  }

  #lostError(reason: string): Error {
    return new Error(`${this.name} is lost: ${reason}`);
  }
}

function acknowledgement(answer: Acknowledgement): string {
  return JSON.stringify(answer);
}
