/**
 * One track that a client receives: what its packets are known by, what is
 * made of them, and whether they are due.
 *
 * @module
 */

import {
  type ArrivalLog,
  AudioPlayout,
  EXTENSION_URIS,
  extensionId,
  FrameRhythm,
  FrameTracker,
  type LipSync,
  NackList,
  TrackReceiver,
  VideoPlayout,
} from "../media/mod.ts";
import type { RtpParameters } from "../ortc/mod.ts";
import type { Consumer } from "../signaling/port.ts";
import { isPlainNack, takenCodec } from "./capabilities.ts";
import { ConsumerWatch } from "./consumer_watch.ts";
import type { ClientMeter, ClientTransport } from "./environment.ts";
import type { Origin } from "./own_publishers.ts";

/** One transport that tracks come by. */
export interface Inlet {
  /** Feedback on them goes by it. */
  readonly transport: Pick<ClientTransport, "out" | "sendRtcp">;
  /** When its packets came, for the server's bandwidth estimate. */
  readonly arrivals: ArrivalLog;
}

/** One track that we receive. */
export interface ConsumedTrack {
  readonly consumerId: string;
  readonly producerId: string;
  readonly inlet: Inlet;
  readonly receiver: TrackReceiver;
  /** What is missing of it; `undefined` when the server repairs nothing. */
  readonly nacks: NackList | undefined;
  /** What a viewer sees of it; `undefined` for audio. */
  readonly frames: FrameTracker | undefined;
  /** What a listener hears of it; `undefined` for video. */
  readonly sound: AudioPlayout | undefined;
  /** Of a video: keeps it with the sound of who sends both, once both are there. */
  lipSync: LipSync | undefined;
  /** What its packets are told by where their SSRC is not known. */
  readonly names: TrackNames;
  readonly watch: ConsumerWatch;
  /** Where its trends are recorded. */
  readonly meter: TrackMeter;
  /** Whose it is. */
  origin: Origin;
  /** Whether a client of this run sent any of it: only that is judged. */
  isOwn: boolean;
  /** Whether its sender paused it, as far as we are told. */
  isPaused: boolean;
  /** Whether media of it is due now: a client of this run is there and sends it, and nobody paused it. */
  shouldFlow: boolean;
  /** Since when the server says that it is paused although its sender goes on, on the scheduler's clock; NaN while it does not. */
  stoppedSinceMs: number;
  /** The server sends no layer of it, and nothing came before it said so: something is out. */
  isCutOff: boolean;
  /** When we last asked for a key frame, on the scheduler's clock. */
  keyFrameAskedMs: number;
}

/** Of tracks that others send, only packets and bytes are counted. */
type TrackMeter = {
  -readonly [
    K in
      | "counters"
      | "mediaLatency"
      | "firstPacket"
      | "timeToFirstFrame"
      | "frameGap"
  ]: ClientMeter[K];
};

const NOWHERE = { record() {} };

/** How packets of a track are known (RFC 8843 section 9.2). */
interface TrackNames {
  /** Whose it is: tracks that go together have one name (RFC 3550 section 6.5.1). */
  readonly cname: string | undefined;
  /** The SSRCs of its packets and its repairs, as the server told them. */
  readonly ssrcs: readonly number[];
  readonly mid: string | undefined;
  readonly payloadTypes: readonly number[];
  /** Such as `video/VP8`. */
  readonly mimeType: string;
}

/** What a track begins with. Times are the scheduler's. */
interface TrackStart {
  readonly inlet: Inlet;
  readonly origin: Origin;
  readonly counters: ClientMeter["counters"];
  readonly requestedAtMs: number;
  readonly openedMs: number;
}

/** Makes what a new consumer's packets go to; `undefined` where the server says too little of them. */
export function openTrack(
  { consumerId, producerId, kind, rtpParameters }: Consumer,
  { inlet, origin, counters, requestedAtMs, openedMs }: TrackStart,
): ConsumedTrack | undefined {
  const ssrc = rtpParameters.encodings.at(0)?.ssrc;
  const codec = takenCodec(rtpParameters.codecs, kind);
  if (ssrc === undefined || codec === undefined) return undefined;
  const repairSsrc = rtpParameters.encodings[0].rtx?.ssrc;
  // What is missing of sound is sent again as it was.
  const isRepaired = kind === "video"
    ? repairSsrc !== undefined
    : codec.rtcpFeedback?.some(isPlainNack) === true;
  const nacks = isRepaired ? new NackList() : undefined;
  const meter: TrackMeter = {
    counters,
    mediaLatency: NOWHERE,
    firstPacket: NOWHERE,
    timeToFirstFrame: NOWHERE,
    frameGap: NOWHERE,
  };
  const { clockRate } = codec;
  const isVideo = kind === "video";
  const frames = isVideo
    ? new FrameTracker(
      new VideoPlayout(new FrameRhythm(meter, requestedAtMs), clockRate),
      clockRate,
    )
    : undefined;
  const sound = isVideo ? undefined : new AudioPlayout(clockRate);
  const names: TrackNames = {
    cname: rtpParameters.rtcp?.cname,
    ssrcs: ssrcsOf(rtpParameters),
    mid: rtpParameters.mid,
    payloadTypes: rtpParameters.codecs.filter(({ mimeType }) =>
      mimeType === codec.mimeType
    ).map(({ payloadType }) => payloadType),
    mimeType: codec.mimeType,
  };
  const receiver = new TrackReceiver({
    kind,
    ssrc: ssrc | 0,
    clockRateHz: codec.clockRate,
    captureTimeId: extensionId(
      EXTENSION_URIS.absCaptureTime,
      rtpParameters.headerExtensions,
    ),
    nacks,
    frames,
    sound,
    payloadTypes: names.payloadTypes,
    requestedAtMs,
    openedMs,
    meter,
  });
  return {
    consumerId,
    producerId,
    inlet,
    receiver,
    nacks,
    frames,
    sound,
    lipSync: undefined,
    names,
    watch: new ConsumerWatch({ receiver, nacks, frames, sound }),
    meter,
    origin,
    isOwn: false,
    isPaused: false,
    shouldFlow: false,
    stoppedSinceMs: NaN,
    isCutOff: false,
    keyFrameAskedMs: -Infinity,
  };
}

/** The SSRCs of the packets and of the repairs, as far as they are told. */
export function ssrcsOf({ encodings: [encoding] }: RtpParameters): number[] {
  return [encoding?.ssrc, encoding?.rtx?.ssrc].filter((ssrc) =>
    ssrc !== undefined
  );
}
