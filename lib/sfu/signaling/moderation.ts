/**
 * Chat, moderation, roles, lobby and the rules of the room: the messages
 * that one participant sends about the others.
 *
 * @module
 */

import {
  type ClientMessageOf,
  MAX_CHAT_BYTES,
  MAX_TARGET_ID_BYTES,
  utf8Length,
} from "../../signaling/simplestchat/wire/mod.ts";
import { type RequestContext, requireMember } from "./request_context.ts";
import { SignalingError } from "./errors.ts";
import { admit } from "./joining.ts";
import {
  isAtLeast,
  mayChat,
  mayModerate,
  maySetRole,
  type Role,
  ROLES,
} from "./roles.ts";
import type { Participant } from "./room.ts";
import { OUTSIDE } from "./room.ts";
import { changedSettings, defaultSettings } from "./settings.ts";

/** Handles `chatMessage`; the sender gets no echo. */
export function chat(
  context: RequestContext,
  { content }: ClientMessageOf<"chatMessage">,
): void {
  const { room, participant } = context;
  const length = utf8Length(content);
  if (length === 0 || length > MAX_CHAT_BYTES) {
    throw new SignalingError("Invalid chat message: must be 1-4096 characters");
  }
  requireMember(context);
  if (!mayChat(room.standingOf(participant))) {
    throw new SignalingError("You are not allowed to chat");
  }
  room.broadcast({
    type: "chatReceived",
    participantId: participant.id,
    participantName: participant.name,
    content,
  }, participant);
}

/** Handles `requestVoice`. */
export function requestVoice(context: RequestContext): void {
  requireMember(context);
  const { room, participant: { id, name } } = context;
  room.tellModerators({
    type: "voiceRequested",
    participantId: id,
    displayName: name,
  });
}

/** Handles `closeCam`, and is the first half of `camBan`. */
export async function closeCam(
  context: RequestContext,
  { targetParticipantId }: { readonly targetParticipantId: string },
): Promise<void> {
  const { hub, room } = context;
  const target = moderated(context, targetParticipantId);
  for (const entry of room.producersOf(target)) {
    if (entry.kind !== "video") continue;
    const producerId = entry.producer.id;
    room.broadcast({
      type: "forceClosedProducer",
      producerId,
      reason: "Closed by moderator",
    });
    room.broadcast({ type: "producerClosed", producerId });
    await hub.closeProducer(room, entry);
  }
}

/** Handles `camBan`. */
export async function camBan(
  context: RequestContext,
  message: ClientMessageOf<"camBan">,
): Promise<void> {
  const { room } = context;
  const { targetParticipantId } = message;
  moderated(context, targetParticipantId);
  room.camBanned.add(targetParticipantId);
  await closeCam(context, message);
  room.broadcast({ type: "camBanned", participantId: targetParticipantId });
}

/** Handles `camUnban`, `textMute` and `textUnmute`. */
export function changeStanding(
  context: RequestContext,
  { type, targetParticipantId: participantId }: ClientMessageOf<
    "camUnban" | "textMute" | "textUnmute"
  >,
): void {
  const { room } = context;
  moderated(context, participantId);
  switch (type) {
    case "camUnban":
      room.camBanned.delete(participantId);
      return room.broadcast({ type: "camUnbanned", participantId });
    case "textMute":
      room.textMuted.add(participantId);
      return room.broadcast({ type: "textMuted", participantId });
    case "textUnmute":
      room.textMuted.delete(participantId);
      return room.broadcast({ type: "textUnmuted", participantId });
  }
}

/** Handles `kick` and `ban`. The target's connection is not told to end. */
export async function expel(
  context: RequestContext,
  message: ClientMessageOf<"kick" | "ban">,
): Promise<void> {
  const { hub, room } = context;
  const { type, targetParticipantId: participantId } = message;
  const target = moderated(context, participantId, `${type} this participant`);
  const reason = message.reason ?? null;
  switch (type) {
    case "kick":
      room.broadcast({ type: "participantKicked", participantId, reason });
      break;
    case "ban":
      room.banned.add(participantId);
      room.broadcast({ type: "participantBanned", participantId, reason });
      break;
  }
  await hub.remove(room, target);
}

