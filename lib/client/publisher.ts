/**
 * What a client sends in one stay: its producers on the server and their
 * senders in the scheduler.
 *
 * @module
 */

import {
  AUDIO_PRESET,
  AudioSender,
  ClipAudioSender,
  ClipVideoSender,
  EXTENSION_URIS,
  type PacketizedClip,
  RtpHeaderTemplate,
  type SenderOptions,
  simulcastPresets,
  SimulcastSender,
  SPEECH_LEVEL,
  type TrackSender,
  type VideoPreset,
  VideoSender,
} from "../media/mod.ts";
import type {
  MediaKind,
  RtpCapabilities,
  RtpEncodingParameters,
  RtpParameters,
} from "../ortc/mod.ts";
import type { SignalingSession } from "../signaling/port.ts";
import { sendParameters } from "./capabilities.ts";
import type { ClientEnvironment, ClientTransport } from "./environment.ts";
import type { OwnTrack } from "./own_publishers.ts";

/** What to send. */
export interface PublishOptions {
  readonly audio: boolean;
  /** `undefined` sends no video. */
  readonly video: VideoPreset | undefined;
  /** Sent in place of synthetic media, as far as it has audio and video. */
  readonly clip?: PacketizedClip | undefined;
  /** Whether synthetic video goes out in layers. @default {false} */
  readonly simulcast?: boolean | undefined;
}

/** One track of ours, known to the server. */
export interface PublishedTrack {
  readonly kind: MediaKind;
  readonly producerId: string;
  readonly sender: TrackSender | SimulcastSender;
  /** RTP packets a second that a receiver of it gets at least, on average. */
  packetsPerSecond: number;
}

/** A stream, by its SSRC. */
type Encoding = RtpEncodingParameters & { readonly ssrc: number };

/** The tracks that one client sends in one stay. */
export class Publisher {
  readonly #tracks: PublishedTrack[] = [];
  readonly #environment: ClientEnvironment;
  readonly #clip: PacketizedClip | undefined;
  readonly #simulcast: boolean;
  readonly #paused = new Set<MediaKind>();
  readonly #onChange: () => void;
  #isHeld = false;
  #open = true;

  /** `onChange` is told whenever {@linkcode Publisher.sent} is another. */
  constructor(
    environment: ClientEnvironment,
    { clip, simulcast = false }: Pick<PublishOptions, "clip" | "simulcast">,
    onChange: () => void,
  ) {
    this.#environment = environment;
    this.#onChange = onChange;
    this.#clip = clip;
    this.#simulcast = simulcast;
  }

