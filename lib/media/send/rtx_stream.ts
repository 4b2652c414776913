/**
 * Repairs in a stream of their own (RFC 4588 section 4): a packet that is sent
 * again has the SSRC, payload type and numbering of that stream, and in front
 * of its payload the sequence number that it had (OSN). So the server tells
 * what it got at once from what it got only when it asked.
 *
 * @module
 */

import { writeInt16, writeInt32 } from "../rtp/rtp.ts";
import type { RtpHeaderTemplate } from "../rtp/rtp_header.ts";

/** Which stream repairs go to. */
export interface RtxOptions {
  /** 32 bits. */
  readonly ssrc: number;
  readonly payloadType: number;
  /** The first sequence number, 16 bits. */
  readonly firstSequence: number;
  /** Id of the extension that names what is repaired, where streams have names (RFC 8852). @default {none} */
  readonly repairedIdId?: number | undefined;
}

/** What the original sequence number takes. */
const OSN_BYTES = 2;

const MARKER = 0x80;

/** The stream of one track's repairs. */
export class RtxStream {
  readonly ssrc: number;
  readonly #payloadType: number;
  readonly #repairedIdId: number;
  #sequence: number;

  constructor(
    { ssrc, payloadType, firstSequence, repairedIdId = 0 }: RtxOptions,
  ) {
    this.#repairedIdId = repairedIdId;
    this.ssrc = ssrc;
    this.#payloadType = payloadType;
    this.#sequence = firstSequence & 0xffff;
  }

  /**
   * Makes the next repair of the plain packet at the start of `bytes`, in
   * place; it has this track's header. Returns its new length.
   */
  wrap(bytes: Uint8Array, header: RtpHeaderTemplate, length: number): number {
    const end = header.length;
    bytes.copyWithin(end + OSN_BYTES, end, length);
    bytes[end] = bytes[2];
    bytes[end + 1] = bytes[3];
    bytes[1] = (bytes[1] & MARKER) | this.#payloadType;
    writeInt16(bytes, 2, this.#sequence);
    writeInt32(bytes, 8, this.ssrc);
    header.restamp(bytes, this.#repairedIdId);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return length + OSN_BYTES;
  }
}
