/**
 * The record layer of DTLS 1.2 (RFC 6347 section 4.1), as far as a datagram is
 * taken apart into its records.
 *
 * @module
 */

/** What a record carries (RFC 5246 section 6.2.1). */
export const CONTENT = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
} as const;

/** One record of a datagram. */
export interface DtlsRecord {
  /** One of {@linkcode CONTENT}, or something of no use to a handshake. */
  readonly type: number;
  readonly version: number;
  /** 0 in the clear, 1 under the keys of the handshake. */
  readonly epoch: number;
  /** 48 bits. */
  readonly sequence: number;
  /** The record with its header. */
  readonly bytes: Uint8Array;
  /** What follows the header. */
  readonly body: Uint8Array;
}

/** Bytes before the body of a record (RFC 6347 section 4.1). */
export const HEADER_BYTES = 13;

/** The records of a datagram; what is cut short, and all behind it, is left out. */
export function* readRecords(datagram: Uint8Array): Iterable<DtlsRecord> {
  const { buffer, byteOffset, length } = datagram;
  const view = new DataView(buffer, byteOffset, length);
  for (let at = 0; at + HEADER_BYTES <= length;) {
    const end = at + HEADER_BYTES + view.getUint16(at + 11);
    if (end > length) return;
    yield {
      type: view.getUint8(at),
      version: view.getUint16(at + 1),
      epoch: view.getUint16(at + 3),
      sequence: view.getUint16(at + 5) * 2 ** 32 + view.getUint32(at + 7),
      bytes: datagram.subarray(at, end),
      body: datagram.subarray(at + HEADER_BYTES, end),
    };
    at = end;
  }
}

/** A record with this body, the rest as in `like`. */
export function writeRecord(
  like: Omit<DtlsRecord, "bytes" | "body">,
  body: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, like.type);
  view.setUint16(1, like.version);
  view.setUint16(3, like.epoch);
  view.setUint16(5, Math.floor(like.sequence / 2 ** 32));
  view.setUint32(7, like.sequence % 2 ** 32);
  view.setUint16(11, body.length);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Datagrams of at most `mtu` bytes out of a row of records, each of which stays whole; copies. */
export function intoDatagrams(records: Uint8Array, mtu: number): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  let from = 0;
  let to = 0;
  for (const { bytes } of readRecords(records)) {
    if (to > from && to + bytes.length - from > mtu) {
      datagrams.push(records.slice(from, to));
      from = to;
    }
    to += bytes.length;
  }
  if (to > from) datagrams.push(records.slice(from, to));
  return datagrams;
}
