/** What the signaling layer takes from others. */

/** The WebSocket: Deno's own cannot ping, cannot refuse compression and hides HTTP statuses. */
// @ts-types="npm:@types/ws@8.18.2"
export { type ClientOptions, WebSocket } from "npm:ws@8.23.0";
