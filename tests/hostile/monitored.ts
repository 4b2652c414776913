/** Modes of what is asked for `/health` and `/metrics` while a run goes on. */

import { ESCAPES } from "./mode.ts";

/** One way of answering a monitor. */
export interface MonitorMode {
  readonly name: string;
  readonly does: string;
  /** Answers each request. */
  readonly answer: (request: Request) => Response | Promise<Response>;
}

const METRICS = "simplestchat_connections_active ";

/** The same again and again, until the reader has had enough. */
function endless(part: string, pauseMs = 0): Response {
  const bytes = new TextEncoder().encode(part);
  return new Response(
    new ReadableStream({
      async pull(controller) {
        if (pauseMs > 0) await new Promise((go) => setTimeout(go, pauseMs));
        controller.enqueue(bytes);
      },
    }),
  );
}

/** 400 MB that travel as some hundred kB. */
async function bomb(): Promise<Response> {
  const line = new TextEncoder().encode("a 1\n".repeat(256 * 1024));
  let left = 400;
  const plain = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(line);
      else controller.close();
    },
  });
  packed ??= new Uint8Array(
    await new Response(plain.pipeThrough(new CompressionStream("gzip")))
      .arrayBuffer(),
  );
  return new Response(packed, { headers: { "content-encoding": "gzip" } });
}
let packed: Uint8Array<ArrayBuffer> | undefined;

/** All of them. */
export const MONITOR_MODES: readonly MonitorMode[] = [
  { name: "bomb", does: "unpacks to 400 MB", answer: bomb },
  {
    name: "endless",
    does: "never ends",
    answer: () => endless("a 1\n".repeat(10_000)),
  },
  { name: "slow", does: "a byte a second", answer: () => endless("a", 1000) },
  {
    name: "never",
    does: "takes requests and answers none",
    answer: ({ signal }) =>
      new Promise<Response>((_, reject) =>
        signal.addEventListener("abort", reject)
      ),
  },
  {
    name: "deep",
    does: "JSON 100,000 deep",
    answer: () => new Response("[".repeat(100_000) + "]".repeat(100_000)),
  },
  {
    name: "one-long-line",
    does: "a name of 900 kB",
    answer: () => new Response(`${"m".repeat(900_000)} 1\n`),
  },
  {
    name: "redirect",
    does: "sends elsewhere",
    answer: () =>
      new Response(null, {
        status: 302,
        headers: { location: "http://192.0.2.1:9/" },
      }),
  },
  {
    name: "refuses",
    does: "401",
    answer: () => new Response("no", { status: 401 }),
  },
  {
    name: "absurd",
    does: "figures that cannot be",
    answer: ({ url }) =>
      new Response(
        url.endsWith("/health")
          ? '{"status":"ok","participants":1e308,"rooms":-1e308}'
          : `${METRICS}-1e308\nsimplestchat_errors_total NaN\nsimplestchat_errors_total 1e999\n`,
      ),
  },
  {
    name: "many-series",
    does: "100,000 series",
    answer: () =>
      new Response(
        Array.from({ length: 100_000 }, (_, i) => `m${i} ${i}`).join("\n"),
      ),
  },
  {
    name: "escapes",
    does: "texts full of escapes",
    answer: () => new Response(`{"status":${JSON.stringify(ESCAPES)}}`),
  },
  {
    name: "noise",
    does: "random bytes",
    answer: () => new Response(crypto.getRandomValues(new Uint8Array(50_000))),
  },
];
