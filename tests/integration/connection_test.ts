import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
// @ts-types="npm:@types/ws@8.18.2"
import { WebSocketServer } from "npm:ws@8.23.0";
import { type ConnectionSettings, httpGet } from "../../lib/connection/mod.ts";
import {
  ChannelError,
  openWebSocketChannel,
} from "../../lib/signaling/websocket/mod.ts";
import { LoopbackServer } from "./loopback_server.ts";

const TLS = new URL("../fixtures/tls/", import.meta.url);
const pem = (name: string) => Deno.readTextFileSync(new URL(name, TLS));
const KEY = pem("localhost.key.pem");

/** Any server of Node's on a free port, gone with its sockets when disposed of. */
class Running implements AsyncDisposable {
  readonly port: number;
  readonly requests: IncomingMessage[] = [];
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(
    readonly server: HttpServer,
    sockets: ReadonlySet<Socket>,
  ) {
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(server: HttpServer): Promise<Running> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve)
    );
    return new Running(server, sockets);
  }

  /** A WebSocket server, with TLS if there is a certificate. */
  static async webSocket(certificate?: string): Promise<Running> {
    const server = certificate === undefined
      ? createServer()
      : createTlsServer({ cert: pem(certificate), key: KEY });
    const running = await Running.start(server as HttpServer);
    new WebSocketServer({ server: server as HttpServer })
      .on("connection", (_, request) => running.requests.push(request));
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.server.close(() => resolve())
    );
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** An HTTP proxy that tunnels, to who knows its user and password if it has any. */
async function proxyServer(user?: string): Promise<Running> {
  const server = createServer();
  const proxy = await Running.start(server);
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    proxy.requests.push(request);
    const basic = `Basic ${btoa(user ?? "")}`;
    if (user && request.headers["proxy-authorization"] !== basic) {
      socket.end("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = net.connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  return proxy;
}

async function opens(
  url: string,
  connection: ConnectionSettings,
  token?: string,
): Promise<void> {
  const channel = await openWebSocketChannel(url, { connection, token });
  channel.close();
  await channel.closed;
}

async function refusal(
  url: string,
  connection: ConnectionSettings = {},
  token?: string,
): Promise<ChannelError> {
  return await assertRejects(
    () => opens(url, connection, token),
    ChannelError,
  );
}

const CERTIFICATES = [
  {
    why: "of a private authority",
    certificate: "localhost.pem",
    ca: "ca.pem",
    words: 'of an unknown authority, "Private CA"',
  },
  {
    why: "that signs itself",
    certificate: "self_signed.pem",
    ca: "self_signed.pem",
    words: "is self-signed",
  },
] as const;

Deno.test.each(CERTIFICATES)(
  "a certificate $why is refused in words, and taken with its authority or with none",
  async ({ certificate, ca, words }) => {
    await using server = await Running.webSocket(certificate);
    const url = `wss://localhost:${server.port}/ws`;
    const { message, failure } = await refusal(url);
    assertEquals(failure.kind, "certificate");
    assertStringIncludes(message, words);
    await opens(url, { ca: pem(ca) });
    await opens(url, { insecure: true });
  },
);

Deno.test("a certificate that has expired is told as that, also with its authority", async () => {
  await using server = await Running.webSocket("expired.pem");
  const url = `wss://localhost:${server.port}/ws`;
  const { message } = await refusal(url, { ca: pem("ca.pem") });
  assertStringIncludes(message, "its certificate expired on 2021-01-01");
});

Deno.test("a certificate for another name is told with both names", async () => {
  await using server = await Running.webSocket("localhost.pem");
  const url = `wss://127.0.0.1:${server.port}/ws`;
  const { message } = await refusal(url, { ca: pem("ca.pem") });
  assertStringIncludes(message, "is for localhost, not for 127.0.0.1");
});

Deno.test("TLS where none is spoken, and none where it is, are told apart", async () => {
  await using plain = await Running.webSocket();
  await using secure = await Running.webSocket("localhost.pem");
  const failures = await Promise.all([
    refusal(`wss://localhost:${plain.port}/ws`),
    refusal(`ws://localhost:${secure.port}/ws`),
  ]);
  assertEquals(failures.map(({ failure }) => failure), [
    { kind: "scheme", spoken: "plain" },
    { kind: "scheme", spoken: "tls" },
  ]);
});

Deno.test("a server sees the origin of its own page, or the one that is given, and other headers", async () => {
  await using server = await Running.webSocket();
  const url = `ws://127.0.0.1:${server.port}/ws`;
  await opens(url, {});
  await opens(url, {
    headers: [["origin", "https://chat.example"], ["X-Key", "v"]],
  });
  const [first, second] = server.requests.map(({ headers }) => headers);
  assertEquals(first.origin, `http://127.0.0.1:${server.port}`);
  assertEquals(second.origin, "https://chat.example");
  assertEquals(second["x-key"], "v");
});

Deno.test("user and password of a URL arrive as they are meant, unless a header says other ones", async () => {
  await using server = await Running.webSocket();
  const url = `ws://me%40home:p%3Ass@127.0.0.1:${server.port}/ws`;
  await opens(url, {});
  await opens(url, { headers: [["Authorization", "Bearer t"]] });
  assertEquals(
    server.requests.map(({ headers }) => headers.authorization),
    [`Basic ${btoa("me@home:p:ss")}`, "Bearer t"],
  );
});

Deno.test("a server that wants to know who asks is told with what it asks for, and repeats no secret", async () => {
  await using server = await LoopbackServer.upgrade(({ url }) =>
    `HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="sfu", error_description="${url} has expired"\r\nContent-Length: 4\r\n\r\nnone`
  );
  const { message } = await refusal(server.url, {}, "sesame");
  assertStringIncludes(
    message,
    'HTTP 401 (Bearer realm="sfu", error_description="/ws?token=*** has expired": none)',
  );
});

Deno.test("path and query arrive as they were typed, behind them the token", async () => {
  await using server = await Running.webSocket();
  const url = `ws://127.0.0.1:${server.port}/a%20b/c?x=%7E+1&y&token=old`;
  await opens(url, {}, "a b&c");
  assertEquals(server.requests[0].url, "/a%20b/c?x=%7E+1&y&token=a%20b%26c");
});

Deno.test("plain and TLS connections go through a proxy that wants a password", async () => {
  await using proxy = await proxyServer("me:p@ss");
  await using plain = await Running.webSocket();
  await using secure = await Running.webSocket("localhost.pem");
  const way = `http://me:p%40ss@127.0.0.1:${proxy.port}`;
  const connection = {
    ca: pem("ca.pem"),
    proxies: { http: way, https: way },
  };
  await opens(`ws://127.0.0.1:${plain.port}/ws`, connection);
  await opens(`wss://localhost:${secure.port}/ws`, connection);
  assertEquals(proxy.requests.map(({ url }) => url), [
    `127.0.0.1:${plain.port}`,
    `localhost:${secure.port}`,
  ]);
  const exempt = {
    ...connection,
    proxies: { ...connection.proxies, exempt: "localhost" },
  };
  await opens(`wss://localhost:${secure.port}/ws`, exempt);
  assertEquals(proxy.requests.length, 2);
});

Deno.test("a proxy that refuses, or is not there, is named without its password", async () => {
  await using proxy = await proxyServer("me:right");
  const through = (address: string) =>
    refusal("wss://sfu.example/ws", { proxies: { https: address } });
  const { message } = await through(`http://me:wrong@127.0.0.1:${proxy.port}`);
  assertStringIncludes(
    message,
    `the proxy http://127.0.0.1:${proxy.port} answers 407`,
  );
  const socks = await through("socks5://me:wrong@127.0.0.1:1");
  assertStringIncludes(socks.message, "is no http:// or https:// URL");
  assertEquals([message, socks.message].join().includes("wrong"), false);
});

Deno.test("a redirect names its target as a WebSocket, without secrets", async () => {
  await using server = await LoopbackServer.upgrade(() =>
    "HTTP/1.1 302 Found\r\nLocation: https://me:secret@b.example/ws?k=secret\r\nContent-Length: 0\r\n\r\n"
  );
  const { message } = await refusal(`${server.url}?q=secret`);
  assertEquals(
    message,
    `Cannot reach ${server.url}?q=***: HTTP 302, it has moved to wss://b.example/ws?k=***.`,
  );
});

Deno.test.each([
  { location: "/ws?a=1" },
  { location: "" },
  { location: "?a=1" },
])(
  "a redirect to where one is already ($location) names no way on",
  async ({ location }) => {
    await using server = await LoopbackServer.upgrade(() =>
      `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`
    );
    const { message } = await refusal(`${server.url}?a=1`);
    assertEquals(message, `Cannot reach ${server.url}?a=***: HTTP 302.`);
  },
);

Deno.test("a page that repeats the request does not repeat the token", async () => {
  await using server = await LoopbackServer.upgrade(({ url = "" }) => {
    const body = `Cannot GET ${url}`;
    return `HTTP/1.1 404 No\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  const { message } = await refusal(server.url, {}, "the/token");
  assertStringIncludes(message, "HTTP 404 (Cannot GET /ws?token=***)");
});

Deno.test("an answer without an end is read to its first few kB, and the connection is given up", async () => {
  const ended = Promise.withResolvers<number>();
  await using server = await LoopbackServer.tcp((socket) => {
    let sent = 0;
    socket.once("data", () => {
      socket.write("HTTP/1.1 500 No\r\n\r\n");
      const timer = setInterval(() => {
        sent += 65_536;
        socket.write("x".repeat(65_536));
      }, 1);
      socket.on("close", () => {
        clearInterval(timer);
        ended.resolve(sent);
      });
    });
  });
  const { failure } = await refusal(server.url);
  assertEquals(failure.kind === "http" && failure.body.length, 200);
  assertEquals(await ended.promise < 64 * 1024 * 1024, true);
});

Deno.test("a GET knows the same certificates and headers, and reads as much as it was asked to", async () => {
  const http = createTlsServer({ cert: pem("localhost.pem"), key: KEY });
  await using server = await Running.start(http as unknown as HttpServer);
  http.on("request", (request, response) => {
    server.requests.push(request);
    response.writeHead(request.url === "/moved" ? 302 : 200, {
      location: "https://elsewhere.example/",
    });
    response.end("x".repeat(1000));
  });
  const get = (path: string, connection: ConnectionSettings = {}) =>
    httpGet(new URL(`https://localhost:${server.port}${path}`), {
      connection,
      token: "t",
      mostBytes: 100,
      signal: AbortSignal.timeout(10_000),
    });
  const settings = {
    ca: pem("ca.pem"),
    headers: [["X-Key", "v"]],
  } as const;
  const { status, body, isCut } = await get("/", settings);
  assertEquals([status, body.length, isCut], [200, 100, true]);
  const { headers } = server.requests[0];
  assertEquals([headers["x-key"], headers.authorization], ["v", "Bearer t"]);
  const moved = await get("/moved", { insecure: true });
  assertEquals([moved.status, moved.location], [
    302,
    "https://elsewhere.example/",
  ]);
  await assertRejects(() => get("/"), Error, "unknown authority");
});
