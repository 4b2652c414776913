/**
 * The node of this thread: it begins each client when it is due, has it leave
 * when its time is over, counts what clients tell, and sums them up once a
 * second.
 *
 * @module
 */

import { Network } from "../../impairment/mod.ts";
import {
  type ClientFigures,
  type ClientRecord,
  ClientRecorder,
  type ClockHealth,
  DepartedRecord,
  DepartedShare,
  namesOf,
  NodeMeter,
  RecordTable,
  type Snapshot,
  zeros,
} from "../../metrics/mod.ts";
import { Admission } from "./admission.ts";
import { ClientDumps, type DumpWorld } from "./client_dumps.ts";
import { addClient, noCounts } from "./client_counts.ts";
import {
  type Driven,
  endSession,
  noteNotRecovered,
  refreshFigures,
  refreshGauges,
} from "./driven.ts";
import type {
  ClientFactory,
  HealthProbe,
  PublisherBook,
  PublisherNews,
} from "./client_port.ts";
import type {
  LoadNode,
  NodeCommand,
  NodeFacts,
  NodeHandlers,
  NodePlan,
} from "./node.ts";
import { mostReceived } from "../../media/mod.ts";
import type { ClientPlan, MediaPlan } from "../plan/plan.ts";
import { MediaWatch } from "./media_watch.ts";
import { SignalingWatch } from "./signaling_watch.ts";
import { EventBook } from "./event_book.ts";
import { createRandom } from "../plan/random.ts";
import { Reading, type Slicer } from "./reading.ts";
import { SecondMeter } from "./second_meter.ts";
import { steer } from "./steer.ts";
import { shownUrl } from "../../text/mod.ts";
import { VERSION } from "../../../version.ts";

/** Time, as the node needs it. */
export interface NodeClock {
  /** Monotonic milliseconds: the clock of the clients' events. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallNowMs(): number;
  /** Calls back once after a while; returns the way to cancel. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

/** What one thread's clients share, made when the plan is known. */
export interface ClientHost extends Disposable {
  readonly create: ClientFactory;
  readonly health: HealthProbe;
  /** Who publishes. @default {clients that nobody else has to know of} */
  readonly publishers?: PublisherBook | undefined;
  /** How late packets left most recently, in milliseconds. */
  latenessMs(): number;
  /** Where work for many clients takes turns with packets. @default {it is done at once} */
  readonly slicer?: Slicer | undefined;
  /** See {@linkcode LoadNode.aimWall}. @default {its packets carry no time} */
  readonly aimWall?: ((aheadMs: number) => void) | undefined;
  /** Loads what clients are to send; throws when it cannot be had. @default {there is nothing to load} */
  readonly prepare?:
    | ((media: readonly MediaPlan[]) => Promise<void>)
    | undefined;
}

/** What a local node is made of. */
export interface LocalNodeOptions {
  readonly name: string;
  readonly clock: NodeClock;
  /** Opens what the clients share; throws when this thread cannot drive any. */
  readonly openHost: (plan: NodePlan, meter: NodeMeter) => Promise<ClientHost>;
  readonly handlers: NodeHandlers;
  /** What the machine has, if its clients need a real one. @default {nothing} */
  readonly readMachine?:
    | (() => Pick<NodeFacts, "clock" | "machine">)
    | undefined;
  /** Where dumps go. @default {nobody can be dumped} */
  readonly openDump?: DumpWorld["open"] | undefined;
}

const SECOND_MS = 1000;
const NO_GAUGES = zeros(namesOf({ type: "gauge" }));
/** Consent of 30 s, and how long it takes to notice that it ended (RFC 7675). */
const LOST_BY_STANDSTILL_MS = 45_000;

/** Runs clients on this thread. */
export class LocalNode implements LoadNode {
  readonly name: string;
  readonly #options: LocalNodeOptions;
  readonly #meter: NodeMeter;
  readonly #seconds: SecondMeter;
  /** Who has not left yet: those that have keep only a record. */
  readonly #clients = new Map<number, Driven>();
  /** As they were last read, in the order in which they were added. */
  readonly #records: ClientRecord[] = [];
  readonly #table = new RecordTable();
  readonly #texts = new DepartedShare();
  readonly #past = noCounts();
  #host: ClientHost | undefined;
  #admission: Admission | undefined;
  #dumps: ClientDumps | undefined;
  #seed = 0;
  #zeroMs = 0;
  #startMs = 0;
  readonly #events: EventBook;
  #heldBack = 0;
  #lostByStandstill = 0;
  /** For how long the thread had stood still when clients were last looked at. */
  #stoodMs = 0;
  #cancelSnapshots: () => void = () => {};
  /** A second that is over, while its clients are read. */
  #reading: Reading<Driven> | undefined;
  /** Who has left meanwhile, and is part of it. */
  readonly #leftMeanwhile: Driven[] = [];
  /** Settles when what those to be added send is loaded. */
  #adding: Promise<void> = Promise.resolve();
  #hasBegun = false;
  /** The last second that it has told of. */
  #second = 0;
  #stopping: Promise<Snapshot | undefined> | undefined;

