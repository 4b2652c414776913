import { assertEquals } from "@std/assert";
import type { VideoClip } from "../../../lib/clip/mod.ts";
import { isIvf, readIvf } from "../../../lib/clip/ivf.ts";
import { vp8Clip } from "../../../lib/clip/vp8_clip.ts";
import { interFrame, ivf, keyFrame } from "./files.ts";

const empty = new Uint8Array(0);

Deno.test.each(
  [
    {
      why: "the last frame lasts as long as the others on average",
      frames: [[0, keyFrame()], [40, interFrame()], [80, interFrame()]],
      units: [3600, 3600, 3600],
    },
    {
      why: "a file of one frame shows thirty a second",
      frames: [[0, keyFrame()]],
      units: [3000],
    },
    {
      why: "time begins with the first frame that is used",
      frames: [[0, interFrame()], [500, keyFrame()], [520, interFrame()]],
      units: [1800, 1800],
    },
    {
      why: "an empty frame is none, and the one before lasts longer",
      frames: [[0, keyFrame()], [40, empty], [80, interFrame()]],
      units: [7200, 7200],
    },
    {
      why: "no two frames have one time: a receiver would take them for one",
      frames: [[0, keyFrame()], [0, interFrame()], [40, interFrame()]],
      units: [1, 3599, 1800],
    },
    {
      why: "thirds of a millisecond do not add up to a drift",
      frames: [[0, keyFrame()], [33, interFrame()], [67, interFrame()], [
        100,
        interFrame(),
      ]],
      units: [2970, 3060, 2970, 3000],
    },
  ] as readonly {
    why: string;
    frames: [number, Uint8Array][];
    units: number[];
  }[],
)("$why", ({ frames, units }) => {
  const clip = clipOf(ivf(frames)) as VideoClip;
  assertEquals(clip.frames.map((frame) => frame.units), units);
  assertEquals(clip.frames[0].isKey, true);
});

Deno.test("size and kinds of frames come from the frames themselves", () => {
  const clip = clipOf(
    ivf([[0, keyFrame(640, 360)], [40, interFrame()], [80, keyFrame()]]),
  ) as VideoClip;
  assertEquals([clip.width, clip.height], [640, 360]);
  assertEquals(clip.frames.map(({ isKey }) => isKey), [true, false, true]);
  assertEquals(clip.frames[1].data, interFrame());
});

Deno.test("times count in the units that the file says", () => {
  const bytes = ivf([[0, keyFrame()], [1, interFrame()]], {
    rate: 30_000,
    scale: 1001,
  });
  assertEquals((clipOf(bytes) as VideoClip).frames[0].units, 3003);
});

Deno.test.each([
  { why: "another codec", bytes: ivf([], { fourcc: "VP90" }), says: "vp9" },
  { why: "nothing in it", bytes: ivf([]), says: "no key frame" },
  {
    why: "nothing to begin with",
    bytes: ivf([[0, interFrame()]]),
    says: "no key frame",
  },
])("a file with $why is refused", ({ bytes, says }) => {
  const clip = clipOf(bytes);
  assertEquals(
    typeof clip === "string" && clip.includes(says),
    true,
    `${clip}`,
  );
});

Deno.test("a file that is cut short is used as far as it goes", () => {
  const whole = ivf([[0, keyFrame()], [40, interFrame()]]);
  const clip = clipOf(whole.subarray(0, whole.length - 1)) as VideoClip;
  assertEquals(clip.frames.length, 1);
});

Deno.test("a file whose header makes no sense is none", () => {
  assertEquals(readIvf(ivf([], { rate: 0 })), undefined);
  assertEquals(isIvf(ivf([]).subarray(0, 31)), false);
  assertEquals(isIvf(new Uint8Array(40)), false);
});

function clipOf(bytes: Uint8Array): VideoClip | string {
  return vp8Clip(readIvf(bytes)!);
}
