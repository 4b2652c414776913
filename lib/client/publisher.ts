/**
 * What a client sends in one stay: its producers on the server and their
 * senders in the scheduler.
 *
 * @module
 */

import {
  AudioSender,
  BASE_EVERY_FRAMES,
  ClipAudioSender,
  ClipVideoSender,
  EXTENSION_URIS,
  type Fps,
  type MediaPlan,
  type MediaRate,
  type PacketizedClip,
  type Profile,
  type Quality,
  type RtpHeaderExtensionValue,
  RtpHeaderTemplate,
  type SenderOptions,
  SimulcastSender,
  SPEECH_LEVEL,
  streamsOf,
  TEMPORAL_LAYERS,
  type TrackSender,
  Uplink,
  VideoSender,
} from "../media/mod.ts";
import type {
  MediaKind,
  RtpCapabilities,
  RtpEncodingParameters,
  RtpParameters,
} from "../ortc/mod.ts";
import type { SignalingSession } from "../signaling/port.ts";
import { isPlainNack, isRtx, sendParameters } from "./capabilities.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { OwnTrack } from "./own_publishers.ts";

/** What to send: the media of a plan, with the files that it names at hand. */
export interface PublishOptions
  extends Omit<MediaPlan, "clip" | "maxAudio" | "maxVideo"> {
  /** Sent in place of synthetic media, as far as it has audio and video. */
  readonly clip?: PacketizedClip | undefined;
}

/** One track of ours, known to the server. */
export interface PublishedTrack {
  readonly kind: MediaKind;
  readonly producerId: string;
  readonly sender: TrackSender | SimulcastSender;
  /** RTP packets a second that a receiver of it gets at least, on average. */
  packetsPerSecond: number;
}

/** A stream, by its SSRC; that of its repairs is told where the router takes them. */
type Encoding = RtpEncodingParameters & { readonly ssrc: number };

/** The tracks that one client sends in one stay. */
export class Publisher {
  readonly #tracks: PublishedTrack[] = [];
  readonly #environment: ClientEnvironment;
  #media: PublishOptions | undefined;
  readonly #paused = new Set<MediaKind>();
  readonly #onChange: () => void;
  #isHeld = false;
  #open = true;

  /** `onChange` is told whenever {@linkcode Publisher.sent} is another. */
  constructor(
    environment: ClientEnvironment,
    media: PublishOptions | undefined,
    onChange: () => void,
  ) {
    this.#environment = environment;
    this.#onChange = onChange;
    this.#media = media;
  }

  /** What the server tells of the way to it; `undefined` before, and where it tells nothing. */
  uplink: Uplink | undefined;
  /** A track is offered to the server; one at a time. */
  #asking = false;

  /** As what it shows itself to the server. */
  get profile(): Profile {
    return this.#media?.profile ?? "browser";
  }

  /** The tracks, in order of producing. */
  get tracks(): readonly PublishedTrack[] {
    return this.#tracks;
  }

  /** Whether it sends nothing because the server has not answered yet. */
  get isAwaited(): boolean {
    return this.#asking && this.#tracks.length === 0;
  }

  /** Whether what is sent of one kind is paused. */
  isPaused(kind: MediaKind): boolean {
    return this.#paused.has(kind);
  }

