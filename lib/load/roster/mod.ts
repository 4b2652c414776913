/**
 * The roster, and what becomes of it. Whoever plans asks it, a run all at
 * once, a script and a session step by step: the same seed and the same steps
 * at the same times give the same clients, with the same networks, replaced
 * at the same moments.
 *
 * Pure: each function gives the next roster, and who has to join and leave
 * for it.
 *
 * @module
 */

export * from "./arrivals.ts";
export * from "./changes.ts";
export * from "./departures.ts";
export * from "./roster.ts";
