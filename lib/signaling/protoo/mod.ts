/**
 * The signaling of mediasoup-demo and its forks, in every dialect.
 *
 * It knows no client, no clock and no deadline: those are the business of
 * whoever performs adapters.
 *
 * @module
 */

export { protooAdapter } from "./adapter.ts";
