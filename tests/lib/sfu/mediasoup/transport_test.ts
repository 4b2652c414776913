/** mediasoup's transport behind the engine's port, over one that only answers. */

import { assertEquals, assertRejects } from "@std/assert";
import { EventEmitter } from "node:events";
import type { RtpParameters } from "../../../../lib/ortc/mod.ts";
import { mediasoupTransport } from "../../../../lib/sfu/mediasoup/transport.ts";

type Transport = Parameters<typeof mediasoupTransport>[0];
type Stat = Readonly<Record<string, unknown>>;

const PARAMETERS: RtpParameters = {
  codecs: [],
  headerExtensions: [],
  encodings: [{ ssrc: 1 }],
  rtcp: { reducedSize: true },
};

/** A stream of a producer in which nothing happened. */
const STREAM: Stat = {
  type: "inbound-rtp",
  ssrc: 1,
  packetCount: 0,
  byteCount: 0,
  packetsLost: 0,
  packetsRetransmitted: 0,
  packetsRepaired: 0,
  nackPacketCount: 0,
  fractionLost: 0,
  roundTripTime: 10,
  jitter: 7,
  score: 10,
};

/** What mediasoup would give. */
class FakeTransport extends EventEmitter {
  readonly id = "t";
  readonly iceParameters = { usernameFragment: "u", password: "p" };
  readonly iceCandidates = [{
    foundation: "f",
    priority: 1,
    ip: "192.0.2.1",
    address: "192.0.2.1",
    protocol: "udp",
    port: 4,
    type: "host",
  }];
  readonly dtlsParameters = { role: "auto", fingerprints: [] };
  readonly done: unknown[] = [];
  failure: Error | undefined;
  stats: readonly Stat[] = [];
  consumerType = "simple";
  readonly observer = new EventEmitter();
  consumer = new EventEmitter();

