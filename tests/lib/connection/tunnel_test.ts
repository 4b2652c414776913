/** What is said of a way through a proxy before anything is sent. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  openTunnel,
  throughTunnel,
  TunnelError,
} from "../../../lib/connection/mod.ts";

const TARGET = new URL("ws://target.example/");

Deno.test.each([
  {
    proxy: "socks5://me:w0rd@proxy.example:1080",
    is: "the proxy socks5://proxy.example:1080 is no http:// or https:// URL",
    why: "another kind of proxy",
  },
  {
    proxy: "ftp://proxy.example/?key=w0rd",
    is: "the proxy ftp://proxy.example/?key=*** is no http:// or https:// URL",
    why: "no proxy at all",
  },
  {
    proxy: "http://",
    is: "the proxy http:// is no http:// or https:// URL",
    why: "nowhere",
  },
  {
    proxy: "proxy.example:port",
    is: "the proxy proxy.example:port is no http:// or https:// URL",
    why: "a port that is none",
  },
])(
  "$why is no way, and is named without its secrets",
  async ({ proxy, is }) => {
    const { message } = await assertRejects(
      () => openTunnel(proxy, TARGET, {}, new AbortController().signal),
      TunnelError,
    );
    assertEquals(message, is);
  },
);

Deno.test("through an open tunnel a plain connection goes as it is", () => {
  const socket = {} as Parameters<typeof throughTunnel>[0];
  for (const url of ["ws://h/", "http://h/"]) {
    assertEquals(throughTunnel(socket, new URL(url), {}) === socket, true);
  }
});

Deno.test("a target that speaks before TLS has begun speaks none", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    const flood = "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1_000_000);
    await connection.write(new TextEncoder().encode(flood)).catch(() => {});
  })();
  const { port } = listener.addr;
  const error = await assertRejects(() =>
    openTunnel(
      `http://127.0.0.1:${port}`,
      new URL("wss://target.example/"),
      {},
      new AbortController().signal,
    )
  );
  assertEquals(
    (error as { readonly code?: string }).code,
    "ERR_SSL_WRONG_VERSION_NUMBER",
  );
  await serving;
});
