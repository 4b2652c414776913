import { assertEquals, assertMatch } from "@std/assert";
import type { ProtooDialect } from "../../../../lib/sfu/protoo/dialect.ts";
import type { ProtooParts } from "../../../../lib/sfu/protoo/peer.ts";
import { ProtooRooms } from "../../../../lib/sfu/protoo/rooms.ts";
import { ServerMetrics } from "../../../../lib/sfu/signaling/metrics.ts";
import { StreamBook } from "../../../../lib/sfu/signaling/stream_stats.ts";
import { FakeEngine, RTP_PARAMETERS } from "../fake_engine.ts";
import { settle } from "../fake_world.ts";

// deno-lint-ignore no-explicit-any -- what a server says is looked at where it is asserted
type Said = any;

const DIALECTS: readonly ProtooDialect[] = ["javascript", "typescript"];
const CAPABILITIES = { codecs: [], headerExtensions: [] };

/** The rooms of a server whose engine carries nothing. */
class House {
  readonly engine = new FakeEngine();
  readonly streams = new StreamBook();
  readonly metrics = new ServerMetrics();
  readonly rooms: ProtooRooms;

  constructor(
    dialect: ProtooDialect = "javascript",
    limits: Partial<ProtooParts> = {},
  ) {
    const { engine, streams, metrics } = this;
    this.rooms = new ProtooRooms({
      ...{ engine, streams, metrics },
      ...{ maxTransportsPerJoin: 16, maxTransports: 1000, ...limits },
    }, dialect);
  }

  /** Connects; what is not said is room r. */
  async enter(peerId: string, query: Record<string, string> = {}) {
    const peer = new Peer(this.rooms, { roomId: "r", peerId, ...query });
    await settle();
    return peer;
  }

  /** Connects, and is ready to receive. */
  async join(peerId: string, query: Record<string, string> = {}) {
    const peer = await this.enter(peerId, query);
    await peer.ask("createWebRtcTransport", {
      consuming: true,
      appData: { direction: "consumer" },
    });
    await peer.ask("join", {
      displayName: peerId,
      device: { name: "test" },
      rtpCapabilities: CAPABILITIES,
    });
    return peer;
  }
}

/** One connection. */
class Peer {
  readonly heard: Said[] = [];
  /** What it answers to consumers. */
  wants = true;
  closed: string | undefined;
  readonly end: () => void;
  readonly #receive: (message: object) => void;
  #lastId = 100;

  constructor(rooms: ProtooRooms, query: Record<string, string>) {
    const connection = rooms.enter(new URLSearchParams(query), {
      send: (text) => {
        const message = JSON.parse(text);
        this.heard.push(message);
        if (!message.request) return;
        const { id } = message;
        this.#receive({ response: true, id, ok: this.wants });
      },
      close: (code, reason) => this.closed = `${code} ${reason}`,
    });
    this.#receive = (message) => connection.receive(JSON.stringify(message));
    this.end = connection.end;
  }

  /** What a request comes to; the server's words where it says no. */
  async ask(method: string, data: object = {}): Promise<Said> {
    const id = ++this.#lastId;
    this.#receive({ request: true, id, method, data });
    await settle();
    const reply = this.heard.find((one) => one.response && one.id === id);
    return reply.ok ? reply.data : reply.errorReason;
  }

  /** Produces, and tells the producer's id. */
  async produce(): Promise<string> {
    const { id, transportId } = await this.ask("createWebRtcTransport", {});
    const made = await this.ask("produce", {
      ...{ transportId: transportId ?? id, kind: "audio" },
      rtpParameters: RTP_PARAMETERS,
    });
    return made.producerId ?? made.id;
  }

  /** The data of all that it heard by this method, oldest first. */
  all(method: string): Said[] {
    return this.heard.filter((one) => one.method === method)
      .map(({ data }) => data);
  }
}

Deno.test.each(DIALECTS.map((dialect) => ({ dialect })))(
  "whoever joins in $dialect hears who is there, gets all that they send, and is told of",
  async ({ dialect }) => {
    const house = new House(dialect);
    const anna = await house.join("anna");
    const producerId = await anna.produce();
    const bob = await house.join("bob");
    const [consumer] = bob.all("newConsumer");
    assertEquals([consumer.peerId, consumer.producerId, consumer.kind], [
      "anna",
      producerId,
      "audio",
    ]);
    const [newPeer] = anna.all("newPeer");
    const [greeting] = [...anna.heard];
    const profile = { displayName: "bob", device: { name: "test" } };
    if (dialect === "javascript") {
      assertEquals(greeting.method, "mediasoup-version");
      assertEquals(newPeer, { id: "bob", ...profile });
      assertMatch(consumer.id, /^0/);
    } else {
      assertEquals(greeting.method, "mediasoupVersion");
      assertEquals(newPeer, { peer: { peerId: "bob", ...profile } });
      assertMatch(consumer.consumerId, /^0/);
    }
    assertEquals(house.rooms.counts, { participants: 2, rooms: 1 });
  },
);

