/** The channel over a WebSocket. */

import { type ConnectionSettings, secretsOf } from "../../connection/mod.ts";
import { createHider, type Hider, shownText } from "../../text/mod.ts";
import type { Channel, ChannelClosed, ChannelPath } from "./channel.ts";
import { type Clock, systemClock } from "../../time/mod.ts";
import { Buffer, type RawData, type WebSocket } from "./deps.ts";
import { dial, MAX_PAYLOAD_BYTES } from "./dial.ts";
import { hideInFrame, textsOf } from "./frame.ts";
import { type Keepalive, startKeepalive } from "./keepalive.ts";

/** How to open a channel. */
export interface WebSocketChannelOptions {
  /** A JWT, sent as the query parameter `token`. Servers ignore one that they cannot verify. */
  readonly token?: string | undefined;
  /** The password of the rooms; only to keep it out of what is told of the server's words. */
  readonly password?: string | undefined;
  /** Certificates, headers, proxies. @default {{}} */
  readonly connection?: ConnectionSettings | undefined;
  /** Gives up opening; has no effect on an open channel. */
  readonly signal?: AbortSignal | undefined;
  /** How long opening may take, in ms. @default {10_000} */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the server has for its half of the closing handshake, in ms. @default {250} */
  readonly closeTimeoutMs?: number | undefined;
  /** Time between pings, in ms. @default {5_000} */
  readonly pingIntervalMs?: number | undefined;
  /** After how many ms without a message, a ping or a pong the channel counts as lost, if it has answered a ping before. @default {75_000} */
  readonly silentAfterMs?: number | undefined;
  /** Counts its time. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Whether what comes is given as it came, and not message by message without our secrets in it. @default {false} */
  readonly asItCame?: boolean | undefined;
  /** What is between it and the server, for it alone. @default {nothing that takes time} */
  readonly path?: ChannelPath | undefined;
}

const NO_PATH: ChannelPath = {
  carry: (_direction, _bytes, arrive) => arrive(),
  forget() {},
};
/** A close, a ping or a pong with what goes around it, in bytes. */
const CONTROL_BYTES = 8;
/** More than that is not taken from the socket while it is under way: a receive buffer, so to speak. */
const WINDOW_BYTES = 1024 * 1024;
/** What is to be said at the end, and is still under way after so long, is not said. */
const GOODBYE_MS = 2000;

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
  const { connection = {} } = options;
  const hide = createHider(secretsOf({ ...options, url }));
  const socket = await dial(url, {
    token: options.token,
    connection,
    hide,
    signal: options.signal,
    connectTimeoutMs,
    closeTimeoutMs,
    clock,
    path: options.path,
  });
  return new WebSocketChannel(socket, clock, hide, options);
}

/** A channel over a WebSocket that is open. */
export class WebSocketChannel implements Channel {
  readonly closed: Promise<ChannelClosed>;
  readonly #socket: WebSocket;
  readonly #keepalive: Keepalive;
  readonly #clock: Clock;
  readonly #hide: Hider;
  /** Messages that came in one frame with another one, and whatever came after them. */
  readonly #waiting: string[] = [];
  readonly #path: ChannelPath;
  readonly #asItCame: boolean;
  #onText: (text: string) => void = () => {};
  /** The reason that we know ourselves; a socket that we destroy says only 1006. */
  #cause: ChannelClosed | undefined;
  /** We end it, and wait for no news of that. */
  #isEnding = false;
  /** What the socket has received and is under way. */
  #inboundBytes = 0;
  #cancelGoodbye: () => void = () => {};
  #settle: () => void = () => {};

