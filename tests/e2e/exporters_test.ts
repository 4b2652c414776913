/** One real run, seen by Debian's Prometheus and by a collector of ours. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { OutDir, Program } from "./program.ts";
import { freePort } from "../free_port.ts";

const PROMETHEUS = "/usr/bin/prometheus";
const DASHBOARD = new URL("../../scripts/grafana.json", import.meta.url);
const POLL_MS = 200;
/** No machine is that slow. */
const GIVE_UP_MS = 60_000;

Deno.test({
  name:
    "Prometheus and an OpenTelemetry collector have the summary's totals, and each expression of the dashboard a series",
  ignore: !Deno.env.has("CI") &&
    await Deno.stat(PROMETHEUS).then(() => false, () => true),
  fn: async () => {
    using out = new OutDir();
    await using collector = openCollector();
    await using run = new Program([
      ...["run", "--embedded", "-c", "4", "--rooms", "2", "-d", "8s"],
      ...["--prometheus", "0", "--linger", "2m", "--otlp", collector.url],
      ...["--out", out.path],
    ]);
    const [, target] = await run.printed(
      "stderr",
      /^Metrics: http:\/\/(\S+)\/metrics$/m,
    );
    await using prometheus = await Prometheus.scraping(target);
    const found = new Set<string>();
    const expressions = await dashboardExpressions();
    let isOver = false;
    run.printed("stdout", /PASSED|FAILED|INVALID/).then(() => isOver = true);
    const summary = await until("the summary", async () => {
      for (const expression of expressions) {
        if ((await prometheus.query(expression)).length > 0) {
          found.add(expression);
        }
      }
      return isOver ? out.read().summary : undefined;
    });
    assertEquals(expressions.filter((one) => !found.has(one)), []);

    await until("the last scrape", async () => {
      const [sent] = await prometheus.query("rtcrowd_packets_sent_total");
      return sent === summary.totalPacketsSent || undefined;
    });
    const [received] = await prometheus.query("rtcrowd_packets_received_total");
    assertEquals(received, summary.totalPacketsReceived);
    const [bucket] = await prometheus.query(
      "histogram_quantile(0.95, rtcrowd_media_latency_seconds_bucket)",
    );
    const { p95Ms } = summary.media.latencyMs;
    assert(await prometheus.isInBucketOf(bucket, p95Ms / 1000));

    const sum = (name: string) =>
      collector.metric(name).sum.dataPoints[0].asDouble;
    assertEquals(sum("rtcrowd.packets_sent"), summary.totalPacketsSent);
    assertEquals(sum("rtcrowd.packets_received"), summary.totalPacketsReceived);
    const latency = collector.metric("rtcrowd.media_latency");
    const [point] = latency.exponentialHistogram.dataPoints;
    assertEquals(point.count, summary.media.latencyMs.count);
    assertAlmostEquals(point.max, summary.media.latencyMs.maxMs / 1000, 1e-9);
    const { bucketCounts } = point.positive;
    assertEquals(
      bucketCounts.reduce((a, b) => a + b, point.zeroCount),
      point.count,
    );
    run.kill("SIGINT");
    assertEquals((await run.ended()).code, summary.exitCode);
  },
});

async function dashboardExpressions(): Promise<string[]> {
  const { panels } = JSON.parse(await Deno.readTextFile(DASHBOARD)) as {
    readonly panels: readonly {
      readonly targets: readonly { readonly expr: string }[];
    }[];
  };
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      expr.replaceAll("$run", ".*").replaceAll("$__rate_interval", "10s")
    )
  );
}

/** Debian's Prometheus, scraping one target a second. */
class Prometheus implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #url: string;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.#url = url;
    this.#folder = folder;
  }

  static async scraping(target: string): Promise<Prometheus> {
    const folder = await Deno.makeTempDir();
    const config = `${folder}/prometheus.yml`;
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        scrape_configs: [{
          job_name: "rtcrowd",
          scrape_interval: "1s",
          static_configs: [{ targets: [target] }],
        }],
      }),
    );
    const address = `127.0.0.1:${freePort()}`;
    const child = new Deno.Command(PROMETHEUS, {
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=${address}`,
        "--log.level=error",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new Prometheus(child, `http://${address}`, folder);
  }

  /** The values of an instant query, none while it does not answer. */
  async query(expression: string): Promise<number[]> {
    const url = new URL("/api/v1/query", this.#url);
    url.searchParams.set("query", expression);
    try {
      const response = await fetch(url);
      const { data } = await response.json() as {
        readonly data: {
          readonly result: readonly { readonly value: [number, string] }[];
        };
      };
      return data.result.map(({ value }) => Number(value[1]));
    } catch {
      return [];
    }
  }

  /** Whether a quantile of media latency lies in the bucket that `value` is in, or in one beside it. */
  async isInBucketOf(quantile: number, value: number): Promise<boolean> {
    const url = new URL("/api/v1/query", this.#url);
    url.searchParams.set("query", "rtcrowd_media_latency_seconds_bucket");
    const { data } = await (await fetch(url)).json() as {
      readonly data: {
        readonly result: readonly {
          readonly metric: { readonly le: string };
        }[];
      };
    };
    const bounds = data.result.map(({ metric }) =>
      metric.le === "+Inf" ? Infinity : Number(metric.le)
    ).sort((a, b) => a - b);
    const at = (x: number) => bounds.findIndex((bound) => x <= bound);
    return Math.abs(at(quantile) - at(value)) <= 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

interface OtlpMetric {
  readonly name: string;
  readonly sum: {
    readonly dataPoints: readonly { readonly asDouble: number }[];
  };
  readonly exponentialHistogram: {
    readonly dataPoints: readonly {
      readonly count: number;
      readonly max: number;
      readonly zeroCount: number;
      readonly positive: { readonly bucketCounts: readonly number[] };
    }[];
  };
}

/** A collector that keeps the last export. */
function openCollector() {
  let metrics: readonly OtlpMetric[] = [];
  const web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      assertEquals(new URL(request.url).pathname, "/v1/metrics");
      const { resourceMetrics } = await request.json();
      metrics = resourceMetrics[0].scopeMetrics[0].metrics;
      return Response.json({});
    },
  );
  return {
    url: `http://127.0.0.1:${web.addr.port}`,
    metric: (name: string): OtlpMetric => {
      const metric = metrics.find((one) => one.name === name);
      assert(metric !== undefined, name);
      return metric;
    },
    [Symbol.asyncDispose]: () => web.shutdown(),
  };
}

async function until<T>(
  what: string,
  find: () => Promise<T | undefined>,
): Promise<T> {
  const giveUpAtMs = performance.now() + GIVE_UP_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAtMs) throw new Error(`No sign of ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
