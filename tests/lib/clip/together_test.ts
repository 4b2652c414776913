import { assertEquals } from "@std/assert";
import type {
  AudioClip,
  AudioPacket,
  VideoClip,
} from "../../../lib/clip/mod.ts";
import { together } from "../../../lib/clip/together.ts";

/** Frames of 40 ms. */
function video(frames: number, startMs = 0): VideoClip {
  return {
    startUnits: startMs * 90,
    width: 1,
    height: 1,
    frames: Array.from({ length: frames }, (_, i) => ({
      data: new Uint8Array([i]),
      isKey: i === 0,
      units: 3600,
    })),
  };
}

/** Packets of 20 ms. */
function audio(packets: number, startMs = 0): AudioClip {
  return {
    startUnits: startMs * 48,
    packets: Array.from({ length: packets }, (_, i): AudioPacket => ({
      data: new Uint8Array([i]),
      units: 960,
      isBeforeGap: false,
      sounds: true,
    })),
  };
}

function lengthMs(
  of: readonly { readonly units: number }[],
  unitsPerMs: number,
): number {
  return of.reduce((sum, { units }) => sum + units, 0) / unitsPerMs;
}

Deno.test.each<
  { why: string; frames: number; packets: number; ms: number; last: number[] }
>([
  { why: "equally long", frames: 100, packets: 200, ms: 4000, last: [40, 20] },
  {
    why: "a short sound",
    frames: 100,
    packets: 170,
    ms: 4000,
    last: [40, 620],
  },
  {
    why: "a short picture",
    frames: 50,
    packets: 200,
    ms: 4000,
    last: [2040, 20],
  },
  {
    why: "a packet that the encoder filled up",
    frames: 100,
    packets: 201,
    ms: 4000,
    last: [40, 20],
  },
  { why: "one frame", frames: 1, packets: 100, ms: 2000, last: [2000, 20] },
])("of $why, both last $ms ms", ({ frames, packets, ms, last }) => {
  const clip = together(video(frames), audio(packets));
  const [v, a] = [clip.video!.frames, clip.audio!.packets];
  assertEquals([lengthMs(v, 90), lengthMs(a, 48)], [ms, ms]);
  assertEquals([v.at(-1)!.units / 90, a.at(-1)!.units / 48], last);
  assertEquals(a.at(-1)!.isBeforeGap, last[1] > 20);
});

Deno.test("lengths that no clock of the two counts are equal all the same", () => {
  const { frames } = video(3);
  const odd = {
    ...video(3),
    frames: frames.with(2, { ...frames[2], units: 3607 }),
  };
  const clip = together(odd, audio(3));
  const [v, a] = [clip.video!.frames, clip.audio!.packets];
  assertEquals(lengthMs(v, 90), lengthMs(a, 48));
});

Deno.test("the clip begins with whichever begins first, and the other as much later as in the file", () => {
  const late = together(video(10, 1500), audio(20, 1000));
  assertEquals(
    [late.video!.startUnits, late.audio!.startUnits],
    [500 * 90, 0],
  );
  const early = together(video(10, 7), audio(20, 20));
  assertEquals([early.video!.startUnits, early.audio!.startUnits], [
    0,
    13 * 48,
  ]);
});

Deno.test("what is alone begins at once and is as long as it is", () => {
  const { audio: sound } = together(undefined, audio(3, 500));
  assertEquals([sound!.startUnits, sound!.packets.length], [0, 3]);
  const { video: picture } = together(video(3, 500), undefined);
  assertEquals([picture!.startUnits, picture!.frames.length], [0, 3]);
});
