/** How many bytes are kept in lists of packed numbers. */

import { PackedLists } from "../../../lib/metrics/packed_numbers.ts";

/** Bytes that the lists take to which this adds. */
export function packedBytes(add: () => void): number {
  const lists = new Set<PackedLists>();
  const { push } = PackedLists.prototype;
  PackedLists.prototype.push = function (numbers) {
    lists.add(this);
    return push.call(this, numbers);
  };
  try {
    add();
  } finally {
    PackedLists.prototype.push = push;
  }
  return lists.values().reduce((sum, { byteLength }) => sum + byteLength, 0);
}
