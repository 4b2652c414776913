/** Prometheus' way in, over a real port. */

import { assertEquals, assertMatch } from "@std/assert";
import { openScrapeEndpoint } from "../../cli/commands/scrape_endpoint.ts";
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
