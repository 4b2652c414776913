import { assert, assertEquals, assertGreater } from "@std/assert";
import { openDatapath, type RtcTransport } from "../../../lib/rtc/mod.ts";
import type { Datapath } from "../../../lib/rtc/datapath.ts";
import { startSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import {
  connectCreated,
  connectTransport,
  KeyFrameRequests,
  VIDEO_PARAMETERS,
  VideoSink,
  VideoSource,
} from "./media_client.ts";
import { TestClient } from "./test_client.ts";

/** Alice with a send transport and a producer, and Bob, in one room. */
async function stage(alice: TestClient, bob: TestClient, datapath: Datapath) {
  for (const client of [alice, bob]) {
    await client.ask(
      { type: "joinRoom", roomId: "r", participantName: "Someone" },
      "roomJoined",
    );
  }
  const requests = new KeyFrameRequests();
  const created = await alice.ask(
    { type: "createSendTransport" },
    "transportCreated",
  );
  const sending = await connectCreated(alice, datapath, created, {
    onRtcp: requests.onRtcp,
  });
  const { producerId } = await alice.ask({
    type: "produce",
    transportId: "",
    kind: "video",
    source: "camera",
    rtpParameters: VIDEO_PARAMETERS,
  }, "producerCreated");
  const { rtpCapabilities } = await bob.ask(
    { type: "getRouterRtpCapabilities" },
    "routerRtpCapabilities",
  );
  return {
    source: new VideoSource(sending),
    sending,
    sendTransportId: created.transportId,
    consume: { type: "consume", producerId, rtpCapabilities },
    requests,
    [Symbol.asyncDispose]: () => sending.close(),
  } as const;
}

/** Restarts ICE on a transport of `client`. */
async function restartIce(
  client: TestClient,
  transportId: string,
  transport: RtcTransport,
): Promise<void> {
  const { iceParameters } = await client.ask(
    { type: "restartIce", transportId },
    "iceRestarted",
  );
  await transport.restartIce(iceParameters);
}

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine} forwards video from a key frame on, and counts what it forwards`,
    ignore,
    fn: async () => {
      using datapath = await openDatapath({ lane: "portable" });
      await using sfu = await startSfu({ engine, workers: 1 });
      await using alice = await TestClient.connect(sfu.url);
      await using bob = await TestClient.connect(sfu.url);
      await using media = await stage(alice, bob, datapath);
      const { source, requests } = media;
      const sink = new VideoSink();
      await using _receiving = await connectTransport(bob, datapath, "Recv", {
        onRtp: sink.onRtp,
      });
      const { rtpParameters } = await bob.ask(media.consume, "consumerCreated");
      sink.ssrc = rtpParameters.encodings[0].ssrc!;
      source.send(false);
      await requests.next();
      source.send(true);
      const first = await sink.next();
      assert(first.startsKeyFrame);
      assertEquals(first.ssrc, rtpParameters.encodings[0].ssrc);
      assertEquals(first.payloadType, 96);
      assertEquals(first.mid, rtpParameters.mid);
      assertEquals(
        first.captureTime,
        [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88],
      );
      for (let i = 1; i <= 100; i++) {
        source.send(false);
        const packet = await sink.next();
        assertEquals(packet.sequence, (first.sequence + i) & 0xffff);
      }

      alice.say({ type: "leaveRoom" });
      await bob.next("participantLeft");
      const stats = await sfu.stats();
      assertEquals(stats.producers.map(({ packets }) => packets), [102]);
      assertEquals(stats.consumers.map(({ packets }) => packets), [101]);
      assertEquals(stats.producers[0].bytes, source.bytes);
      assertGreater(stats.consumers[0].bytes, 101 * 100);
      assertEquals(stats.producers[0].closed, true);
    },
  });

  Deno.test({
    name:
      `${engine} asks for a key frame when a consumer's transport comes up late`,
    ignore,
    fn: async () => {
      using datapath = await openDatapath({ lane: "portable" });
      await using sfu = await startSfu({ engine, workers: 1 });
      await using alice = await TestClient.connect(sfu.url);
      await using bob = await TestClient.connect(sfu.url);
      await using media = await stage(alice, bob, datapath);
      media.source.send(false);
      const created = await bob.ask(
        { type: "createRecvTransport" },
        "transportCreated",
      );
      await bob.ask(media.consume, "consumerCreated");
      await using _receiving = await connectCreated(bob, datapath, created, {});
      await media.requests.next();
    },
  });

  Deno.test({
    name:
      `${engine} restarts ICE on one transport and the other, twice, and media goes on`,
    ignore,
    fn: async () => {
      using datapath = await openDatapath({ lane: "portable" });
      await using sfu = await startSfu({ engine, workers: 1 });
      await using alice = await TestClient.connect(sfu.url);
      await using bob = await TestClient.connect(sfu.url);
      await using media = await stage(alice, bob, datapath);
      const { source, sending, sendTransportId } = media;
      const sink = new VideoSink();
      const created = await bob.ask(
        { type: "createRecvTransport" },
        "transportCreated",
      );
      await using receiving = await connectCreated(bob, datapath, created, {
        onRtp: sink.onRtp,
      });
      const { rtpParameters } = await bob.ask(media.consume, "consumerCreated");
      sink.ssrc = rtpParameters.encodings[0].ssrc!;
      source.send(true);
      const { sequence } = await sink.next();
      for (let i = 1; i <= 6; i++) {
        if (i % 3 === 1) await restartIce(bob, created.transportId, receiving);
        if (i % 3 === 2) await restartIce(alice, sendTransportId, sending);
        source.send(false);
        const packet = await sink.next();
        assertEquals(packet.sequence, (sequence + i) & 0xffff);
      }
    },
  });
}
