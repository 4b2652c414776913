/**
 * The RTP vocabulary of mediasoup as a server sends it, read tolerantly:
 * unknown keys are left alone, and no list of known names is enforced.
 * `strict_rtp_schemas.ts` has the same shapes as a server demands them.
 */

import { z } from "./deps.ts";
import type {
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from "./parameters.ts";

export const mediaKindSchema: z.ZodType<MediaKind> = z.enum(["audio", "video"]);
/** Of a producer, also what is no media, such as `data`. */
export const producerKindSchema: z.ZodType<string> = z.string();
export const directionSchema = z.enum([
  "sendrecv",
  "sendonly",
  "recvonly",
  "inactive",
]);

/** Seven bits of an RTP header (RFC 3550 section 5.1). */
const payloadType = z.int().min(0).max(127);
/** In the longer of the two forms of RFC 8285. */
const extensionId = z.int().min(1).max(255);
const ssrc = z.int().min(0).max(0xffff_ffff);
const clockRate = z.int().min(1).max(0xffff_ffff);
const channels = z.int().min(1).max(255);
/** More codecs, extensions and encodings than any router has. */
const MAX_LISTED = 200;

const codecSettings = {
  parameters: z.record(z.string(), z.union([z.string(), z.number()]))
    .optional(),
  rtcpFeedback: z.array(z.object({
    type: z.string(),
    parameter: z.string().optional(),
  })).optional(),
};

export const rtpCapabilitiesSchema: z.ZodType<RtpCapabilities> = z.object({
  codecs: z.array(z.object({
    kind: mediaKindSchema,
    mimeType: z.string(),
    preferredPayloadType: payloadType.optional(),
    clockRate,
    channels: channels.optional(),
    ...codecSettings,
  })).max(MAX_LISTED),
  headerExtensions: z.array(z.object({
    kind: mediaKindSchema,
    uri: z.string(),
    preferredId: extensionId,
    preferredEncrypt: z.boolean(),
    direction: directionSchema,
  })),
});

const rtpParametersSchema: z.ZodType<RtpParameters> = z.object({
  mid: z.string().optional(),
  codecs: z.array(z.object({
    mimeType: z.string(),
    payloadType,
    clockRate,
    channels: channels.optional(),
    ...codecSettings,
  })).max(MAX_LISTED),
  headerExtensions: z.array(z.object({
    uri: z.string(),
    id: extensionId,
    encrypt: z.boolean(),
  })),
  encodings: z.array(z.object({
    ssrc: ssrc.optional(),
    rid: z.string().optional(),
    codecPayloadType: payloadType.optional(),
    rtx: z.object({ ssrc }).optional(),
    dtx: z.boolean().optional(),
    scalabilityMode: z.string().optional(),
    maxBitrate: z.number().optional(),
  })),
  rtcp: z.object({
    cname: z.string().optional(),
    reducedSize: z.boolean(),
  }),
});

/** What a consumer is sent as: one stream, whose packets are known by their SSRC. */
export const consumerRtpParametersSchema = rtpParametersSchema.refine(
  ({ encodings }) => encodings.at(0)?.ssrc !== undefined,
  { path: ["encodings"], message: "the first one has no SSRC" },
);
