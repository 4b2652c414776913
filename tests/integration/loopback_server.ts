/** Servers on a free port of the loopback, each as good or as bad as a test needs it. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import net from "node:net";
// @ts-types="npm:@types/ws@8.18.2"
import { type WebSocket, WebSocketServer } from "npm:ws@8.23.0";

/** A server that is stopped, with its connections, when it is disposed of. */
export class LoopbackServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** A WebSocket server that gives each connection to `onConnection`. */
  static webSocket(
    onConnection: (socket: WebSocket, request: IncomingMessage) => void,
    options: { readonly autoPong?: boolean } = {},
  ): Promise<LoopbackServer> {
    const http = createServer();
    const wss = new WebSocketServer({ server: http, ...options });
    wss.on("connection", onConnection);
    return LoopbackServer.#listen(http);
  }

  /** An HTTP server that answers every upgrade with `answer`, and says no more. */
  static upgrade(
    answer: (request: IncomingMessage) => string | Uint8Array,
  ): Promise<LoopbackServer> {
    const http = createServer();
    http.on("upgrade", (request, socket: Socket) => {
      socket.on("error", () => {});
      socket.write(answer(request));
    });
    return LoopbackServer.#listen(http);
  }

  /** A TCP server that gives each connection to `onConnection`. */
  static tcp(
    onConnection: (socket: Socket) => void,
  ): Promise<LoopbackServer> {
    return LoopbackServer.#listen(net.createServer(onConnection));
  }

  static #listen(server: Server): Promise<LoopbackServer> {
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(new LoopbackServer(server)));
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