  /** The tracks, in order of producing. */
  get tracks(): readonly PublishedTrack[] {
    return this.#tracks;
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
    video: VideoPreset | undefined,
    cname: string,
  ): Promise<void> {
    const { scheduler, random } = this.#environment;
    const encodings = this.#encodingsOf(kind, video);
    const mid = kind === "audio" ? "a" : "v";
    const parameters = sendParameters(router, { kind, mid, cname, encodings });
    const producerId = await session.produce({
      transportId,
      kind,
      rtpParameters: parameters,
    });
    if (!this.#open) return;
    const [{ payloadType, clockRate }] = parameters.codecs;
    const extensions = parameters.headerExtensions.map(({ uri, id }) => ({
      uri,
      id,
      value: firstValue(uri, mid),
    }));
    const startMs = scheduler.nowMs() +
      random() * this.#intervalMs(kind, video);
    const options = encodings.map(({ ssrc }): SenderOptions => ({
      sink: transport,
      clock: {
        nowMs: () => scheduler.nowMs(),
        wallNowMs: () => this.#environment.wallNowMs(),
      },
      meter: this.#environment.meter,
      repairs: canRepair(parameters),
      header: new RtpHeaderTemplate({ payloadType, ssrc, extensions }),
      ssrc,
      clockRateHz: clockRate,
      startMs,
      // Below half: were the first packets before a wrap lost, the server
      // would count rollovers differently (RFC 3711 section 3.3.1).
      firstSequence: Math.floor(random() * 0x8000),
      firstTimestamp: Math.floor(random() * 0x100000000),
    }));
    const sender = this.#senderOf(options, kind, video);
    sender.onError = this.#environment.onError;
    const packetsPerSecond = this.#rateOf(kind, video);
    this.#tracks.push({ kind, producerId, sender, packetsPerSecond });
    scheduler.schedule(sender);
    this.#onChange();
  }

  /** What it sends now, paused tracks too; nothing of it is due at others where it `isDue` not. */
  sent(isDue = true): OwnTrack[] {
    return this.#tracks.map((track) => {
      const { kind, producerId, sender, packetsPerSecond } = track;
      const { longestGapMs = 0, startMs = 0 } = this.#clip?.[kind] ?? {};
      return {
        producerId,
        packetsPerSecond: !isDue || sender.dueMs === Infinity
          ? 0
          : packetsPerSecond,
        longestGapMs: Math.max(longestGapMs, startMs),
      };
    });
  }

  /** Of layers a receiver gets one: the smallest at least. */
  #rateOf(kind: MediaKind, video: VideoPreset | undefined): number {
    const own = this.#clip?.[kind];
    if (own !== undefined) return own.packetsPerSecond;
    if (video === undefined) return AUDIO_PRESET.packetsPerSecond;
    const [{ packetsPerSecond }] = this.#simulcast
      ? simulcastPresets(video)
      : [video];
    return packetsPerSecond;
  }

  /** The streams of a track as the server is told of them. */
  #encodingsOf(kind: MediaKind, video: VideoPreset | undefined): Encoding[] {
    const drawSsrc = () =>
      1 + Math.floor(this.#environment.random() * 0xfffffffe);
    const own = this.#clip?.[kind];
    if (own === undefined && video !== undefined && this.#simulcast) {
      return simulcastPresets(video).map(({ bitrateBps }, i) => ({
        ssrc: drawSsrc(),
        rid: `r${i}`,
        maxBitrate: bitrateBps,
        scalabilityMode: "L1T1",
      }));
    }
    const { bitrateBps } = own ?? video ?? AUDIO_PRESET;
    return [{ ssrc: drawSsrc(), maxBitrate: bitrateBps }];
  }

  #senderOf(
    streams: readonly SenderOptions[],
    kind: MediaKind,
    video: VideoPreset | undefined,
  ): TrackSender | SimulcastSender {
    const [options] = streams;
    if (kind === "audio") {
      const audio = this.#clip?.audio;
      return audio === undefined
        ? new AudioSender(options)
        : new ClipAudioSender(options, audio);
    }
    const own = this.#clip?.video;
    if (own !== undefined) {
      const leader = new ClipVideoSender(options, own);
      for (const { sender } of this.#tracks) {
        if (sender instanceof ClipAudioSender) sender.follow(leader);
      }
      return leader;
    }
    return this.#simulcast
      ? new SimulcastSender(streams, video!)
      : new VideoSender(options, video!);
  }

  /** Clients that join together should not send together: each starts anywhere in its interval. */
  #intervalMs(kind: MediaKind, video: VideoPreset | undefined): number {
    const hz = kind === "audio"
      ? (this.#clip?.audio ?? AUDIO_PRESET).packetsPerSecond
      : (this.#clip?.video ?? video!).fps;
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
  setVideo(preset: VideoPreset): void {
    for (const track of this.#tracks) {
      const { kind, sender } = track;
      if (
        sender instanceof VideoSender || sender instanceof SimulcastSender
      ) {
        sender.setPreset(preset);
        track.packetsPerSecond = this.#rateOf(kind, preset);
      }
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
  return codecs[0].rtcpFeedback?.some(({ type, parameter = "" }) =>
    type === "nack" && parameter === ""
  ) ?? false;
}

function firstValue(uri: string, mid: string): Uint8Array {
  switch (uri) {
    case EXTENSION_URIS.mid:
      return new TextEncoder().encode(mid);
    case EXTENSION_URIS.absCaptureTime:
      return new Uint8Array(8);
    default:
      return new Uint8Array([SPEECH_LEVEL]);
  }
}
