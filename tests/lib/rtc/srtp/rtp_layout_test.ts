/** Where a payload begins, worked out from RFC 3550 section 5.1 and 5.3.1. */

import { assertEquals } from "@std/assert";
import { rtpHeaderBytes } from "../../../../lib/rtc/srtp/rtp_layout.ts";

/** A fixed header with this first byte, and what follows it. */
function packet(first: number, rest = ""): Uint8Array {
  const fixed = Uint8Array.from({ length: 12 }, (_, i) => i === 0 ? first : 7);
  return Uint8Array.of(...fixed, ...Uint8Array.fromHex(rest));
}

Deno.test.each<{ why: string; bytes: Uint8Array; header: number }>([
  { why: "nothing", bytes: new Uint8Array(), header: -1 },
  { why: "one byte", bytes: Uint8Array.of(0x80), header: -1 },
  {
    why: "a fixed header that lacks a byte",
    bytes: packet(0x80).subarray(0, 11),
    header: -1,
  },
  { why: "a fixed header alone", bytes: packet(0x80), header: 12 },
  { why: "version 0", bytes: packet(0x00, "ff"), header: -1 },
  { why: "version 1", bytes: packet(0x40, "ff"), header: -1 },
  { why: "version 3", bytes: packet(0xc0, "ff"), header: -1 },
  { why: "padding, which is payload here", bytes: packet(0xa0), header: 12 },
  { why: "one CSRC", bytes: packet(0x81, "aabbccdd"), header: 16 },
  {
    why: "one CSRC that lacks a byte",
    bytes: packet(0x81, "aabbcc"),
    header: -1,
  },
  {
    why: "the most CSRCs there are",
    bytes: packet(0x8f, "01".repeat(60)),
    header: 72,
  },
  {
    why: "the most CSRCs, and a byte less",
    bytes: packet(0x8f, "01".repeat(59)),
    header: -1,
  },
  {
    why: "an extension of no words",
    bytes: packet(0x90, "bede0000"),
    header: 16,
  },
  {
    why: "an extension header that lacks a byte",
    bytes: packet(0x90, "bede00"),
    header: -1,
  },
  { why: "no extension where one is told", bytes: packet(0x90), header: -1 },
  {
    why: "a one-byte extension of a word",
    bytes: packet(0x90, "bede000110ff0000"),
    header: 20,
  },
  {
    why: "a two-byte extension of two words",
    bytes: packet(0x90, "10000002" + "0102aabb00000000"),
    header: 24,
  },
  {
    why: "a profile that nobody knows",
    bytes: packet(0x90, "abac000111223344"),
    header: 20,
  },
  {
    why: "an extension whose last byte is missing",
    bytes: packet(0x90, "bede0001112233"),
    header: -1,
  },
  {
    why: "an extension of 65,535 words in a short packet",
    bytes: packet(0x90, "bedeffff" + "00".repeat(100)),
    header: -1,
  },
  {
    why: "CSRCs before the extension, whose bytes are not its length",
    bytes: packet(0x92, "ffffffffffffffff" + "bede0001" + "00000000"),
    header: 28,
  },
])("a payload begins after $why: $header", ({ bytes, header }) => {
  assertEquals(rtpHeaderBytes(bytes, 0, bytes.length), header);
  // Inside a larger buffer nothing around the packet counts.
  const around = new Uint8Array(bytes.length + 40).fill(0xff);
  around.set(bytes, 20);
  assertEquals(rtpHeaderBytes(around, 20, bytes.length), header);
});

Deno.test("the longest extension that fits is taken, and a byte less is not enough", () => {
  const words = 0xffff;
  const bytes = new Uint8Array(16 + 4 * words);
  bytes.set([0x90], 0);
  bytes.set([0xbe, 0xde, 0xff, 0xff], 12);
  assertEquals(rtpHeaderBytes(bytes, 0, bytes.length), bytes.length);
  assertEquals(rtpHeaderBytes(bytes, 0, bytes.length - 1), -1);
});