Deno.test.each([
  { wants: true, started: 1, why: "it wants it" },
  { wants: false, started: 0, why: "it does not want it" },
])(
  "a consumer begins paused, and goes on where its receiver says that $why",
  async ({ wants, started }) => {
    const house = new House();
    const bob = await house.join("bob");
    bob.wants = wants;
    const anna = await house.join("anna");
    await anna.produce();
    await settle();
    const { done } = house.engine;
    const [{ id }] = bob.all("newConsumer");
    assertEquals(
      done.filter((one) => one === `consumer ${id} starts paused`)
        .length,
      1,
    );
    assertEquals(
      done.filter((one) => one === `resume consumer ${id}`).length,
      started,
    );
  },
);

Deno.test.each([
  { replicas: undefined, want: 1, why: "nobody asks for more" },
  { replicas: "2", want: 3, why: "so many more are asked for" },
  { replicas: "-5", want: 1, why: "fewer than none are none" },
  { replicas: "many", want: 1, why: "it is no number" },
  { replicas: "100000", want: 101, why: "there is a limit" },
])("of a track each gets $want consumers: $why", async ({ replicas, want }) => {
  const house = new House();
  const query: Record<string, string> = replicas === undefined
    ? {}
    : { consumerReplicas: replicas };
  const bob = await house.join("bob", query);
  // What who comes later asks for does not count.
  const anna = await house.join("anna", { consumerReplicas: "7" });
  await anna.produce();
  for (let i = 0; i < 5; i++) await settle();
  assertEquals(bob.all("newConsumer").length, want);
});

Deno.test.each([
  {
    limits: { maxTransportsPerJoin: 3 },
    granted: 3,
    says: "no more than 3 transports each",
  },
  {
    limits: { maxTransports: 5 },
    granted: 4,
    says: "no more than 5 transports in all",
  },
])(
  "transports over a limit are refused, counted, and had again when others end: $says",
  async ({ limits, granted, says }) => {
    const house = new House("typescript", limits);
    const bob = await house.join("bob");
    const anna = await house.enter("anna");
    // All at once: those under way count.
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => anna.ask("createWebRtcTransport")),
    );
    const refused = asked.filter((answer) => answer === says);
    assertEquals(6 - refused.length, granted);
    assertEquals(house.metrics.refusals.transports, refused.length);
    bob.end();
    anna.end();
    await settle();
    const carl = await house.enter("carl");
    const { transportId } = await carl.ask("createWebRtcTransport");
    assertMatch(transportId, /./);
    assertEquals(house.rooms.transports, 1);
  },
);

Deno.test("whoever has not joined, or has nowhere to receive, gets no consumers", async () => {
  const house = new House();
  const waiting = await house.enter("waiting");
  const deaf = await house.enter("deaf");
  await deaf.ask("join", { displayName: "d", rtpCapabilities: CAPABILITIES });
  const sender = await house.join("sender");
  await sender.produce();
  assertEquals([waiting.all("newConsumer"), deaf.all("newConsumer")], [[], []]);
  assertEquals(waiting.all("newPeer"), []);
  assertEquals(deaf.all("newPeer").length, 1);
});

Deno.test.each([
  { method: "fly", data: {}, says: 'unknown request.method "fly"' },
  {
    method: "connectWebRtcTransport",
    data: { transportId: "t" },
    says: 'transport with id "t" not found',
  },
  {
    method: "pauseProducer",
    data: { producerId: "p" },
    says: 'producer with id "p" not found',
  },
  {
    method: "resumeConsumer",
    data: { consumerId: "c" },
    says: 'consumer with id "c" not found',
  },
  { method: "join", data: {}, says: "Peer already joined" },
])(
  "$method that cannot be is refused in words",
  async ({ method, data, says }) => {
    const anna = await new House().join("anna");
    assertEquals(await anna.ask(method, data), says);
  },
);

Deno.test("nobody sends before joining", async () => {
  const anna = await new House().enter("anna");
  assertEquals(await anna.ask("produce", {}), "Peer not yet joined");
});

