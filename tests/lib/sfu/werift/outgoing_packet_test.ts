import { assertEquals } from "@std/assert";
import { RtpReader } from "../../../../lib/media/mod.ts";
import { OutgoingPacket } from "../../../../lib/sfu/werift/outgoing_packet.ts";
import { rtpPacket } from "./packets.ts";

const IDENTITY = {
  ssrc: 0xcafebabe,
  payloadType: 96,
  mid: new TextEncoder().encode("12"),
};

function forward(source: Uint8Array, ids: Readonly<Record<number, number>>) {
  const reader = new RtpReader();
  reader.read(source, 0, source.length);
  const routerIds = new Uint8Array(16);
  for (const [from, to] of Object.entries(ids)) routerIds[Number(from)] = to;
  const packet = new OutgoingPacket();
  packet.prepare(reader, routerIds);
  const target = new Uint8Array(200).fill(0xff);
  const length = packet.write(target, IDENTITY, 500);
  const written = new RtpReader();
  assertEquals(written.read(target, 0, length), true);
  const extension = (id: number) => {
    const at = written.extensionOffset[id];
    return at === 0
      ? undefined
      : [...target.slice(at, at + written.extensionLength[id])];
  };
  const at = written.payloadOffset;
  return {
    written,
    extension,
    payload: [...target.slice(at, at + written.payloadLength)],
  };
}

Deno.test("a packet goes on with its payload under the consumer's identity", () => {
  const source = rtpPacket({
    payloadType: 107,
    marker: true,
    csrcs: 2,
    payload: [1, 2, 3],
  });
  const { written, payload } = forward(source, {});
  assertEquals(payload, [1, 2, 3]);
  assertEquals(
    [
      written.payloadType,
      written.marker,
      written.sequence,
      written.timestamp,
      written.ssrc >>> 0,
    ],
    [96, true, 500, 9, 0xcafebabe],
  );
});

Deno.test("extensions that the router knows go on under its ids, others do not", () => {
  const source = rtpPacket({
    extensions: { 1: [0x30], 7: [1, 2, 3, 4, 5, 6, 7, 8], 4: [9, 9, 9] },
  });
  const { extension } = forward(source, { 7: 13 });
  assertEquals(extension(13), [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(extension(7), undefined);
  assertEquals(extension(4), undefined);
});

Deno.test("the MID is the consumer's, not the producer's", () => {
  const { extension } = forward(rtpPacket({ extensions: { 1: [0x30] } }), {});
  assertEquals(extension(1), [...new TextEncoder().encode("12")]);
});

Deno.test("padding stays padding", () => {
  const { written, payload } = forward(
    rtpPacket({ payload: [5, 6], padding: 4 }),
    {},
  );
  assertEquals(payload, [5, 6]);
  assertEquals(written.length - written.payloadLength, 12 + 8 + 4);
});

Deno.test.each<{ why: string; length: number }>([
  { why: "empty", length: 0 },
  { why: "of 17 bytes", length: 17 },
  { why: "of 255 bytes", length: 255 },
])(
  "an extension that the one-byte form has no room for is left out: $why",
  ({ length }) => {
    const body = [7, length, ...Array(length).fill(9), 8, 2, 5, 6];
    while (body.length % 4 !== 0) body.push(0);
    const source = rtpPacket({ payload: [1, 2, 3] });
    const extended = new Uint8Array([
      source[0] | 0x10,
      ...source.subarray(1, 12),
      ...[0x10, 0, 0, body.length / 4],
      ...body,
      ...source.subarray(12),
    ]);
    const { extension, payload } = forward(extended, { 7: 10, 8: 11 });
    assertEquals([extension(10), extension(11)], [undefined, [5, 6]]);
    assertEquals(payload, [1, 2, 3]);
  },
);
