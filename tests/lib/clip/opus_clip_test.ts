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

/** Packets of 20 ms of sound, at these times in milliseconds. */
function at(...times: readonly number[]) {
  return {
    kind: "audio",
    codec: "opus",
    channels: 1,
    chunks: times.map((ms) => ({
      data: new Uint8Array([31 << 3, 1, 2]),
      atSec: ms / 1000,
      lengthSec: 0,
    })),
  } as const;
}

/** Times of so many packets in a row. */
function row(from: number, packets: number, stepMs = 20): number[] {
  return Array.from({ length: packets }, (_, i) => from + stepMs * i);
}

Deno.test.each<{ why: string; times: number[]; units: number[] }>([
  { why: "a second without sound", times: [0, 1020], units: [48_960, 960] },
  {
    why: "what rounding takes and gives",
    times: [0, 21, 40, 61, 80],
    units: [960, 960, 960, 960, 960],
  },
  {
    why: "what a decoder skips at first",
    times: [0, 13.5, 33.5, 53.5],
    units: [960, 960, 960, 960],
  },
  {
    why: "packets that came late, and those after them early",
    times: [0, 20, 80, 82, 84, 100, 120],
    units: [960, 2880, 960, 960, 960, 960, 960],
  },
])("of $why, gaps are kept and nothing else", ({ times, units }) => {
  const { packets } = opusClip(at(...times)) as AudioClip;
  assertEquals(packets.map((packet) => packet.units), units);
  assertEquals(
    packets.map(({ isBeforeGap }) => isBeforeGap),
    units.map((one) => one > 960),
  );
});

Deno.test.each([
  {
    why: "times go back",
    times: [...row(0, 50), 500],
    says: "packet 50 of its audio is before packet 49: its times go back",
  },
  {
    why: "times stand still",
    times: row(0, 80, 0),
    says:
      "packet 51 of its audio begins more than 1 s before those before it are over",
  },
  {
    why: "there is a hole in it",
    times: [0, 20, 700_000],
    says: "packet 2 of its audio comes 700 s after packet 1, 600 s at most",
  },
])("a track is refused where $why", ({ times, says }) => {
  assertEquals(opusClip(at(...times)), says);
});

Deno.test("several streams in a packet are refused, though there are two channels", () => {
  assertEquals(
    opusClip({ ...at(0, 20), channels: 2, streams: 2 }),
    "its audio is in 2 streams, one at most",
  );
});

function clipOf(packets: readonly number[][]): AudioClip {
  const chunks = packets.map((data, i) => ({ ...chunk(data), atSec: i / 50 }));
  const track = { kind: "audio", codec: "opus", channels: 1, chunks } as const;
  return opusClip(track) as AudioClip;
}

function chunk(data: readonly number[]) {
  return { data: new Uint8Array(data), atSec: 0, lengthSec: 0 };
}
