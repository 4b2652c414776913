/** The channel over a WebSocket. */

import type { Channel, ChannelClosed } from "./channel.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { WebSocket } from "./deps.ts";
import { dial } from "./dial.ts";
import { type Keepalive, startKeepalive } from "./keepalive.ts";

/** How to open a channel. */
export interface WebSocketChannelOptions {
  /** A JWT, sent as the query parameter `token`. Servers ignore one that they cannot verify. */
  readonly token?: string | undefined;
  /** Gives up opening; has no effect on an open channel. */
  readonly signal?: AbortSignal | undefined;
  /** How long opening may take, in ms. @default {10_000} */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the server has for its half of the closing handshake, in ms. @default {250} */
  readonly closeTimeoutMs?: number | undefined;
  /** Time between pings, in ms. @default {25_000} */
  readonly pingIntervalMs?: number | undefined;
  /** After how many ms without a pong the channel counts as lost. @default {75_000} */
  readonly silentAfterMs?: number | undefined;
  /** Counts its time. @default {systemClock} */
  readonly clock?: Clock | undefined;
}

/**
 * Opens a channel to `url`.
 *
 * @throws {ChannelError} when that fails; its message is one line, its `failure` says why.
 */
export async function openWebSocketChannel(
  url: string,
  options: WebSocketChannelOptions = {},
): Promise<Channel> {
  const { clock = systemClock, connectTimeoutMs = 10_000 } = options;
  // The server never answers a close frame: waiting for it for long is waiting for nothing.
  const closeTimeoutMs = options.closeTimeoutMs ?? 250;
  const socket = await dial(url, {
    token: options.token,
    signal: options.signal,
    connectTimeoutMs,
    closeTimeoutMs,
    clock,
  });
  return new WebSocketChannel(socket, clock, options);
}

class WebSocketChannel implements Channel {
  readonly closed: Promise<ChannelClosed>;
  readonly #socket: WebSocket;
  readonly #keepalive: Keepalive;
  #onText: (text: string) => void = () => {};
  /** The reason that we know ourselves; a socket that we destroy says only 1006. */
  #cause: ChannelClosed | undefined;

  constructor(
    socket: WebSocket,
    clock: Clock,
    options: WebSocketChannelOptions,
  ) {
    this.#socket = socket;
    this.#keepalive = startKeepalive(clock, {
      intervalMs: options.pingIntervalMs,
      silentAfterMs: options.silentAfterMs,
      ping: () => socket.ping(),
      onSilent: (silentMs) => {
        this.#cause ??= { kind: "silent", silentMs };
        socket.terminate();
      },
    });
    socket.on("pong", () => this.#keepalive.pong());
    socket.on("error", ({ message }) => {
      this.#cause ??= { kind: "error", message };
    });
    socket.on("message", (data, isBinary) => {
      if (!isBinary) this.#onText(data.toString());
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#keepalive.stop();
        resolve(this.#cause ?? closedBy(code, reason.toString()));
      });
    });
  }

  onText(handler: (text: string) => void): void {
    this.#onText = handler;
  }

  send(text: string): void {
    // The callback takes the error of a socket that is closing or closed.
    this.#socket.send(text, () => {});
  }

  close(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#cause ??= { kind: "clean", code: 1000, reason: "" };
    this.#keepalive.stop();
    this.#socket.close(1000);
  }
}

/** Codes that say that all is well: normal, going away, and a close frame without a code. */
const CLEAN_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005]);

function closedBy(code: number, reason: string): ChannelClosed {
  return { kind: CLEAN_CODES.has(code) ? "clean" : "abnormal", code, reason };
}
