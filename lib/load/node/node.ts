/**
 * A node: a place where clients run. The coordinator hands it a part of the
 * plan, sends it commands and gets snapshots; it does not care whether the
 * node is this thread, a worker, or elsewhere. So all that passes is plain
 * JSON data.
 *
 * @module
 */

import type { ConnectionSettings } from "../../connection/mod.ts";
import type { Snapshot, TrackNews } from "../../metrics/mod.ts";
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
  /** Wall-clock time at which the run began, in milliseconds since 1970. */
  readonly startedAtMs: number;
}

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
  /** About once a second, and a last time when it stops. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Something worth a line: who, when (in milliseconds since the run began) and what. */
  readonly onNote: (note: NodeNote) => void;
  /** What became of tracks that its clients receive, about once a second where anything did. */
  readonly onTracks?: ((news: readonly TrackNews[]) => void) | undefined;
  /** A client of the node sends something else now: the other nodes must know. */
  readonly onPublisher?: ((news: PublisherNews) => void) | undefined;
  /** The node is gone, with its clients; never called after `stop`. */
  readonly onDied: (reason: string) => void;
}

/** Something that happened on a node, for a log. */
export interface NodeNote {
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
  /** Whom it is about; `null` for the node as a whole. */
  readonly clientId: string | null;
  /** Whether it is the server that was found to be so: told once, whichever node finds it. @default {false} */
  readonly isOfServer?: boolean | undefined;
  /** Whether something went wrong. */
  readonly level: "info" | "error";
  /** What happened, in one line. */
  readonly text: string;
}

/** A place where clients run. */
export interface LoadNode {
  /** The node's name. */
  readonly name: string;
  /** Begins its part; throws when the node itself cannot work. */
  start(plan: NodePlan): Promise<void>;
  /** Takes in what a client of another node sends. */
  learn?(news: PublisherNews): void;
  /**
   * Carries a command out; a failure of a client is in its record. Throws when
   * clients cannot even be added: what they are to send cannot be loaded.
   */
  command(command: NodeCommand): Promise<void>;
  /** Has all clients leave, and ends; resolves after the last snapshot. Idempotent. */
  stop(): Promise<void>;
}
