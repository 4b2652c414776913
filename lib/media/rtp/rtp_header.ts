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
  transportSequence:
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
} as const;

/** What an outgoing track's header says. */
export interface RtpHeaderOptions {
  readonly payloadType: number;
  /** 32 bits. */
  readonly ssrc: number;
  /** Header extensions by their negotiated id (1 to 14); values of up to 16 bytes. */
  readonly extensions: readonly RtpHeaderExtensionValue[];
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

  constructor(options: RtpHeaderOptions) {
    const { extensions, payloadType, ssrc } = options;
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
    let captureTime = 0;
    let audioLevel = 0;
    if (words > 0) {
      writeInt16(bytes, FIXED_BYTES, 0xbede);
      writeInt16(bytes, FIXED_BYTES + 2, words);
      let at = FIXED_BYTES + 4;
      for (const { id, uri, value } of extensions) {
        bytes[at++] = (id << 4) | (value.length - 1);
        if (uri === EXTENSION_URIS.absCaptureTime) captureTime = at;
        if (uri === EXTENSION_URIS.audioLevel) audioLevel = at;
        bytes.set(value, at);
        at += value.length;
      }
    }
    this.#captureTime = captureTime;
    this.#audioLevel = audioLevel;
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
    // Few bytes: a call of `set` costs more than they do.
    for (let i = 0; i < bytes.length; i++) target[offset + i] = bytes[i];
    return offset + this.length;
  }
}
