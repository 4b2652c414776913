/** Packets that libopus decodes as 20 ms of silence, whatever follows in them. */

import { assert, assertEquals } from "@std/assert";
import { mediaPlanOf, streamsOf } from "../../../../lib/media/mod.ts";
import {
  isOpusSilence,
  opusSilence,
} from "../../../../lib/media/payload/opus_silence.ts";
import { MARK_BYTES } from "../../../../lib/media/rtp/packet_mark.ts";

/** The bytes of padding that a packet's beginning tells of, and of what tells of it (RFC 6716 section 3.2.5). */
function paddingOf(head: Uint8Array): [padding: number, bytes: number] {
  let padding = 0;
  let at = 2;
  while (head[at] === 255) {
    padding += 254;
    at++;
  }
  return [padding + head[at], at + 1 - 2];
}

Deno.test.each(
  [15, 16, 100, 258, 259, 260, 261, 262, 320, 514, 515, 516, 1000].map((
    bytes,
  ) => ({ bytes })),
)(
  "a packet of $bytes bytes is one frame of silence and padding",
  ({ bytes }) => {
    const head = opusSilence(bytes);
    assertEquals([head[0], head[1]], [0xfb, 0x41]);
    assertEquals([...head.slice(-2)], [0xff, 0xfe]);
    const [padding, lengthBytes] = paddingOf(head);
    assertEquals(2 + lengthBytes + 2 + padding, bytes);
  },
);

Deno.test("a mark has room in the padding of the least packet", () => {
  const [{ payloadBytes }] = streamsOf(
    "audio",
    mediaPlanOf({ audioBitrate: 6 }),
  );
  assert(opusSilence(payloadBytes).length + MARK_BYTES <= payloadBytes);
});

Deno.test.each(
  [15, 16, 100, 258, 260, 515, 1000].map((bytes) => ({ bytes })),
)("of $bytes bytes, it is told from sound wherever it lies", ({ bytes }) => {
  const packet = new Uint8Array(bytes + 7);
  packet.set(opusSilence(bytes), 7);
  assert(isOpusSilence(packet, 7, bytes));
});

const CELT = 31 << 3;
Deno.test.each([
  { why: "one frame alone", bytes: [CELT, 0xff, 0xfe], isSilence: true },
  { why: "flag and more", bytes: [CELT, 0xff, 0xff, 1, 2], isSilence: true },
  { why: "no flag", bytes: [CELT, 0xff, 0xfd, 1, 2], isSilence: false },
  { why: "sound", bytes: [CELT, 0x12, 0xff, 0xff], isSilence: false },
  { why: "SILK", bytes: [1 << 3, 0xff, 0xff], isSilence: false },
  { why: "hybrid", bytes: [15 << 3, 0xff, 0xff], isSilence: false },
  { why: "two frames", bytes: [CELT | 1, 0xff, 0xff], isSilence: false },
  { why: "frames of VBR", bytes: [CELT | 2, 1, 0xff, 0xff], isSilence: false },
  {
    why: "one that is counted",
    bytes: [CELT | 3, 1, 0xff, 0xff],
    isSilence: true,
  },
  {
    why: "two that are counted",
    bytes: [CELT | 3, 2, 0xff, 0xff],
    isSilence: false,
  },
  {
    why: "nothing but padding",
    bytes: [CELT | 3, 0x41, 255, 255],
    isSilence: false,
  },
  { why: "a beginning alone", bytes: [CELT], isSilence: false },
])("$why is silence: $isSilence", ({ bytes, isSilence }) => {
  // What comes after a packet is none of it.
  const packet = Uint8Array.of(...bytes, 0xff, 0xff, 0xff);
  assertEquals(isOpusSilence(packet, 0, bytes.length), isSilence);
});
