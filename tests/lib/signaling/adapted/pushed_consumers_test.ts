import { assertEquals } from "@std/assert";
import { PushedConsumers } from "../../../../lib/signaling/adapted/pushed_consumers.ts";
import type { Consumer, RoomEvent } from "../../../../lib/signaling/port.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

function pushed() {
  const clock = new FakeClock();
  const events: RoomEvent[] = [];
  const consumers = new PushedConsumers(clock, (event) => events.push(event));
  const offer = (consumerId: string, producerId: string) => {
    const answer: { isWanted?: boolean } = {};
    consumers.offer("anna", consumerOf(consumerId, producerId))
      .then((isWanted) => answer.isWanted = isWanted);
    return answer;
  };
  return {
    ...{ clock, consumers, offer },
    tracks: () =>
      events.map((event) => event.type === "producer" && event.producerId),
  };
}

function consumerOf(consumerId: string, producerId: string): Consumer {
  return {
    ...{ consumerId, producerId, kind: "audio" },
    rtpParameters: {
      codecs: [],
      headerExtensions: [],
      encodings: [],
      rtcp: { reducedSize: true },
    },
  };
}

Deno.test.each([
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) =>
      consumers.accept("c"),
    isWanted: true,
    why: "its packets may come",
  },
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) =>
      consumers.decline("c"),
    isWanted: false,
    why: "it is declined",
  },
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) => {
      consumers.close("c");
    },
    isWanted: false,
    why: "it has ended",
  },
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) =>
      consumers.closeTrack("p"),
    isWanted: false,
    why: "its track has ended",
  },
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) => consumers.end(),
    isWanted: false,
    why: "the visit is over",
  },
  {
    meanwhile: ({ clock }: ReturnType<typeof pushed>) => clock.advance(5000),
    isWanted: false,
    why: "nobody asked for it within five seconds",
  },
  {
    meanwhile: ({ clock }: ReturnType<typeof pushed>) => clock.advance(4999),
    isWanted: undefined,
    why: "there is still time",
  },
  {
    meanwhile: ({ consumers }: ReturnType<typeof pushed>) =>
      consumers.accept("another"),
    isWanted: undefined,
    why: "it is another one that is accepted",
  },
])(
  "whether a consumer is wanted is $isWanted: $why",
  async ({ meanwhile, isWanted }) => {
    const world = pushed();
    const answer = world.offer("c", "p");
    meanwhile(world);
    await world.clock.run(0);
    assertEquals(answer.isWanted, isWanted);
  },
);

Deno.test("one that was declined stays on offer, and is there for whoever asks later", async () => {
  const { clock, consumers, offer } = pushed();
  offer("c", "p");
  await clock.run(6000);
  assertEquals(consumers.hasTrack("p"), true);
  assertEquals(consumers.take("p")?.consumerId, "c");
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a consumer that is told of twice is one, and both tellers hear the same", async () => {
  const { clock, consumers, offer, tracks } = pushed();
  const answers = [offer("c", "p"), offer("c", "p")];
  consumers.accept("c");
  await clock.run(0);
  assertEquals(answers, [{ isWanted: true }, { isWanted: true }]);
  assertEquals(clock.pendingTimers, 0);
  assertEquals(tracks(), ["p"]);
});

Deno.test("several consumers of one track are tracks of their own, which end one by one", () => {
  const { consumers, offer, tracks } = pushed();
  for (const id of ["c1", "c2", "c3"]) offer(id, "p");
  assertEquals(tracks(), ["p", "p/c2", "p/c3"]);
  assertEquals(consumers.take("p/c2")?.consumerId, "c2");
  assertEquals(consumers.trackOf("c3"), "p/c3");
  assertEquals(consumers.close("c2"), "p/c2");
  assertEquals(consumers.close("c2"), undefined);
  assertEquals(["p", "p/c2", "p/c3"].map((id) => consumers.hasTrack(id)), [
    true,
    false,
    true,
  ]);
});

Deno.test("a track whose consumer is on its way is there already, until it ends", () => {
  const { consumers, offer } = pushed();
  consumers.expect("p");
  assertEquals([consumers.hasTrack("p"), consumers.take("p")], [
    true,
    undefined,
  ]);
  offer("c", "p");
  consumers.closeTrack("p");
  assertEquals(consumers.hasTrack("p"), false);
  consumers.expect("q");
  consumers.closeTrack("q");
  assertEquals(consumers.hasTrack("q"), false);
});
