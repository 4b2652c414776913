/** A channel for an adapter, with what the command line says of the way to the server. */

import type { Clock } from "../../time/mod.ts";
import type { ChannelOptions } from "../adapter/mod.ts";
import {
  type Channel,
  openWebSocketChannel,
  type WebSocketChannelOptions,
} from "../websocket/mod.ts";

/** Where to, and how. */
export interface ChannelTarget
  extends Pick<WebSocketChannelOptions, "password" | "connection"> {
  /** A URL. */
  readonly url: string;
}

/** The visit that it is for. */
export interface ChannelDoors {
  /** @default {openWebSocketChannel} */
  readonly openChannel?: typeof openWebSocketChannel | undefined;
  readonly timeoutMs?: number | undefined;
  readonly clock: Clock;
  /** Aborts when the visit is over. */
  readonly signal: AbortSignal;
  /** Told that the adapter could make nothing of a message. */
  readonly onMalformed: () => void;
}

/** Opens one. What a handler of its texts throws is told, and ends nothing. */
export async function openAdapterChannel(
  target: ChannelTarget,
  { url = target.url, protocol, origin }: ChannelOptions = {},
  { openChannel = openWebSocketChannel, timeoutMs, clock, signal, onMalformed }:
    ChannelDoors,
): Promise<Channel> {
  const { password, connection = {} } = target;
  const headers = [...connection.headers ?? []];
  const isGiven = headers.some(([name]) => name.toLowerCase() === "origin");
  if (protocol !== undefined) {
    headers.push(["Sec-WebSocket-Protocol", protocol]);
  }
  if (origin !== undefined && !isGiven) headers.push(["Origin", origin]);
  const channel = await openChannel(String(url), {
    password,
    connection: { ...connection, headers },
    signal,
    connectTimeoutMs: timeoutMs,
    clock,
    // How its server writes messages is the adapter's affair.
    asItCame: true,
  });
  return {
    closed: channel.closed,
    send: (text) => channel.send(text),
    waitingMs: () => channel.waitingMs(),
    close: () => channel.close(),
    onText: (handler) =>
      channel.onText((text) => {
        if (signal.aborted) return;
        try {
          handler(text);
        } catch {
          onMalformed();
        }
      }),
  };
}
