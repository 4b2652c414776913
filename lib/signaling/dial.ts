/** From a URL to an open WebSocket, or to the reason why there is none. */

import {
  ChannelError,
  type ChannelFailure,
  failureOf,
} from "./channel_error.ts";
import type { Clock } from "./clock.ts";
import { type ClientOptions, WebSocket } from "./deps.ts";

/** The part of an unexpected HTTP answer that is worth repeating. */
const SHOWN_BODY_CHARS = 200;

/** How to dial. */
export interface DialOptions {
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

/** Opens a WebSocket; rejects with a {@linkcode ChannelError}, and leaves no socket then. */
export function dial(url: string, options: DialOptions): Promise<WebSocket> {
  const { token, signal, connectTimeoutMs, closeTimeoutMs, clock } = options;
  const target = parseUrl(url);
  if (target === undefined) {
    return Promise.reject(new ChannelError(`"${url}"`, { kind: "badUrl" }));
  }
  // Named without its query: that is where the token goes.
  const name = `${target.protocol}//${target.host}${target.pathname}`;
  if (token !== undefined) target.searchParams.set("token", token);
  if (signal?.aborted) {
    return Promise.reject(new ChannelError(name, { kind: "aborted" }));
  }

  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target, socketOptions(closeTimeoutMs));
    const cancelTimer = clock.setTimer(
      connectTimeoutMs,
      () => fail({ kind: "timeout", timeoutMs: connectTimeoutMs }),
    );
    const onAbort = () => fail({ kind: "aborted" });
    signal?.addEventListener("abort", onAbort, { once: true });

    socket.on("open", () => {
      settle();
      resolve(socket);
    });
    socket.on("unexpected-response", (_request, response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => body += chunk);
      response.on("error", onError);
      response.on("end", () => {
        fail({
          kind: "http",
          status: response.statusCode ?? 0,
          body: oneLine(body),
        });
      });
    });
    // Stays on: destroying a socket makes errors too, and nobody else listens yet.
    socket.on("error", onError);

    function onError(error: Error): void {
      fail(failureOf(error));
    }
    function fail(failure: ChannelFailure): void {
      settle();
      socket.terminate();
      reject(new ChannelError(name, failure));
    }
    function settle(): void {
      cancelTimer();
      signal?.removeEventListener("abort", onAbort);
    }
  });
}

/** `closeTimeout` is in ws since 8.19, and not yet in its types. */
function socketOptions(
  closeTimeoutMs: number,
): ClientOptions & { readonly closeTimeout: number } {
  return {
    // The server negotiates no extension.
    perMessageDeflate: false,
    // One message a turn of the event loop: what awaits a reply goes on before
    // the event after it is handed out.
    allowSynchronousEvents: false,
    closeTimeout: closeTimeoutMs,
  };
}

function parseUrl(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  // A fragment is no part of a WebSocket URL (RFC 6455 section 3).
  parsed.hash = "";
  return /^wss?:$/.test(parsed.protocol) ? parsed : undefined;
}

function oneLine(body: string): string {
  const line = body.trim().replaceAll(/\s+/g, " ");
  // A page of HTML says less than its status.
  return line.startsWith("<") ? "" : line.slice(0, SHOWN_BODY_CHARS);
}
