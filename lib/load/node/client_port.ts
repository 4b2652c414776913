/**
 * What the load asks of a client, as a port: `lib/client` has the real one.
 * The load knows when and how many; it knows no WebRTC.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import type {
  ClientState,
  ClockDifference,
  ReturnKind,
  StoppedTrack,
  TotalCounts,
} from "../../metrics/mod.ts";
import type { MediaKind } from "../../ortc/mod.ts";
import type { ClientPlan } from "../plan/plan.ts";
import type { Client } from "../../client/mod.ts";
import type { SteeredClient } from "./steer.ts";

/** A client's media so far, over all its stays. */
export interface DrivenTotals extends TotalCounts {
  /** Consumers that media has arrived on. */
  readonly consumersFlowing: number;
  /** -1 before any. */
  readonly maxMediaLatencyMs: number;
  /** -1 before any. */
  readonly maxTimeToFirstFrameMs: number;
  readonly longestFreezeMs: number;
  /** On the node's clock; -1 before. */
  readonly firstSentMs: number;
  /** On the node's clock; -1 before. */
  readonly firstReceivedMs: number;
  /** Since when it has heard of others' tracks, on the node's clock; 0 for from before it was there, -1 while it has not. */
  readonly othersSinceMs: number;
  /** First packet of the present stay; on the node's clock, -1 before. */
  readonly stayFirstSentMs: number;
  /** First packet of the present stay; on the node's clock, -1 before. */
  readonly stayFirstReceivedMs: number;
}

/** What a client tells of itself; times are on the node's clock. */
export type DrivenEvent =
  | {
    readonly type: "state";
    readonly state: ClientState;
  }
  | { readonly type: "connected"; readonly atMs: number }
  /** It can send and receive; sent again for a later stay. */
  | { readonly type: "ready"; readonly atMs: number }
  | {
    readonly type: "latency";
    readonly operation: string;
    readonly ms: number;
  }
  | {
    readonly type: "error";
    readonly kind: string;
    readonly message: string;
  }
  | {
    readonly type: "anomaly";
    readonly anomaly: { readonly kind: string };
  }
  | { readonly type: "produced"; readonly kind: MediaKind }
  /** The server did not take a track that it was to send. */
  | { readonly type: "notProduced"; readonly kind: MediaKind }
  | { readonly type: "consumed"; readonly kind: MediaKind }
  /** A track is not consumed, because the server grants no more; told once a track and stay. */
  | { readonly type: "denied"; readonly kind: MediaKind }
  /** The server grants so many consumers in one stay; told once a node. */
  | { readonly type: "allowance"; readonly consumers: number }
  /** What it was told to do cannot be done with this server; one sentence. */
  | { readonly type: "unable"; readonly message: string }
  | { readonly type: "other"; readonly track: OtherTrackFound }
  /** Another layer of simulcast comes; 0 is the smallest, `null` none. */
  | {
    readonly type: "layer";
    readonly from: string | undefined;
    readonly layer: number | null;
  }
  /** The server stopped a track that a client of the run goes on sending. */
  | { readonly type: "stopped"; readonly track: StoppedTrack }
  /** A transport has found a path among the server's candidates, or none. */
  | {
    readonly type: "candidates";
    readonly tried: readonly CandidateTried[];
  }
  | {
    readonly type: "lost";
    readonly what: "channel" | "transport";
    readonly message: string;
    readonly sinceMs: number;
  }
  | { readonly type: "returned"; readonly how: ReturnKind }
  | { readonly type: "returnFailed"; readonly message: string };

/** How one of the server's addresses for media fared with one transport. */
export interface CandidateTried {
  /** `udp` or `tcp`. */
  readonly protocol: string;
  /** An IP address, or a name. */
  readonly address: string;
  /** Whether media takes it. */
  readonly isTaken: boolean;
  /** Why it could not be taken; `undefined` where it could, or was not tried long enough. */
  readonly problem: string | undefined;
}

/** What a client found of a track that no client of the run sends. */
export interface OtherTrackFound {
  /** Its id on the server. */
  readonly producerId: string;
  /** What it found. */
  readonly found:
    | { readonly is: "flowing" | "silent" }
    | { readonly is: "own" }
    | { readonly is: "codec"; readonly codecs: readonly string[] }
    | { readonly is: "refused"; readonly reason: string };
}

