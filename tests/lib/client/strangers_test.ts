/** What others send, and what clients of ours sent before they were gone: received, and not judged. */

import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { OwnPublishers } from "../../../lib/client/mod.ts";
import type { ClientEvent } from "../../../lib/client/mod.ts";
import type { ServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { FAKE_CAPABILITIES } from "../../../lib/testing/fake_capabilities.ts";
import { AUDIO, CAMERA, count, errorsOf, World } from "./world.ts";

const VIEWER = { publish: undefined } as const;
const AUDIO_ONLY = { publish: AUDIO } as const;

/** A world in which every tenth packet, or every packet, can be thrown away. */
function lossy() {
  const network = { dropsTenth: false, isCut: false };
  let packets = 0;
  const world = new World({
    drops: () => network.isCut || (network.dropsTenth && ++packets % 10 === 0),
  });
  return { world, network };
}

Deno.test("what others send counts as received, and its loss and freezes are nobody's", async () => {
  const { world, network } = lossy();
  await world.stranger("S");
  const { client } = await world.joined("A", VIEWER);
  network.dropsTenth = true;
  await world.clock.run(5000);
  network.isCut = true;
  await world.clock.run(5000);
  const {
    packetsReceived: received,
    packetsFromOthers: fromOthers,
    bytesReceived: bytes,
    consumersFlowing: flowing,
    ...rest
  } = client.totals();
  assertGreater(received, 500);
  assertEquals([fromOthers, flowing], [received, 2]);
  assertGreater(bytes, 100_000);
  const {
    packetsDeliverable: deliverable,
    packetsExpected: expected,
    packetsLost: lost,
    freezeCount,
    totalFreezesDurationMs,
    framesRendered,
  } = rest;
  assertEquals(
    {
      deliverable,
      expected,
      lost,
      freezeCount,
      totalFreezesDurationMs,
      framesRendered,
    },
    {
      deliverable: 0,
      expected: 0,
      lost: 0,
      freezeCount: 0,
      totalFreezesDurationMs: 0,
      framesRendered: 0,
    },
  );
  assertEquals([[...client.takeSeconds()], [...client.jittersMs()]], [[], []]);
});

Deno.test("beside others, clients of ours are judged as if they were alone", async () => {
  const { world, network } = lossy();
  await world.stranger("S");
  await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(5000);
  const before = client.totals();
  assertEquals(
    before.packetsDeliverable,
    before.packetsReceived - before.packetsFromOthers,
  );
  network.isCut = true;
  await world.clock.run(11_000);
  const {
    packetsDeliverable: deliverable,
    packetsReceived: received,
    packetsFromOthers: fromOthers,
  } = client.totals();
  // Ten seconds after the grace: 50 packets of sound, 133 of video.
  assertAlmostEquals(deliverable - (received - fromOthers), 1830, 100);
});

Deno.test("a track of others that never sends anything is not missed, nor does it recover", async () => {
  const { world } = lossy();
  world.server.openChannel();
  const stranger = await world.stranger("S", AUDIO_ONLY);
  const { client } = await world.joined("A", VIEWER);
  stranger.cutChannel();
  await world.clock.run(10_000);
  assertEquals(client.totals().packetsDeliverable, 0);
  assertEquals(client.resumedSince(world.scheduler.nowMs() - 5000), -1);
});

Deno.test("a client that gave up is not missed, however long the server offers its tracks", async () => {
  const world = new World();
  const b = await world.joined("B", { patienceMs: 10_000 });
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(5000);
  world.server.isDown = true;
  b.client.cutChannel();
  while (b.client.state !== "failed") await world.clock.run(100);
  const { packetsDeliverable: deliverable, packetsReceived: received } = client
    .totals();
  assertEquals(deliverable, received);
  await world.clock.run(10_000);
  assertEquals(client.totals().packetsDeliverable, deliverable);
  assertEquals(client.totals().freezeCount, 0);
});

Deno.test("what a client was before it came back is not missed, and what it is now is", async () => {
  const world = new World();
  const b = await world.joined("B", AUDIO_ONLY);
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  b.client.cutChannel();
  await world.clock.run(20_000);
  assertEquals(count(b.events, "returned"), 1);
  const { packetsDeliverable: deliverable, packetsReceived: received } = client
    .totals();
  assertGreater(received, 1000);
  assertAlmostEquals(received / deliverable, 1, 0.01);
});

Deno.test("a client of another node is missed as one of the same", async () => {
  const { world, network } = lossy();
  const here = world.environment.publishers;
  const there = world.environment.publishers = new OwnPublishers();
  there.onOwn = (news) => here.learn(JSON.parse(JSON.stringify(news)));
  const b = await world.joined("B", AUDIO_ONLY);
  world.environment.publishers = here;
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  network.isCut = true;
  await world.clock.run(5000);
  const { packetsDeliverable: deliverable, packetsReceived: received } = client
    .totals();
  assertAlmostEquals(deliverable - received, 200, 10);
  // It says so before the server does.
  await b.client.setPaused("audio", true);
  const paused = client.totals().packetsDeliverable;
  await world.clock.run(5000);
  assertEquals(client.totals().packetsDeliverable, paused);
});

Deno.test("that a track is a client's of ours may be heard after it was consumed", async () => {
  const { world, network } = lossy();
  const here = world.environment.publishers;
  world.environment.publishers = new OwnPublishers();
  await world.joined("B", AUDIO_ONLY);
  world.environment.publishers = here;
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(100);
  const { id, producers: [{ id: producerId }] } = world.participant("B");
  const tell = (packetsPerSecond: number | null) =>
    here.learn({
      roomId: "r",
      participantId: id,
      tracks: packetsPerSecond === null
        ? null
        : [{ producerId, kind: "audio", packetsPerSecond }],
    });
  tell(50);
  await world.clock.run(2000);
  const {
    packetsDeliverable: deliverable,
    packetsReceived: received,
    packetsFromOthers: fromOthers,
  } = client.totals();
  assertEquals([deliverable, fromOthers], [received, 0]);
  network.isCut = true;
  await world.clock.run(2000);
  tell(null);
  await world.clock.run(10_000);
  assertAlmostEquals(client.totals().packetsDeliverable - received, 50, 5);
});

/** What was found of tracks of others, as `is` and what belongs to it. */
function foundIn(events: readonly ClientEvent[]): unknown[] {
  return events.flatMap((event) =>
    event.type === "other" ? [event.track.found] : []
  );
}

const NO_CODEC =
  "Error: Consumer error: Failed to create consumer: Bad consumer RTP parameters: No compatible media codecs";

Deno.test.each<
  { why: string; answer: (id: string) => ServerMessage; found: unknown }
>([
  {
    why: "the server has no codec for us",
    answer: () => ({ type: "error", message: NO_CODEC }),
    found: { is: "codec", codecs: ["video/VP9", "video/H264"] },
  },
  {
    why: "the server does not hand it out",
    answer: () => ({ type: "error", message: "Error: not for you" }),
    found: { is: "refused", reason: "Error: not for you" },
  },
  {
    why: "the server hands out what we did not ask for",
    answer: (producerId) => ({
      type: "consumerCreated",
      consumerId: "c",
      producerId,
      kind: "video",
      rtpParameters: {
        codecs: [
          { mimeType: "video/ulpfec", payloadType: 110, clockRate: 90_000 },
          { mimeType: "video/AV1", payloadType: 45, clockRate: 90_000 },
          { mimeType: "video/rtx", payloadType: 46, clockRate: 90_000 },
        ],
        headerExtensions: [],
        encodings: [{ ssrc: 5 }],
        rtcp: { cname: "s", reducedSize: true },
      },
    }),
    found: { is: "codec", codecs: ["video/AV1"] },
  },
])(
  "a track of others is left out when $why, and its place is free",
  async ({ answer, found }) => {
    let strange = "";
    const world: World = new World({
      intercept: (message) => {
        if (message.type === "getRouterRtpCapabilities") {
          const codec = { kind: "video", clockRate: 90_000 } as const;
          return [{
            type: "routerRtpCapabilities",
            rtpCapabilities: {
              ...FAKE_CAPABILITIES,
              codecs: [
                ...FAKE_CAPABILITIES.codecs,
                { ...codec, mimeType: "video/VP9", preferredPayloadType: 98 },
                { ...codec, mimeType: "video/H264", preferredPayloadType: 102 },
                { ...codec, mimeType: "video/red", preferredPayloadType: 110 },
              ],
            },
          }];
        }
        const isStrange = message.type === "consume" &&
          message.producerId === strange;
        return isStrange ? [answer(strange)] : undefined;
      },
    });
    await world.stranger("S", { publish: CAMERA });
    strange = world.participant("S").producers[0].id;
    const { client, events } = await world.joined("A", {
      ...VIEWER,
      maxVideo: 1,
    });
    assertEquals([errorsOf(events), foundIn(events)], [[], [found]]);
    assertEquals([client.state, client.consumersOpen], ["connected", 0]);
    await world.joined("B");
    await world.clock.run(2000);
    assertEquals(client.consumersOpen, 2);
    assertGreater(client.totals().framesRendered, 30);
  },
);

Deno.test("of which codec a track of others is one client of all asks, and says so", async () => {
  const codec = { kind: "video", clockRate: 90_000 } as const;
  const codecs = [
    { ...codec, mimeType: "video/VP9", preferredPayloadType: 98 },
    { ...codec, mimeType: "video/H264", preferredPayloadType: 102 },
  ];
  const world: World = new World({
    intercept: (message) => {
      switch (message.type) {
        case "getRouterRtpCapabilities":
          return [{
            type: "routerRtpCapabilities",
            rtpCapabilities: {
              ...FAKE_CAPABILITIES,
              codecs: [...FAKE_CAPABILITIES.codecs, ...codecs],
            },
          }];
        case "consume": {
          const { producerId, rtpCapabilities } = message;
          const takes = rtpCapabilities.codecs.some(({ mimeType }) =>
            mimeType === "video/H264"
          );
          if (!takes) return [{ type: "error", message: NO_CODEC }];
          return [{
            type: "consumerCreated",
            consumerId: "c",
            producerId,
            kind: "video",
            rtpParameters: {
              codecs: [{ ...codecs[1], payloadType: 102 }],
              headerExtensions: [],
              encodings: [{ ssrc: 5 }],
              rtcp: { cname: "s", reducedSize: true },
            },
          }];
        }
        default:
          return undefined;
      }
    },
  });
  await world.stranger("S", {
    publish: CAMERA,
    maxVideo: 0,
  });
  const first = await world.joined("A", VIEWER);
  const second = await world.joined("B", VIEWER);
  await world.clock.run(1000);
  const either = { is: "codec", codecs: ["video/VP9", "video/H264"] };
  assertEquals(foundIn(first.events), [
    either,
    { is: "codec", codecs: ["video/H264"] },
  ]);
  assertEquals(foundIn(second.events), [either]);
  assertEquals([world.times("consume"), world.times("pauseConsumer")], [3, 1]);
  assertEquals(first.client.consumersOpen, 0);
  assertEquals([...errorsOf(first.events), ...errorsOf(second.events)], []);
});

Deno.test("a track that turns out to be a client's of ours is none of others", async () => {
  const world = new World();
  const here = world.environment.publishers;
  world.environment.publishers = new OwnPublishers();
  await world.joined("B", AUDIO_ONLY);
  world.environment.publishers = here;
  const { events } = await world.joined("A", VIEWER);
  await world.clock.run(3000);
  const { id, producers: [{ id: producerId }] } = world.participant("B");
  here.learn({
    roomId: "r",
    participantId: id,
    tracks: [{ producerId, kind: "audio", packetsPerSecond: 50 }],
  });
  await world.clock.run(3000);
  assertEquals(foundIn(events), [{ is: "flowing" }, { is: "own" }]);
});

Deno.test("that a client of ours is refused stays an error", async () => {
  const world = new World({
    intercept: ({ type }) =>
      type === "consume" ? [{ type: "error", message: NO_CODEC }] : undefined,
  });
  await world.joined("B", AUDIO_ONLY);
  const { events } = await world.joined("A", VIEWER);
  assertEquals([errorsOf(events).length, foundIn(events)], [1, []]);
});

Deno.test("a producer that is no media is left alone", async () => {
  const world = new World();
  const { client, events } = await world.joined("B", VIEWER);
  world.participant("B").channel.deliver({
    type: "newProducer",
    participantId: "s",
    producerId: "d",
    kind: "data",
  });
  await world.clock.run(100);
  assertEquals([client.state, errorsOf(events)], ["connected", []]);
  assertEquals(world.times("consume"), 0);
});

/** A world in which what some people send does not arrive. */
function quiet() {
  const silent = new Set<string>();
  const world: World = new World({
    drops: (packet) => {
      const ssrc = new DataView(packet.buffer, packet.byteOffset).getUint32(8);
      return [...world.server.participants].some(({ name, producers }) =>
        silent.has(name) &&
        producers.some(({ rtpParameters }) =>
          rtpParameters.encodings[0].ssrc === ssrc
        )
      );
    },
  });
  return { world, silent };
}

Deno.test("of a track of others it is told once that it is silent, flows, and is silent again", async () => {
  const { world, silent } = quiet();
  silent.add("S");
  await world.stranger("S", AUDIO_ONLY);
  const { events } = await world.joined("A", VIEWER);
  const found = [];
  for (const isSilent of [true, false, true]) {
    if (isSilent) silent.add("S");
    else silent.delete("S");
    await world.clock.run(4000);
    found.push(foundIn(events).length);
    await world.clock.run(8000);
    found.push(foundIn(events).length);
  }
  assertEquals(found, [0, 1, 2, 2, 2, 3]);
  assertEquals(foundIn(events), [
    { is: "silent" },
    { is: "flowing" },
    { is: "silent" },
  ]);
});

Deno.test("a track of others that is paused is not silent", async () => {
  const world = new World();
  const stranger = await world.stranger("S", AUDIO_ONLY);
  await stranger.setPaused("audio", true);
  const { events } = await world.joined("A", VIEWER);
  await world.clock.run(20_000);
  assertEquals(foundIn(events), []);
});

Deno.test("a silent track of others keeps nobody out, and one that flows is not put out", async () => {
  const { world, silent } = quiet();
  silent.add("S");
  await world.stranger("S", AUDIO_ONLY);
  await world.stranger("T", AUDIO_ONLY);
  const { client, events } = await world.joined("A", {
    ...VIEWER,
    maxAudio: 2,
  });
  await world.clock.run(10_000);
  for (const name of ["B", "C"]) await world.joined(name, AUDIO_ONLY);
  const before = client.totals();
  await world.clock.run(10_000);
  const {
    packetsReceived: received,
    packetsFromOthers: fromOthers,
    packetsDeliverable: deliverable,
  } = client.totals();
  assertEquals([client.consumersOpen, errorsOf(events)], [2, []]);
  assertEquals(world.times("pauseConsumer"), 1);
  // B and T are heard.
  assertAlmostEquals(fromOthers - before.packetsFromOthers, 500, 10);
  assertAlmostEquals(received - fromOthers, 500, 10);
  assertEquals(deliverable, received - fromOthers);
});

Deno.test("a client of ours is heard before others, though they came first", async () => {
  const world = new World();
  for (const name of ["S", "T"]) await world.stranger(name, AUDIO_ONLY);
  await world.joined("B", AUDIO_ONLY);
  const { client } = await world.joined("A", { ...VIEWER, maxAudio: 1 });
  await world.clock.run(5000);
  assertGreater(client.totals().packetsReceived, 200);
  assertEquals(client.totals().packetsFromOthers, 0);
});

Deno.test("what a client was before it came back takes the place of nobody", async () => {
  const world = new World();
  const lost = [];
  for (const name of ["B", "C"]) {
    lost.push(await world.joined(name, AUDIO_ONLY));
  }
  const { client } = await world.joined("A", { ...VIEWER, maxAudio: 2 });
  await world.clock.run(2000);
  for (const one of lost) one.client.cutChannel();
  await world.clock.run(3000);
  // Their ghosts are there for 27 s more.
  assertEquals(world.server.participants.size, 5);
  const before = client.totals();
  await world.clock.run(5000);
  const { packetsReceived: received, packetsDeliverable: deliverable } = client
    .totals();
  assertAlmostEquals(received - before.packetsReceived, 500, 10);
  assertEquals(
    deliverable - before.packetsDeliverable,
    received - before.packetsReceived,
  );
  // Who comes now does not even ask for them.
  const late = await world.joined("D", { ...VIEWER, maxAudio: 9 });
  assertEquals(late.client.consumersOpen, 2);
});

Deno.test("of someone with many tracks and a shared screen all are had, as far as there are places", async () => {
  const world = new World();
  const { events } = await world.joined("A", {
    ...VIEWER,
    maxAudio: 2,
    maxVideo: 3,
  });
  const offers = ["camera", "screen", "screen", "camera", "screen-audio"];
  world.participant("A").channel.deliver(
    ...offers.map((source, i): ServerMessage => ({
      type: "newProducer",
      participantId: "s",
      producerId: `p${i}`,
      kind: source === "screen-audio" ? "audio" : "video",
      source,
    })),
  );
  await world.clock.run(1000);
  assertEquals(
    world.said.flatMap(([, message]) =>
      message.type === "consume" ? [message.producerId] : []
    ),
    ["p0", "p1", "p2", "p4", "p3"],
  );
  assertEquals(errorsOf(events), []);
});
