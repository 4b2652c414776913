/**
 * The RTP vocabulary of mediasoup as the server demands it from clients. It
 * rejects what the Rust server rejects: missing `channels` of an audio codec,
 * `encrypt`, `reducedSize`, `preferredEncrypt` or `direction`; a `null` for
 * codec settings; numbers out of range; MIME types that it does not know.
 */

import { z } from "./deps.ts";
import { listOf, recordOf } from "./first_wrong.ts";
import { absentOrNull } from "./nullable.ts";
import type { RtpCapabilities, RtpParameters } from "./parameters.ts";
import { directionSchema, mediaKindSchema } from "./rtp_schemas.ts";

const u8 = z.int().min(0).max(0xff);
const u16 = z.int().min(0).max(0xffff);
const u32 = z.int().min(0).max(0xffff_ffff);
const positiveU8 = u8.min(1);
const positiveU32 = u32.min(1);

const MIME_TYPES: ReadonlySet<string> = new Set([
  ...[
    "opus",
    "multiopus",
    "pcmu",
    "pcma",
    "isac",
    "g722",
    "ilbc",
    "silk",
    "cn",
    "telephone-event",
    "rtx",
    "red",
  ].map((name) => `audio/${name}`),
  ...["vp8", "vp9", "h264", "av1", "rtx", "red", "ulpfec"].map((name) =>
    `video/${name}`
  ),
]);

const mimeType = z.string().refine(
  (name) => MIME_TYPES.has(name.toLowerCase()),
  "Invalid input: unknown MIME type",
);

/** Absent is fine, `null` is not: unlike the other optional fields. */
const codecSettings = {
  parameters: recordOf(z.union([z.string(), u32])).optional(),
  rtcpFeedback: listOf(z.strictObject({
    type: z.string(),
    parameter: z.string().optional(),
  })).optional(),
};

/** An audio codec without `channels` is no codec to the server, a video codec needs none. */
function hasItsChannels(
  codec: { readonly mimeType: string; readonly channels?: number | undefined },
): boolean {
  return codec.channels !== undefined ||
    !codec.mimeType.toLowerCase().startsWith("audio/");
}
const channelsMissing = {
  path: ["channels"],
  message: "Invalid input: missing field `channels`",
};

export const strictRtpCapabilitiesSchema: z.ZodType<RtpCapabilities> = z.object(
  {
    codecs: listOf(
      z.object({
        kind: mediaKindSchema,
        mimeType,
        preferredPayloadType: absentOrNull(u8),
        clockRate: positiveU32,
        channels: positiveU8.optional(),
        ...codecSettings,
      })
        .refine(
          (codec) => codec.mimeType.toLowerCase().startsWith(`${codec.kind}/`),
          "Invalid input: the MIME type is of another kind",
        )
        .refine(hasItsChannels, channelsMissing),
    ),
    headerExtensions: listOf(z.object({
      kind: mediaKindSchema,
      uri: z.string(),
      preferredId: u16,
      preferredEncrypt: z.boolean(),
      direction: directionSchema,
    })),
  },
);

export const strictRtpParametersSchema: z.ZodType<RtpParameters> = z.object({
  mid: absentOrNull(z.string()),
  codecs: listOf(
    z.object({
      mimeType,
      payloadType: u8,
      clockRate: positiveU32,
      channels: positiveU8.optional(),
      ...codecSettings,
    }).refine(hasItsChannels, channelsMissing),
  ),
  headerExtensions: listOf(z.object({
    uri: z.string(),
    id: u16,
    encrypt: z.boolean(),
  })),
  encodings: listOf(z.object({
    ssrc: absentOrNull(u32),
    rid: absentOrNull(z.string()),
    codecPayloadType: absentOrNull(u8),
    rtx: absentOrNull(z.object({ ssrc: u32 })),
    dtx: absentOrNull(z.boolean()),
    scalabilityMode: z.string().optional(),
    maxBitrate: absentOrNull(u32),
  })),
  rtcp: z.object({
    cname: absentOrNull(z.string()),
    reducedSize: z.boolean(),
  }),
});
