import { assertEquals, assertGreater } from "@std/assert";
import { ReceivedLayers } from "../../../lib/client/layers.ts";
import { BASE_EVERY_FRAMES, simulcastPresets } from "../../../lib/media/mod.ts";
import type { ClientMessageOf } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { CAMERA, VIDEO, World } from "./world.ts";

const SENDER = { publish: { ...CAMERA, simulcast: true } };
const [SMALLEST] = simulcastPresets(VIDEO);
const VIEWER = { publish: undefined };
const VISITOR = { roomId: "r", participantName: "A", onEvent() {} };

/** Messages of one type that somebody sent. */
function sent<
  T extends "produce" | "resumeConsumer" | "setConsumerPreferredLayers",
>(
  world: World,
  name: string,
  type: T,
): ClientMessageOf<T>[] {
  return world.said.filter(([who]) => who === name).map(([, message]) =>
    message
  ).filter((message): message is ClientMessageOf<T> => message.type === type);
}

/** A sender and a viewer who has its top layer. */
async function pair() {
  const server = { isSilent: false };
  const world = new World({ drops: () => server.isSilent });
  const { client: sender } = await world.joined("A", SENDER);
  const { client: viewer, events } = await world.joined("B", VIEWER);
  await world.clock.run(1000);
  /** Has the server say which layer it sends. */
  const tell = async (spatialLayer: number | null) => {
    const [{ consumerId }] = sent(world, "B", "resumeConsumer");
    world.participant("B").channel.deliver({
      type: "consumerLayersChanged",
      consumerId,
      spatialLayer,
      temporalLayer: spatialLayer === null ? null : 0,
    });
    await world.clock.run(0);
  };
  return { world, server, sender, viewer, events, tell };
}

Deno.test("simulcast is announced as three layers, each with its rid, its bit rate and three layers in time", async () => {
  const { world } = await pair();
  const [{ rtpParameters }] = sent(world, "A", "produce");
  assertEquals(
    rtpParameters.encodings.map(({ ssrc: _, ...rest }) => rest),
    [
      { rid: "r0", maxBitrate: 100_000, scalabilityMode: "L1T3" },
      { rid: "r1", maxBitrate: 300_000, scalabilityMode: "L1T3" },
      { rid: "r2", maxBitrate: 900_000, scalabilityMode: "L1T3" },
    ],
  );
  assertEquals(
    new Set(rtpParameters.encodings.map(({ ssrc }) => ssrc)).size,
    3,
  );
});

Deno.test("a viewer gets one layer, asks for another, and loses nothing on the way", async () => {
  const { world, sender, viewer } = await pair();
  assertEquals([...viewer.receivedLayers()], [2]);
  const before = viewer.totals().packetsReceived;
  assertGreater(before, 100);
  viewer.preferLayer(0);
  await world.clock.run(10_000);
  assertEquals([...viewer.receivedLayers()], [0]);
  assertEquals(viewer.totals().layerSwitches, 1);
  const {
    packetsLost: lost,
    packetsExpected: expected,
    packetsReceived: received,
    packetsDeliverable: deliverable,
  } = viewer.totals();
  assertEquals([lost, expected, deliverable], [0, received, received]);
  // Of all layers, what was sent is more.
  assertGreater(sender.totals().packetsSent, received);
});

Deno.test("who asked for a layer asks again for each track that comes, in later stays too", async () => {
  const { world, viewer } = await pair();
  viewer.preferLayer(1);
  const asked = () =>
    sent(world, "B", "setConsumerPreferredLayers")
      .map(({ spatialLayer }) => spatialLayer);
  await world.clock.run(0);
  assertEquals(asked(), [1]);
  await world.joined("C", SENDER);
  await world.clock.run(1000);
  assertEquals(asked(), [1, 1]);
  viewer.cutChannel();
  await world.clock.run(60_000);
  assertEquals(asked().length, 4);
});

Deno.test("nobody asks for a layer of what has only one", async () => {
  const world = new World();
  await world.joined("A");
  const { client } = await world.joined("B", VIEWER);
  client.preferLayer(0);
  await world.clock.run(1000);
  assertEquals(sent(world, "B", "setConsumerPreferredLayers"), []);
  assertEquals([...client.receivedLayers()], []);
});

Deno.test("each change of layers is told with its sender, and what is the same is not", async () => {
  const { events, tell } = await pair();
  for (const layer of [2, 1, 1, null, null, 0]) await tell(layer);
  const told = events.flatMap((event) =>
    event.type === "layer" ? [[event.from, event.layer]] : []
  );
  assertEquals(told, [["A", 2], ["A", 1], ["A", null], ["A", 0]]);
});

