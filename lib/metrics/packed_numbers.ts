/**
 * Numbers of which there is no end, in few bytes and no object each: whole
 * ones in as many bytes as they need (LEB128), times in whole microseconds
 * likewise, all others in eight; what is as it was in the beginning, however
 * much of it follows, in one. Lists that are read one after the other are
 * deflated besides, which halves them once more.
 *
 * @module
 */

import { deflateRawSync, inflateRawSync } from "./deps.ts";

/** Where something is kept. */
export interface Place {
  /** What many share. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where in it the first number begins. */
  readonly at: number;
}

/** A number, or `undefined` for what is as it was in the beginning. */
export type Packable = number | undefined;

/** That, or a text: its length, and its characters in a byte each where they are ASCII. */
export type PackableText = Packable | string;

/** Bytes that are taken at a time, unless one list needs more. */
const CHUNK_BYTES = 16_384;
/** No number needs more: one byte for its kind, eight for itself. */
const MAX_BYTES = 9;
/** Nor one of the sixteen bits each that a text consists of. */
const MAX_UNIT_BYTES = 3;

/** What the lowest two bits of a number's first byte say of it. */
const WHOLE = 0;
const MICROS = 1;
const OTHER = 2;
const BLANKS = 3;
const KINDS = 4;
/** Larger ones have no room for their kind. */
const MOST = Number.MAX_SAFE_INTEGER / KINDS;

/** Where lists of numbers are kept; what nobody refers to any more goes by the chunk. */
export class PackedNumbers {
  /** Where a list is written before it is known how long it is, and how much of it there is. */
  #draft = new Uint8Array(0);
  #length = 0;
  #chunk = new Uint8Array(0);
  #used = 0;

  /** Keeps a list; whoever reads it knows how long it is. */
  keep(values: readonly PackableText[]): Place {
    const most = mostBytes(values);
    if (this.#draft.length < most) this.#draft = new Uint8Array(most);
    this.#length = 0;
    let blanks = 0;
    for (const value of values) {
      if (value === undefined) {
        blanks++;
        continue;
      }
      if (blanks > 0) this.#write(BLANKS, blanks);
      blanks = 0;
      if (typeof value === "string") this.#keepText(value);
      else this.#keep(value);
    }
    if (blanks > 0) this.#write(BLANKS, blanks);
    return this.#place(this.#draft.subarray(0, this.#length));
  }

  #place(list: Uint8Array): Place {
    if (this.#used + list.length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, list.length));
      this.#used = 0;
    }
    const at = this.#used;
    this.#chunk.set(list, at);
    this.#used += list.length;
    return { bytes: this.#chunk, at };
  }

  #keep(number: number): void {
    const micros = Math.round(number * 1000);
    if (isWhole(number)) return this.#write(WHOLE, number);
    if (isWhole(micros) && micros / 1000 === number) {
      return this.#write(MICROS, micros);
    }
    this.#write(OTHER, 0);
    viewOf(this.#draft).setFloat64(this.#length, number);
    this.#length += Float64Array.BYTES_PER_ELEMENT;
  }

  #keepText(text: string): void {
    this.#write(WHOLE, text.length);
    for (let i = 0; i < text.length; i++) this.#writeWhole(text.charCodeAt(i));
  }

  #write(kind: number, whole: number): void {
    this.#writeWhole(whole * KINDS + kind);
  }

  #writeWhole(whole: number): void {
    let rest = whole;
    // Not by shifts: those have 32 bits.
    for (; rest > 127; rest = Math.floor(rest / 128)) {
      this.#draft[this.#length++] = rest % 128 + 128;
    }
    this.#draft[this.#length++] = rest;
  }
}

