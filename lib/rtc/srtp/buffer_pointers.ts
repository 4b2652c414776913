/**
 * Pointers into one large buffer, made once for each offset and kept: making
 * one a packet would be the only allocation of the packet path. Packets start
 * at few distinct offsets, as buffers are cut into slots and frames into equal
 * segments.
 *
 * @module
 */

/** The cached pointers into one buffer. */
export class BufferPointers {
  /** Holding on to it keeps the memory where it is. */
  readonly #memory: ArrayBufferLike;
  readonly #pointers: (Deno.PointerValue | undefined)[] = [];

  /** For several bytes at a time. */
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#memory = bytes.buffer;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the byte at `offset` is. */
  at(offset: number): Deno.PointerValue {
    const known = this.#pointers[offset];
    return known === undefined ? this.#make(offset) : known;
  }

  #make(offset: number): Deno.PointerValue {
    const rest = new Uint8Array(
      this.#memory as ArrayBuffer,
      this.bytes.byteOffset + offset,
    );
    return this.#pointers[offset] = Deno.UnsafePointer.of(rest);
  }
}
