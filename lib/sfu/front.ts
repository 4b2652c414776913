/**
 * The server's front: HTTP answers, and WebSocket connections on `/ws`, up to
 * a number. Rooms are the hub's business.
 *
 * @module
 */

import {
  IDLE_TIMEOUT_MS,
  MAX_MESSAGE_BYTES,
} from "../signaling/simplestchat/wire/mod.ts";
import {
  createServer,
  type Duplex,
  type IncomingMessage,
  type RawData,
  type Server,
  type WebSocket,
  WebSocketServer,
} from "./deps.ts";
import { answerHttp, type HttpSources } from "./http.ts";
import type { SfuOptions } from "./options.ts";
import type { ProtooRooms } from "./protoo/rooms.ts";
import { Connection } from "./signaling/connection.ts";
import type { Hub } from "./signaling/hub.ts";
import type { ServerMetrics } from "./signaling/metrics.ts";
import type { Identity } from "./signaling/room.ts";
import { identityOf } from "./signaling/token.ts";
import { messageOf } from "../text/mod.ts";

/** An open front. Disposing of it drops all connections without a close frame. */
export interface Front extends AsyncDisposable {
  /** The TCP port on which it listens. */
  readonly port: number;
}

/**
 * Starts to listen.
 *
 * @throws {Error} When the port cannot be had.
 */
export async function openFront(
  hub: Hub,
  options: SfuOptions,
  protoo?: ProtooRooms,
): Promise<Front> {
  const server = createServer();
  const sockets = new Set<WebSocket>();
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const sources = sourcesOf(hub, options, sockets, protoo);
  const maxConnections = options.maxConnections || 10_000;

  server.on("request", async (request, response) => {
    const { pathname } = urlOf(request);
    const answer = await answerHttp(
      pathname,
      request.headers.authorization,
      sources,
    );
    const { headers } = request;
    // Nobody here reads what is sent with it, and it may have no end.
    const sends = headers["transfer-encoding"] !== undefined ||
      Number(headers["content-length"] ?? 0) > 0;
    response.writeHead(answer.status, {
      "content-type": answer.contentType,
      "access-control-allow-origin": "*",
      ...(sends && { "connection": "close" }),
    });
    response.end(answer.body, () => {
      if (sends) request.destroy();
    });
  });

  server.on("upgrade", async (request, socket, head) => {
    // The peer may be gone before it is answered.
    socket.on("error", () => {});
    const { pathname, searchParams } = urlOf(request);
    const wrong = protoo === undefined
      ? pathname === "/ws" ? undefined : "404 Not Found"
      : whyNoProtoo(request, searchParams);
    if (wrong !== undefined) return refuse(socket, wrong, "");
    const identity = await identify(
      searchParams.get("token"),
      options.jwtSecret,
      hub.parts.newId,
    );
    // Nothing is awaited from here on: who comes at the same time counts too.
    if (sockets.size >= maxConnections) {
      hub.parts.metrics.count("connections_refused_total");
      return refuse(socket, "503 Service Unavailable", "Too many connections");
    }
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on("close", () => sockets.delete(webSocket));
      if (protoo === undefined) attach(hub, webSocket, identity, options);
      else attachProtoo(protoo, webSocket, searchParams);
    });
  });

  const port = await listen(server, options);
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.terminate();
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** Connects a socket with a {@linkcode Connection}. */
function attach(
  hub: Hub,
  socket: WebSocket,
  identity: Identity,
  { idleTimeoutMs = IDLE_TIMEOUT_MS }: SfuOptions,
): void {
  hub.parts.metrics.count("connections_total");
  const wire = {
    send: (text: string, done: () => void) => socket.send(text, done),
    terminate: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
  const connection = new Connection(hub, wire, identity, idleTimeoutMs);
  socket.on("message", (data: RawData, isBinary: boolean) => {
    if (isBinary) connection.heard();
    else connection.receive(data.toString());
  });
  socket.on("ping", () => connection.heard());
  socket.on("pong", () => connection.heard());
  endOnError(socket, hub.parts.metrics);
  socket.on("close", () => connection.end());
}

/** What protoo refuses a connection with; `undefined` where it does not. */
function whyNoProtoo(
  { headers }: IncomingMessage,
  query: URLSearchParams,
): string | undefined {
  const offered = headers["sec-websocket-protocol"]?.split(/\s*,\s*/) ?? [];
  if (!offered.includes("protoo")) return "403 Forbidden";
  return query.get("roomId") && query.get("peerId")
    ? undefined
    : "400 Bad Request";
}

/** Frames of a peer that wait to be answered, at which reading stops. */
const PROTOO_WAITING = 64;
/** Bytes that wait to be sent, at which a peer counts as one that does not read: an answer left out would leave it waiting. */
const PROTOO_UNSENT_BYTES = 8_388_608;

/** Connects a socket with a peer in a room of protoo. */
function attachProtoo(
  rooms: ProtooRooms,
  socket: WebSocket,
  query: URLSearchParams,
): void {
  const { metrics } = rooms.parts;
  metrics.count("connections_total");
  const connection = rooms.enter(query, {
    send(text) {
      if (socket.bufferedAmount > PROTOO_UNSENT_BYTES) {
        metrics.count("messages_unsent_total");
        return socket.terminate();
      }
      metrics.count("messages_sent_total");
      socket.send(text, () => {});
    },
    close: (code, reason) => socket.close(code, reason),
  });
  let waiting = 0;
  socket.on("message", async (data: RawData, isBinary: boolean) => {
    if (isBinary) return;
    if (++waiting === PROTOO_WAITING) socket.pause();
    await connection.receive(data.toString());
    if (waiting-- === PROTOO_WAITING) socket.resume();
  });
  endOnError(socket, metrics);
  socket.on("close", connection.end);
}

/** A message over the limit or a broken frame ends the connection. */
function endOnError(socket: WebSocket, metrics: ServerMetrics): void {
  socket.on("error", (error: Error & { readonly code?: string }) => {
    if (error.code?.startsWith("WS_ERR_")) {
      metrics.count("frames_refused_total");
    }
    socket.terminate();
  });
}

/** A token that is missing, wrong or expired makes its bearer anonymous. */
async function identify(
  token: string | null,
  secret: string | undefined,
  newId: () => string,
): Promise<Identity> {
  const named = token && secret
    ? await identityOf(token, secret, Date.now() / 1000)
    : undefined;
  return named ?? { id: newId(), authenticated: false };
}

function sourcesOf(
  hub: Hub,
  { metricsToken, exposeStats, engine }: SfuOptions,
  sockets: ReadonlySet<WebSocket>,
  protoo: ProtooRooms | undefined,
): HttpSources {
  const { metrics, streams } = hub.parts;
  const counts = () =>
    protoo?.counts ?? {
      participants: hub.participants,
      rooms: hub.rooms.size,
    };
  return {
    health: counts,
    metrics: () => metrics.text({ connections: sockets.size, ...counts() }),
    metricsToken,
    stats: exposeStats ? () => streams.stats(engine) : undefined,
  };
}

function urlOf(request: IncomingMessage): URL {
  const base = "http://localhost/";
  // A request can name what is no URL, for example `//`.
  return URL.parse(request.url ?? "/", base) ?? new URL(base);
}

function refuse(socket: Duplex, status: string, body: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function listen(
  server: Server,
  { host = "127.0.0.1", port = 0 }: SfuOptions,
): Promise<number> {
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(port, host, () => listening.resolve());
  try {
    await listening.promise;
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(
      `Cannot listen on ${host}:${port}: ${reason}. Choose another port, or stop what uses it.`,
    );
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