Deno.test("a track that is paused, goes on and ends is told of to all that have it", async () => {
  const house = new House();
  const [anna, bob] = [await house.join("anna"), await house.join("bob")];
  const producerId = await anna.produce();
  const [{ id: consumerId }] = bob.all("newConsumer");
  await anna.ask("pauseProducer", { producerId });
  const late = await house.join("late");
  assertEquals(late.all("newConsumer")[0].producerPaused, true);
  await anna.ask("resumeProducer", { producerId });
  await anna.ask("closeProducer", { producerId });
  const methods = ["consumerPaused", "consumerResumed", "consumerClosed"];
  assertEquals(methods.map((method) => bob.all(method)), [
    [{ consumerId }],
    [{ consumerId }],
    [{ consumerId }],
  ]);
  assertEquals(
    await bob.ask("resumeConsumer", { consumerId }),
    `consumer with id "${consumerId}" not found`,
  );
  assertEquals(
    await anna.ask("pauseProducer", { producerId }),
    `producer with id "${producerId}" not found`,
  );
});

Deno.test("whoever goes takes its tracks along, is told of once, and its streams are counted to the end", async () => {
  const house = new House();
  const [anna, bob] = [await house.join("anna"), await house.join("bob")];
  await anna.produce();
  await settle();
  anna.end();
  await house.rooms.settled();
  assertEquals(bob.all("peerClosed"), [{ peerId: "anna" }]);
  assertEquals(bob.all("consumerClosed").length, 1);
  const { producers, consumers } = await house.streams.stats("werift");
  assertEquals(
    [producers, consumers].map((rows) =>
      rows.map(({ packets, closed }) => [packets, closed])
    ),
    [[[10, true]], [[9, true]]],
  );
  assertEquals(house.rooms.counts, { participants: 1, rooms: 1 });
});

Deno.test("whoever comes with the id of one who is there takes its place", async () => {
  const house = new House();
  const [first, bob] = [await house.join("anna"), await house.join("bob")];
  const second = await house.join("anna");
  assertEquals(first.closed, "4000 closed by protoo-server");
  assertEquals(second.closed, undefined);
  assertEquals(bob.all("peerClosed"), [{ peerId: "anna" }]);
  // The old connection ends when it ends: the new one stays.
  first.end();
  await house.rooms.settled();
  assertEquals(bob.all("peerClosed").length, 1);
  assertEquals((await bob.produce()).length > 0, true);
  assertEquals(second.all("newConsumer").length, 1);
});

Deno.test("a room goes with the last who was in it, and the next begins a new one", async () => {
  const house = new House();
  const anna = await house.join("anna");
  anna.end();
  await house.rooms.settled();
  assertEquals(house.engine.done.includes("close router"), true);
  assertEquals(house.rooms.counts, { participants: 0, rooms: 0 });
  await house.join("bob");
  assertEquals(house.rooms.counts, { participants: 1, rooms: 1 });
  assertEquals(house.engine.events.length, 2);
});

Deno.test("where the engine makes no room, who comes is sent away, and who comes later may get in", async () => {
  const house = new House();
  house.engine.failure = "no worker";
  const anna = await house.enter("anna");
  assertEquals(anna.closed, "4000 no room");
  anna.end();
  const bob = await house.join("bob");
  assertEquals(bob.closed, undefined);
  assertEquals(house.rooms.counts, { participants: 1, rooms: 1 });
});

Deno.test.each(
  [
    {
      dialect: "javascript",
      layers: { spatialLayer: 1, temporalLayer: 0 },
      want: { spatialLayer: 1, temporalLayer: 0 },
    },
    {
      dialect: "javascript",
      layers: undefined,
      want: { spatialLayer: null, temporalLayer: null },
    },
    {
      dialect: "typescript",
      layers: { spatialLayer: 1, temporalLayer: 0 },
      want: { layers: { spatialLayer: 1, temporalLayer: 0 } },
    },
    { dialect: "typescript", layers: undefined, want: {} },
  ] as const,
)("layers $layers are told of in $dialect", async ({
  dialect,
  layers,
  want,
}) => {
  const house = new House(dialect);
  house.engine.layered = true;
  const bob = await house.join("bob");
  const anna = await house.join("anna");
  await anna.produce();
  await settle();
  const [{ consumerId, id, type }] = bob.all("newConsumer");
  assertEquals(type, "simulcast");
  house.engine.layers[0](layers);
  assertEquals(bob.all("consumerLayersChanged"), [{
    consumerId: consumerId ?? id,
    ...want,
  }]);
});
