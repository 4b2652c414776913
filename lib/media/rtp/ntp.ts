/**
 * NTP timestamps: seconds since 1900 and a 32-bit fraction (RFC 5905
 * section 6). Both halves are kept as numbers, so nothing is allocated.
 *
 * @module
 */

const SECONDS_1900_TO_1970 = 2_208_988_800;
const FRACTIONS = 0x100000000;

/** The seconds half of a wall-clock time in milliseconds since 1970. */
export function ntpSeconds(wallMs: number): number {
  return Math.floor(wallMs / 1000) + SECONDS_1900_TO_1970;
}

/** The fraction half of a wall-clock time in milliseconds since 1970. */
export function ntpFraction(wallMs: number): number {
  const inSecondMs = wallMs - Math.floor(wallMs / 1000) * 1000;
  return Math.min(FRACTIONS - 1, Math.floor(inSecondMs / 1000 * FRACTIONS));
}

/** The middle 32 bits of a wall-clock time, signed: seconds and 65,536ths, as reports repeat them (RFC 3550 section 4). */
export function ntpMiddle(wallMs: number): number {
  return (ntpSeconds(wallMs) << 16) | (ntpFraction(wallMs) >>> 16);
}

/**
 * The round trip that a report of `lastSenderReport` and the delay since then
 * tells when it comes, in milliseconds (RFC 3550 section 6.4.1).
 */
export function roundTripMs(
  wallMs: number,
  lastSenderReport: number,
  delaySinceLastSenderReport: number,
): number {
  const units = ntpMiddle(wallMs) - lastSenderReport -
    delaySinceLastSenderReport;
  // Below 0 the other side's clock was read too coarsely.
  return Math.max(0, (units | 0) / 65536 * 1000);
}

/** Wall-clock milliseconds since 1970 of an NTP timestamp; either half may be signed. */
export function ntpToWallMs(seconds: number, fraction: number): number {
  return ((seconds >>> 0) - SECONDS_1900_TO_1970) * 1000 +
    (fraction >>> 0) / FRACTIONS * 1000;
}
