/** Why a channel could not be opened. */

import { UnreachableError } from "../port.ts";
import type { CertificateProblem } from "../../connection/mod.ts";

/** What went wrong, for code. */
export type ChannelFailure =
  /** Not a `ws:` or `wss:` URL. */
  | { readonly kind: "badUrl" }
  /** Nothing listens at that port. */
  | { readonly kind: "refused" }
  /** The server answered with an HTTP status instead; `body` is its beginning, `movedTo` where a redirect points. */
  | {
    readonly kind: "http";
    readonly status: number;
    readonly body: string;
    readonly movedTo?: string | undefined;
  }
  /** Something answered, but not as a WebSocket server does. */
  | { readonly kind: "notWebSocket"; readonly detail: string }
  /** The server's certificate is not to be trusted. */
  | {
    readonly kind: "certificate";
    readonly problem: CertificateProblem["kind"] | "unknown";
    readonly detail: string;
  }
  /** `wss:` where no TLS is spoken, or `ws:` where it is. */
  | { readonly kind: "scheme"; readonly spoken: "tls" | "plain" }
  /** The proxy on the way gives no way. */
  | { readonly kind: "proxy"; readonly detail: string }
  /** No answer in time. */
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  /** A hang-up, no such host, no route, a TLS certificate that does not fit, no free file descriptor, … */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** The caller's signal fired. */
  | { readonly kind: "aborted" };

/** A channel could not be opened; the message is one line that names the server. */
export class ChannelError extends UnreachableError {
  /** Always "ChannelError". */
  override readonly name = "ChannelError";
  /** What went wrong. */
  readonly failure: ChannelFailure;

  /** `url` and the failure's texts are shown in the message as they are: leave secrets out. */
  constructor(url: string, failure: ChannelFailure) {
    super(`Cannot reach ${url}: ${describe(failure)}.`);
    this.failure = failure;
  }
}

/** Sorts an error of the socket, the HTTP parser or the WebSocket handshake. */
export function failureOf(error: Error): ChannelFailure {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return { kind: "scheme", spoken: "plain" };
  }
  if (isTlsRecord(error)) return { kind: "scheme", spoken: "tls" };
  if (code === "ECONNREFUSED") return { kind: "refused" };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { kind: "unreachable", detail: "no such host" };
  }
  // HPE_: the HTTP parser. Without a code: ws, about a handshake that is none.
  if (code === "" || code.startsWith("HPE_")) {
    return { kind: "notWebSocket", detail: error.message };
  }
  if (code === "ECONNRESET") {
    return { kind: "unreachable", detail: "the server hung up" };
  }
  // By TLS 1.3; by 1.2 it is told like any handshake that fails.
  if (code.includes("CERTIFICATE_REQUIRED")) {
    const detail =
      "it lets in only who shows a certificate, and clients have none";
    return { kind: "unreachable", detail };
  }
  return { kind: "unreachable", detail: error.message };
}

/** Whether what the HTTP parser choked on is TLS: an alert or a handshake of any version. */
function isTlsRecord(error: Error): boolean {
  const packet = "rawPacket" in error ? error.rawPacket : undefined;
  return packet instanceof Uint8Array && packet[1] === 3 &&
    (packet[0] === TLS_ALERT || packet[0] === TLS_HANDSHAKE);
}

const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;

function describe(failure: ChannelFailure): string {
  switch (failure.kind) {
    case "badUrl":
      return "not a ws:// or wss:// URL";
    case "refused":
      return "connection refused";
    case "http":
      return describeHttp(failure);
    case "notWebSocket":
      return `not a WebSocket server (${failure.detail})`;
    case "certificate":
    case "proxy":
      return failure.detail;
    case "scheme":
      return failure.spoken === "tls"
        ? "TLS is spoken there"
        : "no TLS is spoken there";
    case "timeout":
      return `no answer within ${failure.timeoutMs / 1000} s`;
    case "unreachable":
      return failure.detail;
    case "aborted":
      return "interrupted";
  }
}

function describeHttp(
  { status, body, movedTo }: ChannelFailure & { readonly kind: "http" },
): string {
  if (movedTo !== undefined) {
    return `HTTP ${status}, it has moved to ${movedTo}`;
  }
  return body === "" ? `HTTP ${status}` : `HTTP ${status} (${body})`;
}
