/** Why a request got no reply, or not the one it hoped for. */

import type { Operation } from "./operations.ts";

/** The ways in which a request fails. */
export type SignalingErrorKind =
  /** No reply in time. */
  | "timeout"
  /** No reply in time, and the server said meanwhile that it threw frames away unread. */
  | "rateLimited"
  /** A reply came that cannot be read; the detail names the field. */
  | "unreadable"
  /** The server said no. */
  | "server"
  /** A moderator did not let us in. */
  | "lobbyDenied"
  /** The channel closed first, or was closed before. */
  | "closed"
  /** The caller's signal fired. */
  | "aborted";

/** A request failed; the message is one line. */
export class SignalingError extends Error {
  /** Always "SignalingError". */
  override readonly name = "SignalingError";
  /** In which way. */
  readonly kind: SignalingErrorKind;
  /** Which request. */
  readonly operation: Operation;
  /** The server's own words for `server` and `lobbyDenied`, else ours. */
  readonly detail: string;

  /** The message is made of `operation` and `detail`. */
  constructor(kind: SignalingErrorKind, operation: Operation, detail: string) {
    const said = kind === "server" ? `the server said "${detail}"` : detail;
    super(`Cannot complete ${operation}: ${said}.`);
    this.kind = kind;
    this.operation = operation;
    this.detail = detail;
  }
}
