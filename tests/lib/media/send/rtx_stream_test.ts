import { assertEquals } from "@std/assert";
import {
  EXTENSION_URIS,
  RtpHeaderTemplate,
  RtxStream,
  videoPreset,
  VideoSender,
} from "../../../../lib/media/mod.ts";
import { runUntil, senderWorld } from "../fixtures.ts";

/** Headers of 12 bytes, and of 28 with a name, a send time and a number. */
const BARE = new RtpHeaderTemplate({
  payloadType: 96,
  ssrc: 0x11223344,
  extensions: [],
});
const NAMED = new RtpHeaderTemplate({
  payloadType: 96,
  ssrc: 0x11223344,
  extensions: [
    {
      uri: EXTENSION_URIS.streamId,
      id: 2,
      value: new Uint8Array([0x72, 0x31]),
    },
    { uri: EXTENSION_URIS.absSendTime, id: 4, value: new Uint8Array(3) },
    { uri: EXTENSION_URIS.transportSequence, id: 5, value: new Uint8Array(2) },
  ],
  numbering: { next: 0xbeef },
});
NAMED.setSendTime(0x0a0b0c);

const PLAIN = "80" + "e0" + "1234" + "00000bb8" + "11223344" + "0a0b0c";
const EXTENDED = "90" + "60" + "ffff" + "00000bb8" + "11223344" +
  "bede0003" + "217231" + "42000001" + "510002" + "0000" + "0a0b0c";

Deno.test.each([
  {
    why: "the last packet of a frame",
    plain: PLAIN,
    header: BARE,
    repair: "80" + "e4" + "0007" + "00000bb8" + "deadbeef" + "1234" + "0a0b0c",
  },
  {
    why: "one within a frame, under its own name, number and time",
    plain: EXTENDED,
    header: NAMED,
    repair: "90" + "64" + "0007" + "00000bb8" + "deadbeef" +
      "bede0003" + "317231" + "420a0b0c" + "51beef" + "0000" + "ffff" +
      "0a0b0c",
  },
  {
    why: "one without a payload",
    plain: PLAIN.slice(0, 24),
    header: BARE,
    repair: "80" + "e4" + "0007" + "00000bb8" + "deadbeef" + "1234",
  },
])("$why is repaired byte for byte (RFC 4588 section 4)", (row) => {
  const rtx = new RtxStream({
    ssrc: 0xdeadbeef,
    payloadType: 100,
    firstSequence: 7,
    repairedIdId: 3,
  });
  const bytes = new Uint8Array(64).fill(0xee);
  bytes.set(Uint8Array.fromHex(row.plain));
  const length = rtx.wrap(bytes, row.header, row.plain.length / 2);
  assertEquals(bytes.slice(0, length).toHex(), row.repair);
  assertEquals(bytes[length], 0xee);
});

Deno.test("repairs have a numbering of their own, which wraps", () => {
  const rtx = new RtxStream({
    ssrc: 1,
    payloadType: 100,
    firstSequence: 65535,
  });
  const numbers = [0, 1].map(() => {
    const bytes = Uint8Array.fromHex(PLAIN + "0000");
    rtx.wrap(bytes, BARE, PLAIN.length / 2);
    return (bytes[2] << 8) | bytes[3];
  });
  assertEquals(numbers, [65535, 0]);
});

Deno.test("a track with a stream for repairs sends what is missed by it, and other tracks what left", () => {
  for (
    const rtx of [undefined, { ssrc: 99, payloadType: 100, firstSequence: 5 }]
  ) {
    const { clock, sink, options } = senderWorld(90_000, {
      repairs: true,
      rtx,
    });
    const sender = new VideoSender(options, videoPreset("480p", 30));
    runUntil(sender, clock, 400);
    const missed = sink.packets.find(({ sequence }) => sequence === 0xfff3)!;
    assertEquals(sender.resend(missed.sequence, 0), true);
    const repair = sink.packets.at(-1)!;
    const { timestamp, marker, capture, payload } = missed;
    assertEquals([repair.timestamp, repair.marker, repair.capture], [
      timestamp,
      marker,
      capture,
    ]);
    if (rtx === undefined) {
      assertEquals([repair.ssrc, repair.sequence], [missed.ssrc, 0xfff3]);
      assertEquals(repair.payload, payload);
    } else {
      assertEquals([repair.ssrc, repair.sequence], [99, 5]);
      assertEquals([...repair.payload], [0xff, 0xf3, ...payload]);
    }
  }
});
