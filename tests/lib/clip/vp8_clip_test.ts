import { assertEquals } from "@std/assert";
import type { VideoClip } from "../../../lib/clip/mod.ts";
import { isIvf, readIvf } from "../../../lib/clip/ivf.ts";
import { vp8Clip } from "../../../lib/clip/vp8_clip.ts";
import { interFrame, ivf, keyFrame, unseenFrame } from "./files.ts";

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
      why:
        "a frame that nobody sees may have the time of the one before it, and none in RTP",
      frames: [[0, keyFrame()], [0, unseenFrame()], [40, interFrame()]],
      units: [1, 3599, 1800],
    },
    {
      why: "a frame that nobody sees may have the time of the one after it",
      frames: [[0, keyFrame()], [40, unseenFrame()], [40, interFrame()]],
      units: [3600, 1, 1799],
    },
    {
      why: "a picture that stands still is kept for as long as it does",
      frames: [
        [0, keyFrame()],
        [40, interFrame()],
        [5040, interFrame()],
        [
          5080,
          interFrame(),
        ],
        [5120, interFrame()],
        [5160, interFrame()],
        [5200, interFrame()],
      ],
      units: [3600, 450_000, 3600, 3600, 3600, 3600, 78_000],
    },
    {
      why: "times may begin anywhere",
      frames: [[2 ** 31, keyFrame()], [2 ** 31 + 40, interFrame()]],
      units: [3600, 3600],
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
  assertEquals(typeof readIvf(ivf([], { rate: 0 })), "string");
  assertEquals(isIvf(ivf([]).subarray(0, 31)), false);
  assertEquals(isIvf(new Uint8Array(40)), false);
});

Deno.test("what the header says of frames and sizes is not believed, and pictures may change size", () => {
  const bytes = ivf([[0, keyFrame(640, 360)], [40, keyFrame(320, 180)]]);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 9999, true);
  view.setUint32(24, 7, true);
  const clip = clipOf(bytes) as VideoClip;
  assertEquals([clip.width, clip.frames.length], [640, 2]);
});

const TIMES = Array.from({ length: 60 }, (_, i) => 40 * i);

/** Sixty frames, 25 a second, but for what is said of some. */
function frames(
  over: Readonly<Record<number, readonly [number, Uint8Array]>>,
): (readonly [number, Uint8Array])[] {
  return TIMES.map((ms, i) =>
    over[i] ?? [ms, i === 0 ? keyFrame() : interFrame()] as const
  );
}

Deno.test.each<
  { why: string; bytes: Uint8Array; says: string }
>([
  {
    why: "times go back",
    bytes: ivf(frames({ 30: [900, interFrame()] })),
    says: "frame 30 of its video is 0.26 s before frame 29: its times go back",
  },
  {
    why: "a counter wraps",
    bytes: ivf(
      TIMES.map((_, i) => [
        (2 ** 32 - 20 * 3000 + 3000 * i) % 2 ** 32,
        i === 0 ? keyFrame() : interFrame(),
      ]),
      { rate: 90_000 },
    ),
    says: "frame 20 of its video is 47700 s before frame 19",
  },
  {
    why: "times stand still",
    bytes: ivf(frames({ 7: [240, interFrame()] })),
    says: "frame 7 of its video has the time of frame 6",
  },
  {
    why: "there is a hole in it",
    bytes: ivf(frames({ 59: [70_000, interFrame()] })),
    says: "frame 59 of its video comes 67.7 s after frame 58, 60 s at most",
  },
  {
    why: "there are too few frames a second",
    bytes: ivf(TIMES.map((_, i) => [
      2000 * i + (i > 41 ? 9000 : 0),
      i === 0 ? keyFrame() : interFrame(),
    ])),
    says:
      "frame 42 of its video, at 93 s, is one of many with which it has 0.465 frames a second, 1 to 120 can be",
  },
  {
    why: "there are too many",
    bytes: ivf(TIMES.map((_, i) => [
      3 * i - (i === 59 ? 1 : 0),
      i === 0 ? keyFrame() : interFrame(),
    ])),
    says: "frame 59 of its video, at 0.176 s",
  },
  {
    why: "there is more than a path takes",
    bytes: ivf(TIMES.map((ms, i) => [
      ms,
      i === 0
        ? keyFrame()
        : i === 33
        ? interFrame(700_000)
        : interFrame(600_000),
    ])),
    says:
      "frame 33 of its video, at 1.32 s, is one of many with which it has 118 Mbps, 100 at most",
  },
  {
    why: "a frame says to be longer than can be",
    bytes: cutShort(ivf(frames({})), 5),
    says: "frame 5 of its video has 4294967295 bytes, 1048576 at most",
  },
  {
    why: "a frame is too large",
    bytes: ivf(frames({ 3: [120, interFrame(2 ** 20 + 1)] })),
    says: "frame 3 of its video has 1048577 bytes",
  },
  {
    why: "a frame is no VP8",
    bytes: ivf(frames({ 4: [160, new Uint8Array(2)] })),
    says: "frame 4 of its video is no VP8",
  },
  {
    why: "a key frame does not begin like one",
    bytes: ivf(frames({ 9: [360, keyFrame().with(3, 0)] })),
    says: "frame 9 of its video is no VP8",
  },
  {
    why: "frames before the first key frame count too",
    bytes: ivf(
      frames({
        0: [0, interFrame()],
        1: [40, keyFrame()],
        8: [280, interFrame()],
      }),
    ),
    says: "frame 8 of its video has the time of frame 7",
  },
])("a file is refused where $why", ({ bytes, says }) => {
  const clip = clipOf(bytes);
  assertEquals(
    typeof clip === "string" && clip.includes(says),
    true,
    `${clip}`,
  );
});

/** The same, but frame `number` says that it goes on for ever. */
function cutShort(bytes: Uint8Array, number: number): Uint8Array {
  const view = new DataView(bytes.buffer);
  let at = 32;
  for (let i = 0; i < number; i++) at += 12 + view.getUint32(at, true);
  view.setUint32(at, 0xffffffff, true);
  return bytes;
}

function clipOf(bytes: Uint8Array): VideoClip | string {
  const track = readIvf(bytes);
  return typeof track === "string" ? track : vp8Clip(track);
}
