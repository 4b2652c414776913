/**
 * Everything that the server can say, of every version so far: what was added
 * later is optional, and what may be `null` may also be absent.
 */

import { z } from "./deps.ts";
import type { MessageUnion } from "./message_union.ts";
import { participantInfoSchema, roomSettingsSchema } from "./room_schemas.ts";
import {
  consumerRtpParametersSchema,
  mediaKindSchema,
  producerKindSchema,
  rtpCapabilitiesSchema,
} from "../../../ortc/mod.ts";
import {
  dtlsParametersSchema,
  iceCandidateSchema,
  iceParametersSchema,
  MAX_ICE_CANDIDATES,
} from "../../../ortc/mod.ts";

const text = z.string();
const nullableText = text.nullish();
const nullableNumber = z.number().nullish();
const aboutParticipant = z.object({ participantId: text });
const withReason = aboutParticipant.extend({ reason: nullableText });
const aboutProducer = z.object({ producerId: text });
const aboutConsumer = z.object({ consumerId: text });

/** The schema of each message, without its `type`. */
export const serverMessageSchemas = {
  error: z.object({ message: text }),
  roomJoined: z.object({
    participantId: text,
    participants: z.array(participantInfoSchema),
    reconnectToken: text.optional(),
    yourRole: text.optional(),
    roomSettings: roomSettingsSchema.nullish(),
  }),
  reconnectResult: z.object({ success: z.boolean(), participantId: text }),

  routerRtpCapabilities: z.object({ rtpCapabilities: rtpCapabilitiesSchema }),
  transportCreated: z.object({
    transportId: text,
    iceParameters: iceParametersSchema,
    iceCandidates: z.array(iceCandidateSchema).max(MAX_ICE_CANDIDATES),
    dtlsParameters: dtlsParametersSchema,
  }),
  transportConnected: z.object({ transportId: text }),
  iceRestarted: z.object({
    transportId: text,
    iceParameters: iceParametersSchema,
    /** Absent: those of before. SimplestChat's server tells none. */
    iceCandidates: z.array(iceCandidateSchema).max(MAX_ICE_CANDIDATES)
      .nullish(),
  }),
  producerCreated: aboutProducer,
  consumerCreated: z.object({
    consumerId: text,
    producerId: text,
    kind: mediaKindSchema,
    rtpParameters: consumerRtpParametersSchema,
  }),
  consumerResumed: aboutConsumer,
  consumerPaused: aboutConsumer,

  participantJoined: aboutParticipant.extend({
    participantName: text,
    role: text.optional(),
    authenticated: z.boolean().optional(),
  }),
  participantLeft: aboutParticipant,
  newProducer: aboutParticipant.extend({
    producerId: text,
    kind: producerKindSchema,
    source: nullableText,
  }),
  producerClosed: aboutProducer,
  producerPaused: aboutProducer,
  producerResumed: aboutProducer,
  connectionStats: z.object({
    availableBitrate: nullableNumber,
    rtt: nullableNumber,
  }),
  consumerLayersChanged: aboutConsumer.extend({
    spatialLayer: nullableNumber,
    temporalLayer: nullableNumber,
  }),
  activeSpeaker: aboutParticipant,
  audioLevels: z.object({
    levels: z.array(aboutParticipant.extend({ volume: z.number() })),
  }),

  chatReceived: aboutParticipant.extend({
    participantName: text,
    content: text,
  }),
  forceClosedProducer: aboutProducer.extend({ reason: nullableText }),
  camBanned: aboutParticipant,
  camUnbanned: aboutParticipant,
  textMuted: aboutParticipant,
  textUnmuted: aboutParticipant,
  participantKicked: withReason,
  participantBanned: withReason,
  roleChanged: aboutParticipant.extend({ newRole: text, grantedBy: text }),
  voiceRequested: aboutParticipant.extend({ displayName: text }),
  roomSettingsChanged: z.object({ settings: roomSettingsSchema }),
  topicChanged: z.object({ topic: nullableText, changedBy: text }),
  lobbyWaiting: z.object({
    roomName: text,
    topic: nullableText,
    participantCount: z.number(),
  }),
  lobbyJoin: aboutParticipant.extend({
    displayName: text,
    authenticated: z.boolean().optional(),
  }),
  lobbyAdmitted: z.object({}),
  lobbyDenied: z.object({ reason: nullableText }),
} as const;

/** Any message from the server to a client. */
export type ServerMessage = MessageUnion<typeof serverMessageSchemas>;
/** The `type` of any message from the server. */
export type ServerMessageType = ServerMessage["type"];
/** The message from the server whose `type` is `Type`. */
export type ServerMessageOf<Type extends ServerMessageType> = Extract<
  ServerMessage,
  { readonly type: Type }
>;

/** Whether an object without a `type` has all that a message of this one must have. */
export function couldBe(
  type: keyof typeof serverMessageSchemas,
  untyped: Readonly<Record<string, unknown>>,
): boolean {
  return serverMessageSchemas[type].safeParse(untyped).success;
}
