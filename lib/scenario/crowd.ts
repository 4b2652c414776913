/**
 * The crowd of a scenario while it goes on: what a script has people do.
 *
 * What is known of clients is as of the last report of their nodes, about
 * once a second; what happens to them is measured where it happens.
 *
 * @module
 */

import type { Impairment } from "../impairment/mod.ts";
import {
  type ClientPlan,
  createRandom,
  DEFAULT_MEDIA,
  makePlan,
  profileDurationMs,
  type RunPlan,
  type Stage,
  withImpairments,
} from "../load/mod.ts";
import type { CpuTimes } from "../machine/mod.ts";
import { SIMULCAST_LAYERS } from "../media/mod.ts";
import type { ClientRecord, Snapshot, TimelinePoint } from "../metrics/mod.ts";
import type { ScriptPorts } from "../run/mod.ts";
import { delay } from "../time/mod.ts";
import { type Duration, durationMs } from "./duration.ts";
import {
  DEFAULT_ROOM,
  type FillOptions,
  impairmentOf,
  type JoinOptions,
  mediaOf,
  type NetworkOption,
  planOf,
  type PlayOptions,
} from "./join_options.ts";
import { eitherSignal } from "../time/mod.ts";

/** Whoever needs longer to get in is not waited for. */
const MAX_JOINING_MS = 60_000;

/** One client of a live crowd. */
export class VirtualUser {
  /** Its number, from 0 in order of coming. */
  readonly index: number;
  /** `client-<number>`: its index, or in a session that had clients before a later number. */
  readonly id: string;
  /** Its room. */
  readonly room: string;
  /** Whether it sends media of its own. */
  readonly publishes: boolean;
  readonly #crowd: Crowd;

  /** Comes from {@linkcode Crowd.join} and the like. */
  constructor(crowd: Crowd, plan: ClientPlan) {
    this.#crowd = crowd;
    this.index = plan.index;
    this.id = plan.clientId;
    this.room = plan.roomId;
    this.publishes = plan.role === "publisher";
  }

  /** What is known of it; `undefined` before its node's first report. */
  get record(): ClientRecord | undefined {
    return this.#crowd.snapshot().clients.find(({ index }) =>
      index === this.index
    );
  }

  /** Whether it is in its room with all its transports up. */
  get isConnected(): boolean {
    return this.record?.state === "connected";
  }

  /** What its network does to its packets from when it came or was last impaired; `null` is nothing. */
  get impairment(): Impairment | null {
    return this.#crowd.impairmentOf(this);
  }

  /** Pauses what it sends of one kind. */
  mute(kind: "audio" | "video" = "audio"): Promise<void> {
    return this.#crowd.mute([this], kind);
  }

  /** Resumes what it sends of one kind. */
  unmute(kind: "audio" | "video" = "audio"): Promise<void> {
    return this.#crowd.unmute([this], kind);
  }

  /** Asks the server for another layer of simulcast; see {@linkcode Crowd.preferLayer}. */
  preferLayer(spatialLayer: number): Promise<void> {
    return this.#crowd.preferLayer([this], spatialLayer);
  }

  /** Loses its channel without a word, and comes back by itself. */
  cut(): Promise<void> {
    return this.#crowd.cut([this]);
  }

  /** Has another network from now on; see {@linkcode Crowd.impair}. */
  impair(network: NetworkOption): Promise<void> {
    return this.#crowd.impair([this], network);
  }

  /** Leaves its room for good. */
  leave(): Promise<void> {
    return this.#crowd.leave([this]);
  }
}

/** The crowd of a scenario while it goes on. */
export class Crowd {
  readonly #ports: ScriptPorts;
  readonly #clients: VirtualUser[] = [];
  readonly #plans: ClientPlan[] = [];
  readonly #watchers = new Set<(snapshot: Snapshot) => void>();
  #nextSlot = 0;

  /** A scenario gets one. */
  constructor(ports: ScriptPorts) {
    this.#ports = ports;
    ports.watch((snapshot) => this.#onSecond(snapshot));
  }

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#ports.crowd.elapsedMs;
  }

  /** Everyone that was ever asked to come, by index. */
  get clients(): readonly VirtualUser[] {
    return this.#clients;
  }

  /** Who is connected. */
  get connected(): VirtualUser[] {
    return this.#inState("connected");
  }

  /** Everything measured since the run began, as of the last reports. */
  snapshot(): Snapshot {
    return this.#ports.crowd.snapshot();
  }

  /** The run so far, about second by second, with the server where it is watched. */
  timeline(): TimelinePoint[] {
    return this.#ports.timeline();
  }

  /** What the cores of this machine have done so far, whoever used them; `null` where that is unknown. */
  cpuTimes(): CpuTimes | null {
    return this.#ports.cpuTimes();
  }

