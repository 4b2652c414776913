/**
 * From a message to what handles it.
 *
 * @module
 */

import type { ClientMessage } from "../../protocol/mod.ts";
import type { Asker } from "./asker.ts";
import * as consumers from "./consumers.ts";
import { SignalingError } from "./errors.ts";
import type { Hub } from "./hub.ts";
import { join, leave, reconnect } from "./joining.ts";
import * as moderation from "./moderation.ts";
import * as producers from "./producers.ts";
import type { Session } from "./session.ts";
import * as transports from "./transports.ts";

/**
 * Handles one message of `session`.
 *
 * @throws {SignalingError} With the text for the client.
 */
export async function dispatch(
  hub: Hub,
  session: Session,
  message: ClientMessage,
): Promise<void> {
  switch (message.type) {
    case "joinRoom":
      return await join(hub, session, message);
    case "leaveRoom":
      return await leave(hub, session);
    case "reconnect":
      return await reconnect(hub, session, message);
    case "chatMessage":
      // It passes the lobby's guard, and then fails because nobody is there.
      if (session.place.kind === "lobby") {
        throw new SignalingError("Participant not found");
      }
      break;
  }
  await handle(askerOf(hub, session), message);
}

type RoomMessage = Exclude<
  ClientMessage,
  { readonly type: "joinRoom" | "leaveRoom" | "reconnect" }
>;

function askerOf(hub: Hub, { place }: Session): Asker {
  switch (place.kind) {
    case "outside":
      throw new SignalingError("Not in a room");
    case "lobby":
      throw new SignalingError(
        "Cannot perform this action while waiting in lobby",
      );
    case "room":
      return { hub, room: place.room, participant: place.participant };
  }
}

function handle(asker: Asker, message: RoomMessage): Promise<void> | void {
  switch (message.type) {
    case "getRouterRtpCapabilities":
      return transports.capabilities(asker);
    case "createSendTransport":
      return transports.createSendTransport(asker);
    case "createRecvTransport":
      return transports.createReceiveTransport(asker);
    case "connectTransport":
      return transports.connectTransport(asker, message);
    case "restartIce":
      return transports.restartIce(asker, message);
    case "produce":
      return producers.produce(asker, message);
    case "closeProducer":
      return producers.closeProducer(asker, message);
    case "pauseProducer":
      return producers.pauseProducer(asker, message);
    case "resumeProducer":
      return producers.resumeProducer(asker, message);
    case "consume":
      return consumers.consume(asker, message);
    case "resumeConsumer":
      return consumers.resumeConsumer(asker, message);
    case "pauseConsumer":
      return consumers.pauseConsumer(asker, message);
    case "setConsumerPreferredLayers":
      return consumers.preferLayers(asker, message);
    case "chatMessage":
      return moderation.chat(asker, message);
    case "requestVoice":
      return moderation.requestVoice(asker);
    case "closeCam":
      return moderation.closeCam(asker, message);
    case "camBan":
      return moderation.camBan(asker, message);
    case "camUnban":
    case "textMute":
    case "textUnmute":
      return moderation.changeStanding(asker, message);
    case "kick":
    case "ban":
      return moderation.expel(asker, message);
    case "unban":
      return moderation.unban(asker, message);
    case "setRole":
      return moderation.setRole(asker, message);
    case "updateRoomSettings":
      return moderation.updateSettings(asker, message);
    case "setTopic":
      return moderation.setTopic(asker, message);
    case "admitFromLobby":
      return moderation.admitFromLobby(asker, message);
    case "denyFromLobby":
      return moderation.denyFromLobby(asker, message);
  }
}
