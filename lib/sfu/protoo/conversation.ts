/**
 * protoo 4 over one connection, seen from the server: both sides ask, each
 * with numbers of its own, and answers overtake each other.
 *
 * @module
 */

import { messageOf } from "../../text/mod.ts";

/** The socket below. */
export interface ProtooWire {
  readonly send: (text: string) => void;
  /** Closes it with a code of WebSocket. */
  readonly close: (code: number, reason: string) => void;
}

/** Carries out what the client asks or tells. */
// deno-lint-ignore no-explicit-any -- what a client says is looked at where it goes
export type Handle = (method: string, data: any) => Promise<unknown>;

/** One connection's. */
export class ProtooConversation {
  readonly #wire: ProtooWire;
  readonly #handle: Handle;
  readonly #asked = new Map<number, (isYes: boolean) => void>();
  #lastId = 0;
  #isOver = false;

  constructor(wire: ProtooWire, handle: Handle) {
    this.#wire = wire;
    this.#handle = handle;
  }

  /** Tells the client. */
  notify(method: string, data: object): void {
    this.#send({ notification: true, method, data });
  }

  /** Asks the client; resolves with whether it said yes, `false` as well when the connection ends. */
  ask(method: string, data: object): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#asked.set(id, resolve);
    this.#send({ request: true, id, method, data });
    return promise;
  }

  /** Takes a text frame; one that is no message is passed over, as protoo does. Resolves once what it asks for is done. */
  async receive(text: string): Promise<void> {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof message !== "object" || message === null) return;
    const { request, response, notification, id, ok, method } = message;
    const { data = {} } = message;
    if (response) {
      this.#asked.get(id)?.(ok === true);
      this.#asked.delete(id);
    } else if (typeof method !== "string") return;
    else if (request && typeof id === "number") {
      await this.#answer(id, method, data);
    } else if (notification) await this.#handle(method, data).catch(() => {});
  }

  /** The connection is gone. */
  end(): void {
    this.#isOver = true;
    for (const resolve of this.#asked.values()) resolve(false);
    this.#asked.clear();
  }

  async #answer(id: number, method: string, data: unknown): Promise<void> {
    try {
      const answer = await this.#handle(method, data) ?? {};
      this.#send({ response: true, id, ok: true, data: answer });
    } catch (error) {
      const reason = messageOf(error);
      this.#send({
        response: true,
        id,
        errorCode: 500,
        errorReason: reason,
      });
    }
  }

  #send(message: object): void {
    if (!this.#isOver) this.#wire.send(JSON.stringify(message));
  }
}
