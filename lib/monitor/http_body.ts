/**
 * One page of a server, by HTTP, with bounds: the server that is asked may be
 * anything, and answer without an end.
 *
 * @module
 */

/** Bytes that are read of an answer at most, after decompression. */
export const MAX_BODY_BYTES = 1_048_576;

/** A page, or what is wrong with it; `lost` when nobody answered. */
export type Answer =
  | { readonly body: string }
  | { readonly problem: string; readonly lost?: true };

/** Gets one page; no redirect is followed, so that nobody else is asked than who was named. */
export async function getBody(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      signal,
      redirect: "manual",
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { problem: `${url} ${refusal(response.status)}` };
    }
    const body = await readAtMost(response.body, MAX_BODY_BYTES);
    return body === undefined
      ? { problem: `${url} answers with more than 1 MB` }
      : { body };
  } catch (error) {
    return { problem: `${url}: ${cause(error)}`, lost: true };
  }
}

function refusal(status: number): string {
  if (status === 401) {
    return "wants a token (401): give the server's METRICS_TOKEN";
  }
  return status >= 300 && status < 400
    ? `answers ${status} and sends elsewhere, which is not followed: give the address that it sends to`
    : `answers ${status}`;
}

/** The text of a body; `undefined` when it is longer. */
async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  mostBytes: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const part of body ?? []) {
    bytes += part.length;
    // Leaving the loop ends the transfer.
    if (bytes > mostBytes) return undefined;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

/** The innermost cause in its last words: "connection refused", "name or service not known". */
function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  if (error.cause instanceof Error) return cause(error.cause);
  const words = error.message.split(": ").at(-1) ?? error.message;
  return words.replace(/ \(os error \d+\)$/, "").toLowerCase();
}
