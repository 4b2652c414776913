/**
 * Everything that a client can say, as strict as the server reads it. Lengths
 * are not checked here: the server answers a wrong length with another error
 * than a wrong shape.
 */

import { z } from "./deps.ts";
import type { MessageUnion } from "./message_union.ts";
import { absentOrNull } from "../../../ortc/mod.ts";
import { mediaKindSchema } from "../../../ortc/mod.ts";
import {
  strictRtpCapabilitiesSchema,
  strictRtpParametersSchema,
} from "../../../ortc/mod.ts";
import { strictDtlsParametersSchema } from "../../../ortc/mod.ts";

const text = z.string();
const u8 = z.int().min(0).max(0xff);
const nothing = z.object({});
const aboutConsumer = z.object({ consumerId: text });
const aboutProducer = z.object({ producerId: text });
const aboutParticipant = z.object({ targetParticipantId: text });
const withReason = aboutParticipant.extend({ reason: absentOrNull(text) });
const flag = absentOrNull(z.boolean());
const limit = absentOrNull(z.int());

/** The schema of each message, without its `type`. */
export const clientMessageSchemas = {
  joinRoom: z.object({
    roomId: text,
    participantName: text,
    password: absentOrNull(text),
  }),
  leaveRoom: nothing,
  reconnect: z.object({
    participantId: text,
    roomId: text,
    reconnectToken: text,
  }),

  getRouterRtpCapabilities: nothing,
  createSendTransport: nothing,
  createRecvTransport: nothing,
  connectTransport: z.object({
    transportId: text,
    dtlsParameters: strictDtlsParametersSchema,
  }),
  restartIce: z.object({ transportId: text }),

  produce: z.object({
    transportId: text,
    kind: mediaKindSchema,
    rtpParameters: strictRtpParametersSchema,
    source: absentOrNull(text),
  }),
  closeProducer: aboutProducer,
  pauseProducer: aboutProducer,
  resumeProducer: aboutProducer,

  consume: z.object({
    producerId: text,
    rtpCapabilities: strictRtpCapabilitiesSchema,
  }),
  resumeConsumer: aboutConsumer,
  pauseConsumer: aboutConsumer,
  setConsumerPreferredLayers: z.object({
    consumerId: text,
    spatialLayer: u8,
    temporalLayer: absentOrNull(u8),
  }),

  chatMessage: z.object({ content: text }),
  requestVoice: nothing,
  closeCam: aboutParticipant,
  camBan: withReason,
  camUnban: aboutParticipant,
  textMute: aboutParticipant,
  textUnmute: aboutParticipant,
  kick: withReason,
  ban: withReason.extend({ duration: absentOrNull(z.int()) }),
  unban: z.object({ targetUserId: text }),
  setRole: aboutParticipant.extend({ role: u8 }),
  updateRoomSettings: z.object({
    moderated: flag,
    lobbyEnabled: flag,
    guestsAllowed: flag,
    guestsCanBroadcast: flag,
    maxBroadcasters: limit,
    maxParticipants: limit,
    allowScreenSharing: flag,
    allowChat: flag,
    allowVideo: flag,
    requireRegistration: flag,
    inviteOnly: flag,
    pushToTalk: flag,
    secret: flag,
    password: absentOrNull(text),
  }),
  setTopic: z.object({ topic: text }),
  admitFromLobby: aboutParticipant,
  denyFromLobby: aboutParticipant,
} as const;

/** Any message from a client to the server. */
export type ClientMessage = MessageUnion<typeof clientMessageSchemas>;
/** The `type` of any message from a client. */
export type ClientMessageType = ClientMessage["type"];
/** The message from a client whose `type` is `Type`. */
export type ClientMessageOf<Type extends ClientMessageType> = Extract<
  ClientMessage,
  { readonly type: Type }
>;
