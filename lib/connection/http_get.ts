/**
 * One HTTP GET under the settings of connections. It follows no redirect,
 * because a header or a token is for one server only, and it reads no more of
 * a body than was asked for.
 *
 * @module
 */

import {
  certificateProblem,
  describeCertificate,
  isAboutCertificate,
} from "./certificate.ts";
import {
  httpRequest,
  httpsRequest,
  type IncomingMessage,
  type Socket,
} from "./deps.ts";
import { proxyFor } from "./proxy.ts";
import {
  type ConnectionSettings,
  headersOf,
  hostOf,
  tlsOptions,
  userOf,
} from "./settings.ts";
import { openTunnel, throughTunnel } from "./tunnel.ts";

/** How to get. */
export interface HttpGetOptions {
  /** How the connection is made. @default {{}} */
  readonly connection?: ConnectionSettings | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** Bytes of the body after which no more is read. */
  readonly mostBytes: number;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** How the body is encoded; it is asked for as it is. */
  readonly encoding: string | undefined;
  /** Where a redirect points, as it was sent. */
  readonly location: string | undefined;
  /** The body, as UTF-8; its beginning when `isCut`. */
  readonly body: string;
  /** Whether there was more of it. */
  readonly isCut: boolean;
}

/** Gets `url`. Rejects with an `Error` whose message is a phrase, the signal's reason among them. */
export async function httpGet(
  url: URL,
  { connection = {}, token, mostBytes, signal }: HttpGetOptions,
): Promise<HttpAnswer> {
  try {
    const proxy = proxyFor(url, connection.proxies ?? {});
    const tunnel = proxy === undefined
      ? undefined
      : await openTunnel(proxy, url, connection, signal);
    const response = await send(url, connection, token, tunnel, signal);
    return await read(response, mostBytes, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!isAboutCertificate(error)) throw error;
    const problem = await certificateProblem(
      error,
      url,
      connection,
      Date.now(),
      signal,
    );
    if (problem === undefined) throw error;
    throw new Error(describeCertificate(problem, url));
  }
}

function send(
  url: URL,
  connection: ConnectionSettings,
  token: string | undefined,
  tunnel: Socket | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isSecure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)({
      host: hostOf(url),
      port: Number(url.port) || (isSecure ? 443 : 80),
      path: url.pathname + url.search,
      headers: {
        "accept-encoding": "identity",
        ...headersOf(connection),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        host: url.host,
      },
      auth: userOf(url),
      agent: false,
      signal,
      ...(isSecure && tlsOptions(url, connection)),
      ...(tunnel !== undefined && {
        createConnection: () => throughTunnel(tunnel, url, connection),
      }),
    });
    request.on("response", resolve);
    // Nobody asked for another protocol (RFC 9110 section 15.2.2).
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      reject(new Error(`it answers ${response.statusCode}`));
    });
    request.on("error", reject);
    // However it ends, it ends.
    request.on("close", () => reject(new Error("the connection was closed")));
    request.end();
  });
}

function read(
  response: IncomingMessage,
  mostBytes: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const conclude = (isCut: boolean) => {
      signal.removeEventListener("abort", onAbort);
      response.destroy();
      const all = new Uint8Array(bytes);
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      resolve({
        status: response.statusCode ?? 0,
        encoding: response.headers["content-encoding"],
        location: response.headers.location,
        body: new TextDecoder().decode(all.subarray(0, mostBytes)),
        isCut,
      });
    };
    const onAbort = () => {
      response.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    response.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) conclude(true);
    });
    response.on("end", () => conclude(false));
    response.on("error", reject);
  });
}
