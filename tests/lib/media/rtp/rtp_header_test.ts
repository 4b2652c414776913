import { assert, assertEquals } from "@std/assert";
import {
  EXTENSION_URIS,
  RtpHeaderTemplate,
  RtpReader,
} from "../../../../lib/media/mod.ts";

const mid = {
  uri: EXTENSION_URIS.mid,
  id: 1,
  value: new TextEncoder().encode("video"),
};
const captureTime = {
  uri: EXTENSION_URIS.absCaptureTime,
  id: 14,
  value: new Uint8Array(8),
};
const level = {
  uri: EXTENSION_URIS.audioLevel,
  id: 10,
  value: new Uint8Array([0xa8]),
};

Deno.test.each([
  { why: "no extension", extensions: [], bytes: 12 },
  { why: "one that fits", extensions: [level, level], bytes: 20 },
  { why: "one that needs padding", extensions: [level], bytes: 20 },
  { why: "capture time", extensions: [mid, captureTime], bytes: 32 },
  { why: "all", extensions: [mid, captureTime, level], bytes: 36 },
])(
  "a header with $why has $bytes bytes and is read as it was written",
  ({ extensions, bytes }) => {
    const header = new RtpHeaderTemplate({
      payloadType: 101,
      ssrc: 0xfedcba98,
      extensions,
    });
    assertEquals(header.length, bytes);
    header.setCaptureTime(0xe9000001, 0x80000002);
    const target = new Uint8Array(100);
    const rtp = new RtpReader();
    for (const marker of [true, false, true]) {
      assertEquals(
        header.write(target, 7, 0x1fffe, 0x1_8000_0001, marker),
        7 + bytes,
      );
      assert(rtp.read(target, 7, bytes + 5));
      assertEquals([rtp.marker, rtp.payloadType], [marker, 101]);
      assertEquals(rtp.sequence, 0xfffe);
      assertEquals(rtp.timestamp >>> 0, 0x80000001);
      assertEquals(rtp.ssrc >>> 0, 0xfedcba98);
      assertEquals([rtp.payloadOffset, rtp.payloadLength], [7 + bytes, 5]);
    }
    for (const { id, uri, value } of extensions) {
      const at = rtp.extensionOffset[id];
      const written = target.slice(at, at + rtp.extensionLength[id]).toHex();
      const isCapture = uri === EXTENSION_URIS.absCaptureTime;
      assertEquals(written, isCapture ? "e900000180000002" : value.toHex());
    }
  },
);
