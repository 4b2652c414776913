import { assertEquals, assertLess } from "@std/assert";
import { startSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import { TestClient } from "./test_client.ts";

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: who asks for transport after transport is refused, and the server says so`,
    ignore,
    async fn() {
      await using sfu = await startSfu({
        engine,
        workers: 1,
        maxTransportsPerJoin: 3,
      });
      await using greedy = await TestClient.connect(sfu.url);
      await greedy.ask({
        type: "joinRoom",
        roomId: "r",
        participantName: "greedy",
      }, "roomJoined");
      for (let i = 0; i < 10; i++) greedy.say({ type: "createSendTransport" });
      for (let i = 0; i < 7; i++) await greedy.next("error");
      assertEquals(sfu.refusals().transports, 7);
      const response = await fetch(`${sfu.httpUrl}/health`);
      assertEquals((await response.json()).status, "ok");
    },
  });
}

/** A text frame of a client, masked with nothing (RFC 6455 section 5.2). */
function frame(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [0x81, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes];
}

Deno.test("of who asks by protoo and reads no answer little is kept, and it is let go", async () => {
  await using sfu = await startSfu({ engine: "werift", protocol: "protoo" });
  const { hostname, port } = new URL(sfu.url);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  const head = "GET /?roomId=r&peerId=p HTTP/1.1\r\nHost: h\r\n" +
    "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: protoo\r\n" +
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  await socket.write(new TextEncoder().encode(head));
  const ask = `{"request":true,"id":1,"method":"getRouterRtpCapabilities"}`;
  const many = Uint8Array.from(new Array(200).fill(frame(ask)).flat());
  const end = await (async () => {
    for (;;) await socket.write(many);
  })().catch((error) => error);
  assertEquals(
    end instanceof Deno.errors.ConnectionReset ||
      end instanceof Deno.errors.BrokenPipe,
    true,
    `${end}`,
  );
  assertEquals(sfu.refusals().unsent > 0, true);
  const response = await fetch(`${sfu.httpUrl}/health`);
  assertEquals((await response.json()).participants, 0);
});

Deno.test.each(["Transfer-Encoding: chunked", "Content-Length: 99999999999"])(
  "a request that goes on without an end is answered and cut off at once: %s",
  async (field) => {
    await using sfu = await startSfu({ engine: "werift" });
    for (let i = 0; i < 5; i++) {
      using socket = await Deno.connect({
        hostname: "127.0.0.1",
        port: sfu.port,
      });
      const head = `POST /health HTTP/1.1\r\nHost: h\r\n${field}\r\n\r\n`;
      await socket.write(new TextEncoder().encode(head));
      const part = new TextEncoder().encode(
        `10000\r\n${"y".repeat(65536)}\r\n`,
      );
      let sent = 0;
      const beganMs = performance.now();
      try {
        while (sent < 100e6) sent += await socket.write(part);
      } catch {
        // It was cut off.
      }
      assertEquals(sent < 100e6, true, `${sent} bytes taken`);
      // Long before nobody asks for anything more.
      assertLess(performance.now() - beganMs, 4000);
    }
    const response = await fetch(`${sfu.httpUrl}/health`);
    assertEquals((await response.json()).status, "ok");
  },
);
