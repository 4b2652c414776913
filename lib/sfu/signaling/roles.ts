/**
 * Roles and what they may do, as pure functions.
 *
 * @module
 */

import type { RoomSettings } from "../../signaling/simplestchat/wire/mod.ts";

/** The roles from the least to the most powerful; the index is the number on the wire. */
export const ROLES = [
  "guest",
  "user",
  "member",
  "moderator",
  "admin",
  "owner",
] as const;

/** What a participant is in its room. */
export type Role = typeof ROLES[number];

/** Whether `role` is `least` or more. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** Whether `actor` may act on `target`: moderators and up, on those strictly below. */
export function mayModerate(actor: Role, target: Role): boolean {
  return isAtLeast(actor, "moderator") && isAbove(actor, target);
}

/** Whether `setter` may make a participant of role `target` a `role`. */
export function maySetRole(setter: Role, target: Role, role: Role): boolean {
  switch (role) {
    case "member":
      return mayModerate(setter, target);
    case "moderator":
      return isAtLeast(setter, "admin") && isAbove(setter, target);
    case "admin":
      return setter === "owner";
    case "guest":
    case "user":
    case "owner":
      return false;
  }
}

/** What decides whether a participant may produce or chat. */
export interface Standing {
  readonly role: Role;
  readonly camBanned: boolean;
  readonly textMuted: boolean;
  /** `undefined` is a room that nobody has configured. */
  readonly settings: RoomSettings | undefined;
}

/** Whether a participant may produce `source`; a missing one counts as a camera. */
export function mayProduce(
  { role, camBanned, settings }: Standing,
  source: string | null,
): boolean {
  const judged = source ?? "camera";
  if (settings?.moderated && !isAtLeast(role, "member")) return false;
  if (camBanned && (judged === "camera" || judged === "screen")) return false;
  if (settings?.allowVideo === false && judged === "camera") return false;
  return !(settings?.allowScreenSharing === false &&
    judged.startsWith("screen"));
}

/** Whether a participant may chat. */
export function mayChat({ role, textMuted, settings }: Standing): boolean {
  return !textMuted && !(settings?.moderated && !isAtLeast(role, "member"));
}

function isAbove(a: Role, b: Role): boolean {
  return ROLES.indexOf(a) > ROLES.indexOf(b);
}
