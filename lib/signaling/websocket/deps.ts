/** What the signaling layer takes from others. */

/** The WebSocket: Deno's own cannot ping, cannot refuse compression and hides HTTP statuses. */
// @ts-types="npm:@types/ws@8.18.2"
export { type ClientOptions, type RawData, WebSocket } from "npm:ws@8.23.0";
export type { IncomingMessage } from "node:http";
export { Buffer } from "node:buffer";
