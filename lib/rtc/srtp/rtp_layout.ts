/**
 * Where an RTP packet's payload begins: all that SRTP needs to know of RTP
 * (RFC 3550 section 5.1).
 *
 * @module
 */

/** Bytes of the fixed RTP header. */
const RTP_HEADER_BYTES = 12;

/**
 * The length of the RTP header at `offset` with its CSRCs and extension, or
 * -1 when `length` bytes cannot hold it or the version is not 2.
 */
export function rtpHeaderBytes(
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  if (length < RTP_HEADER_BYTES) return -1;
  const first = bytes[offset];
  if ((first & 0xc0) !== 0x80) return -1;
  let header = RTP_HEADER_BYTES + ((first & 0x0f) << 2);
  if ((first & 0x10) !== 0) {
    if (length < header + 4) return -1;
    const words = (bytes[offset + header + 2] << 8) |
      bytes[offset + header + 3];
    header += 4 + (words << 2);
  }
  return header > length ? -1 : header;
}
