import { assertEquals } from "@std/assert";
import type { RtpParameters } from "../../../../lib/ortc/mod.ts";
import {
  ForwardedConsumer,
  ForwardedProducer,
  type PacketSink,
} from "../../../../lib/sfu/werift/forwarding.ts";
import { planProducer } from "../../../../lib/sfu/werift/parameters.ts";
import { INTER_FRAME, KEY_FRAME, rtpPacket } from "./packets.ts";

const VIDEO: RtpParameters = {
  codecs: [{
    mimeType: "video/VP8",
    payloadType: 96,
    clockRate: 90000,
    rtcpFeedback: [{ type: "nack", parameter: "pli" }],
  }],
  headerExtensions: [],
  encodings: [{ ssrc: 0x01020304 }],
  rtcp: { reducedSize: true },
};

const AUDIO: RtpParameters = {
  ...VIDEO,
  codecs: [{
    mimeType: "audio/opus",
    payloadType: 111,
    clockRate: 48000,
    channels: 2,
  }],
};

/** Notes the sequence numbers of what is sent. */
class Notes implements PacketSink {
  connected = true;
  readonly sequences: number[] = [];

  sendRtp(bytes: Uint8Array): boolean {
    this.sequences.push((bytes[2] << 8) | bytes[3]);
    return true;
  }
}

function stage(parameters = VIDEO, paused = false) {
  const kind = parameters === AUDIO ? "audio" : "video";
  let asked = 0;
  const producer = new ForwardedProducer(
    planProducer(kind, parameters),
    () => asked++,
  );
  const sink = new Notes();
  const consumer = new ForwardedConsumer(
    producer,
    { ssrc: 5, payloadType: 96, mid: new Uint8Array([0x30]) },
    sink,
    { paused, firstSequence: 100 },
  );
  producer.consumers.add(consumer);
  const send = (sequence: number, payload: readonly number[], nowMs = 0) => {
    const payloadType = kind === "video" ? 96 : 111;
    const bytes = rtpPacket({ sequence, payload, payloadType });
    producer.receive(bytes, 0, bytes.length, nowMs);
  };
  return { producer, consumer, sink, send, asked: () => asked };
}

Deno.test("video waits for a key frame and asks for one, at most twice a second", () => {
  const { sink, send, asked } = stage();
  send(1, INTER_FRAME, 0);
  send(2, INTER_FRAME, 499);
  assertEquals([sink.sequences, asked()], [[], 1]);
  send(3, INTER_FRAME, 500);
  assertEquals(asked(), 2);
  send(4, KEY_FRAME);
  send(5, INTER_FRAME);
  assertEquals(sink.sequences, [100, 101]);
});

Deno.test("audio waits for nothing", () => {
  const { sink, send, asked } = stage(AUDIO);
  send(7, [1]);
  assertEquals([sink.sequences, asked()], [[100], 0]);
});

Deno.test("a paused consumer gets nothing, and goes on without a gap from the next key frame", () => {
  const { consumer, sink, send, asked } = stage();
  send(1, KEY_FRAME);
  consumer.pause();
  send(2, INTER_FRAME);
  send(3, KEY_FRAME);
  consumer.resume(1000);
  assertEquals(asked(), 1);
  send(4, INTER_FRAME, 1000);
  send(5, KEY_FRAME, 1000);
  assertEquals(sink.sequences, [100, 101]);
});

Deno.test("resuming what is not paused does not interrupt it", () => {
  const { consumer, sink, send } = stage();
  send(1, KEY_FRAME);
  consumer.resume(0);
  send(2, INTER_FRAME);
  assertEquals(sink.sequences, [100, 101]);
});

Deno.test("a paused producer is received and counted, but not forwarded nor asked", () => {
  const { producer, sink, send, asked } = stage();
  producer.paused = true;
  send(1, KEY_FRAME);
  producer.requestKeyFrame(1000);
  assertEquals([sink.sequences, asked()], [[], 0]);
  assertEquals(producer.counts().packets, 1);
});

Deno.test("nothing is asked for while the consumer's transport is down", () => {
  const { consumer, sink, send, asked } = stage();
  sink.connected = false;
  send(1, INTER_FRAME);
  assertEquals(asked(), 0);
  sink.connected = true;
  consumer.begin(0);
  assertEquals(asked(), 1);
});

Deno.test("a producer that takes no picture loss indication is not asked", () => {
  const { consumer, asked } = stage(
    {
      ...VIDEO,
      codecs: [{ mimeType: "video/VP8", payloadType: 96, clockRate: 90000 }],
    } as typeof VIDEO,
  );
  consumer.begin(0);
  assertEquals(asked(), 0);
});

Deno.test("packets of another payload type, such as retransmissions, are left out", () => {
  const { producer, sink } = stage();
  const bytes = rtpPacket({ payloadType: 100, payload: KEY_FRAME });
  producer.receive(bytes, 0, bytes.length, 0);
  assertEquals([sink.sequences, producer.counts().packets], [[], 0]);
});

Deno.test("both ends count packets and bytes, and the receiving one what is missing", () => {
  const { producer, consumer, send } = stage();
  send(1, KEY_FRAME);
  send(4, INTER_FRAME);
  consumer.lost = 3;
  const { packets, bytes, lost } = producer.counts();
  assertEquals([packets, bytes, lost], [2, 36, 2]);
  // 8 bytes more each: an extension header with the MID.
  assertEquals(consumer.counts(), {
    packets: 2,
    bytes: 52,
    lost: 3,
    retransmitted: 0,
    nacked: 0,
  });
});
