/** GETs and tunnels towards servers and proxies that answer in pieces, in half, or something else. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Socket } from "node:net";
import { httpGet, openTunnel, TunnelError } from "../../lib/connection/mod.ts";
import { LoopbackServer } from "./loopback_server.ts";

/** What a server does once it is asked something. */
type Answer = (socket: Socket) => void;

function whole(text: string): Answer {
  return (socket) => socket.write(text);
}

function ending(text: string): Answer {
  return (socket) => socket.end(text);
}

/** Byte by byte, each in a turn of its own. */
function bytewise(text: string): Answer {
  return (socket) => {
    const bytes = new TextEncoder().encode(text);
    let at = 0;
    const next = () => {
      if (at >= bytes.length || socket.destroyed) return;
      socket.write(bytes.subarray(at, ++at), next);
    };
    next();
  };
}

async function serverThat(answer: Answer): Promise<LoopbackServer> {
  return await LoopbackServer.tcp((socket) =>
    socket.once("data", () => answer(socket))
  );
}

/** Nothing here takes so long: it is there so that a test that hangs ends. */
const PATIENCE_MS = 20_000;

const OK = "HTTP/1.1 200 OK\r\n";

Deno.test.each<
  { why: string; answer: Answer; status: number; body: string; isCut?: true }
