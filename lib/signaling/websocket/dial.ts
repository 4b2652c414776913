/** From a URL to an open WebSocket, or to the reason why there is none. */

import {
  certificateProblem,
  type ConnectionSettings,
  describeCertificate,
  headersOf,
  isAboutCertificate,
  openTunnel,
  originOf,
  proxyFor,
  throughTunnel,
  tlsOptions,
  TunnelError,
  userOf,
} from "../../connection/mod.ts";
import { type Hider, shownText, shownUrl } from "../../text/mod.ts";
import {
  ChannelError,
  type ChannelFailure,
  failureOf,
} from "./channel_error.ts";
import type { ChannelPath } from "./channel.ts";
import type { Clock } from "../../time/mod.ts";
import { type ClientOptions, type IncomingMessage, WebSocket } from "./deps.ts";
import { ABORTED, eitherSignal } from "../../time/mod.ts";

/** About what each of them sends, in bytes. */
const HANDSHAKE_BYTES = 400;
/** The part of an unexpected HTTP answer that is worth repeating. */
const SHOWN_BODY_CHARS = 200;
/** The part of it that is read at all. */
const READ_BODY_CHARS = 4096;
/** No message of a room is as long; what is longer would only fill the memory. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/** How to dial. */
export interface DialOptions {
  readonly token?: string | undefined;
  readonly connection: ConnectionSettings;
  readonly hide: Hider;
  readonly signal?: AbortSignal | undefined;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
  /** What is between us and the server. @default {nothing that takes time} */
  readonly path?: ChannelPath | undefined;
}

/** Opens a WebSocket; rejects with a {@linkcode ChannelError}, and leaves no socket then. */
export async function dial(
  url: string,
  options: DialOptions,
): Promise<WebSocket> {
  const { token, connection, hide, signal, connectTimeoutMs, clock } = options;
  const target = parseUrl(url);
  const name = hide(shownUrl(url));
  if (target === undefined) {
    throw new ChannelError(`"${name}"`, { kind: "badUrl" });
  }
  if (token !== undefined) target.search = withToken(target.search, token);
  if (signal?.aborted) throw new ChannelError(name, { kind: "aborted" });

  const deadline = new AbortController();
  using either = eitherSignal(deadline.signal, signal);
  const stop = either.signal;
  const cancelTimer = clock.setTimer(
    connectTimeoutMs,
    () => deadline.abort(ABORTED),
  );
  try {
    if (options.path !== undefined) {
      await comeThrough(options.path, target, stop);
    }
    const proxy = proxyFor(target, connection.proxies ?? {});
    const tunnel = proxy === undefined
      ? undefined
      : await openTunnel(proxy, target, connection, stop);
    return await shakeHands(target, {
      ...socketOptions(target, options),
      ...(tunnel !== undefined && {
        createConnection: () => throughTunnel(tunnel, target, connection),
      }),
    }, stop);
  } catch (error) {
    const failure: ChannelFailure = error instanceof Refusal
      ? shown(error.answer, target, hide)
      : signal?.aborted
      ? { kind: "aborted" }
      : deadline.signal.aborted
      ? { kind: "timeout", timeoutMs: connectTimeoutMs }
      : await explain(error, target, connection, stop);
    throw new ChannelError(name, failure);
  } finally {
    cancelTimer();
  }
}

/** The round trips of TCP, TLS 1.3 and HTTP, before the real ones: those take no time on such a path. */
async function comeThrough(
  path: ChannelPath,
  target: URL,
  stop: AbortSignal,
): Promise<void> {
  const roundTrips = target.protocol === "wss:" ? 3 : 2;
  for (let done = 0; done < roundTrips; done++) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onStop = () => {
      path.forget();
      reject(stop.reason);
    };
    stop.addEventListener("abort", onStop, { once: true });
    path.carry(
      "outbound",
      HANDSHAKE_BYTES,
      () => path.carry("inbound", HANDSHAKE_BYTES, resolve),
    );
    await promise.finally(() => stop.removeEventListener("abort", onStop));
  }
}

/** An HTTP answer in place of the WebSocket. */
interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  /** What it asks for: its `WWW-Authenticate`. */
  readonly challenge: string | undefined;
  /** Its beginning. */
  readonly body: string;
}

class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super();
  }
}

