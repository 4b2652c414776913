/**
 * Where Prometheus reads the totals of a run while it goes on, and for a while
 * after its end.
 *
 * @module
 */

import { reasonOf } from "../../../lib/text/mod.ts";
import {
  EMPTY_SNAPSHOT,
  type RunProgress,
  shownUrl,
  type Snapshot,
  VERSION,
} from "../../../tool.ts";
import type { TotalsInput } from "../../../lib/output/mod.ts";
import type { ListenAddress } from "../options/value_kind.ts";

/** An endpoint that answers `GET /metrics`. */
export interface ScrapeEndpoint extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** A second is over. */
  onProgress(progress: Pick<RunProgress, "point" | "snapshot">): void;
  /** The run is over: stays until so many milliseconds have passed, or `signal` fires. */
  linger(snapshot: Snapshot, ms: number, signal: AbortSignal): Promise<void>;
}

/** Opens it. Throws when nobody can listen there. */
export async function openScrapeEndpoint(
  { hostname, port }: ListenAddress,
  server: string,
): Promise<ScrapeEndpoint> {
  const { PROMETHEUS_TYPE, renderPrometheus } = await import(
    "../../../lib/output/mod.ts"
  );
  let input: TotalsInput = {
    snapshot: EMPTY_SNAPSHOT,
    point: undefined,
    info: { version: VERSION, server: shownUrl(server) },
  };
  // Packets wait while it is written: once a second, however many ask.
  let text: string | undefined;
  const show = (news: Partial<TotalsInput>) => {
    input = { ...input, ...news };
    text = undefined;
  };
  const answer = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/metrics") {
      return new Response("Metrics are at /metrics.\n", { status: 404 });
    }
    text ??= renderPrometheus(input);
    return new Response(text, {
      headers: { "content-type": PROMETHEUS_TYPE },
    });
  };
  let web: Deno.HttpServer<Deno.NetAddr>;
  const over = new AbortController();
  try {
    web = Deno.serve(
      { hostname, port, signal: over.signal, onListen() {} },
      answer,
    );
  } catch (error) {
    throw new Error(
      `Cannot listen on ${hostname}:${port} for --prometheus: ${
        reasonOf(error)
      }. Give another port.`,
    );
  }
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `http://${host}:${web.addr.port}/metrics`,
    onProgress: ({ snapshot, point }) => {
      show({ snapshot, point });
    },
    linger: async (snapshot, ms, signal) => {
      show({ snapshot });
      if (ms === 0 || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      clearTimeout(timer);
    },
    [Symbol.asyncDispose]: async () => {
      // To shut it down would wait for whoever asks and reads no answer.
      over.abort();
      await web.finished;
    },
  };
}
