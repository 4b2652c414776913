/**
 * What a client says it can do: the parameters of what it sends, and the
 * capabilities with which it receives, both cut from what the router offers.
 * What is announced here is what is done: no feedback that we would not act
 * on, no codec that we would not understand.
 *
 * @module
 */

import { EXTENSION_URIS, type Profile } from "../media/mod.ts";
import type {
  MediaKind,
  RtcpFeedback,
  RtpCapabilities,
  RtpCodecCapability,
  RtpCodecParameters,
  RtpEncodingParameters,
  RtpHeaderExtensionParameters,
  RtpParameters,
} from "../ortc/mod.ts";

/** The codecs of synthetic media. */
const MIME_TYPES = { audio: "audio/opus", video: "video/VP8" } as const;

/** Reports on each packet (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
const TRANSPORT_CC = "transport-cc";

const SENT_EXTENSIONS: readonly string[] = [
  EXTENSION_URIS.mid,
  EXTENSION_URIS.absCaptureTime,
  EXTENSION_URIS.audioLevel,
];
const RECEIVED_EXTENSIONS: readonly string[] = [
  ...SENT_EXTENSIONS,
  EXTENSION_URIS.transportSequence,
];

/** What a browser's packets carry besides. */
const BROWSER_EXTENSIONS: readonly string[] = [
  EXTENSION_URIS.absSendTime,
  EXTENSION_URIS.transportSequence,
];
/** By which streams without an SSRC are known. */
const NAME_EXTENSIONS: readonly string[] = [
  EXTENSION_URIS.mid,
  EXTENSION_URIS.streamId,
  EXTENSION_URIS.repairedStreamId,
];

/** One track to send. */
export interface SendTrack {
  readonly kind: MediaKind;
  /** @default {"browser"} */
  readonly profile?: Profile | undefined;
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
  const { kind, profile = "browser" } = track;
  const codec = router.codecs.find((one) => isOurs(one, kind));
  if (codec === undefined) {
    throw new NoCodecError(`the server has no ${MIME_TYPES[kind]}`);
  }
  const payloadType = codec.preferredPayloadType ?? freeType(router, kind);
  const isBrowser = profile === "browser";
  const rtcpFeedback = feedbackOf(
    codec,
    (feedback) =>
      isAnswered(feedback) || isRepaired(kind, feedback) ||
      (isBrowser && (isPlainNack(feedback) || feedback.type === TRANSPORT_CC)),
  );
  const rtx = isBrowser && rtcpFeedback.some(isPlainNack)
    ? rtxOf(router, payloadType)
    : undefined;
  const offered = offeredExtensions(router, kind);
  const isNamed = isBrowser && track.encodings.length > 1 &&
    NAME_EXTENSIONS.every((uri) => offered.some((one) => one.uri === uri));
  const isReported = rtcpFeedback.some(({ type }) => type === TRANSPORT_CC);
  const wanted = [
    ...SENT_EXTENSIONS,
    // The numbers are for reports on them.
    ...(isBrowser
      ? BROWSER_EXTENSIONS.filter((uri) =>
        isReported || uri !== EXTENSION_URIS.transportSequence
      )
      : []),
    ...(isNamed ? NAME_EXTENSIONS : []),
  ];
  return {
    mid: track.mid,
    codecs: [
      sent(codec, payloadType, rtcpFeedback),
      ...(rtx === undefined ? [] : [sent(rtx, rtx.preferredPayloadType!, [])]),
    ],
    headerExtensions: offered.filter(({ uri }) => wanted.includes(uri)),
    encodings: track.encodings.map(({ ssrc, rtx: repairs, ...encoding }) => ({
      ...(!isNamed && { ssrc }),
      ...encoding,
      ...(!isNamed && rtx !== undefined && repairs !== undefined &&
        { rtx: repairs }),
    })),
    rtcp: { cname: track.cname, reducedSize: true },
  };
}

function sent(
  codec: RtpCodecCapability,
  payloadType: number,
  rtcpFeedback: RtcpFeedback[],
): RtpCodecParameters {
  return {
    mimeType: codec.mimeType,
    payloadType,
    clockRate: codec.clockRate,
    ...(codec.channels === undefined ? {} : { channels: codec.channels }),
    parameters: codec.parameters ?? {},
    rtcpFeedback,
  };
}

/** For dynamic use (RFC 3551 section 6). */
const DYNAMIC_TYPES = { first: 96, last: 127 };

/** A router need not prefer a payload type: then it takes ours, one that no codec of its has. */
function freeType({ codecs }: RtpCapabilities, kind: MediaKind): number {
  const taken = new Set(codecs.map((codec) => codec.preferredPayloadType));
  const { first, last } = DYNAMIC_TYPES;
  const free = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .filter((type) => !taken.has(type));
  // Sound and pictures of one transport have different ones.
  return free.at(kind === "audio" ? 0 : 1) ?? last;
}

/** How the router takes repairs of this payload type; `undefined` when it takes none in streams of their own (RFC 4588). */
function rtxOf(
  { codecs }: RtpCapabilities,
  payloadType: number,
): RtpCodecCapability | undefined {
  return codecs.find((codec) =>
    isRtx(codec) && codec.preferredPayloadType !== undefined &&
    Number(codec.parameters?.apt) === payloadType
  );
}

/** Whether a codec carries repairs (RFC 4588). */
export function isRtx({ mimeType }: { readonly mimeType: string }): boolean {
  return /\/rtx$/i.test(mimeType);
}

/** Whether feedback names packets that are missing (RFC 4585 section 6.2.1). */
export function isPlainNack({ type, parameter = "" }: RtcpFeedback): boolean {
  return type === "nack" && parameter === "";
}

/** What we can receive, for `consume`. */
export function receiveCapabilities(router: RtpCapabilities): RtpCapabilities {
  const ours = new Set(
    router.codecs
      .filter((codec) => isOurs(codec, codec.kind))
      .map((codec) => codec.preferredPayloadType),
  );
  const isRepairOfOurs = (codec: RtpCodecCapability) =>
    isRtx(codec) && ours.has(Number(codec.parameters?.apt));
  return {
    codecs: router.codecs
      .filter((codec) => isOurs(codec, codec.kind) || isRepairOfOurs(codec))
      .map((codec) => ({
        ...codec,
        parameters: codec.parameters ?? {},
        rtcpFeedback: feedbackOf(
          codec,
          (feedback) => isAnswered(feedback) || isGiven(feedback),
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

/** The extensions that a router takes of us. */
function offeredExtensions(
  router: RtpCapabilities,
  kind: MediaKind,
): RtpHeaderExtensionParameters[] {
  return router.headerExtensions
    .filter((extension) =>
      extension.kind === kind &&
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
  feedback: RtcpFeedback,
): boolean {
  return kind === "video" && isPlainNack(feedback);
}

/** Feedback that we give on what we receive, besides key-frame requests: NACK and arrivals, as a browser does. */
function isGiven(feedback: RtcpFeedback): boolean {
  return isPlainNack(feedback) || feedback.type === TRANSPORT_CC;
}

/** Key-frame requests: we answer them, and make them. */
function isAnswered({ type, parameter }: RtcpFeedback): boolean {
  return (type === "nack" && parameter === "pli") ||
    (type === "ccm" && parameter === "fir");
}