/** Handles `unban`. */
export function unban(
  context: RequestContext,
  { targetUserId }: ClientMessageOf<"unban">,
): void {
  requireRole(context, "admin", "unban (requires Admin+)");
  if (!context.room.banned.delete(targetUserId)) {
    throw new SignalingError("Participant is not banned");
  }
}

/** Handles `setRole`. */
export function setRole(
  context: RequestContext,
  { targetParticipantId, role }: ClientMessageOf<"setRole">,
): void {
  const { room, participant: setter } = context;
  requireTargetId(targetParticipantId);
  const newRole: Role | undefined = ROLES[role];
  if (newRole === undefined) {
    throw new SignalingError(`Invalid role value: ${role}`);
  }
  if (!room.has(setter)) throw new SignalingError("Setter not found");
  const target = room.participants.get(targetParticipantId);
  if (target === undefined) {
    throw new SignalingError("Target participant not found");
  }
  if (!maySetRole(setter.role, target.role, newRole)) {
    throw new SignalingError("Insufficient permissions to set this role");
  }
  target.role = newRole;
  room.broadcast({
    type: "roleChanged",
    participantId: target.id,
    newRole,
    grantedBy: setter.id,
  });
}

/** Handles `updateRoomSettings`. */
export function updateSettings(
  context: RequestContext,
  message: ClientMessageOf<"updateRoomSettings">,
): void {
  const { room, participant } = context;
  requireRole(context, "admin", "change room settings (requires Admin+)");
  const before = room.settings ?? defaultSettings(room.id, participant.id);
  room.password = message.password ?? room.password;
  room.settings = changedSettings(before, message);
  room.broadcast({ type: "roomSettingsChanged", settings: room.settings });
}

/** Handles `setTopic`. */
export function setTopic(
  context: RequestContext,
  { topic }: ClientMessageOf<"setTopic">,
): void {
  const { room, participant } = context;
  requireRole(context, "admin", "change room topic (requires Admin+)");
  const before = room.settings ?? defaultSettings(room.id, participant.id);
  room.settings = { ...before, topic };
  room.broadcast({ type: "topicChanged", topic, changedBy: participant.id });
}

/** Handles `admitFromLobby`. */
export function admitFromLobby(
  context: RequestContext,
  { targetParticipantId }: ClientMessageOf<"admitFromLobby">,
): void {
  const waiting = lobbied(context, targetParticipantId, "admit from lobby");
  admit(context.hub, context.room, waiting);
}

/** Handles `denyFromLobby`. */
export function denyFromLobby(
  context: RequestContext,
  { targetParticipantId }: ClientMessageOf<"denyFromLobby">,
): void {
  const { session } = lobbied(context, targetParticipantId, "deny from lobby");
  context.room.lobby.delete(targetParticipantId);
  session.place = OUTSIDE;
  session.send({ type: "lobbyDenied", reason: null });
}

/** The target of a moderation, if the context may act on it. */
function moderated(
  { room, participant }: RequestContext,
  targetId: string,
  action = "moderate this participant",
): Participant {
  requireTargetId(targetId);
  if (!room.has(participant)) throw new SignalingError("Moderator not found");
  const target = room.participants.get(targetId);
  if (target === undefined) {
    throw new SignalingError("Target participant not found");
  }
  if (mayModerate(participant.role, target.role)) return target;
  throw new SignalingError(`Insufficient permissions to ${action}`);
}

function lobbied(
  context: RequestContext,
  targetId: string,
  action: string,
): Participant {
  requireTargetId(targetId);
  requireRole(context, "moderator", action);
  const waiting = context.room.lobby.get(targetId);
  if (waiting !== undefined) return waiting;
  throw new SignalingError("Participant not found in lobby");
}

function requireRole(
  context: RequestContext,
  least: Role,
  action: string,
): void {
  requireMember(context);
  if (isAtLeast(context.participant.role, least)) return;
  throw new SignalingError(`Insufficient permissions to ${action}`);
}

function requireTargetId(id: string): void {
  if (id !== "" && utf8Length(id) <= MAX_TARGET_ID_BYTES) return;
  throw new SignalingError(
    "Invalid target participant ID: must be 1-128 characters",
  );
}
