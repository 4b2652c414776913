/** Whether anybody listens where a server is said to be, whatever is spoken there. */

import { type ConnectionSettings, proxyFor } from "../../connection/mod.ts";
import { messageOf, shownUrl } from "../../text/mod.ts";
import { ABORTED, eitherSignal, systemClock } from "../../time/mod.ts";
import { ChannelError } from "./channel_error.ts";

const TIMEOUT_MS = 10_000;

/**
 * Resolves when somebody listens there, or when a proxy leads there, which
 * alone could tell. Throws a `ChannelError`.
 */
export async function reachAddress(
  { url, connection = {} }: {
    readonly url: string;
    readonly connection?: ConnectionSettings | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = new URL(url);
  if (proxyFor(target, connection.proxies ?? {}) !== undefined) return;
  const { hostname, port, protocol } = target;
  const deadline = new AbortController();
  const cancel = systemClock.setTimer(
    TIMEOUT_MS,
    () => deadline.abort(ABORTED),
  );
  using either = eitherSignal(deadline.signal, signal);
  try {
    using _connection = await Deno.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || (protocol === "wss:" ? 443 : 80),
      signal: either.signal,
    });
  } catch (error) {
    const detail = messageOf(error);
    throw new ChannelError(
      shownUrl(url),
      signal?.aborted
        ? { kind: "aborted" }
        : deadline.signal.aborted
        ? { kind: "timeout", timeoutMs: TIMEOUT_MS }
        : error instanceof Deno.errors.ConnectionRefused
        ? { kind: "refused" }
        : { kind: "unreachable", detail },
    );
  } finally {
    cancel();
  }
}
