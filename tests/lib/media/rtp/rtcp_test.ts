import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  readRtcp,
  type ReportBlock,
  writeCname,
  writePli,
  writeReceiverReport,
  writeReceiverTimes,
  writeSenderReport,
} from "../../../../lib/media/mod.ts";

const sender = {
  ssrc: 0x11223344,
  ntpSeconds: 0xe1234567,
  ntpFraction: 0x89abcdef,
  rtpTimestamp: -2,
  packets: 1000,
  payloadBytes: 320_000,
};
const block: ReportBlock = {
  ssrc: -1,
  fractionLost: 64,
  packetsLost: 0x123456,
  extendedHighest: 0x1fffe,
  jitterUnits: 899,
  lastSenderReport: 0x456789ab,
  delaySinceLastSenderReport: 65536,
};

const senderReport = "80c80006" + "11223344" + "e1234567" + "89abcdef" +
  "fffffffe" + "000003e8" + "0004e200";
const reportBlock = "ffffffff" + "40123456" + "0001fffe" + "00000383" +
  "456789ab" + "00010000";
const fir = "84ce0006" + "00000001" + "00000000" +
  "1111111105000000" + "ffffffff06000000";

Deno.test("a sender report is written byte for byte", () => {
  assertEquals(
    written((bytes, at) => writeSenderReport(bytes, at, sender)),
    senderReport,
  );
});

Deno.test("a receiver report is written byte for byte, with and without blocks", () => {
  assertEquals(
    written((bytes, at) => writeReceiverReport(bytes, at, 1, [block, block])),
    "82c9000d" + "00000001" + reportBlock + reportBlock,
  );
  assertEquals(
    written((bytes, at) => writeReceiverReport(bytes, at, 1, [])),
    "80c90001" + "00000001",
  );
});

Deno.test("loss that a report cannot hold is the most that it can", () => {
  const report = written((bytes, at) =>
    writeReceiverReport(bytes, at, 1, [{ ...block, packetsLost: 0x1000000 }])
  );
  assertEquals(report.slice(24, 32), "407fffff");
});

Deno.test.each([
  { name: "a", hex: "81ca0002" + "00000001" + "010161" + "00" },
  { name: "ab", hex: "81ca0003" + "00000001" + "01026162" + "00000000" },
  { name: "abc", hex: "81ca0003" + "00000001" + "0103616263" + "000000" },
  { name: "abcde", hex: "81ca0003" + "00000001" + "01056162636465" + "00" },
  { name: "", hex: "81ca0002" + "00000001" + "0100" + "0000" },
])("the CNAME '$name' ends in zeros at a multiple of four", ({ name, hex }) => {
  const cname = new TextEncoder().encode(name);
  assertEquals(written((bytes, at) => writeCname(bytes, at, 1, cname)), hex);
});

Deno.test("a CNAME longer than 255 bytes is cut", () => {
  const cname = new Uint8Array(300).fill(0x61);
  const hex = written((bytes, at) => writeCname(bytes, at, 1, cname));
  assertEquals(hex.slice(16, 22), "01ff61");
  assertEquals(hex.length / 2 % 4, 0);
});

Deno.test("a picture loss indication is written byte for byte", () => {
  assertEquals(
    written((bytes, at) => writePli(bytes, at, 1, -1)),
    "81ce0002" + "00000001" + "ffffffff",
  );
});

Deno.test("answers to receivers' times are written byte for byte (RFC 3611 section 4.5)", () => {
  const time = {
    ssrc: 0,
    lastReceiverReport: 0x456789ab,
    delaySinceLastReceiverReport: 0x8000,
  };
  assertEquals(
    written((bytes, at) => writeReceiverTimes(bytes, at, 7, [time])),
    "80cf0005" + "00000007" + "05000003" + "00000000" + "456789ab" +
      "00008000",
  );
  assertEquals(
    written((bytes, at) =>
      writeReceiverTimes(bytes, at, -1, [time, { ...time, ssrc: -2 }])
    ),
    "80cf0008" + "ffffffff" + "05000006" + "00000000" + "456789ab" +
      "00008000" + "fffffffe" + "456789ab" + "00008000",
  );
});

Deno.test("what we write we read, in one compound packet", () => {
  const bytes = new Uint8Array(500);
  let at = writeSenderReport(bytes, 10, sender);
  at = writeReceiverReport(bytes, at, 1, [block]);
  at = writeCname(bytes, at, 1, new TextEncoder().encode("client"));
  at = writePli(bytes, at, 1, -5);
  assertEquals(read(bytes, 10, at - 10), [
    ["sr", 0x11223344, 0x456789ab],
    ["block", -1, 0x456789ab, 65536],
    ["pli", -5],
  ]);
});

