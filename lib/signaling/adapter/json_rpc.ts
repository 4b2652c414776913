/**
 * Requests and replies as JSON over a channel, each reply with the number of
 * its request.
 *
 * @module
 */

import { messageOf } from "../../text/mod.ts";
import { type Channel, textsOf } from "../websocket/mod.ts";

/** How requests and replies look; without any of it as JSON-RPC 2.0 says. */
export interface JsonRpcOptions {
  /** The message of a request. @default {JSON-RPC 2.0} */
  readonly makeRequest?:
    | ((id: number, method: string, data: unknown) => unknown)
    | undefined;
  /** The message of a notification, which nobody answers. @default {JSON-RPC 2.0} */
  readonly makeNotice?:
    | ((method: string, data: unknown) => unknown)
    | undefined;
  /** What a message answers; `undefined` where it is no reply. @default {JSON-RPC 2.0} */
  readonly readReply?:
    // deno-lint-ignore no-explicit-any -- a server's message may be anything
    | ((message: any) => JsonRpcReply | undefined)
    | undefined;
  /** Told every message that is no reply, in order. @default {nobody is} */
  readonly onMessage?:
    // deno-lint-ignore no-explicit-any -- a server's message may be anything
    | ((message: any) => void)
    | undefined;
}

/** A reply. */
export interface JsonRpcReply {
  /** Of the request that it answers. */
  readonly id: unknown;
  /** What was asked for. */
  readonly data?: unknown;
  /** Why there is none, in the server's words. @default {it is a yes} */
  readonly error?: unknown;
}

/** Requests over one channel. */
export interface JsonRpc {
  /** Asks; resolves with the reply's data, rejects with the server's words. */
  // deno-lint-ignore no-explicit-any -- a server's answer may be anything, and is looked at where it is used
  ask(method: string, data?: unknown): Promise<any>;
  /** Tells, without an answer. */
  tell(method: string, data?: unknown): void;
  /** Sends a message as it is: an answer to a request of the server's. */
  send(message: unknown): void;
}

/**
 * Speaks JSON over a channel that nobody listens to yet. Several messages may
 * come in one frame: a line each, or as a list of objects; any other list is
 * one message.
 *
 * @example
 * ```ts
 * import { type AdapterClient, jsonRpc } from "./mod.ts";
 *
 * async function connect(client: AdapterClient) {
 *   const { ask } = jsonRpc(await client.openChannel(), {
 *     makeRequest: (id, type, data) => ({ id, type, data }),
 *     readReply: ({ replyTo, data, error }) =>
 *       replyTo === undefined ? undefined : { id: replyTo, data, error },
 *     onMessage: ({ type, data }) => {
 *       if (type === "peerLeft") client.onPeerLeft(data.id);
 *     },
 *   });
 *   return await ask("enter", { room: client.roomId });
 * }
 * ```
 */
export function jsonRpc(
  channel: Channel,
  options: JsonRpcOptions = {},
): JsonRpc {
  const {
    makeRequest = (id, method, params) => ({ ...V2, id, method, params }),
    makeNotice = (method, params) => ({ ...V2, method, params }),
    readReply = readV2,
    onMessage,
  } = options;
  const waiting = new Map<unknown, PromiseWithResolvers<unknown>>();
  const send = (message: unknown) => channel.send(JSON.stringify(message));
  let lastId = 0;
  let isClosed = false;
  const closed = () => new Error("the connection is closed");
  // deno-lint-ignore no-explicit-any -- a server's message may be anything
  const hear = (message: any): void => {
    const reply = readReply(message);
    if (reply === undefined) return onMessage?.(message);
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined || reply.error === null) {
      asked?.resolve(reply.data);
    } else asked?.reject(new Error(messageOf(reply.error)));
  };
  channel.onText((frame) => {
    const slips: unknown[] = [];
    for (const text of textsOf(frame)) {
      try {
        hear(JSON.parse(text));
      } catch (slip) {
        slips.push(slip);
      }
    }
    if (slips.length > 0) throw slips[0];
  });
  channel.closed.then(() => {
    isClosed = true;
    for (const { reject } of waiting.values()) reject(closed());
    waiting.clear();
  });
  return {
    ask(method, data = {}) {
      if (isClosed) return Promise.reject(closed());
      const id = ++lastId;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(id, asked);
      send(makeRequest(id, method, data));
      return asked.promise;
    },
    tell: (method, data = {}) => send(makeNotice(method, data)),
    send,
  };
}

const V2 = { jsonrpc: "2.0" } as const;

function readV2(
  { id, method, result, error }: Readonly<Record<string, unknown>>,
): JsonRpcReply | undefined {
  if (method !== undefined || id === undefined) return undefined;
  return { id, data: result, error };
}
