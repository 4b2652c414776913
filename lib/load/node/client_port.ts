/**
 * What the load asks of a client, as a port: `lib/client` has the real one.
 * The load knows when and how many; it knows no WebRTC.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import type { ClockDifference } from "../../metrics/mod.ts";
import type { ClientPlan } from "../plan/plan.ts";
import type { Client, ClientEvent } from "../../client/mod.ts";
import type { SteeredClient } from "./steer.ts";

/** One client that the load drives. None of its methods rejects. */
export type DrivenClient =
  & SteeredClient
  & Pick<
    Client,
    | "consumersOpen"
    | "flow"
    | "isToSend"
    | "jittersMs"
    | "join"
    | "leave"
    | "producersOpen"
    | "receivedLayers"
    | "resumedSince"
    | "roundTripMs"
    | "signalingWaitMs"
    | "takeSeconds"
    | "takeUplink"
    | "totals"
  >
  & Partial<Pick<Client, "observe" | "stats">>;

/** Makes the client of a plan; all its packets go through `network`. */
export type ClientFactory = (
  plan: ClientPlan,
  onEvent: (event: ClientEvent) => void,
  network: Network,
) => DrivenClient;

/** A client as others of its room know it, and what it sends: nodes tell each other. */
export interface PublisherNews {
  /** Its room. */
  readonly roomId: string;
  /** Its id there; a client that comes back has another. */
  readonly participantId: string;
  /** It is on another machine. @default {false} */
  readonly isElsewhere?: boolean | undefined;
  /** What it sends; `null` once it is gone. */
  readonly tracks:
    | readonly {
      /** The track's id. */
      readonly producerId: string;
      /** What it is of. */
      readonly kind: "audio" | "video";
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
  readonly dtls: readonly string[];
  /** What a user should know of it, one sentence each. */
  readonly notes: readonly string[];
  /** CPU time of this node, in whole microseconds since it started. */
  cpuUs(): number;
  /** Packets that the kernel dropped unread; `null` where it does not say. */
  kernelDrops(): number | null;
  /** What it noticed of time itself, on the node's clock. @default {nothing} */
  readonly clock?: (() => ClockNotice) | undefined;
}
