/** Tracks that went on although the server said that they had stopped. */

import { assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
import {
  mergeStopped,
  stoppedText,
  type StoppedTrack,
} from "../../../lib/metrics/stopped_tracks.ts";

const paused = (producerId: string): StoppedTrack => ({
  producerId,
  how: "paused",
});
const closed = (producerId: string): StoppedTrack => ({
  producerId,
  how: "closed",
});

Deno.test("a track that clients of two nodes heard counts once, and as closed if either heard that", () => {
  assertEquals(
    mergeStopped(
      [paused("a"), closed("b"), paused("c")],
      [paused("b"), paused("a"), closed("c"), paused("d")],
    ),
    [paused("a"), closed("b"), closed("c"), paused("d")],
  );
});

Deno.test("what three nodes know comes to the same in whatever order it is put together", () => {
  const tracks = fc.uniqueArray(
    fc.record({
      producerId: fc.constantFrom(..."abcdefgh"),
      how: fc.constantFrom("paused" as const, "closed" as const),
    }),
    { selector: ({ producerId }) => producerId },
  ).map((all) => all.sort((a, b) => a.producerId < b.producerId ? -1 : 1));
  fc.assert(fc.property(tracks, tracks, tracks, (a, b, c) => {
    const whole = mergeStopped(mergeStopped(a, b), c);
    assertEquals(mergeStopped(a, mergeStopped(b, c)), whole);
    assertEquals(mergeStopped(mergeStopped(c, b), a), whole);
    assertEquals(mergeStopped(whole, whole), whole);
  }));
});

Deno.test.each([
  { tracks: [], text: "" },
  { tracks: [paused("a"), paused("b")], text: "paused 2" },
  { tracks: [closed("a")], text: "closed 1" },
  {
    tracks: [closed("c"), paused("a"), paused("b")],
    text: "paused 2 and closed 1",
  },
])('in words they are "$text"', ({ tracks, text }) => {
  assertEquals(stoppedText(tracks), text);
});
