/** DTLS before there are keys: fragments of handshake messages, records, alerts. */

import { readAlert } from "../../../lib/rtc/dtls/dtls_alert.ts";
import { readRecords, writeRecord } from "../../../lib/rtc/dtls/dtls_record.ts";
import { HandshakeAssembly } from "../../../lib/rtc/dtls/handshake_assembly.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const HEADER_BYTES = 12;
const MAX_KEPT_BYTES = 0xffff;

/** A fragment that may claim anything of itself. */
const fragment = fc.record({
  type: fc.constantFrom(1, 2, 11, 14, 16, 20, 255),
  length: fc.oneof(fc.nat(40), fc.constantFrom(0xfff3, 0xffff, 0xffffff)),
  number: fc.oneof(
    { weight: 9, arbitrary: fc.nat(5) },
    { weight: 1, arbitrary: fc.nat(0xffff) },
  ),
  offset: fc.oneof(fc.nat(40), fc.constantFrom(0xffff, 0xffffff)),
  bytes: fc.nat(40),
}).map(({ type, length, number, offset, bytes }) => {
  const body = new Uint8Array(HEADER_BYTES + bytes);
  const view = new DataView(body.buffer);
  view.setUint32(0, length);
  view.setUint8(0, type);
  view.setUint16(4, number);
  view.setUint32(5, offset);
  view.setUint16(4, number);
  body.set([offset >> 16, offset >> 8, offset, 0, 0, bytes], 6);
  return body;
});

/** Bodies of records, one after the other, into one association. */
export const dtlsFragments: Door = {
  name: "dtls_fragments",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.array(fc.oneof(fragment, damagedBytes([new Uint8Array(32)])), {
        maxLength: 20,
      }),
      (bodies) => {
        const assembly = new HandshakeAssembly();
        let last = -1;
        for (const body of bodies) {
          for (const whole of assembly.take(body)) {
            const view = new DataView(whole.buffer);
            const length = view.getUint32(0) & 0xffffff;
            const number = view.getUint16(4);
            if (length !== whole.length - HEADER_BYTES) {
              throw new Error(`${whole.length} bytes that claim ${length}`);
            }
            if (number !== last && number !== last + 1) {
              throw new Error(`message ${number} behind ${last}`);
            }
            last = number;
          }
          const { keptBytes } = assembly;
          if (keptBytes < 0 || keptBytes > MAX_KEPT_BYTES) {
            throw new Error(`${keptBytes} bytes kept`);
          }
        }
      },
    ),
  }),
};

/** A handshake in the clear, an alert in the clear, and what is under keys. */
export const DTLS: readonly Uint8Array[] = [
  "16fefd00000000000000010018" + "0e000000000200000000" + "0000" +
  "00".repeat(12),
  "15fefd00000000000000900002" + "0228",
  "14fefd0000000000000003000101" +
  "16fefd000100000000000000180102030405060708" +
  "ab".repeat(16),
].map((hex) => Uint8Array.fromHex(hex));

/** Datagrams into records, and what alerts say. */
export const dtlsRecords: Door = {
  name: "dtls_records",
  kind: "pure",
  open: () => ({
    property: fc.property(damagedBytes(DTLS), (datagram) => {
      let bytes = 0;
      for (const record of readRecords(datagram)) {
        bytes += record.bytes.length;
        if (!(record.sequence >= 0 && record.sequence < 2 ** 48)) {
          throw new Error(`record ${record.sequence}`);
        }
        writeRecord(record, record.body);
        const alert = readAlert(record.body);
        if (alert !== undefined && !/^[a-z0-9 ]+$/.test(alert.name)) {
          throw new Error(`an alert called ${alert.name}`);
        }
      }
      if (bytes > datagram.length) throw new Error(`${bytes} bytes of records`);
    }),
  }),
};
