/**
 * What a client tells of itself. It does not count or print; whoever listens
 * does.
 *
 * @module
 */

import type { MediaKind } from "../protocol/mod.ts";
import type { Anomaly, Operation } from "../signaling/mod.ts";

/** How far a client has come. */
export type ClientState =
  | "planned"
  | "joining"
  | "connected"
  | "failed"
  | "left";

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
  /** The channel was lost. */
  | "channel"
  /** No answer to ICE checks. */
  | "ice"
  /** No DTLS, or the wrong peer. */
  | "dtls"
  /** A transport that was up is gone. */
  | "transport"
  /** A moderator put us out. */
  | "kicked"
  /** The server has nothing that we can send or understand. */
  | "codec"
  /** Something that should not be possible. */
  | "internal";

/** What happens to a client, as it happens. */
export type ClientEvent =
  | { readonly type: "state"; readonly state: ClientState }
  /** ICE and DTLS are up on every transport; not sent again for a later stay. */
  | { readonly type: "connected"; readonly atMs: number }
  | {
    readonly type: "latency";
    readonly operation: Operation;
    readonly ms: number;
  }
  | {
    readonly type: "error";
    readonly kind: ClientErrorKind;
    readonly message: string;
  }
  | { readonly type: "anomaly"; readonly anomaly: Anomaly }
  | { readonly type: "produced"; readonly kind: MediaKind }
  | { readonly type: "consumed"; readonly kind: MediaKind }
  /** Back in the room after the channel was lost. */
  | { readonly type: "returned"; readonly how: "reconnected" | "rejoined" }
  /** An attempt to come back failed. */
  | { readonly type: "returnFailed" };
