/** An engine in memory: who gets which packets, and under which numbers. */

import { assertEquals, assertRejects } from "@std/assert";
import type { RtpParameters } from "../../../lib/ortc/mod.ts";
import type { EngineTransport } from "../../../lib/sfu/signaling/mod.ts";
import {
  FakeEngine,
  type FakeProducer,
} from "../../../lib/testing/fake_engine.ts";
import { FakeTransport } from "../../../lib/testing/mod.ts";

/** What one client got of each packet: its SSRC, its number, its last byte. */
type Got = readonly [ssrc: number, sequence: number, mark: number];

/** An engine with a client that sends, and some that receive. */
class Bench {
  /** The SSRCs of packets when it was asked whether they are to be dropped. */
  readonly asked: number[] = [];
  dropsSsrc = -1;
  readonly engine = new FakeEngine({
    now: () => ({ nowMs: 0, wallMs: 0 }),
    newId: () => `id-${++this.#ids}`,
    drops: (packet) => {
      const ssrc = ssrcOf(packet);
      this.asked.push(ssrc);
      return ssrc === this.dropsSsrc;
    },
  });
  #ids = 0;

  async transport(): Promise<EngineTransport> {
    const router = await this.engine.createRouter();
    return await router.createTransport();
  }

  async producer(...ssrcs: readonly number[]): Promise<FakeProducer> {
    const transport = await this.transport();
    const parameters = {
      codecs: [],
      headerExtensions: [],
      encodings: ssrcs.map((ssrc) => ({ ssrc })),
      rtcp: {},
    } as unknown as RtpParameters;
    return await transport.produce("video", parameters) as FakeProducer;
  }

  /** Somebody who receives it, and all that came. */
  async consumer({ id: producerId }: FakeProducer, paused = false) {
    const transport = await this.transport();
    const got: Got[] = [];
    const client = new FakeTransport({
      onRtp: (bytes, offset, length) => {
        const packet = bytes.subarray(offset, offset + length);
        got.push([ssrcOf(packet), sequenceOf(packet), packet.at(-1)!]);
      },
      onRtcp() {},
      onLost() {},
    });
    await client.connect(Promise.resolve());
    Object.assign(transport, { client });
    const consumer = await transport.consume(
      { producerId, paused } as Parameters<EngineTransport["consume"]>[0],
    );
    const [{ ssrc }] = consumer.rtpParameters.encodings;
    return { transport, consumer, got, ssrc: ssrc! };
  }
}

/** A packet of VP8 that begins a frame, as RFC 3550 and RFC 7741 have it. */
function packetOf(
  ssrc: number,
  sequence: number,
  { isKey = false, mark = 0 } = {},
): Uint8Array {
  const packet = new Uint8Array(15);
  const view = new DataView(packet.buffer);
  packet.set([0x80, 96]);
  view.setUint16(2, sequence);
  view.setUint32(8, ssrc);
  // S, then the frame's first byte, whose lowest bit is 0 in a key frame.
  packet.set([0x10, isKey ? 0 : 1, mark], 12);
  return packet;
}

function ssrcOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(8);
}

function sequenceOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint16(2);
}

Deno.test("a packet comes to each of its receivers with that one's SSRC, and is the sender's own afterwards", async () => {
  const bench = new Bench();
  const producer = await bench.producer(7);
  const [a, b] = [
    await bench.consumer(producer),
    await bench.consumer(producer),
  ];
  const packet = packetOf(7, 500, { mark: 3 });
  bench.engine.forward(packet);
  assertEquals(a.got, [[a.ssrc, 500, 3]]);
  assertEquals(b.got, [[b.ssrc, 500, 3]]);
  assertEquals(new Set([7, a.ssrc, b.ssrc]).size, 3);
  assertEquals(packet, packetOf(7, 500, { mark: 3 }));
});

