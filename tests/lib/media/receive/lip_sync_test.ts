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

function together(heldBackMs: number) {
  const video = new VideoPlayout(
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
