/** What the wire says about rooms and the people in them. */

import type { DeepReadonly } from "../../../ortc/mod.ts";
import { z } from "./deps.ts";
import { producerKindSchema } from "../../../ortc/mod.ts";

const producerInfoSchema = z.object({
  id: z.string(),
  kind: producerKindSchema,
  source: z.string().nullish(),
});

export const participantInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  producers: z.array(producerInfoSchema),
  role: z.string().optional(),
});

/** Every field is optional: older servers spell them differently or lack them. */
export const roomSettingsSchema = z.object({
  id: z.string(),
  ownerId: z.string().nullable(),
  displayName: z.string().nullable(),
  passwordProtected: z.boolean(),
  requireRegistration: z.boolean(),
  maxParticipants: z.number().nullable(),
  maxBroadcasters: z.number().nullable(),
  allowScreenSharing: z.boolean(),
  allowChat: z.boolean(),
  allowVideo: z.boolean(),
  moderated: z.boolean(),
  inviteOnly: z.boolean(),
  secret: z.boolean(),
  lobbyEnabled: z.boolean(),
  pushToTalk: z.boolean(),
  guestsAllowed: z.boolean(),
  guestsCanBroadcast: z.boolean(),
  topic: z.string().nullable(),
}).partial();

/** One other participant, as `roomJoined` lists them. */
export type ParticipantInfo = DeepReadonly<
  z.infer<typeof participantInfoSchema>
>;
/** The rules of a room. */
export type RoomSettings = DeepReadonly<z.infer<typeof roomSettingsSchema>>;
