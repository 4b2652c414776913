/**
 * What a coordinator and its agents agree on: messages, and what each side
 * remembers to make them come true once, in order, and in the end. It is
 * pure: time is an argument, and nothing is sent from here.
 *
 * @module
 */

export * from "./agent_claim.ts";
export * from "./liveness.ts";
export * from "./messages.ts";
export * from "./report_inbox.ts";
export * from "./report_outbox.ts";