/** Reads what was kept at a place, number by number. */
export class PackedReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at: number;
  #blanks = 0;

  /** Begins with the first number. */
  constructor({ bytes, at }: Place) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The next number; beyond the last one there is anything. */
  next(): Packable {
    if (this.#blanks > 0) {
      this.#blanks--;
      return undefined;
    }
    const number = this.#readWhole();
    const whole = Math.floor(number / KINDS);
    switch (number % KINDS) {
      case WHOLE:
        return whole;
      case MICROS:
        return whole / 1000;
      case OTHER:
        this.#at += Float64Array.BYTES_PER_ELEMENT;
        return viewOf(this.#bytes)
          .getFloat64(this.#at - Float64Array.BYTES_PER_ELEMENT);
      default:
        this.#blanks = whole - 1;
        return undefined;
    }
  }

  /** So many numbers. */
  take(count: number): Packable[] {
    return Array.from({ length: count }, () => this.next());
  }

  /** The text that comes next. */
  text(): string {
    let text = "";
    for (let length = this.next() ?? 0; length > 0; length--) {
      text += String.fromCharCode(this.#readWhole());
    }
    return text;
  }

  #readWhole(): number {
    let whole = 0;
    let unit = 1;
    let byte;
    do {
      byte = this.#bytes[this.#at++];
      whole += (byte & 127) * unit;
      unit *= 128;
    } while (byte > 127);
    return whole;
  }
}

/** Lists that were deflated together. */
interface Block {
  /** The number of its first list. */
  readonly first: number;
  readonly deflated: Uint8Array<ArrayBuffer>;
  /** Where each begins. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** How many of them were released. */
  released: number;
}

/** Lists in the order in which they come: what is whole of them is deflated, and read from the first one on, or each by its number. */
export class PackedLists implements Iterable<PackedReader> {
  #blocks: Block[] = [];
  #numbers = new PackedNumbers();
  /** Where in the chunk that is not full yet each of its lists begins. */
  #places: number[] = [];
  #open: Uint8Array<ArrayBuffer> | undefined;
  #openReleased = 0;
  #length = 0;
  /** What was read last: who reads one list reads those beside it. */
  #inflated:
    | { readonly block: Block; readonly bytes: Uint8Array<ArrayBuffer> }
    | undefined;

  /** How many came. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that they take. */
  get byteLength(): number {
    return this.#blocks.reduce(
      (sum, { deflated, places }) =>
        sum + deflated.byteLength + places.byteLength,
      this.#open?.byteLength ?? 0,
    );
  }

  /** Adds a list, and returns its number; whoever reads it knows how long it is. */
  push(values: readonly PackableText[]): number {
    const { bytes, at } = this.#numbers.keep(values);
    if (bytes !== this.#open) this.#close(bytes);
    this.#places.push(at);
    return this.#length++;
  }

  /** Reads the list of a number, which was not released. */
  at(list: number): PackedReader {
    const openFrom = this.#length - this.#places.length;
    if (this.#open !== undefined && list >= openFrom) {
      return new PackedReader({
        bytes: this.#open,
        at: this.#places[list - openFrom],
      });
    }
    const block = this.#blockOf(list)!;
    return new PackedReader({
      bytes: this.#inflate(block),
      at: block.places[list - block.first],
    });
  }

  /** Nobody will read the list of this number; once so of all beside it, they are gone. */
  release(list: number): void {
    const block = this.#blockOf(list);
    if (block === undefined) return void this.#openReleased++;
    block.released++;
    if (block.released < block.places.length) return;
    this.#blocks = this.#blocks.filter((one) => one !== block);
    if (this.#inflated?.block === block) this.#inflated = undefined;
  }

  /** Reads each list from its first number on; where none was released. */
  *[Symbol.iterator](): Iterator<PackedReader> {
    for (let list = 0; list < this.#length; list++) yield this.at(list);
  }

  #blockOf(list: number): Block | undefined {
    const block = this.#blocks.findLast(({ first }) => first <= list);
    return block !== undefined && list < block.first + block.places.length
      ? block
      : undefined;
  }

  #inflate(block: Block): Uint8Array<ArrayBuffer> {
    if (this.#inflated?.block !== block) {
      const bytes = new Uint8Array(inflateRawSync(block.deflated));
      this.#inflated = { block, bytes };
    }
    return this.#inflated.bytes;
  }

  #close(next: Uint8Array<ArrayBuffer>): void {
    if (this.#openReleased < this.#places.length) {
      this.#blocks.push({
        first: this.#length - this.#places.length,
        deflated: new Uint8Array(deflateRawSync(this.#open!)),
        places: new Uint32Array(this.#places),
        released: this.#openReleased,
      });
    }
    this.#open = next;
    this.#openReleased = 0;
    this.#places = [];
  }
}

/** What they need at most. */
function mostBytes(values: readonly PackableText[]): number {
  let texts = 0;
  for (const value of values) {
    if (typeof value === "string") texts += value.length * MAX_UNIT_BYTES;
  }
  return values.length * MAX_BYTES + texts;
}

/** Whether it is a number that needs no fraction and no sign. */
function isWhole(number: number): boolean {
  return number >= 0 && number <= MOST && Number.isInteger(number) &&
    !Object.is(number, -0);
}

function viewOf({ buffer }: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(buffer);
}
