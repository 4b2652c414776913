/** Frames that a decoder takes: those written out here were decoded by libvpx, as grey all over and undamaged. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { simulcastPresets, videoPreset } from "../../../../lib/media/mod.ts";
import {
  vp8StillInter,
  vp8StillKey,
} from "../../../../lib/media/payload/vp8_still.ts";
import { MARK_BYTES } from "../../../../lib/media/rtp/packet_mark.ts";
import { UPPER_WEIGHT } from "../../../../lib/media/send/temporal_layers.ts";

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("a key frame says its size in pixels, and how long the part is that a decoder reads", () => {
  const key = vp8StillKey(33, 17);
  assertEquals(hex(key), "7001009d012a210011000000500800186704cf9000");
  for (const [width, height] of [[160, 120], [480, 270], [1920, 1080]]) {
    const bytes = vp8StillKey(width, height);
    const view = new DataView(bytes.buffer);
    const tag = view.getUint16(0, true) | (bytes[2] << 16);
    assertEquals([tag & 1, tag >> 5], [0, bytes.length - 10]);
    assertEquals(view.getUint16(6, true), width);
    assertEquals(view.getUint16(8, true), height);
  }
});

Deno.test.each(
  [
    { refreshed: "last", bytes: "b1010000014000300030b05fe8001100" },
    { refreshed: "golden", bytes: "b10100000140208000c2c17fa0004400" },
    { refreshed: "none", bytes: "b1010000014000200030b05fe8001100" },
  ] as const,
)("a frame that refreshes $refreshed says so", ({ refreshed, bytes }) => {
  assertEquals(hex(vp8StillInter(33, 17, refreshed)), bytes);
});

Deno.test("what a decoder reads has room in the frames of every quality, frame rate and layer", () => {
  for (const quality of ["480p", "720p", "1080p"] as const) {
    for (const fps of [15, 30, 60] as const) {
      const preset = videoPreset(quality, fps);
      for (const one of [preset, ...simulcastPresets(preset)]) {
        const { width, height, keyFrameBytes, interFrameBytes } = one;
        const inter = vp8StillInter(width, height, "none").length + MARK_BYTES;
        assertLess(inter, interFrameBytes * UPPER_WEIGHT);
        const key = vp8StillKey(width, height).length + MARK_BYTES;
        assert(key < keyFrameBytes);
      }
    }
  }
});
