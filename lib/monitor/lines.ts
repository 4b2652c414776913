/**
 * Lines out of bytes that somebody else sends, who may send without an end.
 *
 * @module
 */

/** Characters that a line has at most. */
export const MAX_LINE_LENGTH = 65_536;

/**
 * The lines of `bytes`, one by one.
 *
 * @throws {RangeError} when a line is longer than {@linkcode MAX_LINE_LENGTH}.
 */
export async function* readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of [...parts, rest]) {
      if (part.length > MAX_LINE_LENGTH) {
        throw new RangeError(
          `a line of more than ${MAX_LINE_LENGTH} characters`,
        );
      }
    }
    yield* parts;
  }
  if (rest !== "") yield rest;
}

/** The last line of `bytes` that is not empty, or the end of it; the rest is forgotten as it comes. */
export async function readLastLine(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const MOST = 300;
  let tail = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-MAX_LINE_LENGTH);
  }
  return tail.trim().split("\n").at(-1)!.slice(-MOST);
}
