/**
 * Who sends a message, and from which room.
 *
 * @module
 */

import type { EngineTransport } from "../engine.ts";
import { SignalingError } from "./errors.ts";
import type { Hub } from "./hub.ts";
import type { Participant, Room } from "./room.ts";

/** A participant that asks for something. It may have been kicked without having noticed. */
export interface RequestContext {
  readonly hub: Hub;
  readonly room: Room;
  readonly participant: Participant;
}

/** Refuses somebody who has been taken out of the room. */
export function requireMember({ room, participant }: RequestContext): void {
  if (!room.has(participant)) throw new SignalingError("Participant not found");
}

/** Refuses when the room is gone. */
export function requireRouter({ room }: RequestContext): void {
  if (!room.closed) return;
  throw new SignalingError(
    `Router error: Router not found for room: ${room.id}`,
  );
}

/** The transport for what the participant sends or receives. */
export function transportOf(
  { participant: { id, media } }: RequestContext,
  direction: "send" | "receive",
): EngineTransport {
  if (media.transports.length === 0) {
    throw new SignalingError(`Participant not found: ${id}`);
  }
  const transport = media[direction];
  if (transport !== undefined) return transport;
  const name = direction === "send" ? "Send" : "Receive";
  throw new SignalingError(`Transport error: ${name} transport not found`);
}
