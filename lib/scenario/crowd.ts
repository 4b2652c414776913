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
  later,
  profileDurationMs,
  type Roster,
  roster,
  type RosterStep,
  type Stage,
} from "../load/mod.ts";
import type { CpuTimes } from "../machine/mod.ts";
import { SIMULCAST_LAYERS } from "../media/mod.ts";
import {
  type ClientRecord,
  isGone,
  plainRecord,
  type ServerLoad,
  type Snapshot,
  type TimelinePoint,
} from "../metrics/mod.ts";
import type { ScriptPorts } from "../run/mod.ts";
import { ABORTED, delay, eitherSignal } from "../time/mod.ts";
import { hold } from "../run/mod.ts";
import { type Duration, durationMs } from "../options/mod.ts";
import { clientsGiven, GivenOptions } from "./given.ts";
import {
  type FillOptions,
  impairmentOf,
  type JoinOptions,
  mediaOf,
  meetingStages,
  type MeetOptions,
  type NetworkOption,
  patienceOf,
  planOf,
  type PlayOptions,
} from "./join_options.ts";

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
    const record = this.#crowd.recordOf(this);
    return record && plainRecord(record);
  }

  /** Whether it is in its room with all its transports up. */
  get isConnected(): boolean {
    return this.#crowd.recordOf(this)?.state === "connected";
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

  /** Leaves its room and joins it anew; see {@linkcode Crowd.rejoin}. */
  rejoin(): Promise<void> {
    return this.#crowd.rejoin([this]);
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
  readonly #given: GivenOptions;
  readonly #clients = new Map<number, VirtualUser>();
  readonly #watchers = new Set<(snapshot: Snapshot) => void>();
  /** The snapshot that was looked at last, and its records by index. */
  #seen: Snapshot | undefined;
  #records = new Map<number, ClientRecord>();

  /** A scenario gets one; by the names of its own options, all of which it may pass on. */
  constructor(ports: ScriptPorts, passed: readonly string[] = []) {
    this.#ports = ports;
    this.#given = new GivenOptions(passed);
    ports.watch((snapshot) => this.#onSecond(snapshot));
  }

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#ports.crowd.elapsedMs;
  }

  /** Everyone that was ever asked to come, by index. */
  get clients(): readonly VirtualUser[] {
    return [...this.#users.values()];
  }

  /** Who is connected. */
  get connected(): VirtualUser[] {
    return this.#inState("connected");
  }

  /** Everything measured since the run began, as of the last reports. */
  snapshot(): Snapshot {
    return this.#ports.crowd.snapshot();
  }

  /** What is known of a client; `undefined` before its node's first report. */
  recordOf({ index }: VirtualUser): ClientRecord | undefined {
    const snapshot = this.snapshot();
    if (snapshot !== this.#seen) {
      this.#seen = snapshot;
      this.#records = new Map(
        snapshot.clients.map((client) => [client.index, client]),
      );
    }
    return this.#records.get(index);
  }

  /** The run so far, about second by second, with the server where it is watched. */
  timeline(): TimelinePoint[] {
    return this.#ports.timeline();
  }

  /** What was sampled of the server between two times of the run, in milliseconds; `null` where nobody looked. */
  serverLoad(fromMs: number, toMs: number): ServerLoad | null {
    return this.#ports.serverLoad(fromMs, toMs);
  }

  /**
   * Has the summary's figures be those of a part of the run, which is said in a
   * few words, if the run finishes. Throws a `TypeError` for what are no two
   * snapshots, one of a later second than the other.
   */
  focus(from: Snapshot, to: Snapshot, says: string): void {
    if (!(from?.atMs < to?.atMs) || typeof says !== "string") {
      throw new TypeError(
        "Cannot focus: give two snapshots, the earlier one first, and a few words.",
      );
    }
    this.#ports.focus({ from, to, says });
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
    if (typeof isSo !== "function") {
      throw new TypeError("Cannot wait until it is so: give a function.");
    }
    const met = Promise.withResolvers<true>();
    const stop = new AbortController();
    const watcher = (snapshot: Snapshot) => {
      try {
        if (isSo(snapshot)) met.resolve(true);
      } catch (error) {
        met.reject(error);
      }
    };
    using either = eitherSignal(stop.signal, this.#ports.over);
    const late = delay(this.#ports.clock, withinMs, either.signal);
    this.#watchers.add(watcher);
    try {
      return await Promise.race([met.promise, late.then(() => false)]);
    } finally {
      this.#watchers.delete(watcher);
      stop.abort(ABORTED);
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
    if (!Array.isArray(options)) {
      throw new TypeError("Cannot join: give a list, with options of each.");
    }
    const clients = options.map((one, i) =>
      planOf(
        this.#given.join(one),
        i,
        options.length === 0 ? 0 : i * overMs / options.length,
      )
    );
    const added = await this.#add(
      (before, nowMs) => roster.entered(before, clients, nowMs),
      overMs,
    );
    await this.#settled(added, overMs);
    return added;
  }

  /** Has a number of clients join; resolves when each is connected or has failed. */
  async fill(given: FillOptions): Promise<VirtualUser[]> {
    const options = this.#given.fill(given);
    const { clients } = options;
    const rampUpMs = durationMs(options.rampUp ?? 0, "ramp up over");
    const stages = [{ durationMs: rampUpMs, target: clients }];
    const added = await this.#play(options, stages);
    await this.#settled(added, rampUpMs);
    return added;
  }

  /**
   * Has a number of clients meet for a time, which counts from when all are
   * in; whoever leaves meanwhile is replaced. Resolves when that is over, and
   * rejects when nobody is left.
   */
  async meet(given: MeetOptions): Promise<VirtualUser[]> {
    const options = this.#given.meet(given);
    const { crowd, onExpectedEnd, roster: cell } = this.#ports;
    const { stages, rampUpMs, holdMs } = meetingStages(options);
    const rampEndMs = crowd.elapsedMs + rampUpMs;
    onExpectedEnd(rampEndMs, rampEndMs);
    const added = await this.#play(options, stages);
    const behindMs = crowd.elapsedMs - cell.nowMs();
    const indices = new Set(added.map(({ index }) => index));
    const plans = cell.value.members
      .filter(({ index }) => indices.has(index))
      .map((member) => later(member, behindMs));
    await hold(this.#ports, plans, { rampEndMs, holdMs });
    return added;
  }

  /** Has clients come and go by a profile; resolves when that is over. Whoever is still there stays. */
  async play(given: PlayOptions): Promise<VirtualUser[]> {
    const options = this.#given.play(given);
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
      clients: indicesOf("cut", clients),
    });
  }

  /** These leave their rooms and join them anew, all at once, as people who load the page again. */
  async rejoin(clients: readonly VirtualUser[]): Promise<void> {
    await this.#ports.crowd.command({
      type: "rejoin",
      clients: indicesOf("rejoin", clients),
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
        `Cannot ask for layer ${
          JSON.stringify(spatialLayer)
        }: there are 0 to ${most}`,
      );
    }
    await this.#ports.crowd.command({
      type: "layers",
      clients: indicesOf("prefer a layer", clients),
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
    const indices = indicesOf("impair", clients);
    await this.#ports.crowd.command({
      type: "impair",
      clients: indices,
      impairment,
    });
    const { roster: cell } = this.#ports;
    cell.value = roster.impaired(cell.value, indices, impairment);
  }

  /** What the network of a client does to its packets; `null` is nothing. */
  impairmentOf({ index }: VirtualUser): Impairment | null {
    const { members } = this.#ports.roster.value;
    return members.find((member) => member.index === index)?.impairment ?? null;
  }

  /** These leave their rooms for good. */
  async leave(clients: readonly VirtualUser[]): Promise<void> {
    const indices = indicesOf("leave", clients);
    const { roster: cell } = this.#ports;
    cell.value = roster.dropped(cell.value, indices).roster;
    await this.#ports.crowd.command({
      type: "drop",
      clients: indices,
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
    const verb = paused ? "mute" : "unmute";
    if (kind !== "audio" && kind !== "video") {
      throw new TypeError(
        `Cannot ${verb} "${kind}": there is audio and video.`,
      );
    }
    const { roster: cell } = this.#ports;
    const indices = indicesOf(verb, clients);
    cell.value = roster.silenced(cell.value, indices, [kind], paused);
    await this.#ports.crowd.command({
      type: "pause",
      clients: indices,
      kind,
      paused,
    });
  }

  #play(
    options: Omit<PlayOptions, "stages">,
    stages: readonly Stage[],
  ): Promise<VirtualUser[]> {
    const { room, rooms, publishRatio = 1, churnRate, impair } = options;
    const coming = {
      ...{ stages, room, rooms, publishRatio, churnRate },
      media: mediaOf(options),
      networks: impair ?? [],
      patienceMs: patienceOf(options.patience),
    };
    return this.#add(
      (before, nowMs) => roster.played(before, coming, nowMs),
      profileDurationMs(stages),
    );
  }

  /** Has the clients come that a step of the roster brings. */
  async #add(
    step: (before: Roster, nowMs: number) => RosterStep,
    lengthMs: number,
  ): Promise<VirtualUser[]> {
    const { crowd, over, obstacle, onExpectedEnd, roster: cell } = this.#ports;
    over.throwIfAborted();
    const nowMs = cell.nowMs();
    const next = step(roster.departed(cell.value, nowMs), nowMs);
    const why = obstacle({ clients: next.roster.members });
    if (why !== undefined) throw new Error(why);
    cell.value = next.roster;
    onExpectedEnd(this.elapsedMs + lengthMs);
    const users = this.#users;
    const added = next.joining.map(({ index }) => users.get(index)!);
    await crowd.add({ clients: next.joining });
    return added;
  }

  async #settled(
    added: readonly VirtualUser[],
    lengthMs: number,
  ): Promise<void> {
    const wanted = new Set(added.map(({ index }) => index));
    await this.until(
      ({ clients }) =>
        clients.filter((client) =>
          wanted.has(client.index) &&
          (client.connectionSuccessful || isGone(client))
        ).length === wanted.size,
      lengthMs + MAX_JOINING_MS,
    );
  }

  /** Everyone who came, whoever asked for it. */
  get #users(): ReadonlyMap<number, VirtualUser> {
    for (const member of this.#ports.roster.value.members) {
      const { index } = member;
      if (this.#clients.has(index)) continue;
      this.#clients.set(index, new VirtualUser(this, member));
    }
    return this.#clients;
  }

  #inState(state: ClientRecord["state"]): VirtualUser[] {
    return this.snapshot().clients
      .filter((client) => client.state === state)
      .flatMap(({ index }) => this.#users.get(index) ?? []);
  }
}

function indicesOf(verb: string, clients: readonly VirtualUser[]): number[] {
  return clientsGiven(
    verb,
    clients,
    (one): one is VirtualUser => one instanceof VirtualUser,
  );
}