/** What a second of one track that a client receives was like. */
export interface ReceivedSecond {
  readonly kind: MediaKind;
  readonly bitrateBps: number;
  /** `null` when nothing was expected. */
  readonly lossRatio: number | null;
  /** After repairs; `null` when nothing was settled. */
  readonly residualLossRatio: number | null;
  /** Who sends it, where that is known. */
  readonly from?: string | undefined;
  /** For how long it stood still; 0 for audio. */
  readonly frozenMs: number;
  /** `null` for audio. */
  readonly frameRate: number | null;
  /** How long what was shown or heard waited for its time; `null` where nothing was. */
  readonly playoutDelayMs: number | null;
}

/** Tracks that should come to a client at one time. */
export interface TrackFlow {
  /** Those that it wants and has had a second to get; those that are paused left out. */
  readonly due: number;
  /** Those of them of which something came in the last second. */
  readonly flowing: number;
  /** Those besides of which the server chooses to send nothing, and says so. */
  readonly withheld: number;
  /** Packets that should have come on those that have been silent for a moment, and are not deliverable yet. */
  readonly overdue: number;
}

/** One client that the load drives. None of its methods rejects. */
export interface DrivenClient
  extends SteeredClient, Partial<Pick<Client, "observe" | "stats">> {
  readonly producersOpen: number;
  readonly consumersOpen: number;
  /** Whether it is to send now: it publishes, and is not muted. */
  readonly isToSend: boolean;
  /** The tracks that should come to it now, and how many of them do. */
  flow(): TrackFlow;
  /** To the server and back, in milliseconds; -1 while it is not known. */
  readonly roundTripMs: number;
  /** What the server told since the last call of the way to it; -1 where it told nothing. */
  takeUplink(): { readonly queueingMs: number; readonly bitrateBps: number };
  /** Jitter of each track that media comes on, in milliseconds. */
  jittersMs(): Iterable<number>;
  /** What the last second of each track was like that media comes on: about once a second, nothing between. */
  takeSeconds(): Iterable<ReceivedSecond>;
  /**
   * When media flowed again, a frame or else a packet, that stood still at
   * `sinceMs`: -1 when nothing stood still, `undefined` while all of it still
   * does. Both on the node's clock.
   */
  resumedSince(sinceMs: number): number | undefined;
  /** The layer of each simulcast track, 0 is the smallest; `undefined` for one of which nothing comes. */
  receivedLayers(): Iterable<number | undefined>;
  totals(): DrivenTotals;
  /** Resolves when it is connected and sends and receives, or has failed. */
  join(): Promise<void>;
  leave(): Promise<void>;
}

/** Makes the client of a plan; all its packets go through `network`. */
export type ClientFactory = (
  plan: ClientPlan,
  onEvent: (event: DrivenEvent) => void,
  network: Network,
) => DrivenClient;

/** A client as others of its room know it, and what it sends: nodes tell each other. */
export interface PublisherNews {
  /** Its room. */
  readonly roomId: string;
  /** Its id there; a client that comes back has another. */
  readonly participantId: string;
  /** What it sends; `null` once it is gone. */
  readonly tracks:
    | readonly {
      /** The track's id. */
      readonly producerId: string;
      /** RTP packets a second; 0 while it is paused. */
      readonly packetsPerSecond: number;
      /** It sends nothing for so long at most, in milliseconds. @default {0} */
      readonly longestGapMs?: number | undefined;
    }[]
    | null;
}

/** What one node knows of who publishes. */
export interface PublisherBook {
  /** Called with each that is of this node. */
  onOwn: (news: PublisherNews) => void;
  /** Takes in one of another node. */
  learn(news: PublisherNews): void;
}

/** What a node noticed of time itself; times are on its clock. */
export interface ClockNotice {
  /** When it stood still. */
  readonly standstills: readonly {
    readonly atMs: number;
    readonly ms: number;
  }[];
  /** When the wall clock was set. */
  readonly wallJumps: readonly {
    readonly atMs: number;
    readonly byMs: number;
  }[];
  /** Latencies that cannot be; `null` without any. */
  readonly difference: ClockDifference | null;
}

/** The generator's own state on this node. */
export interface HealthProbe {
  readonly lanes: readonly string[];
  readonly ciphers: readonly string[];
  /** What a user should know of it, one sentence each. */
  readonly notes: readonly string[];
  /** CPU time of this node, in whole microseconds since it started. */
  cpuUs(): number;
  /** Packets that the kernel dropped unread; `null` where it does not say. */
  kernelDrops(): number | null;
  /** What it noticed of time itself, on the node's clock. @default {nothing} */
  readonly clock?: (() => ClockNotice) | undefined;
}