Deno.test("a switch is from one layer to another, not the end or the beginning of one", async () => {
  const { viewer, tell } = await pair();
  for (const layer of [null, 1, 1, 0, null, 2]) await tell(layer);
  assertEquals(viewer.totals().layerSwitches, 1);
  assertEquals([...viewer.receivedLayers()], [2]);
  await tell(null);
  assertEquals([...viewer.receivedLayers()], [undefined]);
});

Deno.test("what the server chooses not to send is not missing; what does not come all the same is", async () => {
  const { world, server, viewer, tell } = await pair();
  server.isSilent = true;
  await tell(null);
  const { packetsDeliverable: deliverable } = viewer.totals();
  await world.clock.run(10_000);
  assertEquals(viewer.totals().packetsDeliverable, deliverable);
  await tell(2);
  await world.clock.run(11_000);
  // Ten seconds, beyond one of grace, of the base in time of the smallest layer.
  const missing = Math.round(
    10 * SMALLEST.packetsPerSecond / BASE_EVERY_FRAMES,
  );
  assertEquals(viewer.totals().packetsDeliverable, deliverable + missing);
});

Deno.test("seconds in which the server sends no layer count as such, those with a change of layers too", async () => {
  const { world, server, viewer, tell } = await pair();
  const second = async () => {
    await world.clock.run(1000);
    return [...viewer.takeSeconds()].map(({ bitrateBps, frameRate }) => [
      bitrateBps > 0,
      Math.round(frameRate!),
    ]);
  };
  await second();
  await tell(1);
  assertEquals(await second(), [[true, 30]]);
  server.isSilent = true;
  await tell(null);
  assertEquals(await second(), [[false, 0]]);
  assertEquals(await second(), [[false, 0]]);
});

Deno.test("a video of which the server sends no layer from the start has seconds without any", async () => {
  const { world, server } = await pair();
  server.isSilent = true;
  const { client: late } = await world.joined("C", VIEWER);
  const [{ consumerId }] = sent(world, "C", "resumeConsumer");
  await world.clock.run(100);
  world.participant("C").channel.deliver({
    type: "consumerLayersChanged",
    consumerId,
    spatialLayer: null,
    temporalLayer: null,
  });
  await world.clock.run(1000);
  assertEquals([...late.takeSeconds()], []);
  await world.clock.run(1000);
  assertEquals([...late.takeSeconds()], [{
    kind: "video",
    from: "A",
    frozenMs: 0,
    bitrateBps: 0,
    lossRatio: null,
    residualLossRatio: null,
    frameRate: 0,
    playoutDelayMs: null,
  }]);
});

Deno.test.each([
  { why: "it had stopped coming", silentMs: 2000, resumes: true },
  { why: "the server chose so", silentMs: 0, resumes: false },
])(
  "what the server sends no layer of is waited for after an outage, or not: $why",
  async ({ silentMs, resumes }) => {
    const { world, server, viewer, tell } = await pair();
    server.isSilent = true;
    await world.clock.run(silentMs);
    await tell(null);
    await world.clock.run(1000);
    const backMs = world.scheduler.nowMs();
    await world.clock.run(500);
    assertEquals(viewer.resumedSince(backMs), resumes ? undefined : -1);
    await tell(2);
    server.isSilent = false;
    // The next key frame comes within five seconds.
    await world.clock.run(6000);
    assertGreater(viewer.resumedSince(backMs)!, backMs + 500);
  },
);

Deno.test.each([
  { said: [null], current: undefined, flows: [false] },
  { said: [2, null], current: undefined, flows: [false] },
  { said: [null, 1], current: 1, flows: [] },
])(
  "what the server said of a consumer before it told of it holds: $said",
  ({ said, current, flows }) => {
    const heard: boolean[] = [];
    const layers = new ReceivedLayers({
      onFlow: (_producerId, flows) => heard.push(flows),
      onLayer: () => {},
    });
    for (const layer of said) layers.onChanged("c", layer);
    layers.open({
      consumerId: "c",
      producerId: "p",
      kind: "video",
      rtpParameters: {
        codecs: [],
        headerExtensions: [],
        encodings: [{ ssrc: 1, scalabilityMode: "L3T1" }],
        rtcp: { reducedSize: true },
      },
    }, new World().environment.openSession(VISITOR));
    assertEquals([...layers.current()], [current]);
    assertEquals([heard, layers.layerSwitches], [flows, 0]);
  },
);
