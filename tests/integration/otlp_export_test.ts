/** Totals for a collector, over a real port. */

import { assertEquals, assertMatch } from "@std/assert";
import { openOtlpExport } from "../../cli/commands/files/otlp_export.ts";
import { madeUpRun } from "../lib/metrics/run.ts";

const RUN = madeUpRun();

const BAD_COLLECTORS: readonly {
  readonly name: string;
  readonly answer: () => Response | Promise<Response>;
  readonly says: RegExp;
}[] = [
  {
    name: "that fails",
    answer: () => new Response("no", { status: 500 }),
    says: /Internal Server Error/,
  },
  {
    name: "that asks for a password",
    answer: () => new Response(null, { status: 401 }),
    says: /Unauthorized/,
  },
  {
    name: "that never answers",
    answer: () => new Promise<Response>(() => {}),
    says: /time/i,
  },
];

for (const { name, answer, says } of BAD_COLLECTORS) {
  Deno.test(`a collector ${name} is told of once, without the secrets of its URL, and costs nothing else`, async () => {
    const over = new AbortController();
    const web = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: over.signal,
      onListen() {},
    }, answer);
    const told: string[] = [];
    {
      await using otlp = await openOtlpExport(
        `http://127.0.0.1:${web.addr.port}/?token=geheim`,
        "ws://127.0.0.1",
        (line) => told.push(line),
        300,
      );
      otlp.onProgress({ snapshot: RUN.snapshot, point: RUN.timeline[0] });
      await otlp.end(RUN.snapshot);
    }
    over.abort();
    await web.finished;
    assertEquals(told.length, 1);
    assertMatch(told[0], /^Cannot send --otlp to http:\/\/127\.0\.0\.1:\d+/);
    assertMatch(told[0], says);
    assertEquals(told[0].includes("geheim"), false);
  });
}
