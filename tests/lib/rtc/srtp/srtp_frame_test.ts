/** The frame of SRTP over streams that write down what they are asked for. */

import { assertEquals } from "@std/assert";
import {
  SRTP_BAD_AUTH,
  SRTP_MALFORMED,
  SRTP_REPLAYED,
} from "../../../../lib/rtc/srtp/srtp_cipher.ts";
import { FramedCipher } from "../../../../lib/rtc/srtp/srtp_frame.ts";
import type { SrtpStream } from "../../../../lib/rtc/srtp/srtp_stream.ts";

const SSRC = 0x1234;

/** Encrypts nothing, and believes what it is told to. */
class FakeStream implements SrtpStream {
  /** Index of each RTP packet that it sealed or opened, as 48 bits. */
  readonly rtp: number[] = [];
  readonly rtcp: number[] = [];
  isAuthentic = true;
  closed = 0;

  constructor(readonly tagBytes: number, readonly indexIsLast: boolean) {}

  sealRtp(...args: Parameters<SrtpStream["sealRtp"]>): number {
    this.rtp.push(args[5] * 0x10000 + args[6]);
    return this.tagBytes;
  }

  openRtp(...args: Parameters<SrtpStream["openRtp"]>): boolean {
    this.rtp.push(args[5] * 0x10000 + args[6]);
    return this.isAuthentic;
  }

  sealRtcp(...args: Parameters<SrtpStream["sealRtcp"]>): number {
    this.rtcp.push(args[4]);
    return this.tagBytes;
  }

  openRtcp(...args: Parameters<SrtpStream["openRtcp"]>): boolean {
    this.rtcp.push(args[4]);
    return this.isAuthentic;
  }

  close(): void {
    this.closed++;
  }
}

/** A cipher with the trailers of AES-CM or GCM. */
function framed(tagBytes = 10, indexIsLast = false) {
  const local = new FakeStream(tagBytes, indexIsLast);
  const remote = new FakeStream(tagBytes, indexIsLast);
  const cipher = new FramedCipher("portable", local, remote);
  return { cipher, local, remote };
}

/** An RTP packet of 12 bytes, and room for a tag. */
function rtp(sequence: number, ssrc = SSRC): Uint8Array {
  const bytes = new Uint8Array(12 + 16);
  bytes[0] = 0x80;
  new DataView(bytes.buffer).setUint16(2, sequence);
  new DataView(bytes.buffer).setUint32(8, ssrc);
  return bytes;
}

function send(cipher: FramedCipher, sequence: number, ssrc?: number): number {
  return cipher.protectRtp(rtp(sequence, ssrc), 0, 12);
}

function receive(cipher: FramedCipher, sequence: number, ssrc?: number) {
  return cipher.unprotectRtp(rtp(sequence, ssrc), 0, 12 + 10);
}

const at = (rollover: number, sequence: number) =>
  rollover * 0x10000 + sequence;

Deno.test("each track that is sent counts its own wraps, also when they alternate", () => {
  const { cipher, local } = framed();
  for (const sequence of [0xfffe, 0xffff, 0, 1]) {
    assertEquals(send(cipher, sequence, 1), 22);
    assertEquals(send(cipher, 5, 0xffffffff), 22);
  }
  assertEquals(
    local.rtp.filter((_, i) => i % 2 === 0),
    [at(0, 0xfffe), at(0, 0xffff), at(1, 0), at(1, 1)],
  );
  assertEquals(local.rtp.filter((_, i) => i % 2 === 1), [5, 5, 5, 5]);
});

Deno.test("a packet that is sent again from before the wrap has the index that it had", () => {
  const { cipher, local } = framed();
  for (const sequence of [0xfffe, 0xffff, 0, 0xffff, 1, 0xfffe, 2]) {
    send(cipher, sequence);
  }
  assertEquals(local.rtp, [
    at(0, 0xfffe),
    at(0, 0xffff),
    at(1, 0),
    at(0, 0xffff),
    at(1, 1),
    at(0, 0xfffe),
    at(1, 2),
  ]);
});

Deno.test.each<{ why: string; forged: number }>([
  { why: "far ahead", forged: 30_000 },
  { why: "before the start, as if after a wrap", forged: 0xfff0 },
  { why: "the next one", forged: 101 },
])(
  "a forged packet moves nothing, so what is real is opened as before: $why",
  ({ forged }) => {
    const { cipher, remote } = framed();
    assertEquals(receive(cipher, 100), 12);
    remote.isAuthentic = false;
    assertEquals(receive(cipher, forged), SRTP_BAD_AUTH);
    remote.isAuthentic = true;
    remote.rtp.length = 0;
    assertEquals(receive(cipher, 101), 12);
    assertEquals(receive(cipher, 100), SRTP_REPLAYED);
    // What is a replay is not decrypted at all.
    assertEquals(remote.rtp, [101]);
  },
);

