/** Blocks against the draft's layout. */

import { assertEquals } from "@std/assert";
import { pcapngHead, pcapngPacket } from "../../../lib/dump/pcapng.ts";

interface Block {
  readonly type: number;
  readonly body: DataView<ArrayBuffer>;
}

/** All blocks; throws where a length does not fit. */
function blocksOf(bytes: Uint8Array): Block[] {
  const view = new DataView(bytes.slice().buffer);
  const blocks: Block[] = [];
  for (let at = 0; at < view.byteLength;) {
    const length = view.getUint32(at + 4, true);
    assertEquals(length % 4, 0);
    assertEquals(view.getUint32(at + length - 4, true), length);
    blocks.push({
      type: view.getUint32(at, true),
      body: new DataView(view.buffer, at + 8, length - 12),
    });
    at += length;
  }
  return blocks;
}

/** Tags of a packet's data by their type, and the packet behind them. */
function tagsOf(
  data: DataView,
): { tags: Map<number, number[]>; rest: number[] } {
  const tags = new Map<number, number[]>();
  for (let at = 0;;) {
    const type = data.getUint16(at);
    const length = data.getUint16(at + 2);
    at += 4;
    const bytes = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => data.getUint8(from + i));
    if (type === 0) return { tags, rest: bytes(at, data.byteLength - at) };
    tags.set(type, bytes(at, length));
    at += length;
  }
}

Deno.test("a file begins with who wrote it, the link type of exported PDUs, and microseconds", () => {
  const [section, link] = blocksOf(pcapngHead("rtcrowd 1", "client-7"));
  assertEquals(section.type, 0x0a0d0d0a);
  assertEquals(section.body.getUint32(0, true), 0x1a2b3c4d);
  assertEquals(link.type, 1);
  assertEquals(link.body.getUint16(0, true), 252);
  const text = new TextDecoder().decode(link.body);
  assertEquals(text.includes("client-7"), true);
});

const ADDRESSES: readonly {
  readonly why: string;
  readonly address: string;
  readonly tag: number;
  readonly bytes: readonly number[];
}[] = [
  { why: "IPv4", address: "10.1.2.3", tag: 20, bytes: [10, 1, 2, 3] },
  {
    why: "IPv6 with a gap in the middle",
    address: "2001:db8::7",
    tag: 22,
    bytes: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
  },
  {
    why: "IPv6 without a gap",
    address: "1:2:3:4:5:6:7:8",
    tag: 22,
    bytes: [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8],
  },
  {
    why: "IPv6 of an interface",
    address: "fe80::1%eth0",
    tag: 22,
    bytes: [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  },
  {
    why: "IPv4 within IPv6",
    address: "::ffff:192.0.2.33",
    tag: 22,
    bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 33],
  },
  {
    why: "IPv4 at the end of a prefix, as NAT64 has it",
    address: "64:ff9b::198.51.100.7",
    tag: 22,
    bytes: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 198, 51, 100, 7],
  },
  {
    why: "IPv4 behind six groups",
    address: "1:2:3:4:5:6:10.0.0.1",
    tag: 22,
    bytes: [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 10, 0, 0, 1],
  },
  {
    why: "more groups than there are is no address",
    address: "1:2:3:4:5:6:7:8:9",
    tag: 22,
    bytes: Array(16).fill(0),
  },
  {
    why: "the unspecified one",
    address: "::",
    tag: 22,
    bytes: Array(16).fill(0),
  },
  {
    why: "a name is nobody's address",
    address: "sfu.example",
    tag: 20,
    bytes: [0, 0, 0, 0],
  },
];

for (const { why, address, tag, bytes } of ADDRESSES) {
  Deno.test(`a packet says whence it came: ${why}`, () => {
    const [{ type, body }] = blocksOf(pcapngPacket({
      dissector: "rtp",
      direction: "in",
      atUs: 1_795_859_561_655_123,
      from: { address, port: 40_000 },
      to: { address: address.includes(":") ? "::" : "0.0.0.0", port: 2 },
      bytes: new Uint8Array([1, 2, 3, 4, 5]),
      originalLength: 905,
    }));
    assertEquals(type, 6);
    const atUs = body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true);
    assertEquals(atUs, 1_795_859_561_655_123);
    const captured = body.getUint32(12, true);
    assertEquals(body.getUint32(16, true), captured + 900);
    const data = new DataView(body.buffer, body.byteOffset + 20, captured);
    const { tags, rest } = tagsOf(data);
    assertEquals(rest, [1, 2, 3, 4, 5]);
    assertEquals(tags.get(tag), [...bytes]);
    assertEquals(tags.get(24), [0, 0, 0, 3]);
    assertEquals(tags.get(25), [0, 0, 0x9c, 0x40]);
    const name = new TextDecoder().decode(new Uint8Array(tags.get(12)!));
    assertEquals(name.replace(/\0+$/, ""), "rtp");
  });
}
