/**
 * The way to a channel. The WebSocket library is loaded with the first one.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import type { WebSocketChannelOptions } from "./websocket_channel.ts";

/** Loads what channels are made of; who counts the time of the first one awaits this before. */
export function loadChannels(): Promise<
  typeof import("./websocket_channel.ts")
> {
  return import("./websocket_channel.ts");
}

/**
 * Opens a channel to `url`.
 *
 * @throws {ChannelError} when that fails; its message is one line, its `failure` says why.
 */
export async function openWebSocketChannel(
  url: string,
  options?: WebSocketChannelOptions,
): Promise<Channel> {
  const channels = await loadChannels();
  return await channels.openWebSocketChannel(url, options);
}
