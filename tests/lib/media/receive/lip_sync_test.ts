import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  AudioPlayout,
  FrameRhythm,
  LipSync,
  VideoPlayout,
} from "../../../../lib/media/mod.ts";

/** What {@linkcode LipSync} sees of sound that so much is held back of. */
class Sound extends AudioPlayout {
  heldBackMs = 0;

  override get delayMs(): number {
    return this.heldBackMs;
  }
}

/** What it sees of a picture that needs so much delay. */
class Picture extends VideoPlayout {
  neededMs = 10;

  override get targetDelayMs(): number {
    return Math.max(this.neededMs, this.minDelayMs);
  }
}

function together(heldBackMs: number) {
  const video = new Picture(
    new FrameRhythm({
      frameGap: { record() {} },
      timeToFirstFrame: { record() {} },
    }, 0),
    90_000,
  );
  const audio = new Sound(48_000);
  audio.heldBackMs = heldBackMs;
  const sync = new LipSync(video, audio);
  return { video, audio, sync };
}

Deno.test.each([
  { why: "little sound is held back", heldBackMs: 5, minMs: 0 },
  { why: "as usual", heldBackMs: 80, minMs: 80 },
  { why: "much is", heldBackMs: 400, minMs: 400 },
])("the picture follows the sound, where $why", ({ heldBackMs, minMs }) => {
  const { video, audio, sync } = together(heldBackMs);
  for (let second = 0; second < 60; second++) sync.step(second * 1000);
  // Less than 30 ms apart is close enough, on average.
  assertAlmostEquals(video.minDelayMs, minMs, 45);
  assertEquals(audio.minDelayMs, 0);
});

Deno.test.each([
  { everyMs: 100, offMs: [0], why: "often" },
  { everyMs: 1000, offMs: [0], why: "each second" },
  { everyMs: 1000, offMs: [0, -4, 3, -30], why: "sooner or later" },
  { everyMs: 1000, offMs: [0, 80, -80, 20], why: "much sooner or later" },
  { everyMs: 998, offMs: [0], why: "a little more often" },
  { everyMs: 1003, offMs: [0], why: "a little less often" },
])(
  "asked $why, it takes a step a second, of 80 ms at most",
  ({ everyMs, offMs }) => {
    const { video, sync } = together(3000);
    let last = 0;
    for (let i = 0; i * everyMs <= 10_000; i++) {
      sync.step(1000 + i * everyMs + offMs[i % offMs.length]);
      const stepMs = video.minDelayMs - last;
      last = video.minDelayMs;
      assert(stepMs === 0 || stepMs === 80, `${stepMs}`);
    }
    assertAlmostEquals(video.minDelayMs, 880, 80);
  },
);

Deno.test("when the sound is less late again, the picture is first, and the sound waits only for a picture that is late itself", () => {
  const { video, audio, sync } = together(400);
  let second = 0;
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds; i++) sync.step(second++ * 1000);
  };
  pass(60);
  audio.heldBackMs = 20;
  pass(60);
  assertAlmostEquals(video.minDelayMs, 20, 45);
  assertEquals(audio.minDelayMs, 0);
});

/** So many seconds pass. */
function pass(sync: LipSync, from: number, seconds: number): number {
  for (let i = 0; i < seconds; i++) sync.step((from + i) * 1000);
  return from + seconds;
}

Deno.test.each([
  { heldBackMs: 60, onceMs: 200 },
  { heldBackMs: 80, onceMs: 500 },
  { heldBackMs: 150, onceMs: 260 },
])(
  "beside sound of $heldBackMs ms, the picture rests about 30 ms before it, or after it where $onceMs ms were held back once",
  ({ heldBackMs, onceMs }) => {
    const rests = [heldBackMs, onceMs].map((firstMs) => {
      const { video, audio, sync } = together(firstMs);
      const second = pass(sync, 0, 60);
      audio.heldBackMs = heldBackMs;
      pass(sync, second, 60);
      return video.minDelayMs;
    });
    // To the ear, sound takes a little longer.
    const heardMs = heldBackMs + 15;
    const [before, after] = rests.map((ms) => ms - heardMs);
    assert(before < -15 && before >= -33, `${before}`);
    assert(after > 15 && after <= 33, `${after}`);
  },
);

Deno.test.each([
  { heldBackMs: 200, neededMs: 400 },
  { heldBackMs: 120, neededMs: 900 },
])(
  "a picture held back for sound of $heldBackMs ms that needs $neededMs ms itself stays held back a little, as the sound is held back for it",
  ({ heldBackMs, neededMs }) => {
    const { video, audio, sync } = together(heldBackMs);
    const second = pass(sync, 0, 60);
    video.neededMs = neededMs;
    pass(sync, second, 60);
    assert(video.minDelayMs > 0 && video.minDelayMs <= 80);
    assert(audio.minDelayMs > 80);
  },
);
