/**
 * The engine: what forwards media, as a port. Signaling talks to this and
 * knows neither mediasoup nor werift. An engine knows routers, transports,
 * producers and consumers; it does not know rooms, participants or messages.
 *
 * Every method that can fail rejects with an `Error` whose message is the
 * text that follows "Failed to …: " in SimplestChat's own error.
 *
 * @module
 */

import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from "../ortc/mod.ts";

/** Which engine forwards the media. */
export type EngineKind = "mediasoup" | "werift";

/** What one stream carried so far, as the engine counted it. */
export interface StreamCounts {
  /** RTP packets, without retransmissions. */
  readonly packets: number;
  /** Whole RTP packets in bytes, header included. */
  readonly bytes: number;
  /** For a producer: packets that never arrived. For a consumer: what its receiver reported lost. */
  readonly lost: number;
  /** Packets that were sent again on request. */
  readonly retransmitted: number;
  /** Packets that its receiver asked to repeat: for a producer, that the engine asked for. */
  readonly nacked: number;
  /** Of a producer's streams: what the engine itself says of the way to it. @default {it says nothing} */
  readonly upstream?: readonly UpstreamView[] | undefined;
  /** Of a consumer's stream: what the engine says of the way to who receives it. @default {it says nothing} */
  readonly downstream?: DownstreamView | undefined;
}

/** The stream of a consumer, as its receiver reports on it. */
export interface DownstreamView {
  /** Of the last interval, out of 256. */
  readonly fractionLost: number;
  /** In milliseconds; `undefined` or 0 before any report. */
  readonly roundTripMs: number | undefined;
  /** From 0 to 10. */
  readonly score: number;
}

/** One stream of a producer, as the engine sees the way to it. */
export interface UpstreamView {
  /** Of its media, 32 bits. */
  readonly ssrc: number;
  /** The stream of its repairs (RFC 4588); `undefined` before one came, and without one. */
  readonly rtxSsrc: number | undefined;
  /** Packets that did not come but as repairs, or not at all. */
  readonly packetsLost: number;
  /** Of the last interval, out of 256. */
  readonly fractionLost: number;
  /** Of those lost, packets that a repair made up for. */
  readonly packetsRepaired: number;
  /** By reports, in milliseconds (RFC 3611 section 4.5); `undefined` or 0 before any. */
  readonly roundTripMs: number | undefined;
  /** In RTP timestamp units. */
  readonly jitterUnits: number;
  /** From 0 to 10. */
  readonly score: number;
}

/** How loud one producer is. */
export interface AudioLevel {
  readonly producerId: string;
  /** Average volume in dBov, -127 to 0. */
  readonly volume: number;
}

/** What a router tells without being asked. */
export interface RouterEvents {
  /** Another producer became the dominant speaker. */
  readonly activeSpeaker: (producerId: string) => void;
  /** Who is audible now; never empty. */
  readonly audioLevels: (levels: readonly AudioLevel[]) => void;
}

/** The layers of a simulcast or SVC consumer. */
export interface Layers {
  readonly spatialLayer: number;
  readonly temporalLayer?: number | undefined;
}

/** Media that comes in. */
export interface EngineProducer {
  readonly id: string;
  readonly kind: MediaKind;
  pause(): Promise<void>;
  resume(): Promise<void>;
  counts(): Promise<StreamCounts>;
  /** Closes it and its consumers; idempotent. */
  close(): void;
}

/** Media that goes out. It is closed with its producer or its transport. */
export interface EngineConsumer {
  readonly id: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  /** Whether it chooses among layers (simulcast or SVC). */
  readonly layered: boolean;
  pause(): Promise<void>;
  resume(): Promise<void>;
  setPreferredLayers(layers: Layers): Promise<void>;
  /** Reports the layers that it sends whenever they change; `undefined` is none. */
  watchLayers(listener: (layers: Layers | undefined) => void): void;
  counts(): Promise<StreamCounts>;
}

/** What a new consumer starts with. */
export interface ConsumeOptions {
  readonly producerId: string;
  readonly rtpCapabilities: RtpCapabilities;
  readonly paused: boolean;
}

/** One ICE and DTLS association with one peer. */
export interface EngineTransport {
  readonly id: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
  /** Takes the peer's fingerprint; resolves at once, not when DTLS is up. */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(): Promise<IceParameters>;
  produce(
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ): Promise<EngineProducer>;
  consume(options: ConsumeOptions): Promise<EngineConsumer>;
  /** Reports the bandwidth estimate towards the peer in bit/s whenever there is one. */
  watchBandwidth(listener: (bps: number) => void): Promise<void>;
  /** Closes it and all that it carries; idempotent. */
  close(): void;
}

/** The media of one room: any of its consumers can take any of its producers. */
export interface EngineRouter {
  readonly rtpCapabilities: RtpCapabilities;
  createTransport(): Promise<EngineTransport>;
  /** Listens to an audio producer for {@linkcode RouterEvents}. */
  observeAudio(producerId: string): Promise<void>;
  /** Closes it and its transports; idempotent. */
  close(): void;
}

/** Forwards media for any number of rooms. */
export interface Engine extends AsyncDisposable {
  readonly kind: EngineKind;
  /** Processes of its own, beside the one that started it. */
  readonly workerPids: readonly number[];
  /** Rejects with the whole text of SimplestChat's error, prefix included. */
  createRouter(events: RouterEvents): Promise<EngineRouter>;
}

/** What every engine is started with. */
export interface EngineOptions {
  /** The address that it tells clients to send media to. */
  readonly announceIp: string;
  /** Called when a part of the engine dies; what it served is lost. */
  readonly onFailure: (reason: string) => void;
}
