/** A client for tests that says exactly what it is told, and remembers what it hears. */

import WebSocket from "npm:ws@8.23.0";
import type {
  ClientMessage,
  ServerMessage,
  ServerMessageOf,
} from "../../../lib/signaling/simplestchat/wire/mod.ts";
import type { ServerMessageType } from "../../../lib/signaling/simplestchat/wire/server_messages.ts";

/** One raw connection. Messages wait until a test asks for them. */
export class TestClient implements AsyncDisposable {
  /** Everything heard so far. */
  readonly heard: ServerMessage[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  readonly #unread: ServerMessage[] = [];
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const closed = Promise.withResolvers<number>();
    this.closed = closed.promise;
    socket.on("close", closed.resolve);
    socket.on("message", (data: { toString(): string }) => {
      const message = JSON.parse(data.toString()) as ServerMessage;
      this.heard.push(message);
      this.#unread.push(message);
      this.#wake();
    });
  }

  static async connect(url: string): Promise<TestClient> {
    const socket = new WebSocket(url);
    const open = Promise.withResolvers<void>();
    socket.on("error", open.reject);
    socket.on("open", () => open.resolve());
    const client = new TestClient(socket);
    await open.promise;
    return client;
  }

  /** Sends a message, or any text. */
  say(message: ClientMessage | string): void {
    this.socket.send(
      typeof message === "string" ? message : JSON.stringify(message),
    );
  }

  /** The next unread message of this type; skips the others before it. */
  async next<Type extends ServerMessageType>(
    type: Type,
  ): Promise<ServerMessageOf<Type>> {
    for (;;) {
      const message = this.#unread.shift();
      if (message?.type === type) return message as ServerMessageOf<Type>;
      if (message !== undefined) continue;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Sends a message and waits for an answer of this type. */
  async ask<Type extends ServerMessageType>(
    message: ClientMessage | string,
    type: Type,
  ): Promise<ServerMessageOf<Type>> {
    this.say(message);
    return await this.next(type);
  }

  /** Sends a message and returns the text of the error that answers it. */
  async refused(message: ClientMessage | string): Promise<string> {
    return (await this.ask(message, "error")).message;
  }

  /** The types of everything heard so far. */
  get types(): ServerMessageType[] {
    return this.heard.map((message) => message.type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
