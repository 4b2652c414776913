/**
 * The third-party module of the fuzz suite.
 *
 * @module
 */

/** Draws inputs by a seed, and shrinks the ones that break something. */
export * as fc from "npm:fast-check@4.11.0";
