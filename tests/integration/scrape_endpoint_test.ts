/** Prometheus' way in, over a real port. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { openScrapeEndpoint } from "../../cli/commands/files/scrape_endpoint.ts";
import { madeUpRun } from "../lib/metrics/run.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };

Deno.test("what is scraped is the last second, then the end, for as long as it lingers", async () => {
  const { snapshot } = madeUpRun();
  await using endpoint = await openScrapeEndpoint(HERE, "ws://x/?token=geheim");
  const sent = async () => {
    const response = await fetch(endpoint.url);
    assertMatch(response.headers.get("content-type")!, /version=0\.0\.4/);
    const text = await response.text();
    assertEquals(text.includes("geheim"), false);
    return /^rtcrowd_packets_sent_total (\d+)$/m.exec(text)?.[1];
  };
  assertEquals(await sent(), "0");
  const over = new AbortController();
  const lingering = endpoint.linger(snapshot, 60_000, over.signal);
  assertEquals(await sent(), "10000");
  over.abort();
  await lingering;
  const elsewhere = await fetch(new URL("/", endpoint.url));
  await elsewhere.body?.cancel();
  assertEquals(elsewhere.status, 404);
});

Deno.test("who asks again and again and reads no answer keeps no run from ending", async () => {
  const endpoint = await openScrapeEndpoint(HERE, "ws://x/");
  endpoint.onProgress({ ...madeUpRun(), point: undefined! });
  const { hostname, port } = new URL(endpoint.url);
  const ask = "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n".repeat(200);
  const connections = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(new TextEncoder().encode(ask));
      return connection;
    }),
  );
  await (await fetch(endpoint.url)).body?.cancel();
  const startMs = performance.now();
  await endpoint[Symbol.asyncDispose]();
  assert(performance.now() - startMs < 10_000);
  for (const connection of connections) connection.close();
});