Deno.test("a track begins with its first packet that is real", () => {
  const { cipher, remote } = framed();
  remote.isAuthentic = false;
  assertEquals(receive(cipher, 0xfff0), SRTP_BAD_AUTH);
  remote.isAuthentic = true;
  assertEquals(receive(cipher, 3), 12);
  assertEquals(receive(cipher, 4), 12);
  assertEquals(remote.rtp, [0xfff0, 3, 4]);
});

Deno.test("tracks that are received have windows of their own", () => {
  const { cipher } = framed();
  assertEquals(receive(cipher, 7, 1), 12);
  assertEquals(receive(cipher, 7, 2), 12);
  assertEquals(receive(cipher, 7, 1), SRTP_REPLAYED);
  assertEquals(receive(cipher, 7, 2), SRTP_REPLAYED);
  // SSRC 0 is one like any other.
  assertEquals(receive(cipher, 7, 0), 12);
  assertEquals(receive(cipher, 7, 0), SRTP_REPLAYED);
});

Deno.test("a packet from before the wrap comes late and is opened under the index that it has", () => {
  const { cipher, remote } = framed();
  for (const sequence of [0xfffd, 0xffff, 1, 0xfffe, 0]) {
    assertEquals(receive(cipher, sequence), 12);
  }
  assertEquals(remote.rtp, [
    at(0, 0xfffd),
    at(0, 0xffff),
    at(1, 1),
    at(0, 0xfffe),
    at(1, 0),
  ]);
});

Deno.test.each([
  { why: "nothing", length: 0 },
  { why: "one byte", length: 1 },
  { why: "a tag alone", length: 10 },
  { why: "a header and a tag that lack a byte", length: 21 },
])("what cannot be RTP is not even authenticated: $why", ({ length }) => {
  const { cipher, remote } = framed();
  assertEquals(cipher.unprotectRtp(rtp(1), 0, length), SRTP_MALFORMED);
  assertEquals(remote.rtp, []);
});

/** An SRTCP packet of 8 bytes with its index word where the profile has it. */
function rtcp(indexAt: number, word: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set([0x80, 200, 0, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, SSRC);
  if (indexAt + 4 <= length) view.setUint32(indexAt, word);
  return bytes;
}

Deno.test.each([
  { profile: "AES-CM, before the tag", tag: 10, isLast: false, indexAt: 8 },
  { profile: "GCM, behind the tag", tag: 16, isLast: true, indexAt: 24 },
])("the index of SRTCP is read where it stands: $profile", (row) => {
  const { cipher, remote } = framed(row.tag, row.isLast);
  const length = 8 + 4 + row.tag;
  const open = (index: number) =>
    cipher.unprotectRtcp(
      rtcp(row.indexAt, 0x80000000 + index, length),
      0,
      length,
    );
  assertEquals(open(0x7ffffffe), 8);
  assertEquals(open(0x7fffffff), 8);
  assertEquals(open(0x7ffffffe), SRTP_REPLAYED);
  assertEquals(remote.rtcp, [0x7ffffffe, 0x7fffffff]);
});

Deno.test("SRTCP that is not encrypted, or too short, is refused before it is authenticated", () => {
  const { cipher, remote } = framed();
  const length = 8 + 4 + 10;
  const clear = rtcp(8, 5, length);
  assertEquals(cipher.unprotectRtcp(clear, 0, length), SRTP_MALFORMED);
  const whole = rtcp(8, 0x80000005, length);
  assertEquals(cipher.unprotectRtcp(whole, 0, length - 1), SRTP_MALFORMED);
  assertEquals(cipher.unprotectRtcp(whole, 0, 0), SRTP_MALFORMED);
  assertEquals(remote.rtcp, []);
});

Deno.test("forged SRTCP with an index far ahead closes no window", () => {
  const { cipher, remote } = framed();
  const length = 8 + 4 + 10;
  const open = (index: number) =>
    cipher.unprotectRtcp(rtcp(8, 0x80000000 + index, length), 0, length);
  assertEquals(open(1), 8);
  remote.isAuthentic = false;
  assertEquals(open(1_000_000), SRTP_BAD_AUTH);
  remote.isAuthentic = true;
  assertEquals(open(2), 8);
});

Deno.test("each report that is sent has the next index, whoever it is from", () => {
  const { cipher, local } = framed();
  for (let i = 0; i < 4; i++) {
    assertEquals(cipher.protectRtcp(rtcp(99, 0, 40), 0, 8), 8 + 4 + 10);
  }
  assertEquals(local.rtcp.map((index) => index - local.rtcp[0]), [0, 1, 2, 3]);
});

Deno.test("closing closes both directions", () => {
  const { cipher, local, remote } = framed();
  cipher.close();
  assertEquals([local.closed, remote.closed], [1, 1]);
});
