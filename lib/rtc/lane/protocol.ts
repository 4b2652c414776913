/**
 * Which protocol a datagram belongs to, by its first byte (RFC 7983 section 7).
 *
 * @module
 */

/** Whether it is STUN. */
export function isStun(first: number): boolean {
  return first < 4;
}

/** Whether it is DTLS. */
export function isDtls(first: number): boolean {
  return first >= 20 && first <= 63;
}

/** Whether it is RTP or RTCP. */
export function isMedia(first: number): boolean {
  return first >= 128 && first <= 191;
}
