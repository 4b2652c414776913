/** The vectors and associated data of the two profiles, as the RFCs work them out. */

import { assertEquals } from "@std/assert";
import { int32At, writeInt32 } from "../../../../lib/network_order.ts";
import {
  cmRtcpIv,
  cmRtpIv,
  gcmRtcpAad,
  GcmSalt,
  writeRtcpIndex,
} from "../../../../lib/rtc/srtp/srtp_stream.ts";

/** "Quid pro quo", the salt of RFC 7714 section 16. */
const QUID = "517569642070726f2071756f";
/** RFC 3711 appendix B.2, without the two zero bytes at the end. */
const CM_SALT = "f0f1f2f3f4f5f6f7f8f9fafbfcfd";

const zeros = (bytes: number) => "00".repeat(bytes);

Deno.test.each<{
  why: string;
  salt: string;
  ssrc: number;
  rollover: number;
  sequence: number;
  iv: string;
}>([
  {
    why: "the packet of RFC 7714 section 16.1",
    salt: QUID,
    ssrc: 0x5501a0b2,
    rollover: 0,
    sequence: 0xf17b,
    iv: "51753c6580c2726f20718414",
  },
  {
    why: "without a salt, two zeros and then SSRC, ROC and SEQ",
    salt: zeros(12),
    ssrc: 0x01020304,
    rollover: 0x05060708,
    sequence: 0x090a,
    iv: "0000" + "01020304" + "05060708" + "090a",
  },
  {
    why: "numbers with their highest bit set",
    salt: zeros(12),
    ssrc: 0xffeeddcc,
    rollover: 0x80000001,
    sequence: 0xffff,
    iv: "0000" + "ffeeddcc" + "80000001" + "ffff",
  },
  {
    why: "a salt all ones turns every bit",
    salt: "ff".repeat(12),
    ssrc: 0xffffffff,
    rollover: 0xffffffff,
    sequence: 0xffff,
    iv: "ffff" + zeros(10),
  },
  {
    why: "of a salt of 14 bytes the last two do not count",
    salt: zeros(12) + "abcd",
    ssrc: 1,
    rollover: 0,
    sequence: 2,
    iv: "0000" + "00000001" + "00000000" + "0002",
  },
])("GCM's vector of an RTP packet: $why", (row) => {
  const iv = new DataView(new ArrayBuffer(12));
  const salt = new GcmSalt(Uint8Array.fromHex(row.salt));
  // Signed as the packet path has it, and unsigned: the same 32 bits.
  for (const ssrc of [row.ssrc, row.ssrc | 0]) {
    salt.writeRtpIv(iv, ssrc, row.rollover, row.sequence);
    assertEquals(new Uint8Array(iv.buffer).toHex(), row.iv);
  }
});

Deno.test.each<
  { why: string; salt: string; ssrc: number; index: number; iv: string }
>([
  {
    why: "the packet of RFC 7714 section 17.1",
    salt: QUID,
    ssrc: 0x4d617273,
    index: 0x5d4,
    iv: "517524055203726f207170bb",
  },
  {
    why: "two zeros, SSRC, two zeros, index",
    salt: zeros(12),
    ssrc: 0xf1020304,
    index: 0x7fffffff,
    iv: "0000" + "f1020304" + "0000" + "7fffffff",
  },
])("GCM's vector of an RTCP packet: $why", (row) => {
  const iv = new DataView(new ArrayBuffer(12));
  const salt = new GcmSalt(Uint8Array.fromHex(row.salt));
  salt.writeRtcpIv(iv, row.ssrc | 0, row.index);
  assertEquals(new Uint8Array(iv.buffer).toHex(), row.iv);
});

Deno.test("GCM authenticates an RTCP packet's first 8 bytes and its index with the E flag, as in RFC 7714 section 17.1", () => {
  const packet = Uint8Array.fromHex("ffff" + "81c8000d4d617273" + "4e545031");
  const aad = new Uint8Array(12);
  gcmRtcpAad(aad, packet, 2, 0x5d4);
  assertEquals(aad.toHex(), "81c8000d4d617273" + "800005d4");
});

Deno.test.each<{
  why: string;
  salt: string;
  ssrc: number;
  rollover: number;
  sequence: number;
  iv: string;
}>([
  {
    why: "the salt alone, as in RFC 3711 appendix B.2",
    salt: CM_SALT,
    ssrc: 0,
    rollover: 0,
    sequence: 0,
    iv: CM_SALT + "0000",
  },
  {
    why: "SSRC from bit 64 on, the index from bit 16 on",
    salt: zeros(14),
    ssrc: 0xdeadbeef,
    rollover: 0x89abcdef,
    sequence: 0xfedc,
    iv: "00000000" + "deadbeef" + "89abcdef" + "fedc" + "0000",
  },
  {
    why: "all of them together",
    salt: "ff".repeat(14),
    ssrc: 0x00ff00ff,
    rollover: 1,
    sequence: 0x0100,
    iv: "ffffffff" + "ff00ff00" + "fffffffe" + "feff" + "0000",
  },
])("AES-CM's first block of an RTP packet: $why", (row) => {
  // What was there before must not stay.
  const iv = new Uint8Array(16).fill(0x5a);
  cmRtpIv(
    iv,
    Uint8Array.fromHex(row.salt),
    row.ssrc,
    row.rollover,
    row.sequence,
  );
  assertEquals(iv.toHex(), row.iv);
});

Deno.test("AES-CM's first block of an RTCP packet has the index where RTP has the end of its own", () => {
  const iv = new Uint8Array(16).fill(0x5a);
  cmRtcpIv(iv, new Uint8Array(14), 0xdeadbeef, 0x7edcba98);
  assertEquals(iv.toHex(), "00000000" + "deadbeef" + "00007edcba98" + "0000");
});

Deno.test("numbers are read and written in network byte order, and the E flag is the highest bit of an index", () => {
  const bytes = new Uint8Array(6);
  for (const value of [0, 1, -1, 0x7fffffff, -0x80000000, 0x01020304]) {
    writeInt32(bytes, 1, value);
    assertEquals(new DataView(bytes.buffer).getInt32(1), value);
    assertEquals(int32At(bytes, 1), value);
  }
  writeRtcpIndex(bytes, 0, 1);
  assertEquals(bytes.subarray(0, 4).toHex(), "80000001");
  writeRtcpIndex(bytes, 0, 0x7fffffff);
  assertEquals(bytes.subarray(0, 4).toHex(), "ffffffff");
});
