/** A node of this thread with fake clients, in virtual time. */

import type { Network } from "../../../../lib/impairment/mod.ts";
import type {
  ClientEvent,
  ClientTotals,
  ReceivedSecond,
} from "../../../../lib/client/mod.ts";
import {
  type ClientPlan,
  type DrivenClient,
  LocalNode,
  type NodeNote,
} from "../../../../lib/load/mod.ts";
import {
  type Snapshot,
  TOTALS,
  type TrackNews,
  zeros,
} from "../../../../lib/metrics/mod.ts";
import { FakeClock, type FakeScheduler } from "../../../../lib/testing/mod.ts";
import { mediaPlanOf } from "../../../../lib/media/mod.ts";

export const WALL_MS = 1_800_000_000_000;
export const MEDIA = mediaPlanOf({});

export function clientPlan(
  index: number,
  over: Partial<ClientPlan> = {},
): ClientPlan {
  return {
    index,
    clientId: `client-${index}`,
    participantName: `TestUser${index}`,
    slot: index,
    roomId: "r",
    role: "publisher",
    joinAtMs: 0,
    leaveAtMs: null,
    media: MEDIA,
    ...over,
  };
}

export const NO_TOTALS: ClientTotals = {
  ...zeros(TOTALS),
  consumersFlowing: 0,
  maxMediaLatencyMs: -1,
  maxTimeToFirstFrameMs: -1,
  longestFreezeMs: 0,
  firstSentMs: -1,
  firstReceivedMs: -1,
  stayFirstSentMs: -1,
  othersSinceMs: -1,
  stayFirstReceivedMs: -1,
};

/** A client that connects 100 ms after it is told to join, or when it is told. */
export class FakeClient implements DrivenClient {
  producersOpen = 2;
  consumersOpen = 3;
  isToSend = true;
  tracks = {
    due: 0,
    flowing: 0,
    withheld: 0,
    untold: 0,
    silentMs: 0,
    overdue: 0,
  };
  roundTripMs = -1;
  signalingWaitMs = 0;
  media: ClientTotals = NO_TOTALS;
  readonly did: string[] = [];
  readonly #join = Promise.withResolvers<void>();

  constructor(
    readonly plan: ClientPlan,
    readonly tell: (event: ClientEvent) => void,
    readonly clock: FakeClock,
    readonly connects: boolean,
    readonly network: Network,
    readonly onRead: () => void = () => {},
  ) {}

  flow() {
    return this.tracks;
  }
  takeUplink() {
    return { queueingMs: 1, bitrateBps: 1_000_000 };
  }
  *jittersMs() {
    yield 7;
  }
  seconds: ReceivedSecond[] = [];
  takeSeconds() {
    return this.seconds.splice(0);
  }
  /** When its media flowed again after an outage. */
  resumedMs: number | undefined = -1;
  resumedSince() {
    return this.resumedMs;
  }
  layers: (number | undefined)[] = [];
  receivedLayers() {
    return this.layers;
  }
  totals() {
    this.onRead();
    return this.media;
  }
  join() {
    this.#do("join");
    this.tell({ type: "state", state: "joining" });
    if (this.connects) this.clock.setTimer(100, () => this.connect());
    return this.#join.promise;
  }
  connect() {
    if (this.did.includes("leave")) return;
    this.tell({ type: "state", state: "connected" });
    this.tell({ type: "connected", atMs: this.clock.nowMs() });
    this.#join.resolve();
  }
  fail(kind: "transport", message: string) {
    this.tell({ type: "error", kind, message });
    this.tell({ type: "state", state: "failed" });
    this.#join.resolve();
  }
  leave() {
    this.#do("leave");
    this.#join.resolve();
    this.tell({ type: "state", state: "left" });
    return Promise.resolve();
  }
  setPaused(kind: string, paused: boolean) {
    this.#do(`${paused ? "pause" : "resume"} ${kind}`);
    return Promise.resolve();
  }
  preferLayer(layer: number) {
    this.#do(`layer ${layer}`);
  }
  setQuality(quality: string, fps: number) {
    this.#do(`${quality}${fps}`);
  }
  rejoin() {}
  cutChannel() {
    this.#do("cut");
  }
  #do(what: string) {
    this.did.push(`${what} ${this.clock.nowMs()}`, what);
  }
  /** What it was told, with the times. */
  get log() {
    return this.did.filter((_, i) => i % 2 === 0);
  }
}

export class Bench {
  readonly snapshots: Snapshot[] = [];
  readonly notes: NodeNote[] = [];
  readonly tracks: TrackNews[] = [];
  readonly clients: FakeClient[] = [];
  connects = true;
  disposed = 0;
  /** What clients send is loaded once this resolves. */
  loaded: Promise<void> = Promise.resolve();
  readonly asked: (string | undefined)[] = [];
  /** For how long it is busy with each client that it reads. */
  readingMs = 0;
  /** For how long it has been, in all. */
  #busyMs = 0;
  readonly node: LocalNode;

  /** Where it has a reactor, a second of many clients is read in slices. */
  constructor(
    readonly clock: FakeClock = new FakeClock(5000),
    slicer?: FakeScheduler,
  ) {
    this.node = new LocalNode({
      name: "n1",
      clock: {
        nowMs: () => this.clock.nowMs() + this.#busyMs,
        wallNowMs: () => WALL_MS + this.clock.nowMs(),
        setTimer: (ms, fn) => this.clock.setTimer(ms, fn),
      },
      openHost: () =>
        Promise.resolve({
          prepare: (media) => {
            this.asked.push(...media.map(({ clip }) => clip));
            return this.loaded;
          },
          create: (plan, onEvent, network) => {
            const client = new FakeClient(
              plan,
              onEvent,
              this.clock,
              this.connects,
              network,
              () => this.#busyMs += this.readingMs,
            );
            this.clients.push(client);
            return client;
          },
          health: {
            lanes: ["native"],
            ciphers: ["openssl"],
            dtls: ["openssl"],
            notes: ["a note"],
            cpuUs: () => 1234.5,
            kernelDrops: () => 3,
          },
          latenessMs: () => 0,
          slicer,
          [Symbol.dispose]: () => {
            this.disposed++;
          },
        }),
      handlers: {
        onSnapshot: (snapshot) => this.snapshots.push(snapshot),
        onNote: (note) => this.notes.push(note),
        onTracks: (news) => this.tracks.push(...news),
        onDied: () => {},
      },
    });
  }

  /** Starts the node as if the run had begun `agoMs` ago. */
  async start(clients: readonly ClientPlan[], agoMs = 0): Promise<void> {
    await this.node.prepare({
      node: "n1",
      server: { url: "ws://x/ws" },
      datapath: {},
      seed: 1,
    });
    await this.node.begin(WALL_MS + this.clock.nowMs() - agoMs);
    await this.node.command({ type: "add", clients });
  }

  record(index: number) {
    return this.node.snapshot().clients.find((one) => one.index === index)!;
  }
}