  /** Whether the server that is watched is on this machine; `false` where none is watched. */
  get serverIsHere(): boolean {
    return this.#ports.serverIsHere;
  }

  /** A stream of numbers from 0 to below 1 that is the same for the same seed. */
  random(stream: string): () => number {
    return createRandom(this.#ports.seed, `scenario ${stream}`);
  }

  /** Lets so many milliseconds pass, or a time such as `10s`. Rejects when the run ends before, and with a `TypeError` for what is no time. */
  async wait(time: Duration): Promise<void> {
    const ms = durationMs(time, "wait");
    this.#ports.onExpectedEnd(this.elapsedMs + ms);
    await delay(this.#ports.clock, ms, this.#ports.over);
  }

  /**
   * Resolves with `true` when the numbers are as wanted, which is looked at
   * once a second, and with `false` when they are not within so many
   * milliseconds, or a time such as `10s`. Rejects when the run ends before,
   * and with a `TypeError` for what is no time.
   */
  async until(
    isSo: (snapshot: Snapshot) => boolean,
    within: Duration,
  ): Promise<boolean> {
    const withinMs = durationMs(within, "wait until it is so within");
    const met = Promise.withResolvers<true>();
    const stop = new AbortController();
    const watcher = (snapshot: Snapshot) => {
      if (isSo(snapshot)) met.resolve(true);
    };
    using either = eitherSignal(stop.signal, this.#ports.over);
    const late = delay(this.#ports.clock, withinMs, either.signal);
    this.#watchers.add(watcher);
    try {
      return await Promise.race([met.promise, late.then(() => false)]);
    } finally {
      this.#watchers.delete(watcher);
      stop.abort();
      await late.catch(() => {});
    }
  }

  /**
   * Has one client join; resolves when it is connected and has begun its
   * media, or has failed. Throws a `TypeError` for media files beside another
   * quality, frame rate or simulcast, as all that has clients come does.
   */
  async join(options: JoinOptions = {}): Promise<VirtualUser> {
    const [client] = await this.joinAll([options]);
    return client;
  }

  /** Has clients join over so many milliseconds, or a time such as `10s`, one after another; resolves when each is connected or has failed. */
  async joinAll(
    options: readonly JoinOptions[],
    over: Duration = 0,
  ): Promise<VirtualUser[]> {
    const overMs = durationMs(over, "join over");
    const clients = options.map((one, i) =>
      planOf(one, i, options.length === 0 ? 0 : i * overMs / options.length)
    );
    const added = await this.#add(clients, overMs);
    await this.#settled(added, overMs);
    return added;
  }

  /** Has a number of clients join; resolves when each is connected or has failed. */
  async fill(options: FillOptions): Promise<VirtualUser[]> {
    const { clients } = options;
    const rampUpMs = durationMs(options.rampUp ?? 0, "ramp up over");
    const stages = [{ durationMs: rampUpMs, target: clients }];
    const added = await this.#play(options, stages);
    await this.#settled(added, rampUpMs);
    return added;
  }

  /** Has clients come and go by a profile; resolves when that is over. Whoever is still there stays. */
  async play(options: PlayOptions): Promise<VirtualUser[]> {
    const stages = options.stages.map((stage) => ({
      ...stage,
      durationMs: durationMs(stage.durationMs, "play a stage of"),
    }));
    const added = await this.#play(options, stages);
    await this.wait(profileDurationMs(stages));
    return added;
  }

  /** These pause what they send of one kind. */
  mute(
    clients: readonly VirtualUser[],
    kind: "audio" | "video" = "audio",
  ): Promise<void> {
    return this.#pause(clients, kind, true);
  }

  /** These resume what they send of one kind. */
  unmute(
    clients: readonly VirtualUser[],
    kind: "audio" | "video" = "audio",
  ): Promise<void> {
    return this.#pause(clients, kind, false);
  }

  /** These lose their channels without a word, all at once, and come back by themselves. */
  async cut(clients: readonly VirtualUser[]): Promise<void> {
    await this.#ports.crowd.command({
      type: "reconnect",
      clients: indicesOf(clients),
    });
  }

  /**
   * These ask the server for this layer of all simulcast that they receive,
   * now and later: 0 is the smallest, 2 the largest. The server may have
   * reasons of its own to send another, such as their bandwidth. Throws a
   * `RangeError` for a layer that cannot be.
   */
  async preferLayer(
    clients: readonly VirtualUser[],
    spatialLayer: number,
  ): Promise<void> {
    const most = SIMULCAST_LAYERS - 1;
    if (
      !(Number.isInteger(spatialLayer) && spatialLayer >= 0 &&
        spatialLayer <= most)
    ) {
      throw new RangeError(
        `Cannot ask for layer ${spatialLayer}: there are 0 to ${most}`,
      );
    }
    await this.#ports.crowd.command({
      type: "layers",
      clients: indicesOf(clients),
      spatialLayer,
    });
  }