>([
  {
    why: "in single bytes",
    answer: bytewise(`${OK}Content-Length: 3\r\n\r\nhé`),
    ...{ status: 200, body: "hé" },
  },
  {
    why: "without a length, up to its end",
    answer: ending(`${OK}\r\nwhole`),
    ...{ status: 200, body: "whole" },
  },
  {
    why: "in chunks",
    answer: whole(
      `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
    ),
    ...{ status: 200, body: "abc" },
  },
  {
    why: "as long as may be read",
    answer: whole(`${OK}Content-Length: 10\r\n\r\n0123456789`),
    ...{ status: 200, body: "0123456789" },
  },
  {
    why: "longer, and cut in the middle of a character",
    answer: ending(`${OK}\r\n${"x".repeat(9)}é and more`),
    ...{ status: 200, body: `${"x".repeat(9)}\ufffd`, isCut: true },
  },
  {
    why: "without a body",
    answer: whole("HTTP/1.1 204 No Content\r\n\r\n"),
    ...{ status: 204, body: "" },
  },
  {
    why: "after a word that it goes on",
    answer: whole(
      `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    ),
    ...{ status: 200, body: "hi" },
  },
])("an answer is read that comes $why", async ({
  answer,
  status,
  body,
  isCut = false,
}) => {
  await using server = await serverThat(answer);
  const got = await httpGet(new URL(`http://127.0.0.1:${server.port}/`), {
    mostBytes: 10,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  assertEquals([got.status, got.body, got.isCut], [status, body, isCut]);
});

Deno.test.each<{ why: string; answer: Answer }>([
  { why: "is of another protocol", answer: whole("SSH-2.0-OpenSSH_9\r\n") },
  {
    why: "changes to another",
    answer: whole(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ),
  },
  {
    why: "is no text",
    answer: (socket) => socket.write(new Uint8Array(200).fill(0xff)),
  },
  {
    why: "has a head that is too long",
    answer: whole(`${OK}X: ${"y".repeat(200_000)}\r\n\r\n`),
  },
  {
    why: "has too many headers",
    answer: whole(`${OK}${"X: y\r\n".repeat(50_000)}\r\n`),
  },
  {
    why: "ends before its length",
    answer: ending(`${OK}Content-Length: 100\r\n\r\nhalf`),
  },
  {
    why: "ends in a chunk",
    answer: ending(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhal`),
  },
  {
    why: "has a chunk of no length",
    answer: ending(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nhal`),
  },
  { why: "ends in its head", answer: ending(`${OK}X: y\r\n`) },
  { why: "is none", answer: ending("") },
])(
  "an answer is an error at once, in one line, where it $why",
  async ({ answer }) => {
    await using server = await serverThat(answer);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { message } = await assertRejects(
      () =>
        httpGet(new URL(`http://127.0.0.1:${server.port}/`), {
          ...{ mostBytes: 1_000_000, signal },
        }),
      Error,
    );
    assert(message !== "" && !message.includes("\n"), message);
    assertEquals(signal.aborted, false, "it did not wait for its patience");
  },
);

Deno.test.each([
  { why: "has no end", text: `${OK}X: y\r\n` },
  {
    why: "has a body that stops half-way",
    text: `${OK}Content-Length: 9\r\n\r\nhalf`,
  },
  { why: "never comes", text: "" },
])(
  "an answer that $why is given up with the reason for that, and so is its connection",
  async ({ text }) => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using server = await serverThat((socket) => {
      socket.on("close", () => gone.resolve());
      if (text !== "") socket.write(text);
      asked.resolve();
    });
    const patience = new AbortController();
    const got = httpGet(new URL(`http://127.0.0.1:${server.port}/`), {
      ...{ mostBytes: 1000, signal: patience.signal },
    });
    got.catch(() => {});
    await asked.promise;
    patience.abort(new Error("enough"));
    await assertRejects(() => got, Error, "enough");
    await gone.promise;
  },
);

function tunnel(port: number, signal: AbortSignal): Promise<unknown> {
  return openTunnel(
    `http://me:w0rd@127.0.0.1:${port}`,
    new URL("ws://target.example/"),
    {},
    signal,
  );
}

Deno.test.each([
  { why: "in single bytes", says: bytewise },
  { why: "all at once", says: whole },
])(
  "a proxy that answers $why gives a way, and what comes of it comes through",
  async ({ says }) => {
    await using server = await serverThat(
      says("HTTP/1.0 200 Connection established\r\n\r\nhello"),
    );
    const socket = await tunnel(
      server.port,
      AbortSignal.timeout(PATIENCE_MS),
    ) as Socket;
    let heard = "";
    await new Promise<void>((resolve) =>
      socket.on("data", (bytes: Uint8Array) => {
        heard += new TextDecoder().decode(bytes);
        if (heard.length >= "hello".length) resolve();
      })
    );
    socket.destroy();
    assertEquals(heard, "hello");
  },
);

Deno.test.each<{ why: string; answer: Answer; says: RegExp }>([
  {
    why: "wants another password",
    answer: whole("HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\nno!!!"),
    says: /answers 407 Proxy Authentication Required$/,
  },
  {
    why: "has a number of its own for that",
    answer: whole("HTTP/1.1 599 Mood\r\nContent-Length: 0\r\n\r\n"),
    says: /answers 599$/,
  },
  {
    why: "speaks another protocol",
    answer: whole("SOCKS\r\n\r\n"),
    says: / fails \(.+\)$/,
  },
  { why: "hangs up", answer: ending(""), says: / (fails \(.+\)|hangs up)$/ },
  {
    why: "hangs up in its head",
    answer: ending(`${OK}X: y\r\n`),
    says: / (fails \(.+\)|hangs up)$/,
  },
])(
  "a proxy gives no way, and is named without its password: it $why",
  async ({ answer, says }) => {
    await using server = await serverThat(answer);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { message } = await assertRejects(
      () => tunnel(server.port, signal),
      TunnelError,
    );
    assert(
      message.startsWith(`the proxy http://127.0.0.1:${server.port}`),
      message,
    );
    assert(says.test(message) && !/w0rd|\n/.test(message), message);
    assertEquals(signal.aborted, false, "it did not wait for its patience");
  },
);

Deno.test("a proxy that says nothing is given up, and so is its connection", async () => {
  const gone = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using server = await serverThat((socket) => {
    socket.on("close", () => gone.resolve());
    asked.resolve();
  });
  const patience = new AbortController();
  const opening = tunnel(server.port, patience.signal);
  opening.catch(() => {});
  await asked.promise;
  patience.abort(new Error("enough"));
  await assertRejects(() => opening, Error);
  await gone.promise;
});