  #did(...what: unknown[]): void {
    this.done.push(what);
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  connect(what: unknown): Promise<void> {
    return Promise.try(() => this.#did("connect", what));
  }

  restartIce(): Promise<unknown> {
    return Promise.try(() => {
      this.#did("restartIce");
      return { usernameFragment: "u2", password: "p2" };
    });
  }

  produce(what: unknown): Promise<unknown> {
    return Promise.try(() => {
      this.#did("produce", what);
      return {
        id: "producer",
        pause: () => Promise.try(() => this.#did("pause")),
        resume: () => Promise.try(() => this.#did("resume")),
        getStats: () => Promise.resolve(this.stats),
        close: () => this.#did("close producer"),
      };
    });
  }

  consume(what: unknown): Promise<unknown> {
    return Promise.try(() => {
      this.#did("consume", what);
      return Object.assign(this.consumer, {
        id: "consumer",
        kind: "video",
        type: this.consumerType,
        rtpParameters: PARAMETERS,
        observer: this.observer,
        setPreferredLayers: (layers: unknown) =>
          Promise.try(() => this.#did("prefer", layers)),
        getStats: () => Promise.resolve(this.stats),
      });
    });
  }

  enableTraceEvent(types: unknown): Promise<void> {
    return Promise.try(() => this.#did("trace", types));
  }

  close(): void {
    this.done.push(["close"]);
  }
}

function open() {
  const fake = new FakeTransport();
  const census = { consumers: 0 };
  const transport = mediasoupTransport(fake as unknown as Transport, {
    born: () => census.consumers++,
    gone: () => census.consumers--,
  });
  return { fake, census, transport };
}

const CONSUME = {
  producerId: "producer",
  rtpCapabilities: { codecs: [], headerExtensions: [] },
  paused: true,
};

Deno.test("a transport tells its address as the wire has it", () => {
  const { transport } = open();
  assertEquals(transport.iceParameters.iceLite, true);
  assertEquals(Object.hasOwn(transport.iceCandidates[0], "ip"), false);
});

Deno.test("errors of each request have their own words", async () => {
  const { fake, transport } = open();
  const words = async (action: () => Promise<unknown>) => {
    fake.failure = new Error("boom [method:x]");
    return (await assertRejects(action, Error)).message;
  };
  const { dtlsParameters } = transport;
  assertEquals([
    await words(() => transport.connect(dtlsParameters)),
    await words(() => transport.restartIce()),
    await words(() => transport.produce("video", PARAMETERS)),
    await words(() => transport.consume(CONSUME)),
  ], [
    "Received response error: boom [method:x]",
    "Received response error: boom [method:x]",
    "Request to worker failed: Received response error: boom [method:x]",
    "Request to worker failed: Received response error: boom [method:x]",
  ]);
});

Deno.test("new ICE credentials are ICE-lite, too", async () => {
  assertEquals(await open().transport.restartIce(), {
    usernameFragment: "u2",
    password: "p2",
    iceLite: true,
  });
});

Deno.test("a consumer is counted from its making to its end, and one that failed never", async () => {
  const { fake, census, transport } = open();
  fake.failure = new Error("no");
  await assertRejects(() => transport.consume(CONSUME));
  assertEquals(census.consumers, 0);
  await transport.consume(CONSUME);
  assertEquals(census.consumers, 1);
  fake.observer.emit("close");
  fake.observer.emit("close");
  assertEquals(census.consumers, 0);
});

Deno.test.each([
  { type: "simple", layered: false },
  { type: "pipe", layered: false },
  { type: "simulcast", layered: true },
  { type: "svc", layered: true },
])("a consumer of type $type has layers: $layered", async (row) => {
  const { fake, transport } = open();
  fake.consumerType = row.type;
  const { layered } = await transport.consume(CONSUME);
  assertEquals(layered, row.layered);
});

Deno.test("a preferred layer in time is named only where there is one", async () => {
  const { fake, transport } = open();
  const consumer = await transport.consume(CONSUME);
  await consumer.setPreferredLayers({ spatialLayer: 2 });
  await consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 0 });
  assertEquals(fake.done.slice(1), [
    ["prefer", { spatialLayer: 2 }],
    ["prefer", { spatialLayer: 0, temporalLayer: 0 }],
  ]);
});

Deno.test("whoever watches layers hears of each change, and of none at all", async () => {
  const { fake, transport } = open();
  const consumer = await transport.consume(CONSUME);
  const heard: unknown[] = [];
  consumer.watchLayers((layers) => heard.push(layers));
  fake.consumer.emit("layerschange", { spatialLayer: 1, temporalLayer: 2 });
  fake.consumer.emit("layerschange", undefined);
  assertEquals(heard, [{ spatialLayer: 1, temporalLayer: 2 }, undefined]);
});

Deno.test("of traces only estimates of the bandwidth are heard", async () => {
  const { fake, transport } = open();
  const heard: number[] = [];
  await transport.watchBandwidth((bps) => heard.push(bps));
  fake.emit("trace", { type: "probation", info: {} });
  fake.emit("trace", { type: "bwe", info: { availableBitrate: 5e5 } });
  assertEquals(heard, [500_000]);
  assertEquals(fake.done, [["trace", ["bwe"]]]);
});

Deno.test.each<{
  why: string;
  stats: readonly Stat[];
  is: Readonly<Record<string, number>>;
}>([
  {
    why: "the layers of simulcast are summed",
    stats: [
      { ...STREAM, packetCount: 10, byteCount: 1000, nackPacketCount: 1 },
      { ...STREAM, packetCount: 20, byteCount: 5000, packetsLost: 2 },
    ],
    is: { packets: 30, bytes: 6000, lost: 2, retransmitted: 0, nacked: 1 },
  },
  {
    why: "no stream has come yet",
    stats: [],
    is: { packets: 0, bytes: 0, lost: 0, retransmitted: 0, nacked: 0 },
  },
  {
    why: "repairs in the stream itself are in its figures already",
    stats: [{
      ...STREAM,
      packetCount: 100,
      packetsLost: 1,
      packetsRetransmitted: 5,
      packetsRepaired: 4,
    }],
    is: { packets: 100, bytes: 0, lost: 1, retransmitted: 5, nacked: 0 },
  },
  {
    why:
      "of repairs apart those that made up for a loss are taken off it, and those in vain are packets",
    stats: [{
      ...STREAM,
      rtxSsrc: 9,
      packetCount: 100,
      packetsLost: 7,
      packetsRetransmitted: 5,
      packetsRepaired: 4,
    }],
    is: { packets: 101, bytes: 0, lost: 3, retransmitted: 5, nacked: 0 },
  },
])("what a producer carried: $why", async ({ stats, is }) => {
  const { fake, transport } = open();
  const producer = await transport.produce("video", PARAMETERS);
  fake.stats = stats;
  const { upstream, ...counts } = await producer.counts();
  assertEquals<unknown>(counts, is);
  assertEquals(upstream?.length, stats.length);
});

Deno.test("what the server thinks of a stream is told with its units", async () => {
  const { fake, transport } = open();
  const producer = await transport.produce("video", PARAMETERS);
  fake.stats = [{ ...STREAM, rtxSsrc: 2, packetsLost: 3, fractionLost: 12 }];
  assertEquals((await producer.counts()).upstream, [{
    ssrc: 1,
    rtxSsrc: 2,
    packetsLost: 3,
    fractionLost: 12,
    packetsRepaired: 0,
    roundTripMs: 10,
    jitterUnits: 7,
    score: 10,
  }]);
});

Deno.test("of a consumer only what goes out is counted, not what its producer sent", async () => {
  const { fake, transport } = open();
  const consumer = await transport.consume(CONSUME);
  const out = {
    ...STREAM,
    type: "outbound-rtp",
    packetCount: 8,
    byteCount: 800,
    fractionLost: 3,
    score: 9,
  };
  fake.stats = [{ ...STREAM, packetCount: 1000 }, out];
  const counts = await consumer.counts();
  assertEquals([counts.packets, counts.bytes], [8, 800]);
  assertEquals(counts.downstream, {
    fractionLost: 3,
    roundTripMs: 10,
    score: 9,
  });
});
