/**
 * What went wrong, as one of the words that a client reports.
 *
 * @module
 */

import { TransportError } from "../rtc/mod.ts";
import { ChannelError } from "../signaling/websocket/mod.ts";
import { SignalingError } from "../signaling/simplestchat/mod.ts";
import { NoCodecError } from "./capabilities.ts";
import type { ClientErrorKind } from "./events.ts";

/** A stay that ended before it had begun, although nobody asked for it. */
export class StayBrokenError extends Error {
  override readonly name = "StayBrokenError";
  constructor(readonly kind: ClientErrorKind, message: string) {
    super(message);
  }
}

/** The word for an error. */
export function kindOf(error: unknown): ClientErrorKind {
  if (error instanceof StayBrokenError) return error.kind;
  if (error instanceof ChannelError) return "connect";
  if (error instanceof NoCodecError) return "codec";
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
      case "lobbyDenied":
        return "join";
      case "server":
      case "unreadable":
        return error.operation === "join_room" ? "join" : "server";
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
    error instanceof SignalingError && error.kind === "lobbyDenied";
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

/** Its message, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the conversation had ended: what follows from that is not this request's matter. */
export function isEnded(error: unknown): boolean {
  return error instanceof SignalingError &&
    (error.kind === "closed" || error.kind === "aborted");
}
