/**
 * One page of a server, by HTTP, with bounds: the server that is asked may be
 * anything, and answer without an end.
 *
 * @module
 */

import { type ConnectionSettings, httpGet } from "../connection/mod.ts";
import { shownUrl } from "../text/mod.ts";

/** Bytes that are read of an answer at most. */
const MAX_BODY_BYTES = 1_048_576;

/** A page, or what is wrong with it; `lost` when nobody answered. */
export type Answer =
  | { readonly body: string }
  | { readonly problem: string; readonly lost?: true };

/** How a page is got. */
export interface GetOptions {
  /** How the connection is made. @default {{}} */
  readonly connection?: ConnectionSettings | undefined;
  /** Bearer token. */
  readonly token?: string | undefined;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** Gets one page; no redirect is followed, so that nobody else is asked than who was named. */
export async function getBody(
  url: URL,
  options: GetOptions,
): Promise<Answer> {
  const name = shownUrl(url.href);
  try {
    const { status, body, isCut, encoding } = await httpGet(url, {
      ...options,
      mostBytes: MAX_BODY_BYTES,
    });
    if (status < 200 || status >= 300) {
      return { problem: `${name} ${refusal(status)}` };
    }
    if (isCut) return { problem: `${name} answers with more than 1 MB` };
    return encoding === undefined
      ? { body }
      : { problem: `${name} answers in ${encoding}, which was not asked for` };
  } catch (error) {
    return { problem: `${name}: ${cause(error)}`, lost: true };
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

/** Why, in a phrase. */
function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  switch ("code" in error ? error.code : undefined) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ECONNRESET":
      return "the server hung up";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "no such host";
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return "no TLS is spoken there";
  }
  return error.message;
}
