/** Modes that speak no HTTP, or the wrong one, or break off in the WebSocket. */

import { createHash } from "node:crypto";
import { ESCAPES, type Hostile, type Mode, type Outcome } from "./mode.ts";

/** What to do with a connection; it has the request's head once that has come. */
type Answer = (peer: Peer) => Promise<void>;

interface Peer {
  /** Resolves with the request's head. */
  head(): Promise<string>;
  write(part: string | Uint8Array): Promise<void>;
  /** Writes the same again and again until the other end has had enough. */
  forever(part: string | Uint8Array, pauseMs?: number): Promise<void>;
  /** Answers the handshake of RFC 6455. */
  upgrade(): Promise<void>;
  /** Waits until the other end has gone. */
  gone(): Promise<void>;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KB = "x".repeat(1024);

function listen(answer: Answer): Hostile {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Map<Deno.Conn, Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const work = serve(connection, answer)
        .catch(() => {})
        .finally(() => open.delete(connection));
      open.set(connection, work);
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      const all = [...open];
      for (const [connection] of all) close(connection);
      await Promise.all(all.map(([, work]) => work));
    },
  };
}

async function serve(connection: Deno.Conn, answer: Answer): Promise<void> {
  const input = connection.readable.getReader();
  const decoder = new TextDecoder();
  const ended = Promise.withResolvers<void>();
  const write = async (part: string | Uint8Array) => {
    const all = typeof part === "string" ? bytes(part) : part;
    for (let at = 0; at < all.length;) {
      at += await connection.write(all.subarray(at));
    }
  };
  const peer: Peer = {
    write,
    async head() {
      let text = "";
      while (!text.includes("\r\n\r\n")) {
        const { value, done } = await input.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
      }
      return text;
    },
    async forever(part, pauseMs = 0) {
      for (;;) {
        await write(part);
        if (pauseMs > 0) await pass(pauseMs);
      }
    },
    async upgrade() {
      await write(switching(await peer.head()));
    },
    async gone() {
      for (;;) {
        const { done } = await input.read();
        if (done) return;
      }
    },
  };
  try {
    await answer(peer);
  } finally {
    ended.resolve();
    await input.cancel().catch(() => {});
    close(connection);
  }
}