function shakeHands(
  target: URL,
  options: ClientOptions,
  stop: AbortSignal,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const { protocols, ...rest } = splitProtocols(options);
    const socket = new WebSocket(withoutUser(target), protocols, rest);
    let answer: Answer | undefined;
    const onStop = () =>
      fail(answer === undefined ? stop.reason : new Refusal(answer));
    stop.addEventListener("abort", onStop, { once: true });

    socket.on("open", () => {
      stop.removeEventListener("abort", onStop);
      resolve(socket);
    });
    socket.on("unexpected-response", (_request, response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      const challenge = headers["www-authenticate"];
      answer = { status, location: headers.location, challenge, body: "" };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (answer!.body.length >= READ_BODY_CHARS) return;
        const body = (answer!.body + chunk).slice(0, READ_BODY_CHARS);
        answer = { ...answer!, body };
        if (body.length < READ_BODY_CHARS) return;
        response.destroy();
        fail(new Refusal(answer));
      });
      response.on("error", () => fail(new Refusal(answer!)));
      response.on("end", () => fail(new Refusal(answer!)));
    });
    // Stays on: destroying a socket makes errors too, and nobody else listens yet.
    socket.on("error", fail);

    function fail(error: Error): void {
      stop.removeEventListener("abort", onStop);
      socket.terminate();
      reject(error);
    }
  });
}

/** `closeTimeout` is in ws since 8.19, and not yet in its types. */
function socketOptions(
  target: URL,
  { connection, closeTimeoutMs }: DialOptions,
): ClientOptions & { readonly closeTimeout: number } {
  const headers = headersOf(connection);
  const isNamed = (name: string) =>
    Object.keys(headers).some((one) => one.toLowerCase() === name);
  const user = userOf(target);
  return {
    // The server negotiates no extension.
    perMessageDeflate: false,
    // One message a turn of the event loop: what awaits a reply goes on before
    // the event after it is handed out.
    allowSynchronousEvents: false,
    closeTimeout: closeTimeoutMs,
    // Pongs take the channel's path, as all does.
    autoPong: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    headers,
    // As a page on the same host would: servers go by it.
    ...(!isNamed("origin") && { origin: originOf(target.href) ?? undefined }),
    ...(!isNamed("authorization") && user !== undefined && { auth: user }),
    ...(target.protocol === "wss:" && tlsOptions(target, connection)),
  };
}

/** ws would send user and password as the URL escapes them. */
function withoutUser(target: URL): URL {
  const url = new URL(target);
  url.username = "";
  url.password = "";
  return url;
}

/** ws wants to know of subprotocols, or refuses the one that the server picks. */
function splitProtocols(
  options: ClientOptions,
): ClientOptions & { readonly protocols: string[] } {
  const { headers = {}, ...rest } = options;
  const name = "sec-websocket-protocol";
  const given = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => String(value).split(/\s*,\s*/));
  return {
    ...rest,
    headers: Object.fromEntries(
      Object.entries(headers).filter(([key]) => key.toLowerCase() !== name),
    ),
    protocols: given,
  };
}

/** The rest of the query stays as it was typed. */
function withToken(query: string, token: string): string {
  const others = query.replace(/^\?/, "").split("&")
    .filter((pair) => pair !== "" && !/^token(=|$)/.test(pair));
  return `?${[...others, `token=${encodeURIComponent(token)}`].join("&")}`;
}

async function explain(
  error: unknown,
  target: URL,
  connection: ConnectionSettings,
  signal: AbortSignal,
): Promise<ChannelFailure> {
  if (error instanceof TunnelError) {
    return { kind: "proxy", detail: error.message };
  }
  if (!(error instanceof Error)) throw error;
  if (!isAboutCertificate(error)) return failureOf(error);
  const problem = await certificateProblem(
    error,
    target,
    connection,
    Date.now(),
    signal,
  );
  return problem === undefined
    ? { kind: "certificate", problem: "unknown", detail: error.message }
    : {
      kind: "certificate",
      problem: problem.kind,
      detail: describeCertificate(problem, target),
    };
}

function shown(
  { status, location, challenge = "", body }: Answer,
  target: URL,
  hide: Hider,
): ChannelFailure {
  const moved = status >= 300 && status < 400 && location !== undefined
    ? whereTo(location, target)
    : undefined;
  return {
    kind: "http",
    status,
    body: [challenge, body].map((text) => oneLine(hide(shownText(text))))
      .filter((text) => text !== "").join(": "),
    // Where one is already is no place to go.
    ...(moved !== undefined && moved !== target.href && {
      movedTo: hide(shownUrl(moved)).slice(0, SHOWN_BODY_CHARS),
    }),
  };
}

/** The WebSocket URL that a redirect means. */
function whereTo(location: string, target: URL): string {
  const base = target.href.replace(/^ws/, "http");
  const moved = URL.parse(location, base)?.href ?? location;
  return moved.replace(/^http/, "ws");
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
