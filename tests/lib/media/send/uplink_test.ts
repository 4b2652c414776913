import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { ArrivalLog, Uplink } from "../../../../lib/media/mod.ts";

/** An uplink that has sent packets of 1,000 bytes, `stepMs` apart, from `first` on. */
function sent(packets: number, { first = 0, stepMs = 10 } = {}): Uplink {
  const uplink = new Uplink();
  uplink.next = first;
  for (let i = 0; i < packets; i++) {
    uplink.nowMs = 1000 + i * stepMs;
    uplink.note(1000);
  }
  return uplink;
}

/** Base, count, reference time and message number, and what comes behind. */
function message(fields: string, body: string): string {
  return "8fcd0000" + "00000001" + "00000002" + fields + body;
}

function read(uplink: Uplink, hex: string): void {
  const bytes = Uint8Array.fromHex("ff" + hex + "ff");
  uplink.read(bytes, 1, bytes.length - 1);
}

function told({ uplinkPacketsReported, uplinkPacketsLost }: Uplink) {
  return [uplinkPacketsReported, uplinkPacketsLost];
}

Deno.test.each([
  {
    why: "a run of small deltas",
    hex: message("00000003" + "00000100", "2003" + "040404" + "00"),
    reported: 3,
    lost: 0,
  },
  {
    why: "a run of packets that did not come",
    hex: message("00000004" + "00000100", "0003" + "2001" + "04"),
    reported: 4,
    lost: 3,
  },
  {
    why: "a vector of bits",
    hex: message("00000005" + "00000100", "b400" + "040404"),
    reported: 5,
    lost: 2,
  },
  {
    why: "a vector of pairs, with a large delta and a negative one",
    hex: message("00000004" + "00000100", "d880" + "04" + "0400" + "fff0"),
    reported: 4,
    lost: 1,
  },
  {
    why: "a reference time before the epoch",
    hex: message("00000001" + "ffffff00", "2001" + "04"),
    reported: 1,
    lost: 0,
  },
  {
    why: "a message that ends before its chunks do",
    hex: message("00000020" + "00000100", "2003"),
    reported: 0,
    lost: 0,
  },
  {
    why: "a message that ends before its deltas do",
    hex: message("00000003" + "00000100", "2003" + "0404"),
    reported: 2,
    lost: 0,
  },
  {
    why: "a symbol that is reserved",
    hex: message("00000003" + "00000100", "2001" + "6002" + "04040404"),
    reported: 1,
    lost: 0,
  },
  {
    why: "a run of no packets",
    hex: message("00000003" + "00000100", "2000" + "2003" + "040404"),
    reported: 0,
    lost: 0,
  },
  { why: "a message of no length", hex: "8fcd0000", reported: 0, lost: 0 },
])("$why is read as far as it goes", ({ hex, reported, lost }) => {
  const uplink = sent(10);
  read(uplink, hex);
  assertEquals(told(uplink), [reported, lost]);
});

Deno.test("a packet is told of once, whatever the messages say, and one that comes late is not lost", () => {
  const uplink = sent(10);
  const lost = message("00000002" + "00000100", "0002");
  const come = message("00000002" + "00000101", "2002" + "0404");
  read(uplink, lost);
  read(uplink, lost);
  assertEquals(told(uplink), [2, 2]);
  read(uplink, come);
  read(uplink, come);
  read(uplink, lost);
  assertEquals(told(uplink), [2, 0]);
});

Deno.test("what comes once it was sent again was lost the first time", () => {
  const come = message("00000001" + "00000101", "2001" + "04");
  for (const before of [[], [message("00000001" + "00000100", "0001")]]) {
    const uplink = sent(10);
    for (const hex of before) read(uplink, hex);
    uplink.noteRepeated(0);
    read(uplink, come);
    assertEquals(told(uplink), [1, 1]);
  }
});

Deno.test("of what was never sent, or too long ago, nothing is learnt", () => {
  const uplink = sent(2000);
  read(uplink, message("00000002" + "00000100", "2002" + "0404"));
  read(uplink, message("80000002" + "00000100", "0002"));
  assertEquals(told(uplink), [0, 0]);
  assertEquals([uplink.takeBitrateBps(), uplink.queueingMs], [-1, -1]);
});

Deno.test.each([0, 1, 65_000, 65_534, 65_535])(
  "numbers go on from %d over the end of their range",
  (first) => {
    const uplink = sent(600, { first });
    const log = new ArrivalLog();
    const bytes = new Uint8Array(2048);
    for (let i = 0; i < 600; i++) {
      if (i % 10 !== 5) log.record((first + i) & 0xffff, 5000 + i * 10);
      log.pass(10);
    }
    while (log.hasNews) uplink.read(bytes, 0, log.write(bytes, 0, 1, 2));
    assertEquals(told(uplink), [600, 60]);
  },
);

/** Has 200 packets arrive a second and then some, `delayMs` of each after it left. */
function arrive(uplink: Uplink, delayMs: (i: number) => number): void {
  const log = new ArrivalLog();
  const bytes = new Uint8Array(2048);
  for (let i = 0; i < 200; i++) {
    uplink.nowMs = 1000 + i * 10;
    uplink.note(1000);
    log.pass(20);
    log.record(i, 70_000 + i * 10 + delayMs(i));
    if (i % 10 === 9) uplink.read(bytes, 0, log.write(bytes, 0, 1, 2));
  }
}

Deno.test("what came through is told in bits a second of the server's time", () => {
  const uplink = new Uplink();
  arrive(uplink, () => 30);
  assertAlmostEquals(uplink.takeBitrateBps(), 800_000, 8000);
  assertEquals(uplink.takeBitrateBps(), -1);
  const halved = new Uplink();
  arrive(halved, (i) => i * 10);
  assertAlmostEquals(halved.takeBitrateBps(), 400_000, 8000);
});

Deno.test("how long packets waited is told against the shortest way, whatever the clocks say", () => {
  const uplink = new Uplink();
  arrive(uplink, () => 30);
  assertAlmostEquals(uplink.queueingMs, 0, 1);
  const filling = new Uplink();
  arrive(filling, (i) => i < 100 ? 30 : 30 + (i - 100));
  assertAlmostEquals(filling.queueingMs, 94.5, 2);
});

Deno.test("random bytes are no error", () => {
  const random = createRandom(1, "uplink");
  const uplink = sent(1000);
  for (let round = 0; round < 2000; round++) {
    const bytes = new Uint8Array(Math.floor(random() * 80));
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    uplink.read(bytes, 0, bytes.length);
  }
  const [reported, lost] = told(uplink);
  assertEquals([reported <= 1000, lost >= 0, lost <= reported], [
    true,
    true,
    true,
  ]);
});
