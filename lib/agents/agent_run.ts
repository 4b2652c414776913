/**
 * One run at an agent: the node that it drives, and what is told of it.
 *
 * @module
 */

import { type Exchange, RunClock } from "./clock_offset.ts";
import type { Link } from "./link/mod.ts";
import { LinkError } from "./link/mod.ts";
import {
  readAcknowledgement,
  readClockAnswer,
  ReportOutbox,
  REQUEST_MS,
  shortened,
} from "./protocol/mod.ts";
import { PartKeeper } from "./part_keeper.ts";
import { textOf } from "./wire_values.ts";
import type { AgentEvent, Work } from "./work.ts";
import {
  type LoadNode,
  machineOf,
  type NodeClock,
  type NodeHandlers,
  type ServerTarget,
  steadyWallClock,
} from "../load/mod.ts";
import { type AgentName, ReportWriter, type Snapshot } from "../metrics/mod.ts";
import type { SavedRun } from "../report/mod.ts";
import { formatCounted } from "../text/mod.ts";

/** What a run at an agent is made of. */
export interface AgentRunOptions {
  readonly link: Link;
  /** The run's name. */
  readonly run: string;
  /** The agent's name. */
  readonly id: string;
  /** Its machine's. */
  readonly host: string;
  /** The agent's process. */
  readonly epoch: string;
  /** Under which its reports go. */
  readonly subject: string;
  readonly clock: NodeClock;
  readonly openNode: (name: string, handlers: NodeHandlers) => LoadNode;
  readonly reach?: ((server: ServerTarget) => Promise<void>) | undefined;
  /** The coordinator has said something. */
  readonly onHeard: () => void;
  /** Nobody answers for the coordinator. */
  readonly onMissed: () => void;
  /** The coordinator says that the agent is no part of its run. */
  readonly onReleased: (reason: string) => void;
}

/** An agent says something so often at least, in milliseconds. */
const HEARTBEAT_MS = 1_000;
/** What happens within so long goes together. */
const GATHER_MS = 30;
/** Notes that are told in a second; others are counted. */
const MAX_NOTES = 50;

/** Characters of a report that is no longer on its way for its length. */
const MAX_SHORT = 5_000;

const LEFT = "it has left meanwhile";

/** A run that an agent is part of. */
export class AgentRun {
  readonly #options: AgentRunOptions;
  readonly #outbox = new ReportOutbox<AgentEvent>();
  readonly #writer: ReportWriter;
  #node: LoadNode | undefined;
  #latest: Snapshot | undefined;
  #keeper: PartKeeper | undefined;
  #machine: AgentName["machine"] | undefined;
  /** The sequence of the latest numbers that the coordinator has. */
  #acknowledged = 0;
  readonly #wallNowMs: () => number;
  /** The coordinator's clock. */
  readonly #runClock: RunClock;
  #isReporting = false;
  #isOver = false;
  #notes = 0;
  #cancelBeat: () => void = () => {};
  #cancelGather: (() => void) | undefined;
  #told = Promise.withResolvers<void>();
  #making: Promise<unknown> | undefined;
  #ending: Promise<void> | undefined;

  /** Begins to report. */
  constructor(options: AgentRunOptions) {
    this.#options = options;
    this.#writer = new ReportWriter(options.epoch);
    this.#wallNowMs = steadyWallClock(options.clock);
    this.#runClock = new RunClock(this.#wallNowMs);
    this.#scheduleBeat();
    this.#gather();
  }

