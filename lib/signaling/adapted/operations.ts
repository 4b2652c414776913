/**
 * The names under which operations of adapters are measured, besides those
 * that SimplestChat has as well.
 *
 * @module
 */

/** Reaching the server, choosing a layer, and the goodbye. */
export const ADAPTED_OPERATIONS = ["connect", "prefer_layer", "leave"] as const;
