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
const ERROR = 0x110;
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
  /** USE-CANDIDATE: this is the pair that media will take. */
  readonly nominates: boolean;
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
  if (request.nominates) message.setAttribute("USE-CANDIDATE", null);
  return message
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
    errorCode: message.getAttributeValue("ERROR-CODE")?.[0],
  };
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
