/** Why a channel could not be opened. */

/** What went wrong, for code. */
export type ChannelFailure =
  /** Not a `ws:` or `wss:` URL. */
  | { readonly kind: "badUrl" }
  /** Nothing listens at that port. */
  | { readonly kind: "refused" }
  /** The server answered with an HTTP status instead; `body` is its beginning. */
  | { readonly kind: "http"; readonly status: number; readonly body: string }
  /** Something answered, but not as a WebSocket server does. */
  | { readonly kind: "notWebSocket"; readonly detail: string }
  /** No answer in time. */
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  /** A hang-up, no such host, no route, a TLS certificate that does not fit, no free file descriptor, … */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** The caller's signal fired. */
  | { readonly kind: "aborted" };

/** A channel could not be opened; the message is one line that names the server. */
export class ChannelError extends Error {
  /** Always "ChannelError". */
  override readonly name = "ChannelError";
  /** What went wrong. */
  readonly failure: ChannelFailure;

  /** `url` is shown in the message as it is: leave secrets out. */
  constructor(url: string, failure: ChannelFailure) {
    super(`Cannot reach ${url}: ${describe(failure)}.`);
    this.failure = failure;
  }
}

/** Sorts an error of the socket, the HTTP parser or the WebSocket handshake. */
export function failureOf(error: Error): ChannelFailure {
  const code = "code" in error ? String(error.code) : "";
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
  return { kind: "unreachable", detail: error.message };
}

function describe(failure: ChannelFailure): string {
  switch (failure.kind) {
    case "badUrl":
      return "not a ws:// or wss:// URL";
    case "refused":
      return "connection refused";
    case "http":
      return failure.body === ""
        ? `HTTP ${failure.status}`
        : `HTTP ${failure.status} (${failure.body})`;
    case "notWebSocket":
      return `not a WebSocket server (${failure.detail})`;
    case "timeout":
      return `no answer within ${failure.timeoutMs / 1000} s`;
    case "unreachable":
      return failure.detail;
    case "aborted":
      return "interrupted";
  }
}