  /** All of its part that there is, where the coordinator does not have it; `undefined` where it does, or there is none. */
  untold(reason: string): SavedRun | undefined {
    if (this.#latest?.final && this.#areNumbersKnown()) return undefined;
    const { id, epoch } = this.#options;
    const machine = this.#machine;
    return machine && this.#keeper?.part({ id, epoch, machine, reason });
  }

  /** Carries work out; resolves with what is to be answered. */
  async do(work: Work): Promise<unknown> {
    switch (work.type) {
      case "prepare": {
        const { plan } = work;
        await this.#options.reach?.(plan.server);
        if (this.#isOver) throw new Error(LEFT);
        await this.#runClock.compare(() => this.#askTime(), () => this.#isOver);
        if (this.#isOver) throw new Error(LEFT);
        const node = this.#options.openNode(plan.node, this.#handlers());
        this.#node = node;
        const { aheadMs: wallAheadMs } = this.#runClock;
        const { about } = work;
        this.#keeper = about && new PartKeeper(plan, about);
        const prepared = node.prepare({
          ...plan,
          datapath: { ...plan.datapath, wallAheadMs },
        });
        this.#making = prepared.catch(() => {});
        const facts = await prepared;
        this.#machine = machineOf({ ...facts, host: this.#options.host });
        return { ...facts, offset: this.#runClock.look() };
      }
      case "begin": {
        this.#keeper?.begin(work.startedAtMs);
        this.#making = this.#node?.begin(this.#byOwnClock(work.startedAtMs));
        return await this.#making;
      }
      case "command":
        return await this.#node?.command(work.command);
      case "learn":
        for (const news of work.news) {
          this.#node?.learn?.({ ...news, isElsewhere: true });
        }
        return null;
      case "stop": {
        const last = await this.#node?.stop(work.withinMs);
        if (last !== undefined) this.#take(last);
        return await this.#allTold();
      }
      case "ping":
        return null;
      default:
        work satisfies never;
    }
  }

  /** Has everyone leave, whatever comes of it; nothing is told any more. Idempotent. */
  end(): Promise<void> {
    return this.#ending ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#cancelBeat();
    this.#cancelGather?.();
    this.#told.resolve();
    // What is still being made cannot be taken down yet.
    await this.#making;
    const last = await this.#node?.stop();
    if (last !== undefined) this.#keep(this.#withClock(last));
  }

  #handlers(): NodeHandlers {
    return {
      onSnapshot: (snapshot) => this.#take(snapshot),
      onNote: (note) => {
        if (++this.#notes > MAX_NOTES) return;
        this.#keeper?.note(note);
        this.#tell({
          type: "note",
          note: { ...note, text: shortened(note.text) },
        });
      },
      onPublisher: (news) => this.#tell({ type: "publisher", news }),
      onTracks: (news) => {
        this.#keeper?.noteTracks(news);
        this.#tell({ type: "tracks", news: [...news] });
      },
      onDied: (reason) =>
        this.#tell({ type: "died", reason: shortened(reason) }),
    };
  }

  #take(snapshot: Snapshot): void {
    this.#keep(this.#withClock(snapshot));
    this.#report();
  }

  #keep(snapshot: Snapshot): void {
    this.#latest = snapshot;
    this.#keeper?.take(snapshot);
  }