  /**
   * These have another network from now on: `wifi-lossy`, `loss=5%,delay=50ms`
   * or the same in numbers; `null` is one that does nothing to packets. Throws
   * a `SyntaxError` or `RangeError` for a network that cannot be.
   */
  async impair(
    clients: readonly VirtualUser[],
    network: NetworkOption,
  ): Promise<void> {
    const impairment = impairmentOf(network);
    await this.#ports.crowd.command({
      type: "impair",
      clients: indicesOf(clients),
      impairment,
    });
    for (const { index } of clients) {
      this.#plans[index] = {
        ...this.#plans[index],
        impairment: impairment ?? undefined,
      };
    }
  }

  /** What the network of a client does to its packets; `null` is nothing. */
  impairmentOf({ index }: VirtualUser): Impairment | null {
    return this.#plans[index].impairment ?? null;
  }

  /** These leave their rooms for good. */
  async leave(clients: readonly VirtualUser[]): Promise<void> {
    for (const { index } of clients) {
      this.#plans[index] = {
        ...this.#plans[index],
        leaveAtMs: this.elapsedMs,
      };
    }
    await this.#ports.crowd.command({
      type: "drop",
      clients: indicesOf(clients),
    });
  }

  #onSecond(snapshot: Snapshot): void {
    for (const watcher of [...this.#watchers]) watcher(snapshot);
  }

  async #pause(
    clients: readonly VirtualUser[],
    kind: "audio" | "video",
    paused: boolean,
  ): Promise<void> {
    await this.#ports.crowd.command({
      type: "pause",
      clients: indicesOf(clients),
      kind,
      paused,
    });
  }

  #play(
    options: Omit<PlayOptions, "stages">,
    stages: readonly Stage[],
  ): Promise<VirtualUser[]> {
    const plan = withImpairments(
      makePlan({
        ...mediaOf(options),
        stages,
        room: options.room ?? DEFAULT_ROOM,
        rooms: options.rooms ?? 1,
        publishRatio: options.publishRatio ?? 1,
        churnRate: options.churnRate ?? 0,
        seed: this.#ports.seed,
      }),
      options.impair ?? [],
    );
    const media = mediaOf(options);
    return this.#add(
      plan.clients.map((client) => ({ ...client, participantName: "", media })),
      profileDurationMs(stages),
    );
  }

  /** Numbers them on from those that are there, and has them come. */
  async #add(
    clients: readonly ClientPlan[],
    lengthMs: number,
  ): Promise<VirtualUser[]> {
    const { crowd, seed, over, obstacle, onExpectedEnd } = this.#ports;
    over.throwIfAborted();
    const firstIndex = this.#clients.length;
    const firstSlot = this.#nextSlot;
    const numbered = clients.map((client) => {
      const index = firstIndex + client.index;
      return {
        ...client,
        index,
        clientId: `client-${crowd.firstIndex + index}`,
        participantName: client.participantName ||
          `TestUser${crowd.firstIndex + index}`,
        slot: firstSlot + client.slot,
      };
    });
    const plan = (some: readonly ClientPlan[]): RunPlan => ({
      seed,
      endAtMs: lengthMs,
      media: DEFAULT_MEDIA,
      clients: some,
    });
    const nowMs = this.elapsedMs;
    const later = numbered.map((client) => ({
      ...client,
      joinAtMs: client.joinAtMs + nowMs,
      leaveAtMs: client.leaveAtMs === null ? null : client.leaveAtMs + nowMs,
    }));
    const why = obstacle(plan([...this.#plans, ...later]));
    if (why !== undefined) throw new Error(why);
    this.#plans.push(...later);
    this.#nextSlot = numbered.reduce(
      (next, { slot }) => Math.max(next, slot + 1),
      firstSlot,
    );
    onExpectedEnd(nowMs + lengthMs);
    const added = numbered.map((client) => new VirtualUser(this, client));
    this.#clients.push(...added);
    await crowd.add(plan(numbered));
    return added;
  }

  async #settled(
    added: readonly VirtualUser[],
    lengthMs: number,
  ): Promise<void> {
    const wanted = new Set(indicesOf(added));
    await this.until(
      ({ clients }) =>
        clients.filter(({ index, state, connectionSuccessful }) =>
          wanted.has(index) &&
          (connectionSuccessful || state === "failed" || state === "left")
        ).length === wanted.size,
      lengthMs + MAX_JOINING_MS,
    );
  }

  #inState(state: ClientRecord["state"]): VirtualUser[] {
    return this.snapshot().clients
      .filter((client) => client.state === state)
      .map(({ index }) => this.#clients[index]);
  }
}

function indicesOf(clients: readonly VirtualUser[]): number[] {
  return clients.map(({ index }) => index);
}
