/**
 * Entering and leaving a room: join, leave, losing the socket, coming back.
 *
 * @module
 */

import {
  type ClientMessageOf,
  MAX_PARTICIPANT_NAME_BYTES,
  MAX_ROOM_ID_BYTES,
  utf8Length,
} from "../../signaling/simplestchat/wire/mod.ts";
import { SignalingError } from "./errors.ts";
import type { Ghost, Hub } from "./hub.ts";
import { isAtLeast, type Role } from "./roles.ts";
import { newParticipant, type Participant, type Room } from "./room.ts";
import { OUTSIDE, type Session } from "./room.ts";

/** Answers `joinRoom`; whoever is in a room leaves it first. */
export async function join(
  hub: Hub,
  session: Session,
  message: ClientMessageOf<"joinRoom">,
): Promise<void> {
  const { roomId, participantName, password } = message;
  if (!fits(roomId, MAX_ROOM_ID_BYTES)) {
    throw new SignalingError("Invalid room_id: must be 1-128 characters");
  }
  if (!fits(participantName, MAX_PARTICIPANT_NAME_BYTES)) {
    throw new SignalingError(
      "Invalid participant_name: must be 1-64 characters",
    );
  }
  await depart(hub, session);

  let room = await hub.obtain(roomId);
  // The last one may have left between the room's creation and now.
  while (room.closed) room = await hub.obtain(roomId);
  const role = roleOf(session, room);
  try {
    admission(room, session, role, password);
  } catch (error) {
    hub.dropIfEmpty(room);
    throw error;
  }
  const participant = newParticipant(session, participantName, role);
  if (room.settings?.lobbyEnabled && !isAtLeast(role, "moderator")) {
    waitInLobby(room, participant);
  } else {
    enter(hub, room, participant);
  }
}

/** Answers `leaveRoom`. */
export async function leave(hub: Hub, session: Session): Promise<void> {
  if (session.place.kind === "room") hub.parts.metrics.count("leaves_total");
  await depart(hub, session);
}

/**
 * The socket is gone. A participant stays in its room for the grace period,
 * as a ghost; one in a lobby does not.
 */
export async function abandon(hub: Hub, session: Session): Promise<void> {
  const { place } = session;
  if (hub.closed) return;
  if (place.kind !== "room" || !place.room.has(place.participant)) {
    return await depart(hub, session);
  }
  session.place = OUTSIDE;
  const { room, participant } = place;
  const { id } = participant;
  const { clock, graceMs } = hub.parts;
  let cancel = clock.setTimer(graceMs, vanish);
  const ghost: Ghost = {
    room,
    participant,
    reconnectToken: session.reconnectToken,
    cancel: () => cancel(),
    restart: () => {
      cancel();
      cancel = clock.setTimer(graceMs, vanish);
    },
  };
  hub.ghosts.set(id, ghost);

  function vanish() {
    if (hub.ghosts.get(id) === ghost) hub.ghosts.delete(id);
    hub.remove(room, participant);
  }
}

/** Answers `reconnect`: with the right token, the session takes a ghost's place. */
export async function reconnect(
  hub: Hub,
  session: Session,
  message: ClientMessageOf<"reconnect">,
): Promise<void> {
  const { participantId, roomId, reconnectToken } = message;
  const ghost = hub.ghosts.get(participantId);
  const known = ghost !== undefined && ghost.room.id === roomId &&
    ghost.reconnectToken === reconnectToken;
  if (!known) {
    ghost?.restart();
    session.send({ type: "reconnectResult", success: false, participantId });
    return;
  }
  ghost.cancel();
  hub.ghosts.delete(participantId);
  await depart(hub, session);
  const { room, participant } = ghost;
  participant.session = session;
  session.participantId = participantId;
  session.reconnectToken = reconnectToken;
  session.place = { kind: "room", room, participant };
  session.send({ type: "reconnectResult", success: true, participantId });
}

/** Lets a participant that waited in the lobby in. Its token is the one that a `reconnect` needs. */
export function admit(hub: Hub, room: Room, waiting: Participant): void {
  const participant: Participant = { ...waiting, role: "user" };
  const { session } = participant;
  room.lobby.delete(participant.id);
  session.reconnectToken = hub.parts.newId();
  announce(room, participant);
  session.send({ type: "lobbyAdmitted" });
  welcome(room, participant, session.reconnectToken);
}

async function depart(hub: Hub, session: Session): Promise<void> {
  const { place } = session;
  session.place = OUTSIDE;
  switch (place.kind) {
    case "outside":
      return;
    case "lobby":
      return hub.removeFromLobby(place.room, place.participant);
    case "room":
      return await hub.remove(place.room, place.participant);
  }
}

function roleOf({ authenticated }: Session, room: Room): Role {
  if (room.participants.size === 0) return "owner";
  return authenticated ? "user" : "guest";
}

/** The checks in SimplestChat's order. */
function admission(
  room: Room,
  { participantId, authenticated }: Session,
  role: Role,
  password: string | undefined,
): void {
  if (room.password !== undefined) {
    if (password === undefined) {
      throw new SignalingError("This room requires a password");
    }
    if (password !== room.password) {
      throw new SignalingError("Incorrect room password");
    }
  }
  if (room.banned.has(participantId)) {
    throw new SignalingError("You are banned from this room");
  }
  const { settings } = room;
  if (settings?.requireRegistration && !authenticated) {
    throw new SignalingError("This room requires registration");
  }
  if (settings?.guestsAllowed === false && role === "guest") {
    throw new SignalingError("Guests are not allowed in this room");
  }
  const most = settings?.maxParticipants ?? Infinity;
  if (room.participants.size >= most) throw new SignalingError("Room is full");
}

function waitInLobby(room: Room, participant: Participant): void {
  const { id, name, session, authenticated } = participant;
  room.lobby.set(id, participant);
  session.place = { kind: "lobby", room, participant };
  session.send({
    type: "lobbyWaiting",
    roomName: room.settings?.displayName ?? room.id,
    topic: room.settings?.topic ?? null,
    participantCount: room.participants.size,
  });
  room.tellModerators({
    type: "lobbyJoin",
    participantId: id,
    displayName: name,
    authenticated,
  });
}

/**
 * Puts a joiner in its room. SimplestChat advertises the token from before
 * the join and then makes the one that counts, so that a `reconnect` with the
 * advertised one always fails.
 */
function enter(hub: Hub, room: Room, participant: Participant): void {
  const { metrics, newId, freshReconnectToken } = hub.parts;
  const { session } = participant;
  const stale = session.reconnectToken;
  session.reconnectToken = newId();
  announce(room, participant);
  metrics.count("joins_total");
  welcome(
    room,
    participant,
    freshReconnectToken ? session.reconnectToken : stale,
  );
}

/** The others hear of a joiner before it is answered. */
function announce(room: Room, participant: Participant): void {
  const { id, name, role, authenticated } = participant;
  room.broadcast({
    type: "participantJoined",
    participantId: id,
    participantName: name,
    role,
    authenticated,
  });
  room.participants.set(id, participant);
  participant.session.place = { kind: "room", room, participant };
}

function welcome(
  room: Room,
  participant: Participant,
  reconnectToken: string,
): void {
  participant.session.send({
    type: "roomJoined",
    participantId: participant.id,
    participants: room.listFor(participant),
    reconnectToken,
    yourRole: participant.role,
    ...(room.settings === undefined ? {} : { roomSettings: room.settings }),
  });
}

function fits(text: string, mostBytes: number): boolean {
  return text !== "" && utf8Length(text) <= mostBytes;
}
