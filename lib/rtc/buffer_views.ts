/**
 * Views into one large buffer, made once for each offset and kept: foreign
 * functions take views, and making one a packet would be the only allocation
 * of the packet path. Packets start at few distinct offsets, as buffers are
 * cut into slots and frames into equal segments.
 *
 * @module
 */

/** The cached views of one buffer. */
export class BufferViews {
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[] = [];

  /** `bytes` must outlive this object and be backed by an `ArrayBuffer`. */
  constructor(readonly bytes: Uint8Array) {}

  /** The rest of the buffer from `offset`. */
  at(offset: number): Uint8Array<ArrayBuffer> {
    return this.#views[offset] ??= this.bytes.subarray(offset) as Uint8Array<
      ArrayBuffer
    >;
  }
}
