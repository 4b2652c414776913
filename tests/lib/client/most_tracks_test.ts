/** A server may tell of more than there is. */

import { assertEquals, assertGreater } from "@std/assert";
import { ReceivedLayers } from "../../../lib/client/layers.ts";
import { forgetOldest, MOST_TRACKS } from "../../../lib/client/most_tracks.ts";
import { World } from "./world.ts";

/** A viewer, and what the server tells it of tracks with these numbers. */
async function told() {
  const world = new World();
  const { client, events } = await world.joined("A", { publish: undefined });
  const { channel } = world.participant("A");
  const tell = (does: "come" | "go", number: number) => {
    const producerId = `track-${number}`;
    const participantId = `somebody-${number}`;
    channel.deliver(
      does === "go" ? { type: "producerClosed", producerId } : {
        ...{ type: "newProducer", participantId, producerId },
        ...{ kind: "audio", source: null },
      },
    );
  };
  return { world, client, events, tell };
}

Deno.test("who is told of more tracks than any room has leaves it, and comes back", async () => {
  const { world, events, tell } = await told();
  for (let i = 0; i <= MOST_TRACKS; i++) tell("come", i);
  await world.clock.run(0);
  const lost = events.filter(({ type }) => type === "lost");
  assertEquals(
    lost.map((event) => "message" in event && event.message),
    [`the server told of more than ${MOST_TRACKS} tracks at once`],
  );
  await world.clock.run(10_000);
  assertEquals(events.filter(({ type }) => type === "returned").length, 1);
});

Deno.test("tracks that come and go may be as many as they like", async () => {
  const { world, events, tell } = await told();
  for (let i = 0; i <= MOST_TRACKS; i++) {
    tell("come", i);
    tell("go", i);
  }
  await world.clock.run(0);
  assertEquals(events.filter(({ type }) => type === "lost"), []);
});

Deno.test("of layers of what never comes the latest are kept", () => {
  const told: [string, number | null][] = [];
  const layers = new ReceivedLayers({
    onFlow: () => {},
    onLayer: (producerId, layer) => told.push([producerId, layer]),
  });
  for (let i = 0; i <= MOST_TRACKS; i++) layers.onChanged(`c${i}`, 1);
  const session = {} as Parameters<ReceivedLayers["open"]>[1];
  for (const number of [0, 1, MOST_TRACKS]) {
    layers.open({
      consumerId: `c${number}`,
      producerId: `p${number}`,
      kind: "video",
      rtpParameters: {
        codecs: [],
        headerExtensions: [],
        encodings: [{ ssrc: 1, scalabilityMode: "L3T3" }],
        rtcp: { reducedSize: true },
      },
    }, session);
  }
  assertEquals(told, [["p1", 1], [`p${MOST_TRACKS}`, 1]]);
});

Deno.test("of what was said first is forgotten only what is too much", () => {
  const said = new Set<number>();
  for (let i = 0; i < MOST_TRACKS + 5; i++) {
    said.add(i);
    forgetOldest(said);
  }
  assertEquals(said.size, MOST_TRACKS);
  assertGreater([...said][0], 4);
});
