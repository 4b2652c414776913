/**
 * The third-party module of the mediasoup engine. It is loaded only when that
 * engine is asked for.
 *
 * @module
 */

/** The types of mediasoup; importing types loads nothing. */
export type { types as mediasoup } from "npm:mediasoup@3.18.1";

/**
 * Loads mediasoup, the SFU that SimplestChat runs on; this version has the
 * payload types and extension ids of the Rust server. It reads
 * `MEDIASOUP_WORKER_BIN` while it loads, so the variable has to be set before.
 */
export function loadMediasoup(): Promise<
  typeof import("npm:mediasoup@3.18.1")
> {
  return import("npm:mediasoup@3.18.1");
}
