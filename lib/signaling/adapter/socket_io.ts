/**
 * socket.io over a channel: Engine.IO 4 by WebSocket alone, as socket.io 3 and
 * later speak it. Without polling, binary attachments, and coming back, which
 * is the client's business.
 *
 * @module
 */

import type { AdapterClient } from "./adapter.ts";
import { messageOf } from "../../text/mod.ts";

// deno-lint-ignore no-explicit-any -- a server's message may be anything, and is looked at where it is used
type Value = any;

/** How to connect. */
export interface SocketIoOptions {
  /** Where the server has socket.io. @default {"/socket.io/"} */
  readonly path?: string | undefined;
  /** Which of its namespaces. @default {"/"} */
  readonly namespace?: string | undefined;
  /** What goes into the query, besides what the server's URL has. @default {{}} */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** What the server finds as `socket.handshake.auth`. @default {nothing} */
  readonly auth?: Readonly<Record<string, unknown>> | undefined;
}

/** A connected socket. */
export interface SocketIo {
  /** What the server knows the socket by. */
  readonly id: string;
  /** Calls `handler` with what comes with an event; where the server wants an answer, the last argument is a function that gives it. */
  // deno-lint-ignore no-explicit-any -- a server's message may be anything
  on(event: string, handler: (...values: any[]) => void): void;
  /** Tells, without an answer. */
  emit(event: string, ...values: unknown[]): void;
  /**
   * Emits, and resolves with what the server calls back with. It rejects with
   * the server's words where that has an `error`, or where there are several
   * values and the first one, as in Node, is an error.
   */
  // deno-lint-ignore no-explicit-any -- a server's answer may be anything
  ask(event: string, ...values: unknown[]): Promise<any>;
}

/** Types of packets: Engine.IO's, and of its messages socket.io's. */
const OPEN = "0", CLOSE = "1", PING = "2", PONG = "3";
const CONNECT = "40", LEFT = "41", EVENT = "42", ACK = "43", REFUSED = "44";

/**
 * Connects to the server's socket.io. Handlers that are set at once miss
 * nothing.
 *
 * @example
 * ```ts
 * import { type AdapterClient, socketIo } from "./mod.ts";
 *
 * async function connect(client: AdapterClient) {
 *   const socket = await socketIo(client, { namespace: "/mediasoup" });
 *   socket.on("peer-left", ({ id }) => client.onPeerLeft(id));
 *   return await socket.ask("join", { roomId: client.roomId });
 * }
 * ```
 *
 * @throws {Error} When the server does not let us in, with its words.
 */
export async function socketIo(
  client: AdapterClient,
  { path = "/socket.io/", namespace = "/", query = {}, auth }: SocketIoOptions =
    {},
): Promise<SocketIo> {
  const url = new URL(path.replace(/\/?$/, "/"), client.url);
  const more = { ...query, EIO: "4", transport: "websocket" };
  for (const [name, value] of [...client.url.searchParams]) {
    url.searchParams.append(name, value);
  }
  for (const entry of Object.entries(more)) url.searchParams.set(...entry);
  const channel = await client.openChannel({ url });
  const scope = namespace === "/" ? "" : `${namespace},`;
  const handlers = new Map<string, ((...values: Value[]) => void)[]>();
  const waiting = new Map<number, PromiseWithResolvers<Value>>();
  const connected = Promise.withResolvers<string>();
  let lastId = 0;
  let isOpen = true;
  const send = (type: string, data?: unknown, id: number | "" = "") =>
    channel.send(
      `${type}${scope}${id}${data === undefined ? "" : JSON.stringify(data)}`,
    );

  /** What the server says in our namespace. */
  const hear = (type: string, id: number, data: Value): void => {
    switch (type) {
      case CONNECT:
        return connected.resolve(data?.sid ?? "");
      case REFUSED:
        return connected.reject(new Error(messageOf(data ?? "no")));
      case LEFT:
        return client.onClosed("the server disconnected the socket");
      case EVENT: {
        const [event, ...values] = data;
        if (!isNaN(id)) {
          values.push((...answer: unknown[]) => send(ACK, answer, id));
        }
        return handlers.get(event)?.forEach((handler) => handler(...values));
      }
      case ACK: {
        const asked = waiting.get(id);
        waiting.delete(id);
        const error = data.length > 1 ? data[0] : data[0]?.error;
        if (error === undefined || error === null || error === false) {
          return asked?.resolve(data.at(-1));
        }
        asked?.reject(new Error(messageOf(error)));
      }
    }
  };

  channel.onText((text) => {
    switch (text[0]) {
      case OPEN:
        return send(CONNECT, auth);
      case PING:
        return channel.send(PONG);
      case CLOSE:
        return channel.close();
    }
    const packet = /^(4\d)(?:(\/[^,]*),)?(\d*)([^]*)$/.exec(text);
    if (packet === null) throw new SyntaxError("no packet of socket.io");
    const [, type, where = "/", id, data] = packet;
    if (where !== namespace) return;
    hear(type, parseInt(id), data === "" ? undefined : JSON.parse(data));
  });
  channel.closed.then(() => {
    isOpen = false;
    const closed = new Error("the connection is closed");
    connected.reject(closed);
    for (const { reject } of waiting.values()) reject(closed);
    waiting.clear();
  });

  return {
    id: await connected.promise,
    on(event, handler) {
      handlers.set(event, [...handlers.get(event) ?? [], handler]);
    },
    emit: (event, ...values) => send(EVENT, [event, ...values]),
    ask(event, ...values) {
      const asked = Promise.withResolvers<Value>();
      if (!isOpen) asked.reject(new Error("the connection is closed"));
      else {
        waiting.set(++lastId, asked);
        send(EVENT, [event, ...values], lastId);
      }
      return asked.promise;
    },
  };
}
