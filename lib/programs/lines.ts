/**
 * Lines out of bytes that somebody else sends, who may send without an end.
 *
 * @module
 */

/** Characters that a line has at most. */
export const MAX_LINE_LENGTH = 65_536;

/**
 * The lines of `bytes`, one by one. Throws the reason of `signal` once that
 * aborts.
 *
 * @throws {RangeError} when a line is longer than {@linkcode MAX_LINE_LENGTH}.
 */
export async function* readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of textOf(bytes, signal)) {
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

/**
 * The last `maxLength` characters of `bytes`; the rest is forgotten as it
 * comes. Where `signal` aborts or reading fails, of what has come by then.
 */
export async function readTail(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxLength: number,
  signal?: AbortSignal,
): Promise<string> {
  let tail = "";
  try {
    for await (const text of textOf(bytes, signal)) {
      tail = (tail + text).slice(-maxLength);
    }
  } catch {
    // What has come by then counts.
  }
  return tail;
}

/** The last line that is not empty, or the end of it. */
export function lastLine(text: string): string {
  const MOST = 300;
  return text.trim().split("\n").at(-1)!.slice(-MOST);
}

function textOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal | undefined,
): ReadableStream<string> {
  return bytes.pipeThrough(
    new TextDecoderStream(),
    signal === undefined ? {} : { signal },
  );
}
