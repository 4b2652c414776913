/** The record layer of DTLS 1.2, by RFC 6347 section 4.1. */

import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  CONTENT,
  intoDatagrams,
  readRecords,
  writeRecord,
} from "../../../../lib/rtc/dtls/dtls_record.ts";

/** An alert in the clear: type, DTLS 1.2, epoch 0, number 5, 2 bytes. */
const ALERT = "15" + "fefd" + "0000" + "000000000005" + "0002" + "0228";
/** A handshake record under the keys, with the largest number there is. */
const SEALED = "16" + "fefd" + "0001" + "ffffffffffff" + "0003" + "aabbcc";
/** A record without a body. */
const EMPTY = "14" + "feff" + "0000" + "000100000000" + "0000";

const hex = (text: string) => Uint8Array.fromHex(text);
const read = (bytes: Uint8Array) => [...readRecords(bytes)];

Deno.test("a record is read field by field", () => {
  const [record, ...others] = read(hex(SEALED));
  assertEquals(others, []);
  assertEquals(record, {
    type: CONTENT.handshake,
    version: 0xfefd,
    epoch: 1,
    sequence: 2 ** 48 - 1,
    bytes: hex(SEALED),
    body: hex("aabbcc"),
  });
});

Deno.test.each<{ why: string; bytes: string; types: number[] }>([
  { why: "nothing", bytes: "", types: [] },
  { why: "a byte", bytes: "16", types: [] },
  { why: "a header that lacks a byte", bytes: ALERT.slice(0, 24), types: [] },
  { why: "a body that lacks a byte", bytes: ALERT.slice(0, -2), types: [] },
  { why: "a record without a body", bytes: EMPTY, types: [20] },
  { why: "several", bytes: ALERT + EMPTY + SEALED, types: [21, 20, 22] },
  {
    why: "one, and half of another",
    bytes: ALERT + SEALED.slice(0, -2),
    types: [21],
  },
  {
    why: "one, and a header that lacks a byte",
    bytes: ALERT + SEALED.slice(0, 24),
    types: [21],
  },
  {
    why: "one that claims more than there is, before one that is whole",
    bytes: SEALED.replace("0003aabbcc", "00ffaabbcc") + ALERT,
    types: [],
  },
  {
    why: "one of a type that nobody knows, before another",
    bytes: ALERT.replace(/^15/, "63") + ALERT,
    types: [99, 21],
  },
])("a datagram is taken apart into its records: $why", ({ bytes, types }) => {
  assertEquals(read(hex(bytes)).map(({ type }) => type), types);
});

Deno.test("records of a datagram inside a larger buffer are read from there", () => {
  const around = new Uint8Array(100).fill(0xee);
  around.set(hex(ALERT + SEALED), 33);
  const length = (ALERT.length + SEALED.length) / 2;
  const records = read(around.subarray(33, 33 + length));
  assertEquals(records.map(({ body }) => body.toHex()), ["0228", "aabbcc"]);
});

Deno.test.each([0, 1, 0xffff_ffff, 0x1_0000_0000, 2 ** 48 - 1])(
  "what is written with number %i is read again",
  (sequence) => {
    const like = { type: 23, version: 0xfeff, epoch: 0xfffe, sequence };
    const body = hex("00112233");
    const bytes = writeRecord(like, body);
    assertEquals(bytes.length, 13 + 4);
    assertEquals(read(bytes), [{ ...like, bytes, body }]);
  },
);

Deno.test("an alert is written as it stands in a datagram", () => {
  const like = { type: 21, version: 0xfefd, epoch: 0, sequence: 5 };
  assertEquals(writeRecord(like, hex("0228")).toHex(), ALERT);
});

/** A row of records with bodies of these lengths. */
function row(lengths: readonly number[]): Uint8Array {
  const records = lengths.map((length, sequence) =>
    writeRecord(
      { type: 22, version: 0xfefd, epoch: 0, sequence },
      new Uint8Array(length).fill(sequence),
    )
  );
  return Uint8Array.from(records.flatMap((record) => [...record]));
}

Deno.test.each<{
  why: string;
  bodies: number[];
  mtu: number;
  datagrams: number[];
}>([
  { why: "nothing", bodies: [], mtu: 100, datagrams: [] },
  {
    why: "what fits to the byte goes together",
    bodies: [37, 37],
    mtu: 100,
    datagrams: [100],
  },
  {
    why: "a byte more does not",
    bodies: [37, 38],
    mtu: 100,
    datagrams: [50, 51],
  },
  {
    why: "a record that is longer than the MTU goes alone and whole",
    bodies: [10, 200, 10, 10],
    mtu: 100,
    datagrams: [23, 213, 46],
  },
  {
    why: "one that is too long at first brings no empty datagram",
    bodies: [200, 10],
    mtu: 100,
    datagrams: [213, 23],
  },
])("records are put into datagrams: $why", ({ bodies, mtu, datagrams }) => {
  assertEquals(
    intoDatagrams(row(bodies), mtu).map(({ length }) => length),
    datagrams,
  );
});

Deno.test("of any row of records all arrive, in order, and no two datagrams could have been one", () => {
  const random = createRandom(1, "records");
  for (let round = 0; round < 200; round++) {
    const count = Math.floor(random() * 12);
    const lengths = Array.from({ length: count }, () => random() * 400 | 0);
    const mtu = 60 + Math.floor(random() * 500);
    const whole = row(lengths);
    const datagrams = intoDatagrams(whole, mtu);
    assertEquals(
      datagrams.flatMap((datagram) => [...datagram]),
      [...whole],
    );
    for (const [i, datagram] of datagrams.entries()) {
      const records = read(datagram);
      assert(datagram.length <= mtu || records.length === 1);
      const next = datagrams[i + 1];
      if (next === undefined) continue;
      assert(datagram.length + read(next)[0].bytes.length > mtu);
    }
  }
});

Deno.test("datagrams are copies: what they came from may be reused", () => {
  const records = row([3, 3]);
  const [datagram] = intoDatagrams(records, 1200);
  const before = datagram.toHex();
  records.fill(0);
  assertEquals(datagram.toHex(), before);
});
