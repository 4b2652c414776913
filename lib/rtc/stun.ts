/**
 * The three STUN messages of an ICE association with an ICE-lite server:
 * a binding request, its answer, and telling one from the other (RFC 8489,
 * RFC 8445 section 7).
 *
 * @module
 */

import { Buffer, Message, parseMessage } from "./deps.ts";

const BINDING = 1;
const REQUEST = 0;
const RESPONSE = 0x100;
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
}

/** A STUN message with a valid fingerprint, as far as ICE cares. */
export interface StunSummary {
  readonly kind: "request" | "success" | "other";
  /** Hex of the transaction id. */
  readonly transaction: string;
  /** USERNAME of a request. */
  readonly username?: string;
}

/** Builds a nominating binding request of a controlling agent. */
export function bindingRequest(request: BindingRequest): Uint8Array {
  return new Message(BINDING, REQUEST, Buffer.from(request.transactionId))
    .setAttribute("USERNAME", request.username)
    .setAttribute("PRIORITY", HOST_PRIORITY)
    .setAttribute("ICE-CONTROLLING", request.tieBreaker)
    .setAttribute("USE-CANDIDATE", null)
    .addMessageIntegrity(Buffer.from(request.password))
    .addFingerprint()
    .bytes;
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
 */
export function parseStun(
  bytes: Uint8Array,
  password: string,
): StunSummary | undefined {
  const message = parseMessage(Buffer.from(bytes), Buffer.from(password));
  if (message === undefined) return undefined;
  const kind = message.messageMethod !== BINDING
    ? "other"
    : message.messageClass === REQUEST
    ? "request"
    : message.messageClass === RESPONSE
    ? "success"
    : "other";
  return {
    kind,
    transaction: message.transactionIdHex,
    username: message.getAttributeValue("USERNAME"),
  };
}
