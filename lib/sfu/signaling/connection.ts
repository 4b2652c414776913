/**
 * One connection: frames in, one after another, and frames out. It applies
 * the limits and turns failures into `error` messages. It knows no socket.
 *
 * @module
 */

import {
  type ClientMessage,
  MAX_FRAMES_PER_SECOND,
  parseClientMessage,
  RATE_LIMIT_ERROR,
  type ServerMessage,
} from "../../signaling/simplestchat/wire/mod.ts";
import { TokenBucket } from "../token_bucket.ts";
import { dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";
import { abandon } from "./joining.ts";
import { type Identity, Session } from "./room.ts";
import { messageOf } from "../../text/mod.ts";

/** The socket below a connection. */
export interface Wire {
  /** Sends one text frame; `done` is called when it has left the process. */
  readonly send: (text: string, done: () => void) => void;
  /** Ends the connection without a close frame. */
  readonly terminate: () => void;
  /** Stops and starts reading. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Messages that may wait to be sent. */
const OUTBOUND_CAPACITY = 64;
/**
 * How long the oldest of them may have waited before the queue counts as
 * stuck, in milliseconds: one turn of the event loop can fill it by itself.
 */
const OUTBOUND_STUCK_MS = 1000;
/** Unhandled frames at which reading stops. */
const INBOUND_CAPACITY = 64;

/** The server's end of one connection. */
export class Connection {
  readonly #handleMessage: typeof dispatch;
  readonly #hub: Hub;
  readonly #wire: Wire;
  /** Who speaks on it, and from where. */
  readonly session: Session;
  readonly #bucket: TokenBucket;
  readonly #idleMs: number;
  readonly #inbound: string[] = [];
  readonly #outboundSinceMs: number[] = [];
  #throttled = false;
  #handling = false;
  #ended = false;
  #heardMs: number;
  #cancelIdle: () => void;

  /** `idleMs`: how long it may stay silent; `handle` takes each message in its turn. */
  constructor(
    hub: Hub,
    wire: Wire,
    identity: Identity,
    idleMs: number,
    handle: typeof dispatch = dispatch,
  ) {
    this.#handleMessage = handle;
    this.#hub = hub;
    this.#wire = wire;
    this.#idleMs = idleMs;
    const { clock, newId } = hub.parts;
    this.#heardMs = clock.nowMs();
    this.#bucket = new TokenBucket(
      { capacity: MAX_FRAMES_PER_SECOND, refillHz: MAX_FRAMES_PER_SECOND },
      this.#heardMs,
    );
    this.#cancelIdle = clock.setTimer(idleMs, () => this.#checkIdle());
    this.session = new Session(identity, newId(), (m) => this.#send(m));
  }

  /** Any frame keeps the connection alive, also a ping or a binary one. */
  heard(): void {
    this.#heardMs = this.#hub.parts.clock.nowMs();
  }

  /** Takes a text frame. */
  receive(text: string): void {
    this.heard();
    this.#inbound.push(text);
    if (this.#inbound.length === INBOUND_CAPACITY) this.#wire.pause();
    if (!this.#handling) this.#handleAll();
  }

  /** The socket is gone; what came before is handled all the same. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelIdle();
    if (!this.#handling) abandon(this.#hub, this.session);
  }

  async #handleAll(): Promise<void> {
    this.#handling = true;
    for (;;) {
      const text = this.#inbound.shift();
      if (text === undefined) break;
      if (this.#inbound.length === INBOUND_CAPACITY - 1) this.#wire.resume();
      await this.#handle(text);
    }
    this.#handling = false;
    if (this.#ended) abandon(this.#hub, this.session);
  }

  async #handle(text: string): Promise<void> {
    const { metrics, clock } = this.#hub.parts;
    metrics.count("messages_received_total");
    if (!this.#bucket.take(clock.nowMs())) return this.#throttle();
    this.#throttled = false;

    const parsed = parseClientMessage(text);
    switch (parsed.kind) {
      case "message":
        return await this.#dispatch(parsed.message);
      case "unknown":
        return this.#fail(
          `Invalid message format: unknown variant \`${parsed.type}\``,
        );
      case "malformed":
        return this.#fail(`Invalid message format: ${parsed.reason}`);
    }
  }

  async #dispatch(message: ClientMessage): Promise<void> {
    const { metrics, clock } = this.#hub.parts;
    const startMs = clock.nowMs();
    try {
      await this.#handleMessage(this.#hub, this.session, message);
    } catch (error) {
      this.#fail(`Error: ${messageOf(error)}`);
    }
    if (message.type !== "reconnect") {
      metrics.handled((clock.nowMs() - startMs) / 1000);
    }
  }

  /** One error for each run of frames that were dropped. */
  #throttle(): void {
    this.#hub.parts.metrics.count("messages_refused_total");
    if (this.#throttled) return;
    this.#throttled = true;
    this.#send({ type: "error", message: RATE_LIMIT_ERROR });
  }

  #fail(message: string): void {
    this.#hub.parts.metrics.count("errors_total");
    this.#send({ type: "error", message });
  }

  /** A client that does not read loses messages rather than filling the memory. */
  #send(message: ServerMessage): void {
    if (this.#ended) return;
    const { clock, metrics } = this.#hub.parts;
    const waiting = this.#outboundSinceMs;
    const nowMs = clock.nowMs();
    const stuck = waiting.length >= OUTBOUND_CAPACITY &&
      nowMs - waiting[0]! >= OUTBOUND_STUCK_MS;
    if (stuck) return metrics.count("messages_unsent_total");
    waiting.push(nowMs);
    metrics.count("messages_sent_total");
    this.#wire.send(encode(message), () => waiting.shift());
  }

  #checkIdle(): void {
    const { clock } = this.#hub.parts;
    const silentMs = clock.nowMs() - this.#heardMs;
    if (silentMs >= this.#idleMs) return this.#wire.terminate();
    this.#cancelIdle = clock.setTimer(
      this.#idleMs - silentMs,
      () => this.#checkIdle(),
    );
  }
}

let lastMessage: ServerMessage | undefined;
let lastText = "";

/** The text of a message; a broadcast is made into text only once. */
function encode(message: ServerMessage): string {
  if (message !== lastMessage) {
    lastText = JSON.stringify(message);
    lastMessage = message;
  }
  return lastText;
}
