/** VP8's payload descriptor against the figure of RFC 7741 section 4.2, written out bit by bit. */

import { assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  isVp8FrameShown,
  isVp8KeyFrameStart,
  isVp8Shown,
  isVp8Start,
  vp8DescriptorBytes,
  vp8Layer,
  vp8PictureId,
  writeVp8Descriptor,
  writeVp8LayerDescriptor,
} from "../../../../lib/media/mod.ts";

/** The fields of a descriptor; what is `undefined` is not in it. */
interface Fields {
  readonly isStart: boolean;
  readonly partition: number;
  /** Of 7 or 15 bits. */
  readonly pictureId?: { readonly value: number; readonly isLong: boolean };
  readonly baseIndex?: number;
  /** Layer in time, and the layer sync bit. */
  readonly layer?: readonly [id: number, isSync: boolean];
  readonly keyIndex?: number;
}

/** The bytes of a descriptor, in the order of the RFC's figure. */
function descriptorOf(fields: Fields): number[] {
  const { isStart, partition, pictureId, baseIndex, layer, keyIndex } = fields;
  const extensions = (pictureId === undefined ? 0 : 0b1000_0000) |
    (baseIndex === undefined ? 0 : 0b0100_0000) |
    (layer === undefined ? 0 : 0b0010_0000) |
    (keyIndex === undefined ? 0 : 0b0001_0000);
  const first = (extensions === 0 ? 0 : 0b1000_0000) |
    (isStart ? 0b0001_0000 : 0) | partition;
  const bytes = [first];
  if (extensions !== 0) bytes.push(extensions);
  if (pictureId?.isLong) {
    bytes.push(0b1000_0000 | (pictureId.value >> 8), pictureId.value & 0xff);
  } else if (pictureId !== undefined) bytes.push(pictureId.value);
  if (baseIndex !== undefined) bytes.push(baseIndex);
  if (layer !== undefined || keyIndex !== undefined) {
    const [id, isSync] = layer ?? [0, false];
    bytes.push((id << 6) | (isSync ? 0b0010_0000 : 0) | (keyIndex ?? 0));
  }
  return bytes;
}

Deno.test("whatever fields a descriptor has, each is found where it stands", () => {
  const random = createRandom(1, "descriptors");
  const below = (count: number) => Math.floor(random() * count);
  const maybe = <T>(value: () => T) => below(2) === 0 ? value() : undefined;
  for (let round = 0; round < 3000; round++) {
    const fields: Fields = {
      isStart: below(2) === 0,
      partition: below(3) === 0 ? below(8) : 0,
      pictureId: maybe(() =>
        below(2) === 0
          ? { value: below(0x8000), isLong: true }
          : { value: below(0x80), isLong: false }
      ),
      baseIndex: maybe(() => below(256)),
      layer: maybe((): [number, boolean] => [below(4), below(2) === 0]),
      keyIndex: maybe(() => below(32)),
    };
    const descriptor = descriptorOf(fields);
    const frame = below(256);
    const offset = below(4);
    const before = Array.from({ length: offset }, () => below(256));
    const bytes = Uint8Array.from([...before, ...descriptor, frame]);
    const length = descriptor.length + 1;
    const { isStart, partition, pictureId, baseIndex, layer } = fields;
    const isFirst = isStart && partition === 0;
    // Of the frame's first byte: P is the lowest bit, show_frame the fifth.
    const isKey = (frame & 1) === 0;
    const isShown = (frame >> 4 & 1) === 1;
    const long = pictureId?.isLong ? pictureId.value : -1;
    const standing = long >= 0 && baseIndex !== undefined && layer !== undefined
      ? (baseIndex * 4 + layer[0]) * 2 + Number(layer[1])
      : -1;
    assertEquals(
      {
        bytes: vp8DescriptorBytes(bytes, offset, length),
        isFirst: isVp8Start(bytes, offset, length),
        isKey: isVp8KeyFrameStart(bytes, offset, length),
        isShown: isVp8Shown(bytes, offset, length),
        pictureId: vp8PictureId(bytes, offset, length),
        standing: vp8Layer(bytes, offset, length),
      },
      {
        bytes: descriptor.length,
        isFirst,
        isKey: isFirst && isKey,
        isShown,
        pictureId: long,
        standing,
      },
      JSON.stringify(fields),
    );
  }
});

Deno.test.each<{ why: string; bytes: string }>([
  { why: "nothing", bytes: "" },
  { why: "an extension byte that is missing", bytes: "90" },
  { why: "a descriptor without data", bytes: "10" },
  { why: "a long picture id cut in two", bytes: "908080" },
  { why: "all fields but the last byte", bytes: "90f0800501" },
])("a payload that is cut short says nothing: $why", ({ bytes }) => {
  // What follows in the buffer is another packet, and all ones.
  const buffer = new Uint8Array(20).fill(0xff);
  const payload = Uint8Array.fromHex(bytes);
  buffer.set(payload);
  const { length } = payload;
  assertEquals(isVp8KeyFrameStart(buffer, 0, length), false);
  assertEquals(isVp8Shown(buffer, 0, length), false);
  assertEquals(vp8Layer(buffer, 0, length), -1);
});

Deno.test.each([
  { pictureId: 0x7fff, id: 0x7fff, why: "the largest" },
  { pictureId: 0x8000, id: 0, why: "one that wraps after 15 bits" },
  { pictureId: 0x12345, id: 0x2345, why: "one that has wrapped before" },
])("a picture id of ours has 15 bits: $why", ({ pictureId, id }) => {
  const bytes = new Uint8Array(4);
  writeVp8Descriptor(bytes, 0, true, pictureId);
  assertEquals(vp8PictureId(bytes, 0, 4), id);
});

Deno.test.each([
  { isFirst: true, hex: "90e0" + "9234" + "ff" + "60" },
  { isFirst: false, hex: "80e0" + "9234" + "ff" + "60" },
])("a layer's descriptor of ours is read again: $hex", ({ isFirst, hex }) => {
  const bytes = new Uint8Array(7);
  // Layer 1 with layer sync: TID 01, Y 1 in the highest bits.
  const at = writeVp8LayerDescriptor(bytes, 1, isFirst, 0x1234, 0x1ff, 0x60);
  assertEquals(at, 7);
  assertEquals(bytes.subarray(1).toHex(), hex);
  assertEquals(isVp8Start(bytes, 1, 6), isFirst);
  assertEquals(vp8PictureId(bytes, 1, 6), 0x1234);
  assertEquals(vp8Layer(bytes, 1, 6), 0xff * 8 + 1 * 2 + 1);
});

Deno.test("a whole frame is shown by its fifth bit; nothing is not", () => {
  assertEquals(isVp8FrameShown(Uint8Array.of(0x10)), true);
  assertEquals(isVp8FrameShown(Uint8Array.of(0xef)), false);
  assertEquals(isVp8FrameShown(new Uint8Array()), false);
});
