import { assertEquals } from "@std/assert";
import type { AudioClip } from "../../../lib/clip/mod.ts";
import { opusClip } from "../../../lib/clip/opus_clip.ts";

/** RFC 6716 section 3.1, tables 2 and 3. */
Deno.test.each(
  [
    { why: "SILK, one of 10 ms", data: [0 << 3, 9, 9], units: 480 },
    { why: "SILK, one of 60 ms", data: [3 << 3, 9, 9], units: 2880 },
    { why: "SILK, two of 20 ms", data: [9 << 3 | 1, 9, 9], units: 1920 },
    { why: "hybrid, one of 10 ms", data: [12 << 3, 9, 9], units: 480 },
    { why: "hybrid, two of 20 ms", data: [15 << 3 | 2, 9, 9], units: 1920 },
    { why: "CELT, one of 2.5 ms", data: [16 << 3, 9, 9], units: 120 },
    { why: "CELT, one of 20 ms", data: [31 << 3, 9, 9], units: 960 },
    { why: "CELT, six of 20 ms", data: [31 << 3 | 3, 6, 9], units: 5760 },
  ] as readonly { why: string; data: number[]; units: number }[],
)("a packet with $why sounds for $units units", ({ data, units }) => {
  assertEquals(clipOf([data]).packets[0].units, units);
});

Deno.test("a packet of a byte or two is silence", () => {
  const { packets } = clipOf([[31 << 3], [31 << 3, 0], [31 << 3, 1, 2]]);
  assertEquals(packets.map(({ sounds }) => sounds), [false, false, true]);
});

Deno.test.each(
  [
    { why: "another codec", track: { codec: "vorbis" }, says: "vorbis" },
    { why: "six channels", track: { channels: 6 }, says: "6 channels" },
    { why: "nothing in it", track: {}, says: "empty" },
    { why: "an empty packet", track: { data: [] }, says: "no Opus" },
    { why: "no frames", track: { data: [31 << 3 | 3, 0] }, says: "no Opus" },
    {
      why: "140 ms in one",
      track: { data: [31 << 3 | 3, 7] },
      says: "no Opus",
    },
    {
      why: "a packet too large for a path",
      track: { data: new Array(1161).fill(0xf8) },
      says: "1161 bytes",
    },
  ] as readonly {
    why: string;
    track: { codec?: string; channels?: number; data?: number[] };
    says: string;
  }[],
)("a track with $why is refused", ({ track, says }) => {
  const { codec = "opus", channels = 2, data } = track;
  const clip = opusClip({
    kind: "audio",
    codec,
    channels,
    chunks: data === undefined ? [] : [chunk(data)],
  });
  assertEquals(
    typeof clip === "string" && clip.includes(says),
    true,
    `${clip}`,
  );
});

function clipOf(packets: readonly number[][]): AudioClip {
  const chunks = packets.map(chunk);
  const track = { kind: "audio", codec: "opus", channels: 1, chunks } as const;
  return opusClip(track) as AudioClip;
}

function chunk(data: readonly number[]) {
  return { data: new Uint8Array(data), atSec: 0, lengthSec: 0 };
}
