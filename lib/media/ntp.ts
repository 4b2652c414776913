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

/** Wall-clock milliseconds since 1970 of an NTP timestamp; either half may be signed. */
export function ntpToWallMs(seconds: number, fraction: number): number {
  return ((seconds >>> 0) - SECONDS_1900_TO_1970) * 1000 +
    (fraction >>> 0) / FRACTIONS * 1000;
}
