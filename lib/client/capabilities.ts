/**
 * What a client says it can do: the parameters of what it sends, and the
 * capabilities with which it receives, both cut from what the router offers.
 * What is announced here is what is done: no feedback that we would not act
 * on, no codec that we would not understand.
 *
 * @module
 */

import { EXTENSION_URIS } from "../media/mod.ts";
import type {
  MediaKind,
  RtcpFeedback,
  RtpCapabilities,
  RtpCodecCapability,
  RtpEncodingParameters,
  RtpHeaderExtensionParameters,
  RtpParameters,
} from "../ortc/mod.ts";

/** The codecs of synthetic media. */
const MIME_TYPES = { audio: "audio/opus", video: "video/VP8" } as const;

const SENT_EXTENSIONS: readonly string[] = [
  EXTENSION_URIS.mid,
  EXTENSION_URIS.absCaptureTime,
  EXTENSION_URIS.audioLevel,
];
const RECEIVED_EXTENSIONS: readonly string[] = [
  ...SENT_EXTENSIONS,
  EXTENSION_URIS.transportSequence,
];

/** One track to send. */
export interface SendTrack {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly cname: string;
  /** Its streams: one, or the layers of simulcast, the smallest first. */
  readonly encodings: readonly RtpEncodingParameters[];
}

/** The router has no codec that we send. */
export class NoCodecError extends Error {
  override readonly name = "NoCodecError";
}

/** The parameters of a track for `produce`. Throws {@linkcode NoCodecError}. */
export function sendParameters(
  router: RtpCapabilities,
  track: SendTrack,
): RtpParameters {
  const { kind } = track;
  const codec = router.codecs.find((one) => isOurs(one, kind));
  if (codec?.preferredPayloadType === undefined) {
    throw new NoCodecError(`the server has no ${MIME_TYPES[kind]}`);
  }
  return {
    mid: track.mid,
    codecs: [{
      mimeType: codec.mimeType,
      payloadType: codec.preferredPayloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: codec.parameters ?? {},
      rtcpFeedback: feedbackOf(
        codec,
        (feedback) => isAnswered(feedback) || isRepaired(kind, feedback),
      ),
    }],
    headerExtensions: sendExtensions(router, kind),
    encodings: track.encodings,
    rtcp: { cname: track.cname, reducedSize: true },
  };
}

/** What we can receive, for `consume`. */
export function receiveCapabilities(router: RtpCapabilities): RtpCapabilities {
  const ours = new Set(
    router.codecs
      .filter((codec) => isOurs(codec, codec.kind))
      .map((codec) => codec.preferredPayloadType),
  );
  const isRepairOfOurs = ({ mimeType, parameters }: RtpCodecCapability) =>
    /\/rtx$/i.test(mimeType) && ours.has(Number(parameters?.apt));
  return {
    codecs: router.codecs
      .filter((codec) => isOurs(codec, codec.kind) || isRepairOfOurs(codec))
      .map((codec) => ({
        ...codec,
        parameters: codec.parameters ?? {},
        rtcpFeedback: feedbackOf(
          codec,
          (feedback) => isAnswered(feedback) || isGiven(codec.kind, feedback),
        ),
      })),
    headerExtensions: router.headerExtensions.filter(({ uri }) =>
      RECEIVED_EXTENSIONS.includes(uri)
    ),
  };
}

/** The codecs of one kind that a router takes and clients do not, as MIME types. */
export function foreignCodecs(
  router: RtpCapabilities,
  kind: MediaKind,
): string[] {
  return mediaCodecs(
    router.codecs.filter((codec) =>
      codec.kind === kind && !isOurs(codec, kind)
    ),
  );
}

/** Those that media comes in, as MIME types. */
export function mediaCodecs(
  codecs: readonly { readonly mimeType: string }[],
): string[] {
  const types = codecs.filter((codec) => !isAuxiliary(codec))
    .map(({ mimeType }) => mimeType);
  return [...new Set(types)];
}

/** The codec of a consumer's media that clients take; `undefined` when it is another. */
export function takenCodec<Codec extends { readonly mimeType: string }>(
  codecs: readonly Codec[],
  kind: MediaKind,
): Codec | undefined {
  return codecs.find((codec) => isOurs(codec, kind));
}

/** Goes beside a codec: repairs, redundancy, keys that are pressed, comfort noise. */
function isAuxiliary({ mimeType }: { readonly mimeType: string }) {
  return /\/(rtx|red|ulpfec|flexfec(-03)?|telephone-event|cn)$/i.test(mimeType);
}

/** The feedback of a codec that is wanted, without what a router says beyond it: others know no more. */
function feedbackOf(
  { rtcpFeedback }: RtpCodecCapability,
  isWanted: (feedback: RtcpFeedback) => boolean,
): RtcpFeedback[] {
  return (rtcpFeedback ?? []).filter(isWanted).map(({ type, parameter }) => ({
    type,
    ...(parameter !== undefined && { parameter }),
  }));
}

function sendExtensions(
  router: RtpCapabilities,
  kind: MediaKind,
): RtpHeaderExtensionParameters[] {
  return router.headerExtensions
    .filter((extension) =>
      extension.kind === kind && SENT_EXTENSIONS.includes(extension.uri) &&
      (extension.direction === "sendrecv" || extension.direction === "recvonly")
    )
    .map(({ uri, preferredId }) => ({ uri, id: preferredId, encrypt: false }));
}

function isOurs(
  codec: { readonly mimeType: string },
  kind: MediaKind,
): boolean {
  return codec.mimeType.toLowerCase() === MIME_TYPES[kind].toLowerCase();
}

/** We keep the video that we send, and send again what is missed. */
function isRepaired(
  kind: MediaKind,
  { type, parameter = "" }: RtcpFeedback,
): boolean {
  return kind === "video" && type === "nack" && parameter === "";
}

/** Feedback that we give on what we receive, besides key-frame requests: NACK and arrivals, as a browser does for video. */
function isGiven(
  kind: MediaKind,
  { type, parameter = "" }: RtcpFeedback,
): boolean {
  return isRepaired(kind, { type, parameter }) ||
    (kind === "video" && type === "transport-cc");
}

/** Key-frame requests: we answer them, and make them. */
function isAnswered({ type, parameter }: RtcpFeedback): boolean {
  return (type === "nack" && parameter === "pli") ||
    (type === "ccm" && parameter === "fir");
}