Deno.test("what is paused gets nothing, and is counted where it came in", async () => {
  const bench = new Bench();
  const producer = await bench.producer(7);
  const [a, b] = [
    await bench.consumer(producer),
    await bench.consumer(producer, true),
  ];
  bench.engine.forward(packetOf(7, 1));
  await producer.pause();
  bench.engine.forward(packetOf(7, 2));
  await producer.resume();
  await b.consumer.resume();
  await a.consumer.pause();
  bench.engine.forward(packetOf(7, 3));
  assertEquals(a.got.map(([, sequence]) => sequence), [1]);
  assertEquals(b.got.map(([, sequence]) => sequence), [3]);
  const { packets, bytes } = await producer.counts();
  assertEquals([packets, bytes], [3, 45]);
  assertEquals((await b.consumer.counts()).packets, 1);
});

Deno.test("a packet of nobody goes to nobody", async () => {
  const bench = new Bench();
  const { got } = await bench.consumer(await bench.producer(7));
  bench.engine.forward(packetOf(8, 1));
  assertEquals(got, []);
});

Deno.test("whoever decides what is dropped sees each packet as it was sent, whosever turn it is", async () => {
  const bench = new Bench();
  const producer = await bench.producer(7);
  const [a, b] = [
    await bench.consumer(producer),
    await bench.consumer(producer),
  ];
  bench.engine.forward(packetOf(7, 1));
  assertEquals([a.got.length, b.got.length], [1, 1]);
  bench.dropsSsrc = 7;
  bench.engine.forward(packetOf(7, 2));
  assertEquals(bench.asked, [7, 7, 7, 7]);
  assertEquals([a.got.length, b.got.length], [1, 1]);
});

Deno.test("of several layers a receiver gets the best, without a word of the others", async () => {
  const bench = new Bench();
  const { got, ssrc, consumer } = await bench.consumer(
    await bench.producer(1, 2, 3),
  );
  assertEquals(consumer.layered, true);
  for (const [i, layer] of [1, 2, 3, 1, 2, 3].entries()) {
    bench.engine.forward(packetOf(layer, 100 * layer + i));
  }
  assertEquals(got, [[ssrc, 302, 0], [ssrc, 305, 0]]);
});

Deno.test("a receiver goes over to another layer at its next key frame, and its numbers go on", async () => {
  const bench = new Bench();
  const { got, consumer } = await bench.consumer(await bench.producer(1, 2));
  const layers: unknown[] = [];
  consumer.watchLayers((layer) => layers.push(layer?.spatialLayer));
  const say = (ssrc: number, sequence: number, isKey = false) =>
    bench.engine.forward(packetOf(ssrc, sequence, { isKey, mark: ssrc }));
  say(2, 65_534);
  await consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 0 });
  say(1, 10);
  say(2, 65_535);
  say(1, 11, true);
  say(2, 0);
  say(1, 12);
  assertEquals(
    got.map(([, sequence, mark]) => [sequence, mark]),
    [[65_534, 2], [65_535, 2], [0, 1], [1, 1]],
  );
  assertEquals(layers, [1, 0]);
  // More than there are is the best one.
  await consumer.setPreferredLayers({ spatialLayer: 9, temporalLayer: 0 });
  say(2, 1, true);
  assertEquals(layers, [1, 0, 1]);
});

Deno.test("a track that ends has no receivers, and its SSRC is free for another", async () => {
  const bench = new Bench();
  const [old, other] = [await bench.producer(7), await bench.producer(7)];
  const [a, b] = [await bench.consumer(old), await bench.consumer(other)];
  old.close();
  bench.engine.forward(packetOf(7, 1));
  assertEquals([a.got.length, b.got.length], [0, 1]);
  await assertRejects(() => bench.consumer(old), Error, "not found");
});

Deno.test("with a transport go its tracks, those that it sends and those that it receives", async () => {
  const bench = new Bench();
  const producer = await bench.producer(7);
  const { transport, got } = await bench.consumer(producer);
  transport.close();
  bench.engine.forward(packetOf(7, 1));
  assertEquals([got.length, producer.consumers.size], [0, 0]);
  for (const one of [...bench.engine.transports.values()]) one.close();
  assertEquals(
    [bench.engine.producers.size, bench.engine.transports.size],
    [0, 0],
  );
});
