/** Packets in the clear, for whoever looks closely at one client. */

import { assertEquals } from "@std/assert";
import type { SrtpCipher } from "../../../lib/rtc/srtp/srtp_cipher.ts";
import { tappedCipher } from "../../../lib/rtc/tap.ts";

/** A cipher that turns every bit of what it protects, and adds ten bytes of a tag. */
function turning(calls: string[]): SrtpCipher {
  const turn = (name: string, by: number) =>
  (
    bytes: Uint8Array,
    offset: number,
    length: number,
  ) => {
    calls.push(name);
    for (let i = offset; i < offset + length; i++) bytes[i] ^= 0xff;
    return length + by;
  };
  return {
    kind: "portable",
    protectRtp: turn("protectRtp", 10),
    protectRtcp: turn("protectRtcp", 14),
    unprotectRtp: turn("unprotectRtp", -10),
    unprotectRtcp: turn("unprotectRtcp", -14),
    close: () => void calls.push("close"),
  };
}

Deno.test.each(
  [
    { protect: "protectRtp", protocol: "rtp", length: 13 },
    { protect: "protectRtcp", protocol: "rtcp", length: 17 },
  ] as const,
)("$protect shows what goes out before it is encrypted", ({
  protect,
  protocol,
  length,
}) => {
  const seen: unknown[] = [];
  const cipher = tappedCipher(turning([]), {
    onPacket(direction, kind, bytes, offset, length, nowMs) {
      const clear = [...bytes.subarray(offset, offset + length)];
      seen.push([direction, kind, clear, nowMs]);
    },
  }, () => 42);
  const bytes = new Uint8Array([9, 1, 2, 3, 9]);
  assertEquals(cipher[protect](bytes, 1, 3), length);
  assertEquals([...bytes], [9, 254, 253, 252, 9]);
  assertEquals(seen, [["out", protocol, [1, 2, 3], 42]]);
});

Deno.test("what comes in is left to whoever opens it, and closing is passed on", () => {
  const calls: string[] = [];
  const cipher = tappedCipher(turning(calls), {
    onPacket: () => calls.push("seen"),
  }, () => 0);
  const bytes = new Uint8Array(40);
  assertEquals(cipher.unprotectRtp(bytes, 0, 30), 20);
  assertEquals(cipher.unprotectRtcp(bytes, 0, 30), 16);
  cipher.close();
  assertEquals(calls, ["unprotectRtp", "unprotectRtcp", "close"]);
  assertEquals(cipher.kind, "portable");
});