  constructor(
    socket: WebSocket,
    clock: Clock,
    hide: Hider,
    options: WebSocketChannelOptions,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    // Whose secrets they are, a server's words may hold them in URLs.
    this.#hide = (text) =>
      text.includes("://") ? shownText(hide(text)) : hide(text);
    const path = this.#path = options.path ?? NO_PATH;
    this.#asItCame = options.asItCame ?? false;
    this.#keepalive = startKeepalive(clock, {
      intervalMs: options.pingIntervalMs,
      silentAfterMs: options.silentAfterMs,
      ping: () => path.carry("outbound", CONTROL_BYTES, () => socket.ping()),
      onSilent: (silentMs) => {
        this.#cause ??= { kind: "silent", silentMs };
        this.#isEnding = true;
        socket.terminate();
      },
    });
    socket.on(
      "ping",
      (data) =>
        this.#arrive(CONTROL_BYTES + data.length, () => {
          this.#keepalive.heard();
          path.carry(
            "outbound",
            CONTROL_BYTES + data.length,
            () => socket.pong(data, undefined, () => {}),
          );
        }),
    );
    socket.on(
      "pong",
      () => this.#arrive(CONTROL_BYTES, () => this.#keepalive.answered()),
    );
    socket.on("error", (error) => {
      this.#cause ??= { kind: "error", message: wordsOf(error) };
    });
    socket.on("message", (data) => {
      const bytes = bytesOf(data);
      this.#arrive(bytes.length, () => {
        this.#keepalive.heard();
        this.#receive(bytes.toString());
      });
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        const said = this.#hide(reason.toString());
        this.#settle = () => {
          path.forget();
          this.#cancelGoodbye();
          this.#keepalive.stop();
          for (const text of this.#waiting.splice(0)) this.#onText(text);
          resolve(this.#cause ?? closedBy(code, said));
        };
        if (this.#isEnding) this.#settle();
        else path.carry("inbound", CONTROL_BYTES, () => this.#settle());
      });
    });
  }

  onText(handler: (text: string) => void): void {
    this.#onText = handler;
  }

  /** Has what the socket has received come through to us. */
  #arrive(bytes: number, arrive: () => void): void {
    this.#inboundBytes += bytes;
    this.#path.carry("inbound", bytes, () => {
      this.#inboundBytes -= bytes;
      if (this.#socket.isPaused && this.#inboundBytes <= WINDOW_BYTES) {
        this.#socket.resume();
      }
      arrive();
    });
    if (this.#inboundBytes > WINDOW_BYTES) this.#socket.pause();
  }

  #receive(frame: string): void {
    if (this.#asItCame) return this.#onText(frame);
    const [first, ...rest] = textsOf(frame)
      .map((text) => hideInFrame(text, this.#hide));
    if (this.#waiting.length > 0) {
      this.#waiting.push(first, ...rest);
      return;
    }
    this.#onText(first);
    if (rest.length === 0) return;
    this.#waiting.push(...rest);
    this.#handOutLater();
  }

  /** One message a turn of the event loop, as if each had come in a frame of its own. */
  #handOutLater(): void {
    this.#clock.setTimer(0, () => {
      const text = this.#waiting.shift();
      if (text === undefined) return;
      this.#onText(text);
      if (this.#waiting.length > 0) this.#handOutLater();
    });
  }

  send(text: string): void {
    this.#path.carry("outbound", Buffer.byteLength(text), () => {
      // The callback takes the error of a socket that is closing or closed.
      this.#socket.send(text, () => {});
    });
  }

  waitingMs(): number {
    return this.#keepalive.waitingMs();
  }

  close(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const socket = this.#socket;
    // What ended it already may be news that is under way.
    if (socket.readyState === socket.CLOSED) return this.#settle();
    if (socket.readyState !== socket.OPEN) return;
    this.#cause ??= { kind: "clean", code: 1000, reason: "" };
    this.#keepalive.stop();
    this.#cancelGoodbye = this.#clock.setTimer(
      GOODBYE_MS,
      () => socket.terminate(),
    );
    this.#path.carry("outbound", CONTROL_BYTES, () => {
      this.#cancelGoodbye();
      socket.close(1000);
    });
  }
}

/** A frame's bytes, which are text in UTF-8; some servers send their JSON as binary data. */
function bytesOf(data: RawData): Buffer {
  return Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
    ? Buffer.from(data)
    : data;
}

function wordsOf(error: Error): string {
  return "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
    ? `the server sent a message of more than ${MAX_PAYLOAD_BYTES} bytes`
    : error.message;
}

/** Codes that say that all is well: normal, going away, and a close frame without a code. */
const CLEAN_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005]);

function closedBy(code: number, reason: string): ChannelClosed {
  return { kind: CLEAN_CODES.has(code) ? "clean" : "abnormal", code, reason };
}
