/**
 * Frames on a stream of bytes: a line of three words and a length, then so
 * many bytes of UTF-8.
 *
 * ```text
 * ask 7 rtcrowd.1.default.agent.a1 12
 * {"number":3}
 * ```
 *
 * Before the first frame stands {@linkcode GREETING}: what a shell prints when
 * somebody logs in comes before that, and is passed over.
 *
 * @module
 */

import { MAX_MESSAGE_BYTES } from "./link.ts";

/** What a frame is: a request, its answer, or the word that nobody serves its subject. */
const KINDS = ["ask", "answer", "nobody"] as const;

/** One message. */
export interface Frame {
  readonly kind: (typeof KINDS)[number];
  /** The request's number, which its answer has too. */
  readonly id: number;
  /** What it is about; of an answer, `-`. */
  readonly subject: string;
  readonly text: string;
}

/** The first line of a stream of frames. */
export const GREETING = "rtcrowd-frames 1";

const MAX_HEAD_BYTES = 300;
/** Bytes before the greeting. */
const MAX_CHATTER_BYTES = 65_536;
const LINE_END = 10;

const encoder = new TextEncoder();

/** A frame as bytes. Throws a `RangeError` for one that is too long to be read. */
export function frameBytes({ kind, id, subject, text }: Frame): Uint8Array {
  const body = encoder.encode(text);
  if (body.length > MAX_MESSAGE_BYTES) {
    throw new RangeError(`Cannot send ${body.length} bytes: that is too long`);
  }
  const head = encoder.encode(`${kind} ${id} ${subject} ${body.length}\n`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Takes bytes as they come, and gives frames. */
export class FrameReader {
  #rest = new Uint8Array(0);
  /** What has come since `#rest`, and is not looked at before there is enough. */
  readonly #more: Uint8Array[] = [];
  #moreBytes = 0;
  #neededBytes = 0;
  #isGreeted = false;
  #chatterBytes = 0;

  /** Whether the greeting has come. */
  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  /** The frames that end in `chunk`. Throws a `SyntaxError` for what is no frame; then nothing more can be read. */
  take(chunk: Uint8Array): Frame[] {
    this.#more.push(chunk);
    this.#moreBytes += chunk.length;
    if (this.#rest.length + this.#moreBytes < this.#neededBytes) return [];
    this.#rest = joined(
      [this.#rest, ...this.#more.splice(0)],
      this.#rest.length + this.#moreBytes,
    );
    this.#moreBytes = this.#neededBytes = 0;
    const frames: Frame[] = [];
    for (;;) {
      if (!this.#isGreeted && !this.#findGreeting()) return frames;
      const frame = this.#next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #findGreeting(): boolean {
    for (;;) {
      const end = this.#rest.indexOf(LINE_END);
      const bytes = end < 0 ? this.#rest.length : end;
      if (this.#chatterBytes + bytes > MAX_CHATTER_BYTES) {
        throw new SyntaxError("its frames never begin");
      }
      if (end < 0) return false;
      this.#chatterBytes += end;
      const line = new TextDecoder().decode(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end + 1);
      if (line.trim() === GREETING) return this.#isGreeted = true;
    }
  }

  #next(): Frame | undefined {
    const end = this.#rest.indexOf(LINE_END);
    if (end < 0 && this.#rest.length <= MAX_HEAD_BYTES) return undefined;
    const head = end < 0 || end > MAX_HEAD_BYTES
      ? undefined
      : headOf(new TextDecoder().decode(this.#rest.subarray(0, end)));
    if (head === undefined) {
      throw new SyntaxError("one of its frames has no head");
    }
    const { length, ...frame } = head;
    const from = end + 1;
    if (this.#rest.length < from + length) {
      this.#neededBytes = from + length;
      return undefined;
    }
    const text = new TextDecoder().decode(
      this.#rest.subarray(from, from + length),
    );
    this.#rest = this.#rest.subarray(from + length);
    return { ...frame, text };
  }
}

function headOf(
  line: string,
): Omit<Frame, "text"> & { readonly length: number } | undefined {
  const [, word, id, subject, digits] =
    /^([a-z]+) (\d{1,15}) ([\w.-]{1,200}) (\d{1,9})$/.exec(line) ?? [];
  const kind = KINDS.find((one) => one === word);
  const length = Number(digits);
  if (kind === undefined || !(length <= MAX_MESSAGE_BYTES)) return undefined;
  return { kind, id: Number(id), subject, length };
}

function joined(
  parts: readonly Uint8Array[],
  bytes: number,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
