/**
 * Many: how many clients when (profile), who does what (plan), where they
 * run (split). It knows numbers of people, rooms and times; it knows nothing
 * of WebRTC, and all of it here is decided by arguments alone.
 *
 * @module
 */

export * from "./plan.ts";
export * from "./profile.ts";
export * from "./random.ts";
export * from "./split.ts";
