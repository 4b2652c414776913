/** Record numbers of what is sent again, by RFC 6347 section 4.2.4. */

import { assertEquals } from "@std/assert";
import {
  readRecords,
  writeRecord,
} from "../../../../lib/rtc/dtls/dtls_record.ts";
import { RecordNumbers } from "../../../../lib/rtc/dtls/dtls_renumber.ts";

type Client = ReturnType<ConstructorParameters<typeof RecordNumbers>[0]>;
interface Header {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
}

/** "Encrypts" with role and record number, as a real cipher makes its nonce and tag of them. */
class FakeCipher {
  readonly asked: [what: string, header: Header][] = [];

  decrypt(role: number, data: Uint8Array, header: Header): Uint8Array {
    this.asked.push([`decrypt as ${role}`, header]);
    return data.map((byte) => byte ^ header.sequenceNumber);
  }

  encrypt(role: number, data: Uint8Array, header: Header): Uint8Array {
    this.asked.push([`encrypt as ${role}`, header]);
    return data.map((byte) => byte ^ header.sequenceNumber);
  }
}

function start() {
  const cipher = new FakeCipher();
  const client = { cipher: { cipher } } as unknown as Client;
  return { cipher, numbers: new RecordNumbers(() => client) };
}

function datagram(
  ...records: [epoch: number, sequence: number, body: string][]
): Uint8Array {
  return Uint8Array.from(records.flatMap(([epoch, sequence, body]) => [
    ...writeRecord(
      { type: 22, version: 0xfefd, epoch, sequence },
      Uint8Array.fromHex(body),
    ),
  ]));
}

const numbersOf = (bytes: Uint8Array) =>
  [...readRecords(bytes)].map(({ sequence }) => sequence);

Deno.test("records in the clear are numbered on, whatever numbers they came with", () => {
  const { numbers } = start();
  const hello = datagram([0, 0, "01"]);
  assertEquals(numbersOf(numbers.renumber(hello)), [0]);
  assertEquals(numbersOf(numbers.renumber(hello)), [1]);
  const flight = datagram([0, 1, "0b"], [0, 2, "10"], [0, 2, "14"]);
  assertEquals(numbersOf(numbers.renumber(flight)), [2, 3, 4]);
  assertEquals(numbersOf(numbers.renumber(flight)), [5, 6, 7]);
});

Deno.test("what stands in a record is left as it is, and so is the datagram that was given", () => {
  const { numbers } = start();
  numbers.renumber(datagram([0, 0, "00"]));
  const given = datagram([0, 0, "a1b2c3"]);
  const before = given.toHex();
  const sent = numbers.renumber(given);
  assertEquals(given.toHex(), before);
  const [record] = readRecords(sent);
  assertEquals(record.body.toHex(), "a1b2c3");
  assertEquals([record.type, record.version, record.epoch], [22, 0xfefd, 0]);
});

Deno.test("the first Finished is sent as it was sealed", () => {
  const { numbers, cipher } = start();
  const flight = datagram([0, 3, "10"], [1, 0, "5ea1ed"]);
  const [, finished] = readRecords(numbers.renumber(flight));
  assertEquals(finished.body.toHex(), "5ea1ed");
  assertEquals(finished.sequence, 0);
  assertEquals(cipher.asked, []);
});

Deno.test("a Finished that is sent again is sealed anew under its new number, which is none of those in the clear", () => {
  const { numbers, cipher } = start();
  const flight = datagram([0, 3, "10"], [1, 0, "5ea1ed"]);
  numbers.renumber(flight);
  for (const again of [1, 2]) {
    const [clear, finished] = readRecords(numbers.renumber(flight));
    assertEquals(clear.sequence, again);
    assertEquals(finished.sequence, again);
    const sealed = [0x5e ^ again, 0xa1 ^ again, 0xed ^ again];
    assertEquals([...finished.body], sealed);
    const header = { type: 22, version: 0xfefd, epoch: 1 };
    assertEquals(cipher.asked.splice(0), [
      // Opened as a server would, and sealed as a client does.
      ["decrypt as 2", { ...header, sequenceNumber: 0 }],
      ["encrypt as 1", { ...header, sequenceNumber: again }],
    ]);
  }
});

Deno.test("a Buffer that shares its memory with others is copied too", async () => {
  const { Buffer } = await import("node:buffer");
  const { numbers } = start();
  numbers.renumber(datagram([0, 0, "00"]));
  const shared = Buffer.from(datagram([0, 0, "01"]));
  const before = shared.toString("hex");
  numbers.renumber(shared);
  assertEquals(shared.toString("hex"), before);
});
