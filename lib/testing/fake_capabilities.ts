/** What a fake server's router offers: Opus and VP8, numbered as SimplestChat does. */

import type { RtpCapabilities } from "../ortc/mod.ts";

/** Ids of header extensions, by the ends of their URIs. */
const EXTENSIONS = [
  ["urn:ietf:params:rtp-hdrext:sdes:mid", 1, ["audio", "video"]],
  ["urn:ietf:params:rtp-hdrext:ssrc-audio-level", 10, ["audio"]],
  [
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    13,
    ["audio", "video"],
  ],
] as const;

/** The capabilities of a fake server's router. */
export const FAKE_CAPABILITIES: RtpCapabilities = {
  codecs: [
    {
      kind: "audio",
      mimeType: "audio/opus",
      preferredPayloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: { useinbandfec: 1 },
      rtcpFeedback: [{ type: "nack", parameter: "" }],
    },
    {
      kind: "video",
      mimeType: "video/VP8",
      preferredPayloadType: 96,
      clockRate: 90000,
      parameters: {},
      rtcpFeedback: [
        { type: "nack", parameter: "" },
        { type: "nack", parameter: "pli" },
        { type: "ccm", parameter: "fir" },
      ],
    },
  ],
  headerExtensions: EXTENSIONS.flatMap(([uri, preferredId, kinds]) =>
    kinds.map((kind) => ({
      kind,
      uri,
      preferredId,
      preferredEncrypt: false,
      direction: "sendrecv" as const,
    }))
  ),
};
