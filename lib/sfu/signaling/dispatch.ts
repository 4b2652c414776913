/**
 * From a message to what handles it.
 *
 * @module
 */

import type { ClientMessage } from "../../signaling/simplestchat/wire/mod.ts";
import type { RequestContext } from "./request_context.ts";
import * as consumers from "./consumers.ts";
import { SignalingError } from "./errors.ts";
import type { Hub } from "./hub.ts";
import { join, leave, reconnect } from "./joining.ts";
import * as moderation from "./moderation.ts";
import * as producers from "./producers.ts";
import type { Session } from "./room.ts";
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
  await handle(contextOf(hub, session), message);
}

type RoomMessage = Exclude<
  ClientMessage,
  { readonly type: "joinRoom" | "leaveRoom" | "reconnect" }
>;

function contextOf(hub: Hub, { place }: Session): RequestContext {
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

function handle(
  context: RequestContext,
  message: RoomMessage,
): Promise<void> | void {
  switch (message.type) {
    case "getRouterRtpCapabilities":
      return transports.capabilities(context);
    case "createSendTransport":
      return transports.createSendTransport(context);
    case "createRecvTransport":
      return transports.createReceiveTransport(context);
    case "connectTransport":
      return transports.connectTransport(context, message);
    case "restartIce":
      return transports.restartIce(context, message);
    case "produce":
      return producers.produce(context, message);
    case "closeProducer":
      return producers.closeProducer(context, message);
    case "pauseProducer":
      return producers.pauseProducer(context, message);
    case "resumeProducer":
      return producers.resumeProducer(context, message);
    case "consume":
      return consumers.consume(context, message);
    case "resumeConsumer":
      return consumers.resumeConsumer(context, message);
    case "pauseConsumer":
      return consumers.pauseConsumer(context, message);
    case "setConsumerPreferredLayers":
      return consumers.preferLayers(context, message);
    case "chatMessage":
      return moderation.chat(context, message);
    case "requestVoice":
      return moderation.requestVoice(context);
    case "closeCam":
      return moderation.closeCam(context, message);
    case "camBan":
      return moderation.camBan(context, message);
    case "camUnban":
    case "textMute":
    case "textUnmute":
      return moderation.changeStanding(context, message);
    case "kick":
    case "ban":
      return moderation.expel(context, message);
    case "unban":
      return moderation.unban(context, message);
    case "setRole":
      return moderation.setRole(context, message);
    case "updateRoomSettings":
      return moderation.updateSettings(context, message);
    case "setTopic":
      return moderation.setTopic(context, message);
    case "admitFromLobby":
      return moderation.admitFromLobby(context, message);
    case "denyFromLobby":
      return moderation.denyFromLobby(context, message);
    default:
      message satisfies never;
  }
}
