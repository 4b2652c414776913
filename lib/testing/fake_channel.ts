/** A channel whose other end is in the test's hand. */

import {
  type ClientMessage,
  parseClientMessage,
  type ServerMessage,
} from "../signaling/simplestchat/wire/mod.ts";
import type { Channel, ChannelClosed } from "../signaling/websocket/mod.ts";

/**
 * Says what the server answers to a message of the client.
 *
 * @internal
 */
export type Script = (message: ClientMessage) => readonly ServerMessage[];

/**
 * A channel for tests. It keeps what the client sent, answers by a script if
 * it has one, and takes events, cuts and garbage at any time.
 *
 * @example
 * ```ts
 * const channel = new FakeChannel(({ type }) =>
 *   type === "createSendTransport" ? [{ type: "error", message: "no" }] : []
 * );
 * channel.deliver({ type: "participantLeft", participantId: "p1" });
 * ```
 *
 * @internal
 */
export class FakeChannel implements Channel {
  /** Settles after `close` or `drop`. */
  readonly closed: Promise<ChannelClosed>;
  /** Everything that the client sent, oldest first. */
  readonly sent: ClientMessage[] = [];
  readonly #script: Script;
  readonly #resolveClosed: (cause: ChannelClosed) => void;
  #onText: (text: string) => void = () => {};
  #open = true;

  /** Without a script it answers nothing by itself. */
  constructor(script: Script = () => []) {
    this.#script = script;
    const { promise, resolve } = Promise.withResolvers<ChannelClosed>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  /** Whether neither side has closed it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Sets the client's handler. */
  onText(handler: (text: string) => void): void {
    this.#onText = handler;
  }

  /**
   * Takes a frame from the client. Scripted answers arrive in a later turn of
   * the microtask queue, as no server answers within the call.
   *
   * @throws {TypeError} when the server would not understand the frame.
   */
  send(text: string): void {
    if (!this.#open) return;
    const parsed = parseClientMessage(text);
    if (parsed.kind !== "message") {
      throw new TypeError(`Cannot send ${text}: ${parsed.kind} to the server`);
    }
    const { message } = parsed;
    this.sent.push(message);
    queueMicrotask(() => this.deliver(...this.#script(message)));
  }

  /** For how long the server owes a sign of life; a test may set it. */
  waitsMs = 0;

  /** The same, as clients ask for it. */
  waitingMs(): number {
    return this.waitsMs;
  }

  /** Closes it from the client's side. */
  close(): void {
    this.drop({ kind: "clean", code: 1000, reason: "" });
  }

  /** Lets messages arrive at the client now. */
  deliver(...messages: readonly ServerMessage[]): void {
    for (const message of messages) this.deliverText(JSON.stringify(message));
  }

  /** Lets any text arrive at the client now. */
  deliverText(text: string): void {
    if (this.#open) this.#onText(text);
  }

  /** Cuts it, by default as a server does that goes away without a word. */
  drop(
    cause: ChannelClosed = { kind: "abnormal", code: 1006, reason: "" },
  ): void {
    this.#open = false;
    this.#resolveClosed(cause);
  }
}
