import { assertEquals } from "@std/assert";
import {
  isVp8KeyFrameStart,
  vp8DescriptorBytes,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "../../../../lib/media/mod.ts";

/** RFC 7741 section 4.2: which fields a descriptor has. */
const descriptors = [
  { why: "one byte", hex: "10", bytes: 1 },
  { why: "an empty extension", hex: "9000", bytes: 2 },
  { why: "a 7-bit picture id", hex: "90807f", bytes: 3 },
  { why: "a 15-bit picture id", hex: "9080ffff", bytes: 4 },
  { why: "TL0PICIDX", hex: "904001", bytes: 3 },
  { why: "TID", hex: "902040", bytes: 3 },
  { why: "KEYIDX", hex: "901001", bytes: 3 },
  { why: "TID and KEYIDX in one byte", hex: "903041", bytes: 3 },
  { why: "a 7-bit id and all else", hex: "90f0050102", bytes: 5 },
  { why: "a 15-bit id and all else", hex: "90f080050102", bytes: 6 },
];

Deno.test.each(descriptors)(
  "a descriptor with $why has $bytes bytes, and none when it is cut",
  ({ hex, bytes }) => {
    const whole = Uint8Array.fromHex("00" + hex + "00");
    assertEquals(vp8DescriptorBytes(whole, 1, bytes + 1), bytes);
    assertEquals(vp8DescriptorBytes(whole, 1, bytes), bytes);
    for (let length = 0; length < bytes; length++) {
      assertEquals(
        vp8DescriptorBytes(whole, 1, length),
        -1,
        `cut to ${length}`,
      );
    }
  },
);

Deno.test.each(descriptors)(
  "a key frame begins behind a descriptor with $why",
  ({ hex }) => {
    const starts = (bytes: Uint8Array) =>
      isVp8KeyFrameStart(bytes, 0, bytes.length);
    const key = Uint8Array.fromHex(hex + "10");
    assertEquals(starts(key), true);
    assertEquals(starts(Uint8Array.fromHex(hex + "11")), false, "inter frame");
    assertEquals(starts(Uint8Array.fromHex(hex)), false, "no data");
    const continued = key.slice();
    continued[0] &= ~0x10;
    assertEquals(starts(continued), false, "not the start");
    const second = key.slice();
    second[0] |= 1;
    assertEquals(starts(second), false, "second partition");
  },
);

Deno.test.each([
  { isFirst: true, pictureId: 0x1234, hex: "90809234" },
  { isFirst: false, pictureId: 0x7fff, hex: "8080ffff" },
  { isFirst: false, pictureId: 0, hex: "80808000" },
])(
  "our descriptor with picture id $pictureId is $hex",
  ({ isFirst, pictureId, hex }) => {
    const bytes = new Uint8Array(5);
    assertEquals(writeVp8Descriptor(bytes, 1, isFirst, pictureId), 5);
    assertEquals(bytes.toHex(), "00" + hex);
    assertEquals(vp8DescriptorBytes(bytes, 1, 4), 4);
  },
);

Deno.test("our frame headers say key frame and size, or inter frame", () => {
  const bytes = new Uint8Array(14);
  writeVp8Descriptor(bytes, 0, true, 1);
  writeVp8KeyHeader(bytes, 4, 1920, 1080);
  // Start code 9d 01 2a, then width and height, little endian (RFC 6386 section 9.1).
  assertEquals(bytes.subarray(7).toHex(), "9d012a" + "8007" + "3804");
  assertEquals(isVp8KeyFrameStart(bytes, 0, 14), true);
  writeVp8InterHeader(bytes, 4);
  assertEquals(isVp8KeyFrameStart(bytes, 0, 14), false);
});
