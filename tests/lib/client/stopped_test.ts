/** What a server stops of what clients of ours go on sending: it should come all the same, and is told. */

import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import type { ClientEvent } from "../../../lib/client/mod.ts";
import type { ServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { World } from "./world.ts";

/** A viewer of a publisher, of whom a server may forward nothing. */
async function watching() {
  const network = { isCut: false };
  const world = new World({ drops: () => network.isCut });
  const { client: sender } = await world.joined("B");
  const { client, events } = await world.joined("A", { publish: undefined });
  await world.clock.run(5000);
  const { id: participantId, producers } = world.participant("B");
  const { channel } = world.participant("A");
  return {
    world,
    network,
    sender,
    client,
    events,
    participantId,
    producers,
    channel,
  };
}

function stoppedOf(events: readonly ClientEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "stopped" ? [event.track.how] : []
  );
}

Deno.test.each<{
  why: string;
  says: (producerIds: string[], participantId: string) => ServerMessage[];
  how: "paused" | "closed";
}>([
  {
    why: "it paused them",
    says: (ids) =>
      ids.map((producerId) => ({ type: "producerPaused", producerId })),
    how: "paused",
  },
  {
    why: "it closed them",
    says: (ids) =>
      ids.map((producerId) => ({ type: "producerClosed", producerId })),
    how: "closed",
  },
  {
    why: "it says that their sender has left",
    says: (_, participantId) => [{ type: "participantLeft", participantId }],
    how: "closed",
  },
])(
  "tracks that a server stops while their client goes on sending are missed, and told once each: $why",
  async ({ says, how }) => {
    const {
      world,
      network,
      sender,
      client,
      events,
      participantId,
      producers,
      channel,
    } = await watching();
    const before = client.totals();
    assertEquals(client.flow(), {
      due: 2,
      flowing: 2,
      withheld: 0,
      untold: 0,
      silentMs: 0,
      overdue: 0,
    });
    network.isCut = true;
    for (const message of says(producers.map(({ id }) => id), participantId)) {
      channel.deliver(message);
    }
    await world.clock.run(11_000);
    assertEquals([client.flow().due, client.flow().flowing], [2, 0]);
    assertEquals(stoppedOf(events), [how, how]);
    const { packetsDeliverable, packetsReceived } = client.totals();
    assertEquals(packetsReceived, before.packetsReceived);
    // Ten seconds after the grace: 50 packets of sound, 133 of video.
    assertAlmostEquals(
      packetsDeliverable - before.packetsDeliverable,
      1830,
      200,
    );
    await sender.leave();
    await world.clock.run(1100);
    assertEquals(client.flow().due, 0);
    const left = client.totals().packetsDeliverable;
    await world.clock.run(10_000);
    assertEquals(client.totals().packetsDeliverable, left);
    await client.leave();
  },
);

Deno.test("what a client mutes is neither missed nor told, whoever hears of it first", async () => {
  const { world, sender, client, events, producers, channel } =
    await watching();
  const video = producers.find(({ kind }) => kind === "video")!;
  channel.deliver({ type: "producerPaused", producerId: video.id });
  await world.clock.run(100);
  await sender.setPaused("video", true);
  await world.clock.run(10_000);
  assertEquals([client.flow().due, stoppedOf(events)], [1, []]);
  const { packetsDeliverable, packetsReceived } = client.totals();
  assertAlmostEquals(packetsReceived / packetsDeliverable, 1, 0.005);
  await sender.setPaused("video", false);
  await world.clock.run(3000);
  assertEquals([client.flow().flowing, stoppedOf(events)], [2, []]);
});

Deno.test("a server that goes on with a track has stopped it for a while, which is told all the same", async () => {
  const { world, network, client, events, producers, channel } =
    await watching();
  network.isCut = true;
  for (const { id } of producers) {
    channel.deliver({ type: "producerPaused", producerId: id });
  }
  await world.clock.run(4000);
  network.isCut = false;
  for (const { id } of producers) {
    channel.deliver({ type: "producerResumed", producerId: id });
  }
  await world.clock.run(4000);
  assertEquals(client.flow().flowing, 2);
  assertEquals(stoppedOf(events), ["paused", "paused"]);
});

Deno.test("a client that is put out, or has gone, takes its tracks along: nobody stopped them", async () => {
  const { world, sender, client, events } = await watching();
  world.server.kick(world.participant("B"), "no reason");
  await world.clock.run(5000);
  assertEquals([sender.state, client.flow().due], ["failed", 0]);
  assertEquals(stoppedOf(events), []);
  assertGreater(client.totals().packetsReceived, 500);
});
