/**
 * Ogg files as recorders leave them: several logical files in a row
 * ("chained", RFC 3533 section 4), or cut short in the middle of a page.
 *
 * ```
 * page: 0 "OggS"  4 version  5 flags, 2 is a stream's first  6 granule position
 *      14 serial number  18 page number  22 checksum  26 segments  27 their bytes
 * ```
 *
 * @module
 */

const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const SEGMENTS_AT = 26;
const FIRST_OF_STREAM = 0x02;

/** Whether a file is Ogg. */
export function isOgg(bytes: Uint8Array): boolean {
  return isPage(bytes, 0);
}

/**
 * The logical files that a file for which {@linkcode isOgg} holds is made of,
 * each of whole pages: what is cut short at the end is left out. Throws an
 * `Error` when something else lies between two pages.
 */
export function oggLinks(bytes: Uint8Array): Uint8Array[] {
  const links: Uint8Array[] = [];
  let start = 0;
  let at = 0;
  let hasBegun = false;
  for (let page = 0; at + HEADER_BYTES <= bytes.length; page++) {
    if (!isPage(bytes, at)) {
      throw new Error(`its Ogg is damaged after page ${page - 1}`);
    }
    const end = endOfPage(bytes, at);
    if (end > bytes.length) break;
    const isFirst = (bytes[at + FLAGS_AT] & FIRST_OF_STREAM) !== 0;
    // Streams that are heard together begin before any of them goes on.
    if (isFirst && hasBegun) {
      links.push(bytes.subarray(start, at));
      start = at;
    }
    hasBegun = !isFirst;
    at = end;
  }
  links.push(bytes.subarray(start, at));
  return links;
}

function isPage(bytes: Uint8Array, at: number): boolean {
  return bytes.length >= at + HEADER_BYTES && bytes[at] === 0x4f &&
    bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53;
}

function endOfPage(bytes: Uint8Array, at: number): number {
  const table = at + HEADER_BYTES;
  const segments = bytes.subarray(table, table + bytes[at + SEGMENTS_AT]);
  const size = segments.reduce((sum, length) => sum + length, 0);
  return table + bytes[at + SEGMENTS_AT] + size;
}