  #tell(event: AgentEvent): void {
    this.#outbox.add(event);
    this.#gather();
  }

  #gather(): void {
    if (this.#isOver) return;
    this.#cancelGather ??= this.#options.clock.setTimer(GATHER_MS, () => {
      this.#cancelGather = undefined;
      this.#report();
    });
  }

  #scheduleBeat(): void {
    this.#cancelBeat = this.#options.clock.setTimer(HEARTBEAT_MS, () => {
      this.#scheduleBeat();
      const left = this.#notes - MAX_NOTES;
      this.#notes = 0;
      if (left > 0) this.#noteLeftOut(left);
      this.#report();
    });
  }

  #noteLeftOut(count: number): void {
    const { atMs = 0, node = "" } = this.#latest ?? {};
    this.#tell({
      type: "note",
      note: {
        atMs,
        clientId: null,
        level: "info",
        text: `${
          formatCounted(count, "more note")
        } of ${node} in a second, left out`,
      },
    });
  }

  /** Says what there is to say; while one report is on its way, no other. */
  async #report(): Promise<void> {
    if (this.#isReporting || this.#isOver) return;
    this.#isReporting = true;
    const { link, run, epoch, subject } = this.#options;
    let isTaken = false;
    const head = textOf({ run, epoch, ...this.#outbox.next() });
    const text = `${head.slice(0, -1)},"snapshot":${this.#numbers()}}`;
    const askedMs = this.#wallNowMs();
    try {
      const answer = readAcknowledgement(
        await link.request(subject, text, REQUEST_MS),
      );
      if (answer?.type === "taken") {
        isTaken = true;
        const { receivedMs, sentMs } = answer;
        const heardMs = this.#wallNowMs();
        const isLong = text.length > MAX_SHORT;
        this.#compare({ askedMs, receivedMs, sentMs, heardMs }, isLong);
        if (isLong) this.#compareAside();
        this.#outbox.acknowledge(answer.events);
        this.#writer.acknowledge(answer.sequence);
        this.#acknowledged = Math.max(this.#acknowledged, answer.sequence);
        this.#options.onHeard();
      } else if (answer?.type === "released") {
        this.#options.onReleased(answer.reason);
      }
    } catch (error) {
      // What was not taken goes with the next; who is silent too long is left.
      if (!(error instanceof LinkError)) throw error;
      if (error.failure === "nobody") this.#options.onMissed();
    } finally {
      this.#isReporting = false;
    }
    if (this.#isAllTold()) this.#told.resolve();
    // Else with the next beat: a link that is down is not to be hammered.
    else if (isTaken) this.#gather();
  }

  /** The JSON of the numbers that the coordinator may not have. */
  #numbers(): string {
    return this.#latest === undefined || this.#areNumbersKnown()
      ? "null"
      : textOf(this.#writer.write(this.#latest));
  }

  #areNumbersKnown(): boolean {
    return (this.#latest?.sequence ?? 0) <= this.#acknowledged;
  }

  #isAllTold(): boolean {
    return !this.#outbox.hasEvents && this.#areNumbersKnown();
  }

  /** Resolves once the coordinator has everything, or never will. */
  async #allTold(): Promise<void> {
    if (this.#isAllTold()) return;
    this.#told = Promise.withResolvers();
    this.#gather();
    await this.#told.promise;
  }

  /** Asks for the coordinator's time; `undefined` where no answer came. */
  async #askTime(): Promise<Exchange | undefined> {
    const { link, run, epoch, subject } = this.#options;
    const question = JSON.stringify({ run, epoch, clock: true });
    const askedMs = this.#wallNowMs();
    try {
      const answer = readClockAnswer(
        await link.request(subject, question, REQUEST_MS),
      );
      const heardMs = this.#wallNowMs();
      return answer && { askedMs, heardMs, ...answer };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      return undefined;
    }
  }

  #compare(exchange: Exchange, isLong: boolean): void {
    this.#runClock.take(exchange, isLong);
    this.#node?.aimWall?.(this.#runClock.aheadMs);
  }

  /** With a word of its own, where a report was too long to tell. */
  async #compareAside(): Promise<void> {
    const exchange = await this.#askTime();
    if (exchange !== undefined) this.#compare(exchange, false);
  }

  /** A time of the coordinator's by the wall clock of this machine as that is now, which may have been set meanwhile. */
  #byOwnClock(runMs: number): number {
    const jumpMs = this.#options.clock.wallNowMs() - this.#wallNowMs();
    return runMs - this.#runClock.aheadMs + jumpMs;
  }

  /** With what there is to be said of its clock, and of the link. */
  #withClock(snapshot: Snapshot): Snapshot {
    const offset = this.#runClock.look();
    if (offset === undefined) return snapshot;
    const linkRoundTrip = this.#runClock.roundTrips.toJSON();
    return {
      ...snapshot,
      trends: { ...snapshot.trends, linkRoundTrip },
      offset,
    };
  }
}
