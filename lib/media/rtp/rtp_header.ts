/**
 * The header of an outgoing track's packets, built once: every packet is the
 * same bytes with its own sequence number, timestamp, marker and capture
 * time written over them.
 *
 * @module
 */

import { writeInt16, writeInt32 } from "./rtp.ts";

/** URIs of the header extensions that rtcrowd writes or reads. */
export const EXTENSION_URIS = {
  mid: "urn:ietf:params:rtp-hdrext:sdes:mid",
  absCaptureTime:
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
  audioLevel: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  streamId: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  repairedStreamId: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  absSendTime: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  transportSequence:
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
} as const;

/** Numbers packets across the streams of a transport; `Uplink` is one. */
export interface PacketNumbering {
  /** The number of the next packet, 16 bits. */
  readonly next: number;
}

/** What an outgoing track's header says. */
export interface RtpHeaderOptions {
  readonly payloadType: number;
  /** 32 bits. */
  readonly ssrc: number;
  /** Header extensions by their negotiated id (1 to 14); values of up to 16 bytes. */
  readonly extensions: readonly RtpHeaderExtensionValue[];
  /** Whose numbers transport-wide sequence numbers are. @default {zeros} */
  readonly numbering?: PacketNumbering | undefined;
}

/** One header extension and its first value. */
export interface RtpHeaderExtensionValue {
  readonly uri: string;
  readonly id: number;
  readonly value: Uint8Array;
}

/** −40 dBov with the voice flag (RFC 6464): loud enough for the server's speaker detection. */
export const SPEECH_LEVEL = 0x80 | 40;
/** Digital silence, without the voice flag (RFC 6464). */
export const SILENT_LEVEL = 127;

const FIXED_BYTES = 12;
const MARKER = 0x80;

/** Writes RTP headers that differ in little. */
export class RtpHeaderTemplate {
  /** Length of the header in bytes; a multiple of 4. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #payloadType: number;
  /** Where abs-capture-time stands; 0 when it is not sent. */
  readonly #captureTime: number;
  /** Where the audio level stands; 0 when it is not sent. */
  readonly #audioLevel: number;
  /** Where abs-send-time stands; 0 when it is not sent. */
  readonly #sendTime: number;
  /** Where the id stands under which a stream's name is told; 0 when it is not. */
  readonly #streamIdId: number;
  /** Where the transport-wide sequence number stands; 0 when it is not sent. */
  readonly #transportSequence: number;
  readonly #numbering: PacketNumbering;

  constructor(options: RtpHeaderOptions) {
    const { extensions, payloadType, ssrc, numbering } = options;
    const values = extensions.reduce(
      (sum, { value }) => sum + 1 + value.length,
      0,
    );
    const words = Math.ceil(values / 4);
    this.length = FIXED_BYTES + (words === 0 ? 0 : 4 + 4 * words);
    this.#payloadType = payloadType;
    const bytes = this.#bytes = new Uint8Array(this.length);
    bytes[0] = words === 0 ? 0x80 : 0x90;
    writeInt32(bytes, 8, ssrc);
    const places = new Map<string, number>();
    if (words > 0) {
      writeInt16(bytes, FIXED_BYTES, 0xbede);
      writeInt16(bytes, FIXED_BYTES + 2, words);
      let at = FIXED_BYTES + 4;
      for (const { id, uri, value } of extensions) {
        bytes[at++] = (id << 4) | (value.length - 1);
        places.set(uri, at);
        bytes.set(value, at);
        at += value.length;
      }
    }
    const placeOf = (uri: string) => places.get(uri) ?? 0;
    this.#captureTime = placeOf(EXTENSION_URIS.absCaptureTime);
    this.#audioLevel = placeOf(EXTENSION_URIS.audioLevel);
    this.#sendTime = placeOf(EXTENSION_URIS.absSendTime);
    this.#streamIdId = Math.max(0, placeOf(EXTENSION_URIS.streamId) - 1);
    this.#numbering = numbering ?? { next: 0 };
    this.#transportSequence = numbering === undefined
      ? 0
      : placeOf(EXTENSION_URIS.transportSequence);
  }

  /** Whether packets say when they leave: {@linkcode RtpHeaderTemplate.setSendTime} is for them. */
  get tellsSendTime(): boolean {
    return this.#sendTime !== 0;
  }

  /** Sets when the packets that follow leave, by any clock that goes on: seconds in 24 bits, 18 of them behind the point. */
  setSendTime(time: number): void {
    const bytes = this.#bytes;
    bytes[this.#sendTime] = time >> 16;
    writeInt16(bytes, this.#sendTime + 1, time);
  }

  /** The transport-wide number in the header at the start of `target`, which this template wrote; 0 without any. */
  numberIn(target: Uint8Array): number {
    const at = this.#transportSequence;
    return at === 0 ? 0 : (target[at] << 8) | target[at + 1];
  }

  /**
   * Gives the header at the start of `target`, which this template wrote
   * before, what it would write now of number and send time, and tells the
   * stream's name under another id where that is not 0.
   */
  restamp(target: Uint8Array, streamIdId: number): void {
    const sequence = this.#transportSequence;
    if (sequence !== 0) writeInt16(target, sequence, this.#numbering.next);
    for (let i = 0; i < 3 && this.#sendTime !== 0; i++) {
      target[this.#sendTime + i] = this.#bytes[this.#sendTime + i];
    }
    const name = this.#streamIdId;
    if (name !== 0 && streamIdId !== 0) {
      target[name] = (streamIdId << 4) | (target[name] & 0x0f);
    }
  }

  /** Sets the capture time of the packets that follow, as NTP seconds and fraction. */
  setCaptureTime(ntpSeconds: number, ntpFraction: number): void {
    if (this.#captureTime === 0) return;
    writeInt32(this.#bytes, this.#captureTime, ntpSeconds);
    writeInt32(this.#bytes, this.#captureTime + 4, ntpFraction);
  }

  /** Sets how loud the packets that follow are, as RFC 6464 has it. */
  setAudioLevel(level: number): void {
    if (this.#audioLevel !== 0) this.#bytes[this.#audioLevel] = level;
  }

  /** Writes one header at `offset`; returns where the payload begins. */
  write(
    target: Uint8Array,
    offset: number,
    sequence: number,
    timestamp: number,
    marker: boolean,
  ): number {
    const bytes = this.#bytes;
    bytes[1] = marker ? this.#payloadType | MARKER : this.#payloadType;
    writeInt16(bytes, 2, sequence);
    writeInt32(bytes, 4, timestamp);
    if (this.#transportSequence !== 0) {
      writeInt16(bytes, this.#transportSequence, this.#numbering.next);
    }
    // Few bytes: a call of `set` costs more than they do.
    for (let i = 0; i < bytes.length; i++) target[offset + i] = bytes[i];
    return offset + this.length;
  }
}
