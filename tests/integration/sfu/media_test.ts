import { assert, assertEquals, assertGreater } from "@std/assert";
import { openDatapath } from "../../../lib/rtc/mod.ts";
import { startSfu } from "../../../lib/sfu/mod.ts";
import { ENGINES } from "./engines.ts";
import {
  connectTransport,
  KeyFrameRequests,
  VIDEO_PARAMETERS,
  VideoSink,
  VideoSource,
} from "./media_client.ts";
import { TestClient } from "./test_client.ts";

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
      await alice.ask(
        { type: "joinRoom", roomId: "r", participantName: "Alice" },
        "roomJoined",
      );
      await bob.ask(
        { type: "joinRoom", roomId: "r", participantName: "Bob" },
        "roomJoined",
      );
      const requests = new KeyFrameRequests();
      await using sending = await connectTransport(alice, datapath, "Send", {
        onRtcp: requests.onRtcp,
      });
      const sink = new VideoSink();
      await using _receiving = await connectTransport(bob, datapath, "Recv", {
        onRtp: sink.onRtp,
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
      const { rtpParameters } = await bob.ask(
        { type: "consume", producerId, rtpCapabilities },
        "consumerCreated",
      );

      sink.ssrc = rtpParameters.encodings[0].ssrc!;
      const source = new VideoSource(sending);
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
}
