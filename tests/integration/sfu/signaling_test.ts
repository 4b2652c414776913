import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { startSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import { VIDEO_PARAMETERS } from "./media_client.ts";
import { TestClient } from "./test_client.ts";

const JOIN = {
  type: "joinRoom",
  roomId: "r",
  participantName: "Someone",
} as const;
const FINGERPRINT = {
  algorithm: "sha-256",
  value: Array(32).fill("AB").join(":"),
} as const;

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: a client goes through the whole set-up of a publisher and a viewer`,
    ignore,
    fn: async () => {
      await using sfu = await startSfu({ engine, workers: 1 });
      await using alice = await TestClient.connect(sfu.url);
      await using bob = await TestClient.connect(sfu.url);
      await alice.ask(JOIN, "roomJoined");
      const joined = await bob.ask(JOIN, "roomJoined");
      assertEquals(joined.yourRole, "guest");
      assertEquals(joined.participants.map((p) => p.role), ["owner"]);

      const { rtpCapabilities } = await bob.ask(
        { type: "getRouterRtpCapabilities" },
        "routerRtpCapabilities",
      );
      assertEquals(
        [
          rtpCapabilities.codecs.length,
          rtpCapabilities.headerExtensions.length,
        ],
        [7, 16],
      );

      const send = await alice.ask(
        { type: "createSendTransport" },
        "transportCreated",
      );
      assertEquals(send.iceParameters.iceLite, true);
      assertEquals(send.iceCandidates.map((c) => [c.protocol, "ip" in c]), [
        ["udp", false],
      ]);
      assert(
        send.dtlsParameters.fingerprints.some((f) => f.algorithm === "sha-256"),
      );
      const connect = {
        type: "connectTransport",
        transportId: send.transportId,
        dtlsParameters: { role: "client", fingerprints: [FINGERPRINT] },
      } as const;
      await alice.ask(connect, "transportConnected");
      assertEquals(
        await alice.refused(connect),
        "Error: Transport error: Failed to connect transport: Received response error: connect() already called [method:webRtcTransport.connect]",
      );

      const produce = {
        type: "produce",
        transportId: "",
        kind: "video",
        rtpParameters: VIDEO_PARAMETERS,
        source: "camera",
      } as const;
      const { producerId } = await alice.ask(produce, "producerCreated");
      assertEquals((await bob.next("newProducer")).producerId, producerId);
      assertStringIncludes(
        await alice.refused(produce),
        "Error: Producer error: Failed to create producer: Request to worker failed: Received response error: ssrc already exists in RTP listener",
      );

      await bob.ask({ type: "createRecvTransport" }, "transportCreated");
      const consume = { type: "consume", producerId, rtpCapabilities } as const;
      const first = await bob.ask(consume, "consumerCreated");
      const second = await bob.ask(consume, "consumerCreated");
      assertEquals([first, second].map((c) => c.rtpParameters.mid), ["0", "1"]);
      assertEquals(first.rtpParameters.codecs[0].payloadType, 96);
      assertEquals(
        first.rtpParameters.headerExtensions.some((e) => "parameters" in e),
        false,
      );
      assertEquals(
        await bob.refused({
          ...consume,
          producerId: "00000000-0000-4000-8000-000000000000",
        }),
        'Error: Consumer error: Failed to create consumer: Producer with id "00000000-0000-4000-8000-000000000000" not found',
      );
      assertEquals(
        await bob.refused({
          ...consume,
          rtpCapabilities: { codecs: [], headerExtensions: [] },
        }),
        "Error: Consumer error: Failed to create consumer: Bad consumer RTP parameters: No compatible media codecs",
      );
      const { consumerId } = first;
      await bob.ask({ type: "pauseConsumer", consumerId }, "consumerPaused");
      await bob.ask({ type: "resumeConsumer", consumerId }, "consumerResumed");
      await alice.ask({ type: "pauseProducer", producerId }, "producerPaused");
      await bob.next("producerPaused");
      await alice.ask(
        { type: "resumeProducer", producerId },
        "producerResumed",
      );

      const restarted = await alice.ask(
        { type: "restartIce", transportId: send.transportId },
        "iceRestarted",
      );
      assert(
        restarted.iceParameters.usernameFragment !==
          send.iceParameters.usernameFragment,
      );

      alice.say({ type: "leaveRoom" });
      await bob.next("participantLeft");
      assertEquals(bob.types.includes("producerClosed"), false);
    },
  });
}

Deno.test("health and metrics follow the rooms", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using alice = await TestClient.connect(sfu.url);
  await alice.ask(JOIN, "roomJoined");
  const get = async (path: string) =>
    await (await fetch(sfu.httpUrl + path)).text();
  assertEquals(
    await get("/health"),
    '{"participants":1,"rooms":1,"status":"ok"}',
  );
  assertStringIncludes(
    await get("/metrics"),
    "\nsimplestchat_connections_active 1\n",
  );
  assertEquals(await get("/stats"), "");
  assertEquals(await get("//"), "");
});

Deno.test("statistics are served where they are exposed", async () => {
  await using sfu = await startSfu({ engine: "werift", exposeStats: true });
  const response = await fetch(`${sfu.httpUrl}/stats`);
  assertEquals(await response.json(), await sfu.stats());
});

Deno.test("one connection too many is answered 503, and a free place is taken again", async () => {
  await using sfu = await startSfu({ engine: "werift", maxConnections: 1 });
  {
    await using _first = await TestClient.connect(sfu.url);
    const error = await assertRejects(() => TestClient.connect(sfu.url));
    assertStringIncludes(String(error), "503");
  }
  for (;;) {
    // The server hears of the end when the system tells it.
    const response = await fetch(`${sfu.httpUrl}/metrics`);
    const text = await response.text();
    if (text.includes("connections_active 0\n")) break;
  }
  await using _second = await TestClient.connect(sfu.url);
});

Deno.test("of those that come at once no more get in than there are places", async () => {
  await using sfu = await startSfu({ engine: "werift", maxConnections: 2 });
  const tried = await Promise.allSettled(
    Array.from({ length: 6 }, () => TestClient.connect(sfu.url)),
  );
  const inside = tried.filter(({ status }) => status === "fulfilled");
  for (const one of tried) {
    if (one.status === "fulfilled") await one.value[Symbol.asyncDispose]();
  }
  assertEquals(inside.length, 2);
});

Deno.test("a message over 64 KiB ends the connection", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using fits = await TestClient.connect(sfu.url);
  assertStringIncludes(
    await fits.refused("x".repeat(65_536)),
    "Invalid message",
  );
  await using tooLong = await TestClient.connect(sfu.url);
  tooLong.say("x".repeat(65_537));
  await tooLong.closed;
  assertEquals(tooLong.heard, []);
  assertEquals(sfu.refusals().frames, 1);
});

Deno.test("binary frames are ignored", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using client = await TestClient.connect(sfu.url);
  client.socket.send(new Uint8Array([1, 2, 3]));
  await client.ask(JOIN, "roomJoined");
  assertEquals(client.types, ["roomJoined"]);
});

Deno.test("a port that is taken is named in the error", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const error = await assertRejects(() =>
    startSfu({ engine: "werift", port: sfu.port })
  );
  assertStringIncludes(String(error), `Cannot listen on 127.0.0.1:${sfu.port}`);
});

Deno.test("closing the server drops its clients without a close frame", async () => {
  const sfu = await startSfu({ engine: "werift" });
  await using client = await TestClient.connect(sfu.url);
  await client.ask(JOIN, "roomJoined");
  await sfu[Symbol.asyncDispose]();
  assertEquals(await client.closed, 1006);
});
