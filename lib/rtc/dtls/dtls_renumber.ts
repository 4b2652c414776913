/**
 * New record numbers for retransmitted DTLS (RFC 6347 section 4.2.4): werift
 * sends the same bytes again, and OpenSSL takes them for a replay. What it
 * had to drop the first time, because something before it was lost, would
 * then be lost for good, and a repeated Finished would go unanswered.
 *
 * @module
 */

import { Buffer } from "../deps.ts";
import type { DtlsClient } from "./deps.ts";
import { HEADER_BYTES } from "./dtls_record.ts";

const EPOCH_AT = 3;
const SEQUENCE_AT = 5;
const LENGTH_AT = 11;
/** werift's numbers of the two roles. */
const CLIENT = 1;
const SERVER = 2;

/** What the records of a client are numbered by. */
export class RecordNumbers {
  readonly #client: () => DtlsClient;
  /** The next number in the clear. */
  #plain = 0;
  /** The next number under the keys; the first Finished comes with 0. */
  #sealed = 0;

  /** `client` is asked when something has to be encrypted anew. */
  constructor(client: () => DtlsClient) {
    this.#client = client;
  }

  /** A copy of the client's datagram whose records were never sent before. */
  renumber(datagram: Uint8Array): Uint8Array {
    // Not `slice`, which shares the bytes of a Buffer.
    const bytes = new Uint8Array(datagram);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
      const end = at + HEADER_BYTES + view.getUint16(at + LENGTH_AT);
      if (view.getUint16(at + EPOCH_AT) === 0) {
        view.setUint32(at + SEQUENCE_AT + 2, this.#plain++);
      } else {
        this.#seal(bytes.subarray(at, end), view.getUint8(at));
      }
      at = end;
    }
    return bytes;
  }

  /** Encrypts a record under its new number, in place: the number is part of nonce and tag. */
  #seal(record: Uint8Array, type: number): void {
    const sequenceNumber = this.#sealed++;
    if (sequenceNumber === 0) return;
    const { cipher } = this.#client().cipher;
    const view = new DataView(record.buffer, record.byteOffset);
    const header = {
      type,
      version: view.getUint16(1),
      epoch: view.getUint16(EPOCH_AT),
      sequenceNumber: view.getUint32(SEQUENCE_AT + 2),
    };
    const sealed = Buffer.from(record.subarray(HEADER_BYTES));
    // What a server would read.
    const plain = cipher.decrypt(SERVER, sealed, header);
    const again = { ...header, sequenceNumber };
    record.set(cipher.encrypt(CLIENT, plain, again), HEADER_BYTES);
    view.setUint32(SEQUENCE_AT + 2, sequenceNumber);
  }
}
