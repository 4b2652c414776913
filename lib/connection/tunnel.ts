/**
 * A way through an HTTP proxy: `CONNECT`, then bytes (RFC 9110 section
 * 9.3.6). It serves plain connections as well as TLS, so that a proxy never
 * meddles with an upgrade.
 *
 * @module
 */

import {
  Buffer,
  httpRequest,
  httpsRequest,
  type Socket,
  STATUS_CODES,
  tlsConnect,
} from "./deps.ts";
import {
  type ConnectionSettings,
  hostOf,
  tlsOptions,
  userOf,
} from "./settings.ts";
import { shownUrl } from "../text/mod.ts";

/** The proxy gave no way; the message is a phrase that names it, without its password. */
export class TunnelError extends Error {
  /** Always "TunnelError". */
  override readonly name = "TunnelError";
}

/** Opens a way to `target` through `proxy`. Rejects with a {@linkcode TunnelError}, where the target speaks before TLS begins, or when the signal fires, and leaves no socket then. */
export function openTunnel(
  proxy: string,
  target: URL,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const url = URL.parse(
    /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`,
  );
  const name = `the proxy ${shownUrl(proxy)}`;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return Promise.reject(
      new TunnelError(`${name} is no http:// or https:// URL`),
    );
  }
  const isSecure = url.protocol === "https:";
  const authority = `${target.hostname}:${portOf(target)}`;
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)({
      host: hostOf(url),
      port: portOf(url),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...credentials(url) },
      agent: false,
      signal,
      ...(isSecure && tlsOptions(url, settings)),
    });
    request.on("connect", (response, socket, early) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        // In TLS the client speaks first; a flood before that breaks the runtime's TLS.
        if (early.length > 0 && speaksTls(target)) {
          socket.destroy();
          return reject(noTls());
        }
        // What came with the answer is the target's.
        if (early.length > 0) socket.unshift(early);
        return resolve(socket);
      }
      socket.destroy();
      reject(new TunnelError(`${name} answers ${statusText(status)}`));
    });
    // Some say no as to any other request.
    request.on("response", (response) => {
      response.destroy();
      reject(
        new TunnelError(
          `${name} answers ${statusText(response.statusCode ?? 0)}`,
        ),
      );
    });
    request.on("error", (error: Error & { readonly code?: string }) => {
      const why = error.code === "ECONNREFUSED"
        ? "refuses connections"
        : error.code === "ENOTFOUND" || error.code === "EAI_AGAIN"
        ? "has no such host"
        : `fails (${error.message})`;
      reject(new TunnelError(`${name} ${why}`));
    });
    // However it ends, it ends.
    request.on("close", () => reject(new TunnelError(`${name} hangs up`)));
    request.end();
  });
}

/** What goes through an open tunnel: its socket, with TLS over it where the target has that. */
export function throughTunnel(
  tunnel: Socket,
  target: URL,
  settings: ConnectionSettings,
): Socket {
  return speaksTls(target)
    ? tlsConnect({ socket: tunnel, ...tlsOptions(target, settings) })
    : tunnel;
}

function speaksTls({ protocol }: URL): boolean {
  return /^(wss|https):$/.test(protocol);
}

/** What TLS itself says of one that speaks something else. */
function noTls(): Error {
  return Object.assign(new Error("no TLS is spoken there"), {
    code: "ERR_SSL_WRONG_VERSION_NUMBER",
  });
}

/** A status with its standard words: `404 Not Found`. */
function statusText(status: number): string {
  const words = STATUS_CODES[status];
  return words === undefined ? String(status) : `${status} ${words}`;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return speaksTls(url) ? 443 : 80;
}

function credentials(url: URL): Readonly<Record<string, string>> {
  const user = userOf(url);
  return user === undefined ? {} : {
    "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}`,
  };
}
