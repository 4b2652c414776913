/**
 * The codecs of SimplestChat's router, with the payload types that clients of
 * it have come to see. mediasoup adds feedback and header extensions.
 *
 * @module
 */

import type { mediasoup } from "./deps.ts";

/** What a router is created with. */
export const ROUTER_CODECS: mediasoup.RouterRtpCodecCapability[] = [
  {
    kind: "audio",
    mimeType: "audio/opus",
    preferredPayloadType: 111,
    clockRate: 48000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1 },
  },
  {
    kind: "video",
    mimeType: "video/VP8",
    preferredPayloadType: 96,
    clockRate: 90000,
    parameters: {},
  },
  {
    kind: "video",
    mimeType: "video/VP9",
    preferredPayloadType: 98,
    clockRate: 90000,
    parameters: {},
  },
  {
    kind: "video",
    mimeType: "video/H264",
    preferredPayloadType: 102,
    clockRate: 90000,
    parameters: {
      "level-asymmetry-allowed": 1,
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
    },
  },
];