  /**
   * Asks the server to accept a track, and starts sending it. Throws what the
   * request throws, or a `NoCodecError`.
   */
  async publish(
    session: SignalingSession,
    transport: ClientTransport,
    transportId: string,
    router: RtpCapabilities,
    kind: MediaKind,
    cname: string,
  ): Promise<void> {
    const { scheduler, random } = this.#environment;
    const encodings = this.#encodingsOf(kind);
    const mid = kind === "audio" ? "a" : "v";
    const { profile } = this.#media!;
    const track = { kind, profile, mid, cname, encodings };
    const parameters = sendParameters(router, track);
    this.#asking = true;
    const producerId = await session.produce({
      transportId,
      kind,
      rtpParameters: parameters,
    }).finally(() => this.#asking = false);
    if (!this.#open) return;
    const [{ payloadType, clockRate }] = parameters.codecs;
    const rtxType = parameters.codecs.find(isRtx)?.payloadType;
    const idOf = (uri: string) =>
      parameters.headerExtensions.find((one) => one.uri === uri)?.id;
    const uplink = idOf(EXTENSION_URIS.transportSequence) === undefined
      ? undefined
      : this.uplink ??= new Uplink();
    const startMs = scheduler.nowMs() + random() * this.#intervalMs(kind);
    // Below half: were the first packets before a wrap lost, the server
    // would count rollovers differently (RFC 3711 section 3.3.1).
    const drawSequence = () => Math.floor(random() * 0x8000);
    const options = encodings.map(({ ssrc, rtx, rid }): SenderOptions => ({
      sink: transport,
      clock: {
        nowMs: () => scheduler.nowMs(),
        wallNowMs: () => this.#environment.wallNowMs(),
      },
      meter: this.#environment.meter,
      repairs: canRepair(parameters),
      rtx: rtxType === undefined ? undefined : {
        ssrc: rtx!.ssrc,
        payloadType: rtxType,
        firstSequence: drawSequence(),
        repairedIdId: idOf(EXTENSION_URIS.repairedStreamId),
      },
      uplink,
      header: new RtpHeaderTemplate({
        payloadType,
        ssrc,
        extensions: firstValues(parameters, { mid, rid }),
        numbering: uplink,
      }),
      ssrc,
      clockRateHz: clockRate,
      startMs,
      firstSequence: drawSequence(),
      firstTimestamp: Math.floor(random() * 0x100000000),
    }));
    const sender = this.#senderOf(options, kind);
    sender.onError = this.#environment.onError;
    const packetsPerSecond = this.#leastRateOf(kind);
    this.#tracks.push({ kind, producerId, sender, packetsPerSecond });
    scheduler.schedule(sender);
    this.#onChange();
  }

  /** What it sends now, paused tracks too; nothing of it is due at others where it `isDue` not. */
  sent(isDue = true): OwnTrack[] {
    return this.#tracks.map((track) => {
      const { kind, producerId, sender, packetsPerSecond } = track;
      const { longestGapMs = 0, startMs = 0 } = this.#media?.clip?.[kind] ?? {};
      return {
        producerId,
        kind,
        packetsPerSecond: !isDue || sender.dueMs === Infinity
          ? 0
          : packetsPerSecond,
        longestGapMs: Math.max(longestGapMs, startMs),
      };
    });
  }

