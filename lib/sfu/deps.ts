/**
 * The third-party modules of `lib/sfu`, each pinned and each for one reason.
 *
 * @module
 */

// @ts-types="npm:@types/ws@8.18.2"
/** The server end of WebSocket: `Deno.upgradeWebSocket` hides pings and has no message limit. */
export { WebSocketServer } from "npm:ws@8.23.0";
// @ts-types="npm:@types/ws@8.18.2"
export type { RawData, WebSocket } from "npm:ws@8.23.0";
/** An HTTP server that leaves the upgrade to us, as ws wants it. */
export { createServer, type IncomingMessage, type Server } from "node:http";
export type { Duplex } from "node:stream";
