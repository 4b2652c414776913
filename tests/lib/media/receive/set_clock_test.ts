/** What is told of steady media while the wall clock is set: nothing but what it was like. */

import { assert, assertEquals } from "@std/assert";
import {
  FrameRhythm,
  FrameTracker,
  RtpHeaderTemplate,
  RtpReader,
  TrackReceiver,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "../../../../lib/media/mod.ts";
import { AtOnce } from "../frames.ts";

const SECONDS = 30;
const FPS = 30;

/** A video that comes at 30 fps for 30 s, but for gaps, while the wall clock is set. */
function receive(
  steps: readonly (readonly [atMs: number, byMs: number])[],
  gap?: readonly [fromMs: number, toMs: number],
) {
  const gapsMs: number[] = [];
  const rhythm = new FrameRhythm({
    frameGap: { record: (us) => void gapsMs.push(us / 1000) },
    timeToFirstFrame: { record() {} },
  }, 0);
  const frames = new FrameTracker(new AtOnce(rhythm, 90_000), 90_000);
  const receiver = new TrackReceiver({
    kind: "video",
    ssrc: 1,
    clockRateHz: 90_000,
    captureTimeId: 0,
    requestedAtMs: 0,
    openedMs: 0,
    frames,
    meter: {
      counters: { packetsOutOfOrder: 0 },
      mediaLatency: { record() {} },
      firstPacket: { record() {} },
    },
  });
  const header = new RtpHeaderTemplate({
    payloadType: 96,
    ssrc: 1,
    extensions: [],
  });
  const bytes = new Uint8Array(200);
  const rtp = new RtpReader();
  let maxJitterMs = 0;
  for (let i = 0, sequence = 0; i < SECONDS * FPS; i++) {
    const nowMs = i * 1000 / FPS;
    if (gap !== undefined && nowMs >= gap[0] && nowMs < gap[1]) continue;
    const setByMs = steps.filter(([ms]) => ms <= nowMs)
      .reduce((sum, [, byMs]) => sum + byMs, 0);
    const at = header.write(bytes, 0, sequence, i * 3000 | 0, true);
    const data = writeVp8Descriptor(bytes, at, true, sequence++);
    if (i === 0) writeVp8KeyHeader(bytes, data, 640, 480);
    else writeVp8InterHeader(bytes, data);
    rtp.read(bytes, 0, data + 20);
    receiver.receive(rtp, {
      nowMs,
      wallMs: 1_700_000_000_000 + nowMs + setByMs,
    });
    maxJitterMs = Math.max(maxJitterMs, receiver.jitterMs);
  }
  const { freezeCount, totalFreezesDurationMs } = rhythm.figures({
    nowMs: SECONDS * 1000,
  });
  return {
    freezeCount,
    totalFreezesDurationMs: Math.round(totalFreezesDurationMs),
    maxJitterMs,
    maxGapMs: Math.max(...gapsMs),
    timestampJumps: frames.timestampJumps,
  };
}

Deno.test.each<{ why: string; steps: (readonly [number, number])[] }>([
  { why: "on by 400 ms", steps: [[10_000, 400]] },
  { why: "back by a second", steps: [[10_000, -1000]] },
  {
    why: "on by five seconds and back",
    steps: [[10_000, 5000], [20_000, -5000]],
  },
  { why: "back by hours", steps: [[10_000, -7_200_000]] },
  {
    why: "slewed by 10 ms a second",
    steps: Array.from({ length: 29 }, (_, i) => [1000 * i, 10] as const),
  },
])("a clock that is set freezes and shakes nothing: $why", ({ steps }) => {
  const { freezeCount, maxJitterMs, maxGapMs, timestampJumps } = receive(steps);
  assertEquals([freezeCount, timestampJumps], [0, 0]);
  assert(maxJitterMs < 1 && maxGapMs < 34);
});

Deno.test("a freeze is one also where the clock is set back by as much meanwhile", () => {
  const { freezeCount, totalFreezesDurationMs } = receive([[11_000, -2000]], [
    10_000,
    12_000,
  ]);
  assertEquals([freezeCount, totalFreezesDurationMs], [1, 2033]);
});
