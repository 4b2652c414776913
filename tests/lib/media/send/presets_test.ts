import { assert, assertEquals } from "@std/assert";
import {
  type Fps,
  mediaPlanOf,
  QUALITIES,
  type Quality,
  streamsOf,
  videoPreset,
} from "../../../../lib/media/mod.ts";

Deno.test.each(
  [
    { quality: "480p", inter: 4058, key: 20290, packets: [4, 19] },
    { quality: "720p", inter: 10146, key: 50730, packets: [10, 47] },
    { quality: "1080p", inter: 18262, key: 91310, packets: [17, 84] },
  ] as const,
)(
  "$quality at 30 fps has the frame sizes of SimplestChat's tester",
  ({ quality, inter, key, packets }) => {
    const preset = videoPreset(quality, 30);
    assertEquals([preset.interFrameBytes, preset.keyFrameBytes], [inter, key]);
    assertEquals([preset.interFramePackets, preset.keyFramePackets], [
      ...packets,
    ]);
  },
);

Deno.test.each(
  [
    { quality: "480p", fps: 15, bps: 600_000 },
    { quality: "480p", fps: 30, bps: 1_000_000 },
    { quality: "720p", fps: 60, bps: 3_750_000 },
    { quality: "1080p", fps: 60, bps: 6_750_000 },
  ] as const,
)("$quality at $fps fps is $bps bit/s", ({ quality, fps, bps }) => {
  assertEquals(videoPreset(quality, fps).bitrateBps, bps);
});

Deno.test("five seconds of any video weigh what its bit rate says", () => {
  for (const quality of Object.keys(QUALITIES) as Quality[]) {
    for (const fps of [15, 30, 60] as Fps[]) {
      const {
        bitrateBps,
        interFrameBytes,
        keyFrameBytes,
        packetsPerSecond,
        interFramePackets,
      } = videoPreset(quality, fps);
      const sent = (interFrameBytes * (fps * 5 - 1) + keyFrameBytes) * 8 / 5;
      assert(
        sent <= bitrateBps && sent > bitrateBps * 0.999,
        `${quality} ${fps}: ${sent}`,
      );
      assert(packetsPerSecond > fps * interFramePackets);
    }
  }
});

Deno.test.each([
  { kbps: 6, bytes: 15, why: "the least, for which there is still a mark" },
  { kbps: 24, bytes: 60, why: "speech" },
  { kbps: 37, bytes: 93, why: "92.5 bytes cannot be sent" },
  { kbps: 128, bytes: 320, why: "the default" },
])(
  "a second of audio at $kbps kbps is 50 packets of $bytes bytes: $why",
  ({ kbps, bytes }) => {
    const media = mediaPlanOf({ audioBitrate: kbps });
    const [preset, ...more] = streamsOf("audio", media);
    assertEquals(more, []);
    assertEquals(preset, {
      packetsPerSecond: 50,
      payloadBytes: bytes,
      timestampStep: 48_000 / 50,
      bitrateBps: kbps * 1000,
    });
  },
);
