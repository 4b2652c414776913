/**
 * From what a producer sends, and what a consumer can take, to what the
 * consumer gets. Pure.
 *
 * @module
 */

import type {
  MediaKind,
  RtpCapabilities,
  RtpCodecCapability,
  RtpParameters,
} from "../../ortc/mod.ts";
import { isVp8KeyFrameStart } from "../../media/mod.ts";
import {
  forwardedExtensions,
  MID_URI,
  ROUTER_CAPABILITIES,
} from "./capabilities.ts";

/** How a producer's packets are told apart and rewritten. */
export interface ProducerPlan {
  readonly kind: MediaKind;
  readonly mimeType: string;
  /** The payload type that the producer uses. */
  readonly payloadType: number;
  /** The payload type that consumers see. */
  readonly routerPayloadType: number;
  /** SSRC of its one stream; `undefined` if only the MID says whose a packet is. */
  readonly ssrc: number | undefined;
  readonly mid: string | undefined;
  /** The id of the producer's MID extension; 0 is none. */
  readonly midId: number;
  /** The router's id of each of the producer's extension ids; 0 is not forwarded. */
  readonly routerIds: Uint8Array;
  /** Whether it answers to a picture loss indication. */
  readonly takesPli: boolean;
  /** Says whether a payload starts a key frame; `undefined` where nobody waits for one. */
  readonly isKeyFrameStart: typeof isVp8KeyFrameStart | undefined;
  readonly parameters: RtpParameters;
}

/**
 * Reads what a client wants to produce.
 *
 * @throws {Error} When the router cannot receive it.
 */
export function planProducer(
  kind: MediaKind,
  parameters: RtpParameters,
): ProducerPlan {
  const [codec] = parameters.codecs;
  if (codec === undefined) throw new Error("RTP mapping error: no codecs");
  const known = ROUTER_CAPABILITIES.codecs.find((one) =>
    one.kind === kind && !isRtx(one) && isSame(one, codec)
  );
  if (known === undefined) {
    throw new Error(
      `RTP mapping error: Unsupported codec [mimeType:${codec.mimeType}, payloadType:${codec.payloadType}]`,
    );
  }
  if (parameters.encodings.length > 1) {
    throw new Error(
      "RTP mapping error: no simulcast with the engine werift, mediasoup forwards it",
    );
  }
  const ssrc = parameters.encodings[0]?.ssrc;
  const { mid } = parameters;
  if (ssrc === undefined && mid === undefined) {
    throw new Error("RTP mapping error: neither ssrc nor mid is given");
  }
  const routerIds = new Uint8Array(16);
  for (const { uri, preferredId } of forwardedExtensions(kind)) {
    const id = idOf(parameters, uri);
    if (id > 0 && id < 15) routerIds[id] = preferredId;
  }
  return {
    kind,
    mimeType: known.mimeType,
    payloadType: codec.payloadType,
    routerPayloadType: known.preferredPayloadType!,
    ssrc,
    mid,
    midId: idOf(parameters, MID_URI),
    routerIds,
    takesPli: (codec.rtcpFeedback ?? []).some((feedback) =>
      feedback.type === "nack" && feedback.parameter === "pli"
    ),
    isKeyFrameStart: known.mimeType === "video/VP8"
      ? isVp8KeyFrameStart
      : undefined,
    parameters,
  };
}

/**
 * What a consumer gets.
 *
 * @throws {Error} When its capabilities lack the producer's codec.
 */
export function consumerParameters(
  producer: ProducerPlan,
  capabilities: RtpCapabilities,
  mid: string,
  ssrc: number,
): RtpParameters {
  const codec = ROUTER_CAPABILITIES.codecs.find((one) =>
    one.preferredPayloadType === producer.routerPayloadType
  )!;
  const offered = capabilities.codecs.find((one) => isSame(one, codec));
  if (offered === undefined) {
    throw new Error("Bad consumer RTP parameters: No compatible media codecs");
  }
  const { encodings, rtcp } = producer.parameters;
  const maxBitrate = Math.max(0, ...encodings.map((e) => e.maxBitrate ?? 0));
  const extensions = [
    { uri: MID_URI, preferredId: 1 },
    ...forwardedExtensions(producer.kind),
  ].filter(({ uri, preferredId }) =>
    capabilities.headerExtensions.some((one) =>
      one.uri === uri && one.preferredId === preferredId
    )
  );
  return {
    mid,
    codecs: [{
      mimeType: codec.mimeType,
      payloadType: producer.routerPayloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: producer.parameters.codecs[0].parameters ?? {},
      rtcpFeedback: feedbackOf(offered),
    }],
    headerExtensions: extensions.map(({ uri, preferredId }) => ({
      uri,
      id: preferredId,
      encrypt: false,
    })),
    encodings: [{ ssrc, ...(maxBitrate > 0 ? { maxBitrate } : {}) }],
    rtcp: {
      ...(rtcp.cname === undefined ? {} : { cname: rtcp.cname }),
      reducedSize: true,
    },
  };
}

/** Only what this engine answers: requests for a key frame, no retransmission, no bandwidth. */
function feedbackOf(codec: RtpCodecCapability) {
  return (codec.rtcpFeedback ?? []).filter(({ parameter }) =>
    parameter === "pli" || parameter === "fir"
  );
}

interface Named {
  readonly mimeType: string;
  readonly clockRate: number;
}

function isSame(a: Named, b: Named): boolean {
  return a.mimeType.toLowerCase() === b.mimeType.toLowerCase() &&
    a.clockRate === b.clockRate;
}

function isRtx({ mimeType }: Named): boolean {
  return mimeType.toLowerCase().endsWith("/rtx");
}

function idOf({ headerExtensions }: RtpParameters, uri: string): number {
  return headerExtensions.find((one) => one.uri === uri)?.id ?? 0;
}
