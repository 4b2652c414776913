/** Packets in a TCP stream (RFC 4571), however it is cut. */

import {
  FRAME_HEADER_BYTES,
  FrameReader,
  MAX_FRAME_BYTES,
} from "../../../lib/rtc/lane/tcp_frames.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const length = fc.oneof(
  { weight: 9, arbitrary: fc.nat(300) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(MAX_FRAME_BYTES - 1, MAX_FRAME_BYTES),
  },
);
const read = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 400 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(MAX_FRAME_BYTES, 4 * MAX_FRAME_BYTES),
  },
);

/** What comes out is what went in, and there is always room for more. */
export const tcpFrames: Door = {
  name: "tcp_frames",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.tuple(
        fc.array(length, { maxLength: 12 }),
        fc.array(read, { minLength: 1, maxLength: 20 }),
        fc.nat(400),
      ),
      ([lengths, reads, missing]) => {
        const stream = streamOf(lengths);
        const end = Math.max(0, stream.length - missing);
        const expected = lengthsWithin(lengths, end);
        const got: number[] = [];
        const reader = new FrameReader();
        for (let at = 0, turn = 0; at < end; turn++) {
          const { room } = reader;
          if (room.length === 0) throw new Error("no room");
          const most = Math.max(reads[turn % reads.length], end / 500 | 0);
          const count = Math.min(most, room.length, end - at);
          room.set(stream.subarray(at, at + count));
          at += count;
          reader.advance(count, (bytes, offset, size) => {
            got.push(size);
            const mark = got.length & 0xff;
            if (bytes[offset] !== mark || bytes[offset + size - 1] !== mark) {
              throw new Error("another packet's bytes");
            }
          });
        }
        if (got.join() !== expected.join()) {
          throw new Error(`${got} instead of ${expected}`);
        }
      },
    ),
  }),
};

/** Each packet is filled with its number, those that are empty left out. */
function streamOf(lengths: readonly number[]): Uint8Array {
  const stream = new Uint8Array(
    lengths.reduce((sum, one) => sum + FRAME_HEADER_BYTES + one, 0),
  );
  let at = 0;
  let number = 0;
  for (const one of lengths) {
    stream[at] = one >> 8;
    stream[at + 1] = one;
    at += FRAME_HEADER_BYTES;
    if (one > 0) stream.fill(++number, at, at + one);
    at += one;
  }
  return stream;
}

function lengthsWithin(lengths: readonly number[], end: number): number[] {
  let at = 0;
  return lengths.filter((one) =>
    (at += FRAME_HEADER_BYTES + one) <= end && one > 0
  );
}
