/**
 * Packets of a transport in the clear, for whoever looks closely at one
 * client. A transport that nobody taps knows nothing of this: what costs
 * something is put in between while somebody does.
 *
 * @module
 */

import type { SrtpCipher } from "./srtp/srtp_cipher.ts";

/** Sees packets, each valid only until the call returns. */
export interface PacketTap {
  onPacket(
    direction: "in" | "out",
    protocol: "rtp" | "rtcp",
    bytes: Uint8Array,
    offset: number,
    length: number,
    /** When it came or left, on the reactor's clock. */
    nowMs: number,
  ): void;
}

/** The cipher as it is, except that what it protects is seen before. */
export function tappedCipher(
  cipher: SrtpCipher,
  tap: PacketTap,
  nowMs: () => number,
): SrtpCipher {
  return {
    kind: cipher.kind,
    protectRtp(bytes, offset, length) {
      tap.onPacket("out", "rtp", bytes, offset, length, nowMs());
      return cipher.protectRtp(bytes, offset, length);
    },
    protectRtcp(bytes, offset, length) {
      tap.onPacket("out", "rtcp", bytes, offset, length, nowMs());
      return cipher.protectRtcp(bytes, offset, length);
    },
    unprotectRtp: (bytes, offset, length) =>
      cipher.unprotectRtp(bytes, offset, length),
    unprotectRtcp: (bytes, offset, length) =>
      cipher.unprotectRtcp(bytes, offset, length),
    close: () => cipher.close(),
  };
}
