/**
 * Why a transport did not come up, or went down: the kinds are counted, the
 * messages are for people.
 *
 * @module
 */

/** Why a transport failed or was lost. */
export type TransportFailure =
  | "candidate"
  /** ICE credentials out of bounds. */
  | "iceParameters"
  | "socket"
  | "iceTimeout"
  | "dtlsTimeout"
  | "dtls"
  | "consent"
  | "disconnected"
  | "peerClosed"
  | "closed"
  /** Something of ours threw. */
  | "internal";

/** A transport that did not come up, or went down. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  constructor(readonly kind: TransportFailure, message: string) {
    super(message);
  }
}

/** The error of what was going on when the transport was closed. */
export function closedError(): TransportError {
  return new TransportError("closed", "the transport closed");
}
