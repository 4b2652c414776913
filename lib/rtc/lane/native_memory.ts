/**
 * Memory that foreign functions read and write.
 *
 * @module
 */

/** A fixed block of memory, with its address. The engine never moves it: only tiny ones live on its own heap. */
export class NativeMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /** What foreign functions take: it costs them nothing, a view some 7 ns. */
  readonly pointer: Deno.PointerValue;
  /** Its address; exact, as user space addresses have 47 bits. */
  readonly address: number;

  constructor(size: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(Math.max(size, 256)));
    this.view = new DataView(this.bytes.buffer);
    this.pointer = Deno.UnsafePointer.of(this.bytes);
    this.address = Number(Deno.UnsafePointer.value(this.pointer));
  }

  /** Writes a 64-bit number without making a BigInt. */
  setWord(at: number, value: number): void {
    this.view.setUint32(at, value >>> 0, true);
    this.view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
  }
}
