import { assert, assertEquals } from "@std/assert";
import {
  FrameReader,
  MAX_FRAME_BYTES,
  writeFrame,
} from "../../../../lib/rtc/lane/tcp_frames.ts";

/** Packets of these lengths, each filled with a byte of its own. */
const PACKETS = [1, 2, 255, 256, 1200, MAX_FRAME_BYTES].map((length, i) =>
  new Uint8Array(length).fill(i + 1)
);

Deno.test("a frame is its length in two bytes, and the packet", () => {
  const out = new Uint8Array(8);
  assertEquals(writeFrame(out, 1, Uint8Array.of(7, 8, 9)), 6);
  assertEquals([...out], [0, 0, 3, 7, 8, 9, 0, 0]);
});

Deno.test.each([1, 2, 3, 7, 255, 257, 1202, 65_535, 65_536, 65_537, 200_000])(
  "packets come whole out of a stream that is read %i bytes at a time",
  (size) => {
    const stream = streamOf([...PACKETS, ...PACKETS, ...PACKETS]);
    const got = read(stream, size);
    assertEquals(got.length, 3 * PACKETS.length);
    for (const [i, packet] of got.entries()) {
      const { length, [0]: byte } = PACKETS[i % PACKETS.length];
      assert(packet.length === length && packet.every((one) => one === byte));
    }
  },
);

Deno.test("an empty frame is no packet, and a frame that is cut short waits for the rest", () => {
  assertEquals(read(Uint8Array.of(0, 0, 0, 1, 5, 0, 0, 0, 2, 6), 3), [
    Uint8Array.of(5),
  ]);
});

function streamOf(packets: readonly Uint8Array[]): Uint8Array {
  const bytes = packets.reduce((sum, { length }) => sum + 2 + length, 0);
  const stream = new Uint8Array(bytes);
  let at = 0;
  for (const packet of packets) at = writeFrame(stream, at, packet);
  return stream;
}

/** Reads a stream in pieces of at most `size` bytes. */
function read(stream: Uint8Array, size: number): Uint8Array[] {
  const reader = new FrameReader();
  const got: Uint8Array[] = [];
  for (let at = 0; at < stream.length;) {
    const { room } = reader;
    assert(room.length > 0, "there is always room");
    const piece = stream.subarray(at, at + Math.min(size, room.length));
    room.set(piece);
    at += piece.length;
    reader.advance(piece.length, (bytes, offset, length) => {
      got.push(bytes.slice(offset, offset + length));
    });
  }
  return got;
}
