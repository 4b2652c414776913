/**
 * The three STUN messages of an ICE association with an ICE-lite server:
 * a binding request, its answer, and telling one from the other (RFC 8489,
 * RFC 8445 section 7).
 *
 * @module
 */

import { crc32, createHmac } from "../deps.ts";
import { parseAddress } from "../lane/socket_address.ts";

const REQUEST = 0x0001;
const SUCCESS = 0x0101;
const ERROR = 0x0111;
const COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const TRANSACTION_AT = 8;
/** Types of attributes (RFC 8489 section 18.3, RFC 8445 section 16.1). */
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const XOR_MAPPED_ADDRESS = 0x0020;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLING = 0x802a;
/** A 32-bit number; of two pairs that were nominated, the one with the larger is meant (draft-thatcher-ice-renomination). */
const NOMINATION = 0xc001;
/** RFC 8489 sections 14.5 and 14.7; type and length stand before each. */
const INTEGRITY_BYTES = 20;
const FINGERPRINT_BYTES = 4;
const ATTRIBUTE_HEADER_BYTES = 4;
const FINGERPRINT_XOR = 0x5354554e;
/** Priority of a host candidate with the highest local preference (RFC 8445 section 5.1.2.1). */
const HOST_PRIORITY = 0x7effffff;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** HMAC-SHA1 of a message under a password (RFC 2104). */
export type Mac = (password: string, message: Uint8Array) => Uint8Array;

/** The runtime's own: a stream, which costs five times what libcrypto does. */
export const portableMac: Mac = (password, message) =>
  createHmac("sha1", password).update(message).digest();

/** What a binding request says. */
export interface BindingRequest {
  /** `<remote ufrag>:<local ufrag>`. */
  readonly username: string;
  /** The remote password, which keys the message integrity. */
  readonly password: string;
  /** 12 bytes that the answer repeats. */
  readonly transactionId: Uint8Array;
  /** 64-bit tie breaker of the controlling agent. */
  readonly tieBreaker: bigint;
  /**
   * This is the pair that media will take: USE-CANDIDATE, and with a number
   * from 1 on in NOMINATION that grows with each other pair that is meant.
   * Browsers and mediasoup follow nothing else from one pair to another.
   */
  readonly nomination: number | undefined;
}

/** A STUN message with a valid fingerprint, as far as ICE cares. */
export interface StunSummary {
  readonly kind: "request" | "success" | "error" | "other";
  /** Hex of the transaction id. */
  readonly transaction: string;
  /** USERNAME of a request. */
  readonly username?: string | undefined;
  /** Whether a request has USE-CANDIDATE. */
  readonly nominates: boolean;
  /** The number of NOMINATION; `undefined` without one. */
  readonly nomination: number | undefined;
  /** ERROR-CODE of an error response: 400, 401, 487, … */
  readonly errorCode: number | undefined;
}

/** Builds a binding request of a controlling agent. */
export function bindingRequest(
  request: BindingRequest,
  mac: Mac = portableMac,
): Uint8Array {
  const message = new MessageWriter(REQUEST, request.transactionId);
  message.add(USERNAME, encoder.encode(request.username));
  message.addNumber(PRIORITY, HOST_PRIORITY);
  message.addLong(ICE_CONTROLLING, request.tieBreaker);
  if (request.nomination !== undefined) {
    message.add(USE_CANDIDATE, new Uint8Array());
    message.addNumber(NOMINATION, request.nomination);
  }
  return message.sealed(request.password, mac);
}

/** Builds the success response to a request that came from `address` and `port`. */
export function bindingResponse(
  transaction: string,
  from: { readonly address: string; readonly port: number },
  password: string,
  mac: Mac = portableMac,
): Uint8Array {
  const transactionId = Uint8Array.fromHex(transaction);
  const message = new MessageWriter(SUCCESS, transactionId);
  message.add(XOR_MAPPED_ADDRESS, xorAddress(from, transactionId));
  return message.sealed(password, mac);
}

/**
 * Parses and authenticates a STUN message with `password`; `undefined` for
 * anything that is not one, or whose integrity or fingerprint is wrong.
 * Without a password anybody may have sent it. What stands behind the
 * integrity is not covered by it, and passed over.
 */
export function parseStun(
  bytes: Uint8Array,
  password: string | undefined,
  mac: Mac = portableMac,
): StunSummary | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!isMessage(view)) return undefined;
  let username: string | undefined;
  let nominates = false;
  let nomination: number | undefined;
  let errorCode: number | undefined;
  let isAuthentic = password === undefined;
  let isCovered = true;
  for (let at = HEADER_BYTES; at < bytes.length;) {
    if (at + ATTRIBUTE_HEADER_BYTES > bytes.length) return undefined;
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const valueAt = at + ATTRIBUTE_HEADER_BYTES;
    const end = valueAt + padded(length);
    if (end > bytes.length) return undefined;
    if (type === FINGERPRINT) {
      if (length !== FINGERPRINT_BYTES) return undefined;
      if (view.getUint32(valueAt) !== fingerprintOf(bytes, at)) {
        return undefined;
      }
    } else if (isCovered) {
      const value = bytes.subarray(valueAt, valueAt + length);
      switch (type) {
        case USERNAME:
          username = decoder.decode(value);
          break;
        case USE_CANDIDATE:
          nominates = true;
          break;
        case NOMINATION:
          if (length === 4) nomination = view.getUint32(valueAt);
          break;
        case ERROR_CODE:
          // The hundreds in the third byte, the rest in the fourth (RFC 8489 section 14.8).
          if (length < 4) return undefined;
          errorCode = (value[2] & 7) * 100 + value[3];
          break;
        case MESSAGE_INTEGRITY:
          isCovered = false;
          if (password === undefined) break;
          if (!equal(value, integrityOf(bytes, at, password, mac))) {
            return undefined;
          }
          isAuthentic = true;
          break;
      }
    }
    at = end;
  }
  if (!isAuthentic) return undefined;
  return {
    kind: kindOf(view.getUint16(0)),
    transaction: bytes.subarray(TRANSACTION_AT, HEADER_BYTES).toHex(),
    username,
    nominates,
    nomination,
    errorCode,
  };
}

