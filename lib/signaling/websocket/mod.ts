/**
 * One channel: a WebSocket, dialed with a deadline, kept alive, its frames
 * bounded and its failures named. It knows no message.
 *
 * @module
 */

export { type Channel, type ChannelClosed, describeClosed } from "./channel.ts";
export { ChannelError, type ChannelFailure } from "./channel_error.ts";
export { textsOf } from "./frame.ts";
export { loadChannels, openWebSocketChannel } from "./open.ts";
export { reachAddress } from "./reach.ts";
export type { WebSocketChannelOptions } from "./websocket_channel.ts";
