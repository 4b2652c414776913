/** Whether anybody listens: who is asked, and how what comes of it is told. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  ChannelError,
  type ChannelFailure,
} from "../../../../lib/signaling/websocket/channel_error.ts";
import { reachAddress } from "../../../../lib/signaling/websocket/reach.ts";
import { type Asked, connecting } from "../../connecting.ts";

/** A connection that is closed again. */
function connection() {
  let closed = 0;
  return {
    get closed() {
      return closed;
    },
    [Symbol.dispose]: () => void closed++,
  };
}

Deno.test.each([
  { url: "ws://h/ws", hostname: "h", port: 80 },
  { url: "wss://h/ws", hostname: "h", port: 443 },
  { url: "ws://h:3000/ws", hostname: "h", port: 3000 },
  { url: "wss://me:pass@h:8443/", hostname: "h", port: 8443 },
  { url: "ws://192.0.2.1:1/", hostname: "192.0.2.1", port: 1 },
  { url: "ws://[2001:db8::1]:5000/", hostname: "2001:db8::1", port: 5000 },
  { url: "wss://[::1]/", hostname: "::1", port: 443 },
])("$url is reached at port $port", async ({ url, hostname, port }) => {
  const asked: Asked[] = [];
  const made = connection();
  using _doors = connecting((how) => {
    asked.push(how);
    return Promise.resolve(made);
  });
  await reachAddress({ url }, undefined);
  assertEquals(asked.map((one) => [one.hostname, one.port]), [
    [hostname, port],
  ]);
  assertEquals(made.closed, 1);
});

Deno.test.each<{ why: string; error: Error; is: ChannelFailure; says: string }>(
  [
    {
      why: "nobody listens",
      error: new Deno.errors.ConnectionRefused("os error 111"),
      is: { kind: "refused" },
      says: "connection refused",
    },
    {
      why: "nobody has the name",
      error: new Error("failed to lookup address information"),
      is: {
        kind: "unreachable",
        detail: "failed to lookup address information",
      },
      says: "failed to lookup address information",
    },
  ],
)("who is not reached is told in one line: $why", async (row) => {
  using _doors = connecting(() => Promise.reject(row.error));
  const error = await assertRejects(
    () =>
      reachAddress({ url: "ws://me:hunter2@h:3000/ws?token=abcd" }, undefined),
    ChannelError,
  );
  assertEquals(error.failure, row.is);
  assertEquals(error.message.endsWith(`: ${row.says}.`), true);
  for (const secret of ["hunter2", "abcd"]) {
    assertEquals(error.message.includes(secret), false, error.message);
  }
});

Deno.test("who gives up is told so", async () => {
  const giveUp = new AbortController();
  using _doors = connecting(({ signal }) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason))
    )
  );
  const reached = reachAddress({ url: "ws://h/" }, giveUp.signal);
  giveUp.abort();
  const error = await assertRejects(() => reached, ChannelError);
  assertEquals(error.failure, { kind: "aborted" });
});

Deno.test("behind a proxy only the proxy could tell, so nobody is asked", async () => {
  let asked = 0;
  using _doors = connecting(() => {
    asked++;
    return Promise.reject(new Error("no"));
  });
  const proxies = { http: "http://proxy.example:8080", exempt: "near.example" };
  const connection = { proxies };
  await reachAddress({ url: "ws://far.example/", connection }, undefined);
  assertEquals(asked, 0);
  await assertRejects(
    () => reachAddress({ url: "ws://near.example/", connection }, undefined),
    ChannelError,
  );
  assertEquals(asked, 1);
});
