/** What clients of ours send and a server tells nothing of: it is missing all the same, as far as there is room for it. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { OwnTrack } from "../../../lib/client/own_publishers.ts";
import { errorsOf, World } from "./world.ts";

const VIDEO_PPS = 130;

/** A viewer of a publisher of both kinds, and a way to have others send whom its server says nothing of. */
async function watching(
  options: { maxAudio?: number; maxVideo?: number } = {},
) {
  const world = new World();
  await world.joined("B");
  const { client, events } = await world.joined("A", {
    publish: undefined,
    ...options,
  });
  await world.clock.run(5000);
  const send = (participantId: string, tracks: OwnTrack[] | null) =>
    world.environment.publishers.learn({ roomId: "r", participantId, tracks });
  const untold = () =>
    events.flatMap((event) => event.type === "untold" ? [event.kind] : []);
  const flow = () => [client.flow().due, client.flow().flowing];
  return { world, client, events, send, untold, flow };
}

const video = (producerId: string, packetsPerSecond = VIDEO_PPS): OwnTrack => ({
  producerId,
  kind: "video",
  packetsPerSecond,
});

Deno.test("a track that the server never tells of is missing after some seconds, until it ends, and told once", async () => {
  const { world, client, events, send, untold, flow } = await watching();
  send("C", [video("v")]);
  await world.clock.run(2000);
  assertEquals([flow(), untold()], [[2, 2], []]);
  await world.clock.run(3000);
  assertEquals([flow(), untold()], [[3, 2], ["video"]]);
  const before = client.totals();
  await world.clock.run(10_000);
  const after = client.totals();
  assertAlmostEquals(
    after.packetsDeliverable - before.packetsDeliverable -
      (after.packetsReceived - before.packetsReceived),
    10 * VIDEO_PPS,
    150,
  );
  send("C", null);
  await world.clock.run(1000);
  assertEquals([flow(), untold()], [[2, 2], ["video"]]);
  assertEquals(errorsOf(events), []);
  await client.leave();
});

Deno.test.each<{
  why: string;
  options?: { maxAudio?: number; maxVideo?: number };
  tracks: OwnTrack[];
  due: number;
}>([
  { why: "it is paused", tracks: [video("v", 0)], due: 2 },
  {
    why: "there is no room for it",
    options: { maxVideo: 1 },
    tracks: [video("v")],
    due: 2,
  },
  {
    why: "there is room for one of three",
    options: { maxVideo: 2 },
    tracks: [video("v"), video("w"), video("x")],
    due: 3,
  },
  {
    why: "none of its kind is wanted",
    options: { maxVideo: 0 },
    tracks: [video("v")],
    due: 1,
  },
])("of what is untold only that is due which would come: $why", async ({
  options,
  tracks,
  due,
}) => {
  const { world, client, send, flow } = await watching(options);
  send("C", tracks);
  await world.clock.run(10_000);
  assertEquals(flow()[0], due);
  await client.leave();
});

Deno.test("who comes and goes all the time, and is told of in time, is not missing", async () => {
  const { world, client, send, untold, flow } = await watching();
  for (let i = 0; i < 10; i++) {
    send("C", i % 2 === 0 ? [video(`v${i}`)] : null);
    await world.clock.run(1000);
  }
  assertEquals([flow(), untold()], [[2, 2], []]);
  await client.leave();
});

Deno.test("tracks of strangers are not waited for", async () => {
  const { world, client, untold, flow } = await watching();
  await world.stranger("S");
  await world.clock.run(10_000);
  assertEquals([flow(), untold()], [[2, 2], []]);
  await client.leave();
});
