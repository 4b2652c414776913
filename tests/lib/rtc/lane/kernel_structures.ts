/** Structures for system calls, followed by their pointers as the kernel does. */

import { CMSG, MSGHDR } from "../../../../lib/rtc/lane/libc.ts";

/** The memory at an address. */
export function memoryAt(address: bigint, bytes: number): DataView {
  const pointer = Deno.UnsafePointer.create(address);
  if (pointer === null) throw new Error("a null pointer");
  return new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, bytes));
}

/** The buffer of the one `iovec` of a `msghdr` at `at`: its address and length. */
export function vectorOf(
  headers: DataView,
  at: number,
): { readonly address: bigint; readonly length: number } {
  const count = headers.getBigUint64(at + MSGHDR.iovlen, true);
  if (count !== 1n) throw new Error(`${count} vectors`);
  const vector = memoryAt(headers.getBigUint64(at + MSGHDR.iov, true), 16);
  return {
    address: vector.getBigUint64(0, true),
    length: Number(vector.getBigUint64(8, true)),
  };
}

/** The control message of a `msghdr` at `at`; `undefined` where it has no room for any. */
export function controlOf(headers: DataView, at: number): DataView | undefined {
  const address = headers.getBigUint64(at + MSGHDR.control, true);
  const length = Number(headers.getBigUint64(at + MSGHDR.controllen, true));
  return address === 0n ? undefined : memoryAt(address, length);
}

/** Writes the header of a control message as the kernel does. */
export function writeControl(
  control: DataView,
  level: number,
  type: number,
): void {
  control.setBigUint64(CMSG.length, 32n, true);
  control.setInt32(CMSG.level, level, true);
  control.setInt32(CMSG.type, type, true);
}