  /** Whether simulcast has layers in time as well, as a browser's has. */
  get #isLayeredInTime(): boolean {
    return this.#media?.simulcast === true && this.profile === "browser";
  }

  /** Of layers a receiver gets the smallest at least, and of that the base in time. */
  #leastRateOf(kind: MediaKind): number {
    const [{ packetsPerSecond }, ...others] = this.#ratesOf(kind);
    return others.length > 0 && this.#isLayeredInTime
      ? packetsPerSecond / BASE_EVERY_FRAMES
      : packetsPerSecond;
  }

  /** Of each stream of a track, the smallest layer first. */
  #ratesOf(kind: MediaKind): readonly MediaRate[] {
    const { clip, ...media } = this.#media!;
    const own = clip?.[kind];
    return own === undefined ? streamsOf(kind, media) : [own];
  }

  /** The streams of a track as the server is told of them. */
  #encodingsOf(kind: MediaKind): Encoding[] {
    const drawSsrc = () =>
      1 + Math.floor(this.#environment.random() * 0xfffffffe);
    const rates = this.#ratesOf(kind);
    return rates.map(({ bitrateBps }, i) => ({
      ssrc: drawSsrc(),
      ...(kind === "video" && { rtx: { ssrc: drawSsrc() } }),
      ...(rates.length > 1 && {
        rid: `r${i}`,
        scalabilityMode: `L1T${this.#isLayeredInTime ? TEMPORAL_LAYERS : 1}`,
      }),
      maxBitrate: bitrateBps,
    }));
  }

  #senderOf(
    streams: readonly SenderOptions[],
    kind: MediaKind,
  ): TrackSender | SimulcastSender {
    const { clip, ...media } = this.#media!;
    const [options] = streams;
    if (kind === "audio") {
      return clip?.audio === undefined
        ? new AudioSender(options, streamsOf(kind, media)[0])
        : new ClipAudioSender(options, clip.audio);
    }
    const own = clip?.video;
    if (own !== undefined) {
      const leader = new ClipVideoSender(options, own);
      for (const { sender } of this.#tracks) {
        if (sender instanceof ClipAudioSender) sender.follow(leader);
      }
      return leader;
    }
    const presets = streamsOf(kind, media);
    return presets.length > 1
      ? new SimulcastSender(streams, presets, this.#isLayeredInTime)
      : new VideoSender(options, presets[0]);
  }

  /** Clients that join together should not send together: each starts anywhere in its interval. */
  #intervalMs(kind: MediaKind): number {
    const { clip, fps } = this.#media!;
    const hz = kind === "audio"
      ? this.#ratesOf(kind)[0].packetsPerSecond
      : clip?.video?.fps ?? fps;
    return 1000 / hz;
  }

  /** Answers a key-frame request for one of our SSRCs, given signed. */
  askKeyFrame(ssrc: number): void {
    for (const { sender } of this.#tracks) {
      if (sender.streams.some((stream) => (stream.ssrc | 0) === ssrc)) {
        sender.askKeyFrame();
      }
    }
  }

  /** Sends a packet of one of our SSRCs, given signed, again; returns whether it did. */
  resend(ssrc: number, sequence: number, roundTripMs: number): boolean {
    return this.#tracks.some(({ sender }) =>
      sender.streams.some((stream) =>
        (stream.ssrc | 0) === ssrc && stream.resend(sequence, roundTripMs)
      )
    );
  }

  /** Pauses the producers of one kind on the server, and their senders. */
  async pause(session: SignalingSession, kind: MediaKind): Promise<void> {
    this.#paused.add(kind);
    for (const track of this.#tracks.filter((one) => one.kind === kind)) {
      this.#environment.scheduler.cancel(track.sender);
      track.sender.pause();
      this.#onChange();
      await session.pauseProducer?.(track.producerId);
    }
  }

  /** Undoes {@linkcode Publisher.pause}. */
  async resume(session: SignalingSession, kind: MediaKind): Promise<void> {
    this.#paused.delete(kind);
    for (const track of this.#tracks.filter((one) => one.kind === kind)) {
      await session.resumeProducer?.(track.producerId);
      if (!this.#open || this.#paused.has(kind) || this.#isHeld) return;
      track.sender.resume(this.#environment.scheduler.nowMs());
      this.#environment.scheduler.schedule(track.sender);
      this.#onChange();
    }
  }

  /** Stops the senders while nothing may be sent (RFC 7675 section 5.1), and lets them go on; the server is not told. */
  hold(isHeld: boolean): void {
    if (!this.#open || isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    const { scheduler } = this.#environment;
    for (const { kind, sender } of this.#tracks) {
      if (this.#paused.has(kind)) continue;
      if (isHeld) {
        scheduler.cancel(sender);
        sender.pause();
      } else {
        sender.resume(scheduler.nowMs());
        scheduler.schedule(sender);
      }
    }
    this.#onChange();
  }

  /** Changes the quality of what is sent from the next frame on. */
  setVideo(quality: Quality, fps: Fps): void {
    this.#media = { ...this.#media!, quality, fps };
    const presets = streamsOf("video", this.#media);
    for (const track of this.#tracks) {
      const { kind, sender } = track;
      if (sender instanceof SimulcastSender) sender.setPresets(presets);
      else if (sender instanceof VideoSender) sender.setPreset(presets[0]);
      else continue;
      track.packetsPerSecond = this.#leastRateOf(kind);
    }
    this.#onChange();
  }

  /** Stops sending; idempotent. */
  close(): void {
    this.#open = false;
    for (const { sender } of this.#tracks) {
      this.#environment.scheduler.cancel(sender);
      sender.pause();
    }
  }
}

/** Whether the server will ask for packets that it misses. */
function canRepair({ codecs }: RtpParameters): boolean {
  return codecs[0].rtcpFeedback?.some(isPlainNack) ?? false;
}

/** The extensions of a stream's packets, as they begin; a repair's name takes the place of the stream's. */
function firstValues(
  { headerExtensions }: RtpParameters,
  names: { readonly mid: string; readonly rid: string | undefined },
): RtpHeaderExtensionValue[] {
  return headerExtensions
    .filter(({ uri }) => uri !== EXTENSION_URIS.repairedStreamId)
    .map(({ uri, id }) => ({ uri, id, value: firstValue(uri, names) }));
}

function firstValue(
  uri: string,
  { mid, rid = "" }: {
    readonly mid: string;
    readonly rid: string | undefined;
  },
): Uint8Array {
  switch (uri) {
    case EXTENSION_URIS.mid:
      return new TextEncoder().encode(mid);
    case EXTENSION_URIS.streamId:
      return new TextEncoder().encode(rid);
    case EXTENSION_URIS.absCaptureTime:
      return new Uint8Array(8);
    case EXTENSION_URIS.absSendTime:
      return new Uint8Array(3);
    case EXTENSION_URIS.transportSequence:
      return new Uint8Array(2);
    default:
      return new Uint8Array([SPEECH_LEVEL]);
  }
}
