/**
 * A message that is longer than a link takes, in parts that it takes. It is
 * there only when all of them are.
 *
 * ```text
 * part 4 0 3
 * {"run":…
 * ```
 *
 * @module
 */

import { MAX_MESSAGE_BYTES } from "./link.ts";

/** One part, with its head. */
export interface Part {
  /** Of the whole, among those of one sender. */
  readonly id: string;
  readonly number: number;
  readonly of: number;
  readonly bytes: Uint8Array;
}

const MAX_PARTS = 1_000;
/** Wholes that are being put together at one time: one a sender. */
const MAX_UNFINISHED = 256;
const HEAD_BYTES = 80;

/** Cuts a message into parts of so many bytes, heads included; `undefined` where it needs no cutting. */
export function inParts(
  bytes: Uint8Array,
  id: string,
  maxBytes: number,
): Uint8Array[] | undefined {
  if (bytes.length <= maxBytes) return undefined;
  const size = maxBytes - HEAD_BYTES;
  const of = Math.ceil(bytes.length / size);
  return Array.from({ length: of }, (_, number) => {
    const head = new TextEncoder().encode(`part ${id} ${number} ${of}\n`);
    const body = bytes.subarray(number * size, (number + 1) * size);
    const part = new Uint8Array(head.length + body.length);
    part.set(head);
    part.set(body, head.length);
    return part;
  });
}

/** Reads a part; `undefined` is a message that is none. */
export function readPart(message: Uint8Array): Part | undefined {
  const head = new TextDecoder().decode(message.subarray(0, HEAD_BYTES));
  const [line, id, number, of] =
    /^part ([\w-]{1,50}) (\d{1,3}) (\d{1,4})\n/.exec(head) ?? [];
  if (line === undefined) return undefined;
  return {
    id,
    number: Number(number),
    of: Number(of),
    bytes: message.subarray(line.length),
  };
}

/** Puts parts together, in whatever order and however often they come. */
export class Assembly {
  readonly #wholes = new Map<string, Map<number, Uint8Array>>();

  /** Takes a part in; returns the whole once all its parts are here. */
  take({ id, number, of, bytes }: Part): Uint8Array | undefined {
    if (number >= of || of > MAX_PARTS) return undefined;
    const key = `${id} of ${of}`;
    const parts = this.#wholes.get(key) ?? new Map<number, Uint8Array>();
    this.#wholes.delete(key);
    parts.set(number, bytes);
    const length = [...parts.values()].reduce(
      (sum, one) => sum + one.length,
      0,
    );
    if (length > MAX_MESSAGE_BYTES) return undefined;
    if (parts.size < of) {
      this.#wholes.set(key, parts);
      const [oldest] = this.#wholes.keys();
      if (this.#wholes.size > MAX_UNFINISHED) this.#wholes.delete(oldest);
      return undefined;
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < of; i++) {
      whole.set(parts.get(i)!, at);
      at += parts.get(i)!.length;
    }
    return whole;
  }
}
