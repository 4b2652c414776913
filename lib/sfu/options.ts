/**
 * How an embedded server is started.
 *
 * @module
 */

import type { EngineKind } from "./engine.ts";
import type { MediasoupOptions } from "./mediasoup/engine.ts";

/** Plain data, so that it can be handed to another process. */
export interface SfuOptions extends MediasoupOptions {
  /** What forwards the media: `werift` needs nothing installed, `mediasoup` is the real SFU. */
  readonly engine: EngineKind;
  /**
   * What is spoken: SimplestChat's protocol, or mediasoup-demo's as its server
   * of today speaks it, or as the one in JavaScript did until 2024. Limits
   * but those of connections and transports, passwords and tokens are
   * SimplestChat's.
   *
   * @default {"simplestchat"}
   */
  readonly protocol?: "simplestchat" | "protoo" | "protoo-js";
  /**
   * The TCP port of HTTP and WebSocket; 0 is any free port.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The address on which HTTP and WebSocket listen.
   *
   * @default {"127.0.0.1"}
   */
  readonly host?: string;
  /**
   * The IP address to which clients are told to send media.
   *
   * @default {"127.0.0.1"}
   */
  readonly announceIp?: string;
  /**
   * The most connections at once; more are answered 503.
   *
   * @default {10000}
   */
  readonly maxConnections?: number;
  /**
   * How many consumers one participant may create in one join, closed ones included.
   *
   * @default {16}
   */
  readonly maxConsumersPerJoin?: number;
  /**
   * How many transports one participant may create in one join.
   *
   * @default {16}
   */
  readonly maxTransportsPerJoin?: number;
  /**
   * How many transports there may be at once: each of the werift engine is a
   * socket of this process.
   *
   * @default {4000 for werift, 20000 for mediasoup}
   */
  readonly maxTransports?: number;
  /**
   * A connection without any frame for this long is dropped, in milliseconds.
   *
   * @default {300000}
   */
  readonly idleTimeoutMs?: number;
  /**
   * How long a participant whose socket died stays in its room, in milliseconds.
   *
   * @default {30000}
   */
  readonly graceMs?: number;
  /**
   * Whether `reconnect` works with the token of `roomJoined`. SimplestChat advertises a
   * stale one, so by default it fails here, too.
   *
   * @default {false}
   */
  readonly freshReconnectToken?: boolean;
  /** Rooms that are locked from the start: passwords by room id. */
  readonly roomPasswords?: Readonly<Record<string, string>>;
  /** The HS256 secret of `?token=`. Without one, everybody is anonymous. */
  readonly jwtSecret?: string;
  /** What `GET /metrics` wants as its bearer token. Without one, it is open. */
  readonly metricsToken?: string;
  /**
   * Whether `GET /stats` answers with what every stream carried.
   *
   * @default {false}
   */
  readonly exposeStats?: boolean;
}
