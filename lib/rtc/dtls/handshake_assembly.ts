/**
 * Whole handshake messages out of fragments (RFC 6347 section 4.2.3): by
 * offset and length, so they may come in any order, overlapping and more than
 * once; each message is handed on once, in the order of its number.
 *
 * What a peer can make it keep is bounded: few messages ahead of the next one,
 * all of them together no longer than one record can carry.
 *
 * @module
 */

/** Type, length, number, fragment offset and fragment length. */
const HEADER_BYTES = 12;
/** As long as a record that carries it whole can be. */
const MAX_MESSAGE_BYTES = 0xffff - HEADER_BYTES;
/** All that is kept of unfinished messages; a flight with a chain of certificates has some 10 kB. */
const MAX_KEPT_BYTES = MAX_MESSAGE_BYTES;
/** Messages of a flight, and of the next. */
const MAX_AHEAD = 16;
/** Types of handshake messages (RFC 5246 section 7.4). */
export const HANDSHAKE = {
  clientHello: 1,
  serverHelloDone: 14,
  finished: 20,
} as const;

/** Puts the handshake messages of one peer together. */
export class HandshakeAssembly {
  /** By message number, those that are not handed on yet. */
  readonly #messages = new Map<number, Message>();
  #keptBytes = 0;
  /** The number of the message to hand on next. */
  #next = 0;

  /** Bytes kept of messages that are not handed on yet. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /**
   * Takes the body of a handshake record in the clear, with one or more
   * fragments. Returns what can be handed on now, each message whole behind
   * the header of an unfragmented one. What makes no sense is left out.
   *
   * The last message of the peer's flight is handed on again when it comes
   * again: the peer asks for our flight once more (section 4.2.4).
   */
  take(body: Uint8Array): Uint8Array[] {
    const whole: Uint8Array[] = [];
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    for (let at = 0; at + HEADER_BYTES <= body.length;) {
      const fragment = readFragment(view, at);
      const dataAt = at + HEADER_BYTES;
      const end = dataAt + fragment.bytes;
      if (end > body.length) break;
      const again = this.#add(fragment, body.subarray(dataAt, end));
      if (again !== undefined) whole.push(again);
      at = end;
    }
    this.#handOn(whole);
    return whole;
  }

  /** Forgets what is kept. */
  clear(): void {
    this.#messages.clear();
    this.#keptBytes = 0;
  }

  #add(fragment: Fragment, data: Uint8Array): Uint8Array | undefined {
    const { type, length, number, offset, bytes } = fragment;
    if (length > MAX_MESSAGE_BYTES || offset + bytes > length) return;
    if (number < this.#next) {
      const isWhole = bytes === length && number === this.#next - 1;
      const asks = type === HANDSHAKE.clientHello ||
        type === HANDSHAKE.serverHelloDone;
      return isWhole && asks ? unfragmented(fragment, data) : undefined;
    }
    if (number >= this.#next + MAX_AHEAD) return;
    let message = this.#messages.get(number);
    if (message?.type !== type || message.length !== length) {
      // Of two that claim a number the later one is believed: the peer goes on sending it.
      this.#drop(number);
      if (!this.#makeRoom(number, length)) return;
      message = new Message(type, length);
      this.#messages.set(number, message);
      this.#keptBytes += length;
    }
    message.add(offset, data);
  }

  /** What is due first is kept, and what is furthest ahead goes for it. */
  #makeRoom(number: number, length: number): boolean {
    while (this.#keptBytes + length > MAX_KEPT_BYTES) {
      const last = Math.max(...this.#messages.keys());
      if (last < number) return false;
      this.#drop(last);
    }
    return true;
  }

  #drop(number: number): void {
    this.#keptBytes -= this.#messages.get(number)?.length ?? 0;
    this.#messages.delete(number);
  }

  #handOn(whole: Uint8Array[]): void {
    for (;;) {
      const message = this.#messages.get(this.#next);
      if (message === undefined || !message.isWhole) return;
      whole.push(unfragmented(
        { type: message.type, length: message.length, number: this.#next },
        message.data,
      ));
      this.#drop(this.#next++);
    }
  }
}

/** One message, as far as it has come. */
class Message {
  readonly data: Uint8Array;
  /** 1 for each byte that has come. */
  readonly #has: Uint8Array;
  #missing: number;

  constructor(readonly type: number, readonly length: number) {
    this.data = new Uint8Array(length);
    this.#has = new Uint8Array(length);
    this.#missing = length;
  }

  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** What came first stays. */
  add(offset: number, data: Uint8Array): void {
    for (let i = 0; i < data.length; i++) {
      if (this.#has[offset + i] !== 0) continue;
      this.#has[offset + i] = 1;
      this.data[offset + i] = data[i];
      this.#missing--;
    }
  }
}

interface Fragment {
  readonly type: number;
  /** Of the whole message, in bytes. */
  readonly length: number;
  readonly number: number;
  readonly offset: number;
  /** Of the fragment. */
  readonly bytes: number;
}

function readFragment(view: DataView, at: number): Fragment {
  return {
    type: view.getUint8(at),
    length: view.getUint32(at) & 0xffffff,
    number: view.getUint16(at + 4),
    // Three bytes each.
    offset: view.getUint32(at + 5) & 0xffffff,
    bytes: view.getUint32(at + 8) & 0xffffff,
  };
}

function unfragmented(
  { type, length, number }: Pick<Fragment, "type" | "length" | "number">,
  data: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint32(8, length);
  view.setUint16(4, number);
  view.setUint8(0, type);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}