Deno.test.each([
  {
    why: "a FIR for two senders",
    hex: fir,
    events: [["fir", 0x11111111], ["fir", -1]],
  },
  {
    why: "a FIR between others",
    hex: senderReport + fir + "81ce00020000000100000007",
    events: [
      ["sr", 0x11223344, 0x456789ab],
      ["fir", 0x11111111],
      ["fir", -1],
      ["pli", 7],
    ],
  },
  {
    why: "a request alone, without a report in front",
    hex: "81ce00020000000100000007",
    events: [["pli", 7]],
  },
  {
    why: "missing packets alone, without a report in front",
    hex: "81cd0003" + "00000001" + "00000007" + "fffe0003",
    events: [["missing", 7, 65534], ["missing", 7, 65535], ["missing", 7, 0]],
  },
  {
    why:
      "a report behind a goodbye, a source without items and what nobody knows",
    hex: "80cb0000" + "81cb0001" + "00000009" + "80ca0000" + "80d30001" +
      "12345678" + senderReport,
    events: [["sr", 0x11223344, 0x456789ab]],
  },
  {
    why: "a request behind an application's packet and an extended report",
    hex: "83cc0003" + "00000001" + "74657374" + "01020304" + "80cf0002" +
      "00000001" + "04000000" + "81ce00020000000100000007",
    events: [["pli", 7]],
  },
  {
    why: "a receiver's time behind blocks that nobody knows",
    hex: "80cf0007" + "0000002a" + "09000000" + "05000001" + "00000000" +
      "04000002" + "e1234567" + "89abcdef" + "81ce00020000000100000007",
    events: [["time", 42, 0x456789ab], ["pli", 7]],
  },
  {
    why: "a receiver's time that is cut short, or too long",
    hex: "80cf0003" + "0000002a" + "04000001" + "e1234567" +
      "80cf0005" + "0000002a" + "04000003" + "e123456789abcdef00000000",
    events: [],
  },
  {
    why: "an extended report whose block is longer than itself",
    hex: "80cf0004" + "0000002a" + "04000003" + "e123456789abcdef" +
      "81ce00020000000100000007",
    events: [["pli", 7]],
  },
  {
    why: "a receiver report with three blocks",
    hex: "83c90013" + "00000001" + reportBlock.repeat(3),
    events: [1, 2, 3].map(() => ["block", -1, 0x456789ab, 65536]),
  },
  {
    why: "missing packets before padding, which is none of them",
    hex: "a1cd0005" + "00000001" + "00000007" + "00050000" + "00000000" +
      "00000008",
    events: [["missing", 7, 5]],
  },
  {
    why: "a request with padding",
    hex: "a1ce0003" + "00000001" + "00000007" + "00000004",
    events: [["pli", 7]],
  },
  {
    why: "a request of which padding leaves nothing, before another one",
    hex: "a1ce0002" + "00000001" + "000000ff" + "81ce00020000000100000007",
    events: [["pli", 7]],
  },
  {
    why: "a report whose sender has no clock",
    hex: "80c80006" + "11223344" + "00".repeat(20),
    events: [["sr", 0x11223344, 0]],
  },
  { why: "other feedback", hex: "82cd00020000000100000007", events: [] },
  {
    why: "other payload feedback",
    hex: "8fce00030000000152454d4200000000",
    events: [],
  },
  {
    why: "a sender report with a block",
    hex: "81c8000c" + senderReport.slice(8) + reportBlock,
    events: [
      ["sr", 0x11223344, 0x456789ab],
      ["block", -1, 0x456789ab, 65536],
    ],
  },
  {
    why: "a receiver report that promises more blocks than it has",
    hex: "83c90007" + "00000001" + reportBlock,
    events: [["block", -1, 0x456789ab, 65536]],
  },
  {
    why: "a request behind a packet of another version",
    hex: "40c9000100000001" + "81ce00020000000100000007",
    events: [],
  },
  {
    why: "a request behind a packet that is longer than what came",
    hex: "80c9000900000001" + "81ce00020000000100000007",
    events: [],
  },
  {
    why: "a sender report that is too short",
    hex: "80c8000111223344",
    events: [],
  },
  { why: "a PLI without its media", hex: "81ce000100000001", events: [] },
  { why: "a FIR without entries", hex: "84ce00020000000100000000", events: [] },
])("$why is read for what it is", ({ hex, events }) => {
  const bytes = Uint8Array.fromHex("ff" + hex + "ff");
  assertEquals<unknown>(read(bytes, 1, hex.length / 2), events);
});

Deno.test("a compound packet that is cut anywhere gives a part of its events, and no error", () => {
  const bytes = Uint8Array.fromHex(
    senderReport + fir + "81ce00020000000100000007",
  );
  const whole = read(bytes, 0, bytes.length);
  let most = 0;
  for (let length = 0; length < bytes.length; length++) {
    const events = read(bytes, 0, length);
    assertEquals(events, whole.slice(0, events.length));
    assert(events.length >= most);
    most = events.length;
  }
  assertEquals(most, whole.length - 1);
});

Deno.test("random bytes are no error", () => {
  const random = createRandom(1, "rtcp");
  for (let round = 0; round < 5000; round++) {
    const bytes = new Uint8Array(Math.floor(random() * 100));
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    if (bytes.length > 4) {
      bytes.set([
        0x80 | (bytes[0] & 31),
        200 + (bytes[1] & 7),
        0,
        bytes[3] & 31,
      ]);
    }
    read(bytes, 0, bytes.length);
  }
});

type Event = readonly [kind: string, ...numbers: number[]];

function read(bytes: Uint8Array, offset: number, length: number): Event[] {
  const events: Event[] = [];
  readRtcp(bytes, offset, length, {
    onKeyFrameRequest: (kind, ssrc) => events.push([kind, ssrc]),
    onMissing: (ssrc, sequence) => events.push(["missing", ssrc, sequence]),
    onSenderReport: (ssrc, middleNtp) => events.push(["sr", ssrc, middleNtp]),
    onReceiverTime: (ssrc, middleNtp) => events.push(["time", ssrc, middleNtp]),
    onReportBlock: (ssrc, last, delay) =>
      events.push(["block", ssrc, last, delay]),
  });
  return events;
}

/** What a writer wrote, in hex, over a buffer that was not clean. */
function written(write: (bytes: Uint8Array, at: number) => number): string {
  const bytes = new Uint8Array(600).fill(0xee);
  const end = write(bytes, 5);
  assertEquals([bytes[4], bytes[end]], [0xee, 0xee]);
  return bytes.slice(5, end).toHex();
}