/** A message under way: its attributes in the order in which they are added. */
class MessageWriter {
  readonly #attributes: Uint8Array[] = [];
  #length = HEADER_BYTES;

  constructor(readonly type: number, readonly transactionId: Uint8Array) {}

  add(type: number, value: Uint8Array): void {
    const bytes = new Uint8Array(ATTRIBUTE_HEADER_BYTES + padded(value.length));
    const view = new DataView(bytes.buffer);
    view.setUint16(0, type);
    view.setUint16(2, value.length);
    bytes.set(value, ATTRIBUTE_HEADER_BYTES);
    this.#attributes.push(bytes);
    this.#length += bytes.length;
  }

  addNumber(type: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    this.add(type, bytes);
  }

  addLong(type: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    this.add(type, bytes);
  }

  /** The message, with integrity and fingerprint behind all else. */
  sealed(password: string, mac: Mac): Uint8Array {
    const integrityAt = this.#length;
    const fingerprintAt = integrityAt + ATTRIBUTE_HEADER_BYTES +
      INTEGRITY_BYTES;
    const bytes = new Uint8Array(
      fingerprintAt + ATTRIBUTE_HEADER_BYTES + FINGERPRINT_BYTES,
    );
    const view = new DataView(bytes.buffer);
    view.setUint16(0, this.type);
    view.setUint32(4, COOKIE);
    bytes.set(this.transactionId, TRANSACTION_AT);
    let at = HEADER_BYTES;
    for (const attribute of this.#attributes) {
      bytes.set(attribute, at);
      at += attribute.length;
    }
    view.setUint16(integrityAt, MESSAGE_INTEGRITY);
    view.setUint16(integrityAt + 2, INTEGRITY_BYTES);
    bytes.set(
      integrityOf(bytes, integrityAt, password, mac),
      integrityAt + ATTRIBUTE_HEADER_BYTES,
    );
    view.setUint16(fingerprintAt, FINGERPRINT);
    view.setUint16(fingerprintAt + 2, FINGERPRINT_BYTES);
    view.setUint32(
      fingerprintAt + ATTRIBUTE_HEADER_BYTES,
      fingerprintOf(bytes, fingerprintAt),
    );
    view.setUint16(2, bytes.length - HEADER_BYTES);
    return bytes;
  }
}

/** HMAC-SHA1 over all before the attribute at `at`, as if the message ended with that (RFC 8489 section 14.5). */
function integrityOf(
  bytes: Uint8Array,
  at: number,
  password: string,
  mac: Mac,
): Uint8Array {
  const end = at + ATTRIBUTE_HEADER_BYTES + INTEGRITY_BYTES;
  return mac(password, endingAt(bytes, at, end));
}

/** CRC-32 over all before the attribute at `at`, as if the message ended with that (RFC 8489 section 14.7). */
function fingerprintOf(bytes: Uint8Array, at: number): number {
  const end = at + ATTRIBUTE_HEADER_BYTES + FINGERPRINT_BYTES;
  return (crc32(endingAt(bytes, at, end)) ^ FINGERPRINT_XOR) >>> 0;
}

/** The first bytes of a message, whose header says that it ends at `end`. */
function endingAt(bytes: Uint8Array, length: number, end: number): Uint8Array {
  const start = new Uint8Array(length);
  start.set(bytes.subarray(0, length));
  new DataView(start.buffer).setUint16(2, end - HEADER_BYTES);
  return start;
}

/** Family, port and address, of which the cookie and the transaction are taken (RFC 8489 section 14.2). */
function xorAddress(
  { address, port }: { readonly address: string; readonly port: number },
  transactionId: Uint8Array,
): Uint8Array {
  const ip = parseAddress(address) ?? new Uint8Array(4);
  const bytes = new Uint8Array(4 + ip.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, ip.length === 4 ? 1 : 2);
  view.setUint16(2, port ^ (COOKIE >>> 16));
  bytes.set(ip, 4);
  view.setUint32(4, view.getUint32(4) ^ COOKIE);
  for (let i = 0; i < ip.length - 4; i++) bytes[8 + i] ^= transactionId[i];
  return bytes;
}

function isMessage(view: DataView): boolean {
  return view.byteLength >= HEADER_BYTES && view.getUint8(0) < 0x40 &&
    view.getUint16(2) === view.byteLength - HEADER_BYTES &&
    view.getUint32(4) === COOKIE;
}

function kindOf(type: number): StunSummary["kind"] {
  switch (type) {
    case REQUEST:
      return "request";
    case SUCCESS:
      return "success";
    case ERROR:
      return "error";
  }
  return "other";
}

/** Values end at a multiple of four bytes. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
