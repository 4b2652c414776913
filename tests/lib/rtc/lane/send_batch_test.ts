/** What the kernel finds where a burst is handed over: read back by its pointers. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { CMSG, MSGHDR } from "../../../../lib/rtc/lane/libc.ts";
import { NativeMemory } from "../../../../lib/rtc/lane/native_memory.ts";
import { SendBatch } from "../../../../lib/rtc/lane/send_batch.ts";
import { controlOf, vectorOf } from "./kernel_structures.ts";

const SOL_UDP = 17;
const UDP_SEGMENT = 103;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

Deno.test.each([
  { offset: 0, length: 3 * 1200, segment: 1200 },
  { offset: 4096, length: 2500, segment: 1200 },
  { offset: 17, length: 1, segment: 65_507 },
])(
  "a burst of $length bytes at $offset is one buffer that the kernel cuts every $segment",
  ({ offset, length, segment }) => {
    const out = new NativeMemory(64 * 1024);
    const batch = new SendBatch(out.address);
    const header = viewOf(batch.segments(offset, length, segment));
    assertEquals(vectorOf(header, 0), {
      address: BigInt(out.address + offset),
      length,
    });
    const control = controlOf(header, 0)!;
    // CMSG_SPACE and CMSG_LEN of two bytes: cmsg(3).
    assertEquals(control.byteLength, 24);
    assertEquals(control.getBigUint64(CMSG.length, true), 18n);
    assertEquals(control.getInt32(CMSG.level, true), SOL_UDP);
    assertEquals(control.getInt32(CMSG.type, true), UDP_SEGMENT);
    assertEquals(control.getUint16(CMSG.data, true), segment);
  },
);

Deno.test("a header is used again for the next burst, with nothing of the one before", () => {
  const out = new NativeMemory(64 * 1024);
  const batch = new SendBatch(out.address);
  batch.segments(100, 5000, 1000);
  const header = viewOf(batch.segments(7, 10, 5));
  assertEquals(vectorOf(header, 0), {
    address: BigInt(out.address + 7),
    length: 10,
  });
  assertEquals(controlOf(header, 0)!.getUint16(CMSG.data, true), 5);
});

Deno.test("where the kernel does not cut, each datagram has a header of its own, and the last one what is left", () => {
  const out = new NativeMemory(128 * 1024);
  const batch = new SendBatch(out.address);
  const headers = viewOf(batch.messages(50, 64 * 1000 - 1, 1000, 64));
  for (let i = 0; i < 64; i++) {
    const at = i * MSGHDR.bytes;
    assertEquals(vectorOf(headers, at), {
      address: BigInt(out.address + 50 + 1000 * i),
      length: i < 63 ? 1000 : 999,
    });
    assertEquals(controlOf(headers, at), undefined);
  }
});

Deno.test.each([
  1,
  12,
  100,
  1023,
  1024,
  1200,
  1472,
  9000,
  32_753,
  32_754,
  65_507,
])(
  "of datagrams of %i bytes one call carries as many as the kernel cuts, in one UDP payload",
  (segment) => {
    const most = new SendBatch(0).mostBytes(segment);
    assertEquals(most % segment, 0);
    assertLessOrEqual(most / segment, 64);
    assertLessOrEqual(most, 65_507);
    // One more would be too many, or too long.
    const isFull = most / segment === 64 || most + segment > 65_507;
    assertEquals(isFull, true);
  },
);
