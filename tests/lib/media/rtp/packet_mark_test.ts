import { assertEquals } from "@std/assert";
import {
  MARK_BYTES,
  readMark,
  writeMark,
} from "../../../../lib/media/rtp/packet_mark.ts";

Deno.test.each(
  [0, 1, 0x7fffffff, 0x80000000, 0xffffffff].map((count) => ({ count })),
)(
  "packet $count is marked and known again",
  ({ count }) => {
    const bytes = new Uint8Array(20).fill(0xff);
    writeMark(bytes, 16, count);
    assertEquals(readMark(bytes, 16), count);
    assertEquals(bytes.subarray(16).toHex(), "ffffffff");
    assertEquals(bytes.subarray(0, 16 - MARK_BYTES).toHex(), "ff".repeat(8));
  },
);

Deno.test("bytes of others carry no mark", () => {
  const bytes = new Uint8Array(16);
  writeMark(bytes, 16, 5);
  assertEquals(readMark(bytes, 15), -1);
  bytes[8] ^= 1;
  assertEquals(readMark(bytes, 16), -1);
});
