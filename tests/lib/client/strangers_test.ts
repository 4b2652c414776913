/** What others send, and what clients of ours sent before they were gone: received, and not judged. */

import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { OwnPublishers } from "../../../lib/client/mod.ts";
import { count, World } from "./world.ts";

const VIEWER = { publish: undefined } as const;
const AUDIO_ONLY = { publish: { audio: true, video: undefined } } as const;

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
  const { received, fromOthers, bytes, flowing, ...rest } = client.totals();
  assertGreater(received, 500);
  assertEquals([fromOthers, flowing], [received, 2]);
  assertGreater(bytes, 100_000);
  const { deliverable, expected, lost, freezes, frozenMs, framesShown } = rest;
  assertEquals(
    { deliverable, expected, lost, freezes, frozenMs, framesShown },
    {
      deliverable: 0,
      expected: 0,
      lost: 0,
      freezes: 0,
      frozenMs: 0,
      framesShown: 0,
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
  assertEquals(before.deliverable, before.received - before.fromOthers);
  network.isCut = true;
  await world.clock.run(11_000);
  const { deliverable, received, fromOthers } = client.totals();
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
  assertEquals(client.totals().deliverable, 0);
  assertEquals(client.resumedSince(world.scheduler.nowMs() - 5000), -1);
});

Deno.test("a client that gave up is not missed, however long the server offers its tracks", async () => {
  const world = new World();
  const b = await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(5000);
  world.server.isDown = true;
  b.client.cutChannel();
  while (b.client.state !== "failed") await world.clock.run(100);
  const { deliverable, received } = client.totals();
  assertEquals(deliverable, received);
  await world.clock.run(10_000);
  assertEquals(client.totals().deliverable, deliverable);
  assertEquals(client.totals().freezes, 0);
});

Deno.test("what a client was before it came back is not missed, and what it is now is", async () => {
  const world = new World();
  const b = await world.joined("B", AUDIO_ONLY);
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  b.client.cutChannel();
  await world.clock.run(20_000);
  assertEquals(count(b.events, "returned"), 1);
  const { deliverable, received } = client.totals();
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
  const { deliverable, received } = client.totals();
  assertAlmostEquals(deliverable - received, 200, 10);
  // It says so before the server does.
  await b.client.setPaused("audio", true);
  const paused = client.totals().deliverable;
  await world.clock.run(5000);
  assertEquals(client.totals().deliverable, paused);
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
        : [{ producerId, packetsPerSecond }],
    });
  tell(50);
  await world.clock.run(2000);
  const { deliverable, received, fromOthers } = client.totals();
  assertEquals([deliverable, fromOthers], [received, 0]);
  network.isCut = true;
  await world.clock.run(2000);
  tell(null);
  await world.clock.run(10_000);
  assertAlmostEquals(client.totals().deliverable - received, 50, 5);
});