  constructor(options: LocalNodeOptions) {
    this.name = options.name;
    this.#options = options;
    this.#meter = new NodeMeter(options.name);
    this.#seconds = new SecondMeter(this.#meter);
    const { clock, handlers } = options;
    this.#events = new EventBook(this.#meter, handlers, {
      nowMs: () => clock.nowMs(),
      zeroMs: () => this.#zeroMs,
      dumps: () => this.#dumps,
    });
  }

  async prepare(plan: NodePlan): Promise<NodeFacts> {
    const { clock, openHost, readMachine } = this.#options;
    const host = this.#host = await openHost(plan, this.#meter);
    if (host.publishers !== undefined) {
      host.publishers.onOwn = (news) =>
        this.#options.handlers.onPublisher?.(news);
    }
    this.#admission = new Admission({
      latenessMs: () => host.latenessMs(),
      setTimer: clock.setTimer,
    });
    this.#dumps = this.#newDumps(plan);
    this.#seed = plan.seed;
    const { lanes, ciphers, dtls } = host.health;
    return {
      node: this.name,
      version: VERSION,
      threads: 1,
      lanes,
      ciphers,
      dtls,
      ...readMachine?.() ?? { machine: null, clock: null },
    };
  }

  begin(startedAtMs: number): Promise<void> {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#zeroMs = nowMs - (clock.wallNowMs() - startedAtMs);
    this.#startMs = Math.max(nowMs, this.#zeroMs);
    this.#second = Math.floor((this.#startMs - this.#zeroMs) / SECOND_MS);
    this.#hasBegun = true;
    this.#scheduleSnapshot();
    return Promise.resolve();
  }

  learn(news: PublisherNews): void {
    this.#host?.publishers?.learn(news);
  }

  aimWall(aheadMs: number): void {
    this.#host?.aimWall?.(aheadMs);
  }

  async command(command: NodeCommand): Promise<void> {
    // Who is still being added must hear of what follows.
    if (command.type !== "add") await this.#adding;
    if (this.#stopping !== undefined) return;
    switch (command.type) {
      case "add":
        return await this.#addAll(command.clients);
      case "dump":
        for (const driven of this.#named(command.clients)) {
          this.#dumps?.begin(driven, command);
        }
        return;
      case "drop":
        await Promise.all(
          this.#named(command.clients).map((driven) => this.#leave(driven)),
        );
        return;
      default: {
        const nowMs = this.#options.clock.nowMs();
        await Promise.all(
          this.#named(command.clients).map((driven) =>
            steer(driven, command, nowMs)
          ),
        );
      }
    }
  }

  stop(withinMs: number = Infinity): Promise<Snapshot | undefined> {
    return this.#stopping ??= this.#stop(withinMs);
  }

  /** The numbers as they are now. */
  snapshot(isFinal = false): Snapshot {
    this.#refresh();
    return this.#sumUp(isFinal);
  }

  #sumUp(isFinal: boolean): Snapshot {
    const nowMs = this.#options.clock.nowMs();
    const { health } = this.#host!;
    return this.#meter.snapshot({
      atMs: nowMs - this.#zeroMs,
      second: this.#second,
      final: isFinal,
      clients: this.#records,
      ...this.#events.known,
      generator: {
        lanes: health.lanes,
        ciphers: health.ciphers,
        dtls: health.dtls,
        workers: 1,
        cpuUs: Math.round(health.cpuUs()),
        threadUs: Math.round((nowMs - this.#startMs) * 1000),
        kernelDrops: health.kernelDrops(),
        heldBackJoins: this.#heldBack,
        notes: health.notes,
        ...(health.clock !== undefined && { clock: this.#clockHealth() }),
      },
    });
  }

  #newDumps({ server }: NodePlan): ClientDumps | undefined {
    const { openDump, clock, handlers } = this.#options;
    return openDump && new ClientDumps({
      open: openDump,
      application: `rtcrowd ${VERSION}`,
      url: shownUrl(server.url),
      clock,
      onProblem: (text) =>
        handlers.onNote({
          atMs: clock.nowMs() - this.#zeroMs,
          clientId: null,
          level: "error",
          text,
        }),
    });
  }

  #clockHealth(): ClockHealth {
    const { standstills, wallJumps, difference } = this.#host!.health.clock!();
    const node = this.name;
    const sinceStart = (ms: number) => Math.round(ms - this.#zeroMs);
    return {
      standstills: standstills.map(({ atMs, ms }) => ({
        node,
        atMs: sinceStart(atMs),
        ms: Math.round(ms),
      })),
      wallJumps: wallJumps.map(({ atMs, byMs }) => ({
        node,
        atMs: sinceStart(atMs),
        byMs,
      })),
      clientsLost: this.#lostByStandstill,
      difference,
    };
  }

  /** Whether the thread stood still since this was last asked. */
  #hasStoodStill(): boolean {
    const { standstills = [] } = this.#host?.health.clock?.() ?? {};
    const stoodMs = standstills.reduce((sum, { ms }) => sum + ms, 0);
    const hasStood = stoodMs > this.#stoodMs;
    this.#stoodMs = stoodMs;
    return hasStood;
  }

  /** A server gives up who is silent for long, and its clients hear of it only later. */
  #noteLost(nowMs: number): void {
    const last = this.#host?.health.clock?.().standstills.at(-1);
    if (last === undefined || nowMs - last.atMs > LOST_BY_STANDSTILL_MS) return;
    this.#lostByStandstill++;
  }

  async #stop(withinMs: number): Promise<Snapshot | undefined> {
    if (this.#host === undefined) return undefined;
    this.#cancelSnapshots();
    this.#admission?.close();
    // The last look before leaving: afterwards nobody receives any more.
    this.#refresh();
    await this.#within(
      withinMs,
      [...this.#clients.values()].map((driven) => this.#leave(driven)),
    );
    const last = this.#hasBegun ? this.snapshot(true) : undefined;
    this.#events.tellTracks();
    this.#host[Symbol.dispose]();
    return last;
  }

  /** Waits for all, not for long. */
  async #within(ms: number, all: readonly Promise<void>[]): Promise<void> {
    if (ms === Infinity) return void await Promise.all(all);
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.setTimer(ms, late.resolve);
    await Promise.race([Promise.all(all), late.promise]);
    cancel();
  }

  /** Adds clients once what they send is loaded. */
  async #addAll(plans: readonly ClientPlan[]): Promise<void> {
    const media = plans.map(({ media }) => media);
    const ready = this.#adding.then(() => this.#host!.prepare?.(media));
    this.#adding = ready.catch(() => {});
    await ready;
    if (this.#stopping !== undefined) return;
    for (const plan of plans) this.#add(plan);
  }

  #add(plan: ClientPlan): void {
    const { clock } = this.#options;
    const { index, clientId, roomId, role } = plan;
    const record = new ClientRecorder({
      clientId,
      index,
      roomId,
      role,
      node: this.name,
    });
    const dueMs = Math.max(this.#zeroMs + plan.joinAtMs, clock.nowMs());
    const network = new Network((direction) =>
      createRandom(this.#seed, `${direction} packets of ${clientId}`)
    );
    const client = this.#host!.create(
      plan,
      (event) =>
        event.type === "state"
          ? this.#onState(driven, event.state)
          : this.#events.enter(driven, event),
      network,
    );
    const driven: Driven = {
      plan,
      place: this.#records.length,
      client,
      record,
      network,
      dueMs,
      triedMs: -1,
      connectedMs: -1,
      lostMs: -1,
      wasReceiving: false,
      returnedMs: -1,
      returnedHow: "rejoined",
      recoveredFromMs: -1,
      recoveringFromMs: -1,
      media: new MediaWatch(),
      signaling: new SignalingWatch(),
      lastError: null,
      leaving: undefined,
      cancelTimer: () => {},
    };
    Object.assign(record.figures, kindsOf(plan));
    this.#clients.set(index, driven);
    this.#records.push(this.#table.keep(record));
    const { impairment } = plan;
    if (impairment !== undefined) {
      steer(
        driven,
        { type: "impair", clients: [index], impairment },
        clock.nowMs(),
      );
    }
    driven.cancelTimer = clock.setTimer(
      Math.max(0, dueMs - clock.nowMs()),
      () => this.#begin(driven),
    );
  }

  #begin(driven: Driven): void {
    const { clock } = this.#options;
    const { leaveAtMs } = driven.plan;
    if (leaveAtMs !== null) {
      driven.cancelTimer = clock.setTimer(
        Math.max(0, this.#zeroMs + leaveAtMs - clock.nowMs()),
        () => this.#leave(driven),
      );
    }
    const enteredMs = clock.nowMs();
    let heldBack = false;
    this.#admission!.enter(() => {
      if (driven.leaving !== undefined) return Promise.resolve();
      if (heldBack) this.#noteHeldBack(clock.nowMs() - enteredMs);
      driven.triedMs = clock.nowMs();
      return driven.client.join();
    }, () => {
      heldBack = true;
    });
  }

  #noteHeldBack(ms: number): void {
    this.#heldBack++;
    this.#meter.trend("joinHeldBack").record(ms * 1000);
  }

  #leave(driven: Driven): Promise<void> {
    driven.cancelTimer();
    if (driven.leaving === undefined) this.#dumps?.look(driven.plan.index);
    return driven.leaving ??= driven.client.leave().then(() => {
      this.#dumps?.end(driven.plan.index);
      this.#retire(driven);
    });
  }

  /** A long run with churn has no end of clients: of those that left, only figures stay. */
  #retire(driven: Driven): void {
    if (this.#reading !== undefined) {
      return void this.#leftMeanwhile.push(driven);
    }
    const { index } = driven.plan;
    if (this.#clients.get(index) !== driven) return;
    this.#clients.delete(index);
    const totals = driven.client.totals();
    refreshFigures(driven, totals, this.#meter, this.#options.clock.nowMs());
    noteNotRecovered(driven, this.#meter);
    const { record: { figures }, network } = driven;
    addClient(this.#past, totals, figures, network);
    const record = driven.record.toRecord();
    this.#records[driven.place] = new DepartedRecord(record, this.#texts);
  }

  #named(indices: readonly number[]): Driven[] {
    return indices.flatMap((index) => this.#clients.get(index) ?? []);
  }

  #onState(driven: Driven, state: ClientFigures["state"]): void {
    const { figures } = driven.record;
    const nowMs = this.#options.clock.nowMs();
    if (
      driven.connectedMs >= 0 && (state === "away" || state === "failed")
    ) this.#noteLost(nowMs);
    this.#dumps?.onState(driven.plan.index, state, nowMs);
    if (state === "connected") driven.connectedMs = nowMs;
    else endSession(driven, nowMs);
    figures.state = state;
    if (state === "connected") figures.isAway = false;
    else if (state !== "left") figures.isAway = figures.connectionSuccessful;
    // Who leaves before it got in may have waited for something in vain.
    const isOut = state === "left" && !figures.connectionSuccessful;
    if (state === "failed" || isOut) figures.failureCause = driven.lastError;
  }

  /** At the end of each second of the run, so that all nodes' seconds are the same. */
  #scheduleSnapshot(): void {
    const { clock } = this.#options;
    const next = this.#second + 1;
    const dueMs = this.#zeroMs + next * SECOND_MS;
    this.#cancelSnapshots = clock.setTimer(
      Math.max(0, dueMs - clock.nowMs()),
      () => {
        // Timers fire a little too early, and after a stall too late.
        const passed = Math.floor((clock.nowMs() - this.#zeroMs) / SECOND_MS);
        this.#second = Math.max(next, passed);
        this.#read(() => {
          this.#scheduleSnapshot();
          this.#options.handlers.onSnapshot(this.#sumUp(false));
          this.#events.tellTracks();
        });
      },
    );
  }

  /** Brings records, counters and gauges up to date with the clients. */
  #refresh(): void {
    this.#endReading();
    this.#beginSecond();
    for (const driven of this.#clients.values()) this.#readClient(driven);
    this.#dumps?.onSecond(this.#options.clock.nowMs());
  }

  /** The same, while packets go on; calls back when it is done. */
  #read(onDone: () => void): void {
    this.#beginSecond();
    this.#reading = new Reading({
      items: this.#clients.values(),
      read: (driven) => this.#readClient(driven),
      nowMs: () => this.#options.clock.nowMs(),
      slicer: this.#host!.slicer,
      onDone: () => {
        this.#dumps?.onSecond(this.#options.clock.nowMs());
        onDone();
        this.#endReading();
      },
    });
    this.#reading.begin();
  }

  #endReading(): void {
    this.#reading?.end();
    this.#reading = undefined;
    for (const driven of this.#leftMeanwhile.splice(0)) this.#retire(driven);
  }

  #beginSecond(): void {
    const { counters, gauges } = this.#meter;
    Object.assign(counters, this.#past);
    Object.assign(gauges, NO_GAUGES);
    if (!this.#hasStoodStill()) return;
    const untilMs = this.#options.clock.nowMs() + LOST_BY_STANDSTILL_MS;
    for (const { media } of this.#clients.values()) media.leaveOut(untilMs);
  }

  #readClient(driven: Driven): void {
    const nowMs = this.#options.clock.nowMs();
    const { record } = driven;
    const { counters } = this.#meter;
    const totals = driven.client.totals();
    refreshFigures(driven, totals, this.#meter, nowMs);
    if (driven.leaving === undefined) {
      driven.media.look(
        driven.client,
        record.figures,
        counters,
        nowMs,
        driven.network.isOut(nowMs),
      );
    }
    driven.signaling.look(
      // Where we have its network out, the server cannot answer.
      driven.network.isOut(nowMs) ? -1 : driven.client.signalingWaitMs,
      record.figures,
      nowMs,
    );
    addClient(counters, totals, record.figures, driven.network);
    refreshGauges(
      driven,
      this.#meter,
      this.#seconds,
      (from, frozenMs) => this.#events.noteTrack(driven, { from, frozenMs }),
    );
    this.#records[driven.place] = this.#table.keep(record);
  }
}

/** What a client is to send, and wants to receive. */
function kindsOf(
  { role, media }: ClientPlan,
): Pick<ClientFigures, "sends" | "receives"> {
  const most = mostReceived(media);
  const kinds = KINDS.filter((kind) => media[kind]);
  return {
    sends: role === "publisher" ? kinds : [],
    receives: kinds.filter((kind) => most[kind] > 0),
  };
}

const KINDS = ["audio", "video"] as const;
