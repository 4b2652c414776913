import { assertEquals } from "@std/assert";
import {
  writeReceiverReport,
  writeSenderReport,
} from "../../../../lib/media/mod.ts";
import { readLost } from "../../../../lib/sfu/werift/report_blocks.ts";

const BLOCK = {
  fractionLost: 0,
  extendedHighest: 0,
  jitterUnits: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

function read(bytes: Uint8Array, length = bytes.length): [number, number][] {
  const seen: [number, number][] = [];
  readLost(bytes, 0, length, (ssrc, packets) => seen.push([ssrc, packets]));
  return seen;
}

Deno.test("every block of every report of a compound packet is read", () => {
  const bytes = new Uint8Array(256);
  let at = writeSenderReport(bytes, 0, {
    ssrc: 9,
    ntpSeconds: 0,
    ntpFraction: 0,
    rtpTimestamp: 0,
    packets: 0,
    payloadBytes: 0,
  });
  at = writeReceiverReport(bytes, at, 9, [
    { ...BLOCK, ssrc: 1, packetsLost: 5 },
    { ...BLOCK, ssrc: 2, packetsLost: 70_000 },
  ]);
  assertEquals(read(bytes, at), [[1, 5], [2, 70_000]]);
});

Deno.test("a negative count, which duplicates cause, is no loss", () => {
  const bytes = new Uint8Array(32);
  writeReceiverReport(bytes, 0, 9, [{ ...BLOCK, ssrc: 1, packetsLost: 0 }]);
  bytes.fill(0xff, 13, 16);
  assertEquals(read(bytes), [[1, 0]]);
});

Deno.test.each<[why: string, bytes: readonly number[]]>([
  ["nothing", []],
  ["a report cut short", [0x81, 201, 0, 7, 0, 0, 0, 9]],
  ["another version", [0x41, 201, 0, 1, 0, 0, 0, 9]],
  ["a report that claims more blocks than it has", [
    0x9f,
    201,
    0,
    1,
    0,
    0,
    0,
    9,
  ]],
])("%s has no blocks", (_why, bytes) => {
  assertEquals(read(new Uint8Array(bytes)), []);
});
