/**
 * A node: a place where clients run. The coordinator hands it a part of the
 * plan, sends it commands and gets snapshots; it does not care whether the
 * node is this thread, a worker, or elsewhere. So all that passes is plain
 * JSON data.
 *
 * @module
 */

import type { ConnectionSettings } from "../../connection/mod.ts";
import type { ClockFacts, MachineFacts } from "../../machine/mod.ts";
import type { ClockOffset, Snapshot, TrackNews } from "../../metrics/mod.ts";
import type { PublisherNews } from "./client_port.ts";
import type { ClientPlan } from "../plan/plan.ts";
import type { Steering } from "./steer.ts";

/** How a server is spoken to. Threads load it, each by itself. */
export interface SignalingChoice {
  /** A protocol by its name, or the URL of an adapter's module. */
  readonly module: string;
  /** What the adapter is told. @default {{}} */
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/** The server that a run is against. */
export interface ServerTarget {
  /** `ws:` or `wss:` URL. */
  readonly url: string;
  /** How it is spoken to. @default {SimplestChat's protocol} */
  readonly signaling?: SignalingChoice | undefined;
  /** A JWT. */
  readonly token?: string | undefined;
  /** Password of the rooms. */
  readonly password?: string | undefined;
  /** How connections to it are made: certificates, headers, proxies. @default {{}} */
  readonly connection?: ConnectionSettings | undefined;
}

/** Which datapath to use; see `lib/rtc`. */
export interface DatapathChoice {
  /**
   * What moves datagrams.
   * @default {"auto"}
   */
  readonly lane?: "auto" | "native" | "portable" | undefined;
  /**
   * What encrypts them.
   * @default {"auto"}
   */
  readonly cipher?: "auto" | "openssl" | "portable" | undefined;
  /**
   * What shakes hands and makes the keys.
   * @default {"auto"}
   */
  readonly dtls?: "auto" | "openssl" | "portable" | undefined;
  /**
   * Over what media goes; `auto` is TCP only where no UDP candidate answers.
   * @default {"auto"}
   */
  readonly transport?: "auto" | "udp" | "tcp" | undefined;
  /**
   * How far the clock that all machines of the run go by is ahead of this
   * machine's wall clock, in milliseconds.
   * @default {0}
   */
  readonly wallAheadMs?: number | undefined;
}

/** One node's part of a run. */
export interface NodePlan {
  /** The node's name, unique in the run, without `+`. */
  readonly node: string;
  /** Where its clients go. */
  readonly server: ServerTarget;
  /** Seed of everything that it draws. */
  readonly seed: number;
  /** How their packets go. */
  readonly datapath: DatapathChoice;
}

/** What a node that is ready is, and has. */
export interface NodeFacts {
  /** Its name. */
  readonly node: string;
  /** Of rtcrowd there. */
  readonly version: string;
  /** Threads that drive clients: its share of a plan goes by them. */
  readonly threads: number;
  /** Kinds of datagram lane in use, sorted. */
  readonly lanes: readonly string[];
  /** Kinds of SRTP cipher in use, sorted. */
  readonly ciphers: readonly string[];
  /** Kinds of DTLS in use, sorted. */
  readonly dtls: readonly string[];
  /** Its machine's name. @default {it is this one} */
  readonly host?: string | undefined;
  /** Its machine, as it was when the node became ready; `null` where its clients need none. */
  readonly machine: MachineFacts | null;
  /** How its machine's wall clock stands to the run's. @default {it is the same} */
  readonly offset?: ClockOffset | undefined;
  /** How far its machine's wall clock can be trusted; `null` as for `machine`. */
  readonly clock: ClockFacts | null;
  /** The nodes that it consists of. @default {none but itself} */
  readonly parts?: readonly NodeFacts[] | undefined;
}

/** How long a node may take to have everyone leave, and to end, in milliseconds. */
export const STOP_MS = 15_000;

/** Whose packets, events and statistics are written down, and where. */
export interface DumpOrder {
  /** By their index; who is not there is passed over. */
  readonly clients: readonly number[];
  /** Where each has a `.pcapng` and a `.rtcstats` of its name. */
  readonly dir: string;
  /** Only the last so many milliseconds are written, when it ends; `null` for all, as it comes. */
  readonly keepMs: number | null;
  /** It ends after so long; `null` for when the client leaves. */
  readonly forMs: number | null;
  /** It is written only when the client fails, is away, or sees a picture freeze. */
  readonly onTrouble: boolean;
}

/** Something to do while a run goes on. Clients are named by their index. */
export type NodeCommand =
  /** More clients; due at their `joinAtMs`, or at once when that is past. */
  | { readonly type: "add"; readonly clients: readonly ClientPlan[] }
  /** These are written down from now on. */
  | { readonly type: "dump" } & DumpOrder
  /** These leave their rooms. */
  | { readonly type: "drop"; readonly clients: readonly number[] }
  | Steering;

/** Who is told of a node. */
export interface NodeHandlers {
  /** Each whole second of run time, numbered by it. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Something worth a line: who, when (in milliseconds since the run began) and what. */
  readonly onNote: (note: NodeNote) => void;
  /** What became of tracks that its clients receive, about once a second where anything did. */
  readonly onTracks?: ((news: readonly TrackNews[]) => void) | undefined;
  /** A client of the node sends something else now: the other nodes must know. */
  readonly onPublisher?: ((news: PublisherNews) => void) | undefined;
  /** Nothing has been heard of the node for so many milliseconds; it may be back. */
  readonly onLate?: ((silentMs: number) => void) | undefined;
  /** The late node has been heard of, after so many milliseconds. */
  readonly onBack?: ((silentMs: number) => void) | undefined;
  /** The node is gone, with its clients; never called after `stop`. `kept` is a sentence about where its part of the run may be found all the same. */
  readonly onDied: (reason: string, kept?: string) => void;
}

/** Something that happened on a node, for a log. */
export interface NodeNote {
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
  /** Whom it is about; `null` for the node as a whole. */
  readonly clientId: string | null;
  /** Whether it is the server that was found to be so: told once, whichever node finds it. @default {false} */
  readonly isOfServer?: boolean | undefined;
  /** Whether a scenario says it of the whole run. @default {false} */
  readonly isOfRun?: boolean | undefined;
  /** Whether something went wrong. */
  readonly level: "info" | "error";
  /** What happened, in one line. */
  readonly text: string;
}

/** A place where clients run. */
export interface LoadNode {
  /** The node's name. */
  readonly name: string;
  /**
   * Makes ready what its clients need; throws when the node cannot work.
   * Nothing goes to the server yet.
   */
  prepare(plan: NodePlan): Promise<NodeFacts>;
  /**
   * Once it is prepared: the run begins, at a time in milliseconds since 1970
   * by the wall clock of the node's machine, which may be still to come.
   */
  begin(startedAtMs: number): Promise<void>;
  /** Takes in what a client of another node sends. */
  learn?(news: PublisherNews): void;
  /** The clock that all machines of the run go by is now known to be so far ahead of this machine's, in milliseconds; see `wallAheadMs`. */
  aimWall?(aheadMs: number): void;
  /**
   * Carries a command out; a failure of a client is in its record. Throws when
   * clients cannot even be added: what they are to send cannot be loaded.
   */
  command(command: NodeCommand): Promise<void>;
  /**
   * Has all clients leave, and ends, within so many milliseconds. Resolves
   * with the last snapshot, which `onSnapshot` is not told of; `undefined`
   * when that does not come, or the run had not begun. Idempotent.
   */
  stop(withinMs?: number): Promise<Snapshot | undefined>;
}
