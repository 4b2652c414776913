/**
 * The three STUN messages of an ICE association with an ICE-lite server:
 * a binding request, its answer, and telling one from the other (RFC 8489,
 * RFC 8445 section 7).
 *
 * @module
 */

import { Buffer, crc32, Message, parseMessage } from "../deps.ts";

const BINDING = 1;
const REQUEST = 0;
const RESPONSE = 0x100;
const ERROR = 0x110;
/** RFC 8489 sections 14.5 and 14.7. */
const MESSAGE_INTEGRITY = 0x0008;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;
const HEADER_BYTES = 20;
/** A 32-bit number; of two pairs that were nominated, the one with the larger is meant (draft-thatcher-ice-renomination). */
const NOMINATION = 0xc001;
/** Priority of a host candidate with the highest local preference (RFC 8445 section 5.1.2.1). */
const HOST_PRIORITY = 0x7effffff;

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
  readonly username?: string;
  /** Whether a request has USE-CANDIDATE. */
  readonly nominates: boolean;
  /** The number of NOMINATION; `undefined` without one. */
  readonly nomination: number | undefined;
  /** ERROR-CODE of an error response: 400, 401, 487, … */
  readonly errorCode: number | undefined;
}

/** Builds a binding request of a controlling agent. */
export function bindingRequest(request: BindingRequest): Uint8Array {
  const message = new Message(
    BINDING,
    REQUEST,
    Buffer.from(request.transactionId),
  )
    .setAttribute("USERNAME", request.username)
    .setAttribute("PRIORITY", HOST_PRIORITY)
    .setAttribute("ICE-CONTROLLING", request.tieBreaker);
  if (request.nomination !== undefined) {
    message.setAttribute("USE-CANDIDATE", null);
    const value = Buffer.alloc(4);
    value.writeUInt32BE(request.nomination);
    message.appendRawAttribute(NOMINATION, value);
  }
  return sealed(message, request.password);
}

/** What werift has no name for it writes last: integrity and fingerprint go behind that by hand. */
function sealed(message: Message, password: string): Uint8Array {
  const integrity = message.messageIntegrity(Buffer.from(password));
  const { bytes } = message.appendRawAttribute(MESSAGE_INTEGRITY, integrity);
  const whole = Buffer.concat([bytes, Buffer.alloc(8)]);
  whole.writeUInt16BE(whole.length - HEADER_BYTES, 2);
  const crc = crc32(whole.subarray(0, bytes.length));
  whole.writeUInt16BE(FINGERPRINT, bytes.length);
  whole.writeUInt16BE(4, bytes.length + 2);
  whole.writeUInt32BE((crc ^ FINGERPRINT_XOR) >>> 0, bytes.length + 4);
  return whole;
}

/** Builds the success response to a request that came from `address` and `port`. */
export function bindingResponse(
  transaction: string,
  from: { readonly address: string; readonly port: number },
  password: string,
): Uint8Array {
  return new Message(BINDING, RESPONSE, Buffer.from(transaction, "hex"))
    .setAttribute("XOR-MAPPED-ADDRESS", [from.address, from.port])
    .addMessageIntegrity(Buffer.from(password))
    .addFingerprint()
    .bytes;
}

/**
 * Parses and authenticates a STUN message with `password`; `undefined` for
 * anything that is not one, or whose integrity or fingerprint is wrong.
 * Without a password anybody may have sent it.
 */
export function parseStun(
  bytes: Uint8Array,
  password: string | undefined,
): StunSummary | undefined {
  const key = password === undefined ? undefined : Buffer.from(password);
  const message = parseMessage(Buffer.from(bytes), key);
  if (message === undefined) return undefined;
  return {
    kind: message.messageMethod === BINDING
      ? kindOf(message.messageClass)
      : "other",
    transaction: message.transactionIdHex,
    username: message.getAttributeValue("USERNAME"),
    nominates: message.getAttributeValue("USE-CANDIDATE") !== undefined,
    nomination: nominationOf(message),
    errorCode: message.getAttributeValue("ERROR-CODE")?.[0],
  };
}

function nominationOf({ rawAttributes }: Message): number | undefined {
  const value = rawAttributes.find(({ type }) => type === NOMINATION)?.value;
  return value?.length === 4 ? value.readUInt32BE() : undefined;
}

function kindOf(messageClass: number): StunSummary["kind"] {
  switch (messageClass) {
    case REQUEST:
      return "request";
    case RESPONSE:
      return "success";
    case ERROR:
      return "error";
  }
  return "other";
}
