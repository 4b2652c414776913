/** A server that is another one behind a relay, which may change or add to what that says. */

import { WebSocket, WebSocketServer } from "npm:ws@8.23.0";

/** What clients hear instead of one text of the server. */
export type Change = (text: string) => readonly string[];

/** The server puts out who is quiet for five minutes. */
const KEEP_ALIVE_MS = 60_000;

/** Listens until it is disposed of. */
export async function openRelay(
  upstreamUrl: string,
  change: Change,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const listening = Promise.withResolvers<void>();
  server.on("listening", () => listening.resolve());
  const ended: Promise<void>[] = [];
  server.on("connection", (downstream: WebSocket) => {
    const upstream = new WebSocket(upstreamUrl);
    const waiting: string[] = [];
    downstream.on("message", (data: { toString(): string }) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(String(data));
      else waiting.push(String(data));
    });
    const keepAlive = setInterval(() => {
      if (upstream.readyState === WebSocket.OPEN) upstream.ping();
    }, KEEP_ALIVE_MS);
    upstream.on("close", () => clearInterval(keepAlive));
    upstream.on("open", () => {
      for (const text of waiting) upstream.send(text);
    });
    upstream.on("message", (data: { toString(): string }) => {
      for (const text of change(String(data))) downstream.send(text);
    });
    for (
      const [one, other] of [[upstream, downstream], [downstream, upstream]]
    ) {
      const closed = Promise.withResolvers<void>();
      ended.push(closed.promise);
      one.on("error", () => {});
      one.on("close", () => {
        other.terminate();
        closed.resolve();
      });
    }
  });
  await listening.promise;
  const { port } = server.address() as { readonly port: number };
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    [Symbol.asyncDispose]: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of server.clients) socket.terminate();
      await Promise.all([closed.promise, ...ended]);
    },
  };
}
