/**
 * The rules of one room, kept in memory. A room has none until somebody
 * configures it, and then they start from these defaults.
 *
 * @module
 */

import type {
  ClientMessageOf,
  RoomSettings,
} from "../../signaling/simplestchat/wire/mod.ts";

/** What a room starts with; `ownerId` is `null` where nobody made the rules. */
export function defaultSettings(
  id: string,
  ownerId: string | null,
): RoomSettings {
  return {
    id,
    ownerId,
    displayName: id,
    passwordProtected: false,
    requireRegistration: false,
    maxParticipants: null,
    maxBroadcasters: null,
    allowScreenSharing: true,
    allowChat: true,
    allowVideo: true,
    moderated: false,
    inviteOnly: false,
    secret: false,
    lobbyEnabled: false,
    pushToTalk: false,
    guestsAllowed: true,
    guestsCanBroadcast: true,
    topic: null,
  };
}

/** `settings` with what the message says; an absent field changes nothing. */
export function changedSettings(
  settings: RoomSettings,
  message: ClientMessageOf<"updateRoomSettings">,
): RoomSettings {
  const { type: _type, password, ...fields } = message;
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
  return {
    ...settings,
    ...given,
    passwordProtected: settings.passwordProtected || password !== undefined,
  };
}
