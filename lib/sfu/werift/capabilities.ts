/**
 * What the werift engine's router can receive and send, in mediasoup's words: the
 * codecs and header extensions of SimplestChat with the same numbers.
 *
 * @module
 */

import type {
  MediaKind,
  RtpCapabilities,
  RtpCodecCapability,
  RtpHeaderExtension,
  RtpHeaderExtensionDirection,
} from "../../ortc/mod.ts";

/** The extension that names the media section, which each consumer has of its own. */
export const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";

const VIDEO_FEEDBACK = [
  { type: "nack", parameter: "" },
  { type: "nack", parameter: "pli" },
  { type: "ccm", parameter: "fir" },
  { type: "goog-remb", parameter: "" },
  { type: "transport-cc", parameter: "" },
];

/** What every router answers. */
export const ROUTER_CAPABILITIES: RtpCapabilities = {
  codecs: [
    {
      kind: "audio",
      mimeType: "audio/opus",
      preferredPayloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [
        { type: "nack", parameter: "" },
        { type: "transport-cc", parameter: "" },
      ],
    },
    ...video("video/VP8", 96, 100, {}),
    ...video("video/VP9", 98, 101, {}),
    ...video("video/H264", 102, 103, {
      "level-asymmetry-allowed": 1,
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
    }),
  ],
  headerExtensions: [
    ...extension(1, MID_URI, "sendrecv"),
    ...extension(
      2,
      "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
      "recvonly",
      ["video"],
    ),
    ...extension(
      3,
      "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
      "recvonly",
      ["video"],
    ),
    ...extension(
      4,
      "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
      "sendrecv",
    ),
    ...extension(
      5,
      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
      "recvonly",
      ["audio"],
    ),
    ...extension(
      5,
      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
      "sendrecv",
      ["video"],
    ),
    ...extension(
      8,
      "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
      "recvonly",
      ["video"],
    ),
    ...extension(
      10,
      "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "sendrecv",
      ["audio"],
    ),
    ...extension(11, "urn:3gpp:video-orientation", "sendrecv", ["video"]),
    ...extension(12, "urn:ietf:params:rtp-hdrext:toffset", "sendrecv", [
      "video",
    ]),
    ...extension(
      13,
      "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
      "sendrecv",
    ),
    ...extension(
      14,
      "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
      "sendrecv",
    ),
  ],
};

/**
 * Extensions that a consumer gets from its producer unchanged. Those about
 * one hop (send time, transport-wide numbers) would lie on the next.
 */
const FORWARDED_IDS: ReadonlySet<number> = new Set([10, 11, 12, 13, 14]);

/** The extensions that consumers of `kind` carry beside the MID. */
export function forwardedExtensions(
  kind: MediaKind,
): readonly RtpHeaderExtension[] {
  return ROUTER_CAPABILITIES.headerExtensions.filter((one) =>
    one.kind === kind && FORWARDED_IDS.has(one.preferredId)
  );
}

function video(
  mimeType: string,
  payloadType: number,
  rtxPayloadType: number,
  parameters: Readonly<Record<string, string | number>>,
): RtpCodecCapability[] {
  return [
    {
      kind: "video",
      mimeType,
      preferredPayloadType: payloadType,
      clockRate: 90000,
      parameters,
      rtcpFeedback: VIDEO_FEEDBACK,
    },
    {
      kind: "video",
      mimeType: "video/rtx",
      preferredPayloadType: rtxPayloadType,
      clockRate: 90000,
      parameters: { apt: payloadType },
      rtcpFeedback: [],
    },
  ];
}

function extension(
  preferredId: number,
  uri: string,
  direction: RtpHeaderExtensionDirection,
  kinds: readonly MediaKind[] = ["audio", "video"],
): RtpHeaderExtension[] {
  return kinds.map((kind) => ({
    kind,
    uri,
    preferredId,
    preferredEncrypt: false,
    direction,
  }));
}
