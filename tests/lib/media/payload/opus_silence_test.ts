/** Packets that libopus decodes as 20 ms of silence, whatever follows in them. */

import { assert, assertEquals } from "@std/assert";
import { mediaPlanOf, streamsOf } from "../../../../lib/media/mod.ts";
import { opusSilence } from "../../../../lib/media/payload/opus_silence.ts";
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
