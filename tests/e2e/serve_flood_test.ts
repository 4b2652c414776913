/** `serve` while hundreds of connections ask for more than there is, and garbage arrives where media should. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { ENGINES } from "../integration/sfu/engines.ts";
import { TestClient } from "../integration/sfu/test_client.ts";
import { Program } from "./program.ts";

const IDLE = 200;
const GREEDY = 10;
const TRANSPORTS = 100;
/** What `serve` grants one connection. */
const GRANTED = 16;
const FLOOD_MS = 600;
const LOOKS = 3;
/** After so long there is no answer. */
const PATIENCE_MS = 10_000;
const DATAGRAM_BYTES = 200;
/** Sent on end before a breath. */
const BURST = 50;

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: beside idle connections, greedy ones and a flood a server stays well, and says what it refused`,
    ignore,
    async fn() {
      await using server = new Program([
        "serve",
        "--port=0",
        `--engine=${engine}`,
        `--max-connections=${IDLE + GREEDY}`,
      ]);
      const [, url] = await server.printed("stdout", /Serving (\S+)/);
      await using clients = new AsyncDisposableStack();
      const connect = async () => clients.use(await TestClient.connect(url));
      await Promise.all(Array.from({ length: IDLE }, connect));
      const greedy = await Promise.all(
        Array.from({ length: GREEDY }, async (_, i) => {
          const client = await connect();
          await client.ask({
            type: "joinRoom",
            roomId: `room-${i % 2}`,
            participantName: `greedy ${i}`,
          }, "roomJoined");
          for (let n = 0; n < TRANSPORTS; n++) {
            client.say({ type: "createSendTransport" });
          }
          return client;
        }),
      );
      await assertTooMany(url);

      const ports = await Promise.all(greedy.map(portsOf));
      const [sent, looksMs] = await flood(ports.flat(), () => healthMs(url));
      assert(sent > 500, `${sent} datagrams`);
      // One look may fall into a moment in which others have the machine.
      assertLess(Math.min(...looksMs), 1000);
      const [last] = greedy;
      assertEquals(last.socket.readyState, WebSocket.OPEN);

      server.kill("SIGTERM");
      const { code, stdout, stderr } = await server.ended();
      assertEquals([code, stderr], [0, ""]);
      const refused = GREEDY * (TRANSPORTS - GRANTED);
      assertEquals(
        /Refused so far.*$/m.exec(stdout)?.[0],
        `Refused so far, over the limits: 1 connection, ${refused} transports.`,
      );
    },
  });
}

/** One more is told why it is turned away. */
async function assertTooMany(url: string): Promise<void> {
  const answer = await fetch(url.replace(/^ws/, "http"), {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": btoa("a key of 16 byte"),
    },
  });
  assertEquals([answer.status, await answer.text()], [
    503,
    "Too many connections",
  ]);
}

/** Where the transports of a connection listen, once the last of them is refused. */
async function portsOf(client: TestClient): Promise<number[]> {
  for (let n = GRANTED; n < TRANSPORTS; n++) await client.next("error");
  return client.heard.flatMap((message) =>
    message.type === "transportCreated"
      ? message.iceCandidates.map(({ port }) => port)
      : []
  );
}

/** Sends garbage for a while, and until there were some looks; how much, and how long each `look` took meanwhile. */
async function flood(
  ports: readonly number[],
  look: () => Promise<number>,
): Promise<[sent: number, looksMs: readonly number[]]> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  const garbage = crypto.getRandomValues(new Uint8Array(DATAGRAM_BYTES));
  const untilMs = performance.now() + FLOOD_MS;
  const looksMs: number[] = [];
  const isOver = () => performance.now() > untilMs && looksMs.length >= LOOKS;
  let sent = 0;
  const sending = (async () => {
    while (!isOver()) {
      for (let i = 0; i < BURST; i++, sent++) {
        // Like RTP, STUN and DTLS by turns (RFC 7983).
        garbage[0] = [0x80, 0x00, 0x16][sent % 3];
        socket.send(garbage, ports[sent % ports.length], "127.0.0.1");
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  })();
  while (!isOver()) looksMs.push(await look());
  await sending;
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return [sent, looksMs];
}

async function healthMs(url: string): Promise<number> {
  const startMs = performance.now();
  const health = url.replace(/^ws/, "http").replace(/\/ws$/, "/health");
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await (await fetch(health, { signal })).json();
  assertEquals(answer.status, "ok");
  return performance.now() - startMs;
}
