/** What comes of another payload type than the server announced is no media, and is told by name. */

import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { AUDIO, CAMERA, errorsOf, World } from "./world.ts";

const VIEWER = { publish: undefined } as const;

/** A world in which packets whose type `isHit` are sent on as another one, from when that is switched on. */
function world(isHit: (payloadType: number) => boolean) {
  const wire = { isWrong: true };
  const world = new World({
    drops(packet) {
      const type = packet[1] & 0x7f;
      if (wire.isWrong && isHit(type)) packet[1] ^= 0x1b;
      return false;
    },
  });
  return { world, wire };
}

Deno.test.each<{ sends: typeof AUDIO; mimeType: string }>([
  { sends: AUDIO, mimeType: "audio/opus" },
  { sends: CAMERA, mimeType: "video/VP8" },
])(
  "of $mimeType in packets of another type nothing is received, and both types are named",
  async ({ sends, mimeType }) => {
    const { world: one } = world(() => true);
    await one.joined("B", { publish: sends });
    const { client, events } = await one.joined("A", VIEWER);
    await one.clock.run(5000);
    const totals = client.totals();
    assertGreater(totals.packetsReceived, 200);
    assertEquals([totals.packetsFromOthers, totals.consumersFlowing], [
      totals.packetsReceived,
      0,
    ]);
    assertEquals(totals.firstReceivedMs, -1);
    assertEquals(client.flow(), { ...client.flow(), due: 1, flowing: 0 });
    const errors = errorsOf(events);
    assertEquals(errors.length, 1);
    assertMatch(
      errors[0],
      new RegExp(
        `^codec: Cannot read what the server sends: payload type \\d+ in place of \\d+ for ${mimeType}\\.$`,
      ),
    );
  },
);

Deno.test("a track that goes over to another type is told once it is silent, and once", async () => {
  const { world: one, wire } = world(() => true);
  wire.isWrong = false;
  await one.joined("B", { publish: AUDIO });
  const { client, events } = await one.joined("A", VIEWER);
  await one.clock.run(3000);
  assertEquals([client.flow().flowing, errorsOf(events)], [1, []]);
  wire.isWrong = true;
  await one.clock.run(10_000);
  assertEquals([client.flow().flowing, errorsOf(events).length], [0, 1]);
});

Deno.test("comfort noise between words is no reason to complain", async () => {
  let packets = 0;
  const { world: one } = world(() => ++packets % 20 === 0);
  await one.joined("B", { publish: AUDIO });
  const { client, events } = await one.joined("A", VIEWER);
  await one.clock.run(5000);
  assertEquals([client.flow().flowing, errorsOf(events)], [1, []]);
});

Deno.test("of others such a track is one that clients cannot take", async () => {
  const { world: one } = world(() => true);
  await one.stranger("S", { publish: AUDIO });
  const { events } = await one.joined("A", VIEWER);
  await one.clock.run(8000);
  const found = events.flatMap((event) =>
    event.type === "other" && event.track.found.is === "codec"
      ? event.track.found.codecs
      : []
  );
  assertEquals(found.length, 1);
  assertMatch(found[0], /^payload type \d+ in place of \d+ for audio\/opus$/);
  assertEquals(errorsOf(events), []);
});