function switching(head: string): string {
  const key = /sec-websocket-key: *(\S+)/i.exec(head)?.[1] ?? "";
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
    `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function bytes(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed by its stream.
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function status(line: string, body = "", more = ""): Answer {
  return async (peer) => {
    await peer.head();
    await peer.write(
      `HTTP/1.1 ${line}\r\n${more}Content-Length: ${bytes(body).length}\r\n` +
        `Connection: close\r\n\r\n${body}`,
    );
  };
}

/** After a handshake that is right. */
function frames(then: (peer: Peer) => Promise<void>): Answer {
  return async (peer) => {
    await peer.upgrade();
    await then(peer);
  };
}

/** The head of a frame (RFC 6455 section 5.2). */
function frame(first: number, length: number): Uint8Array {
  if (length < 126) return Uint8Array.of(first, length);
  const bytes = new Uint8Array(10);
  bytes.set([first, 127]);
  new DataView(bytes.buffer).setBigUint64(2, BigInt(length));
  return bytes;
}

function text(words: string): Uint8Array {
  const body = bytes(words);
  return Uint8Array.from([...frame(0x81, body.length), ...body]);
}

function mode(
  name: string,
  does: string,
  answer: Answer,
  outcome: Outcome = "unreachable",
): Mode {
  return { name, does, outcome, open: () => Promise.resolve(listen(answer)) };
}

/** All of them. */
export const RAW_MODES: readonly Mode[] = [
  mode("endless-error", "500 with a body that never ends", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 Oops\r\n\r\n");
    await peer.forever(KB.repeat(64));
  }),
  mode("endless-chunks", "500 in chunks without an end", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n");
    await peer.forever(`10000\r\n${KB.repeat(64)}\r\n`);
  }),
  mode("slow-error", "500 with a byte a second", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\n");
    await peer.forever("x", 1000);
  }),
  mode("long-error", "500 with 50 MB", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 Oops\r\nContent-Length: 52428800\r\n\r\n");
    for (let i = 0; i < 800; i++) await peer.write(KB.repeat(64));
  }),
  mode("unauthorized", "401", status("401 Unauthorized", "who are you")),
  mode("forbidden", "403", status("403 Forbidden")),
  mode("not-found", "404", status("404 Not Found", "<html>nothing</html>")),
  mode(
    "too-many",
    "429",
    status("429 Too Many Requests", "", "Retry-After: 5\r\n"),
  ),
  mode("unavailable", "503", status("503 Service Unavailable")),
  mode("strange-status", "999", status("999 What")),
  mode(
    "redirect-elsewhere",
    "302 to another machine",
    status("302 Found", "", "Location: http://192.0.2.1:9/ws\r\n"),
  ),
  mode(
    "redirect-loop",
    "302 to itself",
    status("302 Found", "", "Location: /ws\r\n"),
  ),
  mode(
    "escapes-in-body",
    "an error text full of escapes",
    status("500 Oops", ESCAPES),
  ),
  mode("escapes-in-status", "a status line full of escapes", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 \x1b[2JOops\r\nContent-Length: 0\r\n\r\n");
  }),
  mode("endless-head", "header after header", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 500 Oops\r\n");
    await peer.forever(`X-More: ${KB}\r\n`);
  }),
  mode("endless-hints", "early hints, and never an answer", async (peer) => {
    await peer.head();
    await peer.forever("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n");
  }),
  mode("absurd-length", "an error of 10^30 bytes", async (peer) => {
    await peer.head();
    await peer.write(
      `HTTP/1.1 500 Oops\r\nContent-Length: 1${"0".repeat(30)}\r\n\r\noops`,
    );
    await peer.gone();
  }),
  mode("huge-header", "a header of 8 MB", async (peer) => {
    await peer.head();
    await peer.write(`HTTP/1.1 500 Oops\r\nX: ${KB.repeat(8192)}\r\n\r\n`);
  }),
  mode("slow-head", "a head with a byte a second", async (peer) => {
    await peer.head();
    await peer.write("HTTP/1.1 101 Switching Protocols\r\nX: ");
    await peer.forever("x", 1000);
  }),
  mode(
    "silent",
    "takes the connection and says nothing",
    (peer) => peer.gone(),
  ),
  mode("closes-at-once", "closes before a word", () => Promise.resolve()),
  mode("noise", "random bytes", async (peer) => {
    await peer.forever(crypto.getRandomValues(new Uint8Array(4096)));
  }),
  mode("web-page", "200 with a page", status("200 OK", "<html>hello</html>")),
  mode("wrong-accept", "101 with the wrong key", async (peer) => {
    await peer.head();
    await peer.write(switching(""));
    await peer.gone();
  }),
  mode(
    "switches-and-closes",
    "101, and closes",
    frames(() => Promise.resolve()),
    "fails",
  ),
  mode(
    "switches-and-noise",
    "101, then random bytes",
    frames((peer) =>
      peer.forever(crypto.getRandomValues(new Uint8Array(4096)))
    ),
    "fails",
  ),
  mode(
    "masked-frames",
    "masks its frames",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0x81, 0x82, 1, 2, 3, 4, 0x7a, 0x7f));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "reserved-bits",
    "sets bits that mean nothing",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0xf1, 2, 0x7b, 0x7d));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "unknown-opcode",
    "a frame of an unknown kind",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0x8b, 0));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "frame-of-a-terabyte",
    "announces 2^40 bytes",
    frames(async (peer) => {
      await peer.write(frame(0x81, 2 ** 40));
      await peer.forever(KB.repeat(64));
    }),
    "fails",
  ),
  mode(
    "frame-of-100-mb",
    "one text of 100 MB",
    frames(async (peer) => {
      await peer.write(frame(0x81, 100 * 1024 * 1024));
      for (let i = 0; i < 1600; i++) await peer.write(KB.repeat(64));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "endless-fragments",
    "one message in fragments without end",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0x01, 1, 0x7b));
      const many = new Uint8Array(3 * 20_000);
      for (let i = 0; i < many.length; i += 3) many.set([0x00, 1, 0x20], i);
      await peer.forever(many);
    }),
    "fails",
  ),
  mode(
    "broken-utf8",
    "a text that is no UTF-8",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0x81, 2, 0xc3, 0x28));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "compressed-unasked",
    "a compressed frame that nobody asked for",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0xc1, 3, 0xaa, 0x01, 0x00));
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "ping-flood",
    "pings as fast as it can",
    frames((peer) => {
      const many = new Uint8Array(2 * 10_000);
      for (let i = 0; i < many.length; i += 2) many.set([0x89, 0], i);
      return peer.forever(many);
    }),
    "fails",
  ),
  mode(
    "text-flood",
    "not JSON, as fast as it can",
    frames((peer) => peer.forever(text(KB))),
    "fails",
  ),
  mode(
    "closes-with-escapes",
    "a close frame whose reason is full of escapes",
    frames(async (peer) => {
      const reason = bytes(ESCAPES.slice(0, 60));
      await peer.write(
        Uint8Array.from([0x88, reason.length + 2, 0x03, 0xf0, ...reason]),
      );
      await peer.gone();
    }),
    "fails",
  ),
  mode(
    "closes-and-goes-on",
    "a close frame, and then texts without end",
    frames(async (peer) => {
      await peer.write(Uint8Array.of(0x88, 2, 0x03, 0xe8));
      await peer.forever(text(`{"type":"roomJoined"}`));
    }),
    "fails",
  ),
  mode(
    "byte-a-second",
    "a message of which a byte comes a second",
    frames(async (peer) => {
      await peer.write(frame(0x81, 1000));
      await peer.forever("{", 1000);
    }),
    "fails",
  ),
  mode(
    "says-nothing-after",
    "101, then nothing",
    frames((peer) => peer.gone()),
    "fails",
  ),
];
