/**
 * What went wrong, as one of the words that a client reports.
 *
 * @module
 */

import { TransportError } from "../rtc/mod.ts";
import { SignalingError, UnreachableError } from "../signaling/port.ts";
import { NoCodecError } from "./capabilities.ts";
import type { ClientErrorKind } from "./events.ts";
import { messageOf } from "../text/mod.ts";

/** A stay that ended before it had begun, although nobody asked for it. */
export class StayBrokenError extends Error {
  override readonly name = "StayBrokenError";
  constructor(readonly kind: ClientErrorKind, message: string) {
    super(message);
  }
}

/** What was thrown on the way in: a server that says no there does not let us in. */
export class EntryError extends Error {
  override readonly name = "EntryError";
  constructor(override readonly cause: unknown) {
    super(messageOf(cause));
  }
}

/** The server sends a track in a way that cannot be taken. */
export class UnusableTrackError extends Error {
  override readonly name = "UnusableTrackError";
}

/** What comes of a track is not what was announced. */
export class UnreadableTrackError extends Error {
  override readonly name = "UnreadableTrackError";
}

/** The word for an error. */
export function kindOf(error: unknown): ClientErrorKind {
  if (error instanceof EntryError) {
    const kind = kindOf(error.cause);
    return kind === "server" ? "join" : kind;
  }
  if (error instanceof StayBrokenError) return error.kind;
  if (error instanceof UnreachableError) return "connect";
  if (error instanceof UnusableTrackError) return "server";
  if (error instanceof NoCodecError) return "codec";
  if (error instanceof UnreadableTrackError) return "codec";
  if (error instanceof TransportError) {
    switch (error.kind) {
      case "candidate":
      case "iceParameters":
      case "socket":
      case "iceTimeout":
        return "ice";
      case "dtls":
      case "dtlsTimeout":
        return "dtls";
      case "consent":
      case "disconnected":
      case "peerClosed":
      case "closed":
        return "transport";
      case "internal":
        return "internal";
    }
  }
  if (error instanceof SignalingError) {
    switch (error.kind) {
      case "timeout":
        return "timeout";
      case "rateLimited":
        return "rateLimit";
      case "notAdmitted":
        return "join";
      case "server":
      case "unreadable":
        return "server";
      case "closed":
      case "aborted":
        return "channel";
    }
  }
  return "internal";
}

/** Whether there is no coming back from it: somebody put us out, or does not let us in. */
export function isFinal(error: unknown): boolean {
  return error instanceof StayBrokenError && error.kind === "kicked" ||
    error instanceof SignalingError && error.kind === "notAdmitted";
}

/** Whether a transport has ended on our side, so that no ICE restart can help it. */
export function isGone(error: unknown): boolean {
  return error instanceof TransportError &&
    (error.kind === "closed" || error.kind === "disconnected" ||
      error.kind === "candidate");
}

/** Whether the server understood, and said no. */
export function isRefused(error: unknown): boolean {
  return error instanceof SignalingError && error.kind === "server";
}

/** Whether the server did not answer in time. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof SignalingError && error.kind === "timeout";
}

/** Whether the session had ended: what follows from that is not this request's matter. */
export function isEnded(error: unknown): boolean {
  return error instanceof SignalingError &&
    (error.kind === "closed" || error.kind === "aborted");
}
