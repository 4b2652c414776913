/**
 * What a client tells of itself. It does not count or print; whoever listens
 * does.
 *
 * @module
 */

import type { MediaKind } from "../ortc/mod.ts";
import type { ClientState, ReturnKind, StoppedTrack } from "../metrics/mod.ts";
import type { CandidateOutcome } from "../rtc/mod.ts";
import type { SignalingAnomaly } from "../signaling/port.ts";

export type { ClientState, ReturnKind };

/** What went wrong, as a short fixed word. */
export type ClientErrorKind =
  /** No channel: nothing listens, no WebSocket there, HTTP status, timeout. */
  | "connect"
  /** The server said no to joining. */
  | "join"
  /** A request got no reply in time. */
  | "timeout"
  /** The server threw our frames away. */
  | "rateLimit"
  /** The server answered a request with an error. */
  | "server"
  /** The server did not take a track of ours. */
  | "publish"
  /** The channel was lost, and the client did not come back. */
  | "channel"
  /** No answer to ICE checks. */
  | "ice"
  /** No DTLS, or the wrong peer. */
  | "dtls"
  /** A transport that was up was lost, and the client did not come back. */
  | "transport"
  /** A moderator put us out. */
  | "kicked"
  /** The server has nothing that we can send or understand. */
  | "codec"
  /** Something that should not be possible. */
  | "internal";

/** A track that no client of this run sends, as a client found it. */
export interface OtherTrackFound {
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly found:
    | { readonly is: "flowing" | "silent" }
    /** A client of this run sends it after all: that had not been heard yet. */
    | { readonly is: "own" }
    /** Of a codec that clients do not take; of which of several the server does not say. */
    | { readonly is: "codec"; readonly codecs: readonly string[] }
    /** The server does not hand it out, in its words. */
    | { readonly is: "refused"; readonly reason: string };
}

/** What happens to a client, as it happens. */
export type ClientEvent =
  | { readonly type: "state"; readonly state: ClientState }
  /** ICE and DTLS are up on every transport; not sent again for a later stay. */
  | { readonly type: "connected"; readonly atMs: number }
  /** The server has taken what it sends, or has said no to it, and it can receive; sent again for a later stay. */
  | { readonly type: "ready"; readonly atMs: number }
  | {
    readonly type: "latency";
    readonly operation: string;
    readonly ms: number;
  }
  | {
    readonly type: "error";
    readonly kind: ClientErrorKind;
    readonly message: string;
  }
  | { readonly type: "anomaly"; readonly anomaly: SignalingAnomaly }
  | { readonly type: "produced"; readonly kind: MediaKind }
  /** The server did not take a track: it is not sent in this stay. */
  | { readonly type: "notProduced"; readonly kind: MediaKind }
  | { readonly type: "consumed"; readonly kind: MediaKind }
  /** A track is not consumed, because the server grants no more; told once a track and stay. */
  | { readonly type: "denied"; readonly kind: MediaKind }
  /** The server grants so many consumers in one stay; told by who learns it first. */
  | { readonly type: "allowance"; readonly consumers: number }
  /** What it was told to do cannot be done with this server; one sentence. */
  | { readonly type: "unable"; readonly message: string }
  /** A transport has found a path among the server's candidates, or none. */
  | { readonly type: "candidates"; readonly tried: readonly CandidateOutcome[] }
  /** Something is known of a track that no client of this run sends. */
  | { readonly type: "other"; readonly track: OtherTrackFound }
  /** The server stopped a track that a client of this run goes on sending; told once a track and stay. */
  | { readonly type: "stopped"; readonly track: StoppedTrack }
  /** For some seconds the server has told nothing of tracks that clients of this run send and this one has room for. */
  | { readonly type: "untold"; readonly kind: MediaKind }
  /** The server sends another layer of simulcast; 0 is the smallest, `null` none. */
  | {
    readonly type: "layer";
    /** Who sends it, where that is known. */
    readonly from: string | undefined;
    readonly layer: number | null;
  }
  /** It has lost its channel or a transport, and begins to come back. */
  | {
    readonly type: "lost";
    readonly what: LossKind;
    readonly message: string;
    /** Since when, on the scheduler's clock: a lost path is noticed later. */
    readonly sinceMs: number;
  }
  /** It is back. */
  | { readonly type: "returned"; readonly how: ReturnKind }
  /** An attempt to come back failed; others follow. */
  | { readonly type: "returnFailed"; readonly message: string };

/** What a client can lose and come back from. */
export type LossKind = "channel" | "transport";
