/**
 * The way to a collector.
 *
 * @module
 */

import type { OtlpData } from "./data.ts";
import { OTLPMetricExporter } from "./deps.ts";

/** A collector that takes one export at a time. */
export interface OtlpConnection {
  /** Sends; resolves with why that failed, or with nothing. Never rejects. */
  send(data: OtlpData): Promise<string | undefined>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Where it sends to by default, as the protocol has it. */
const METRICS_PATH = "v1/metrics";

/**
 * A connection to a collector's `http:` or `https:` URL, with `/v1/metrics`
 * put behind it where it has no path; without one `OTEL_EXPORTER_OTLP_…` say
 * where it is. Everything else (headers, certificates, compression) is theirs,
 * too. An export that takes longer than `timeoutMs` has failed.
 */
export function openOtlp(
  url: string | undefined,
  timeoutMs: number,
): OtlpConnection {
  const exporter = new OTLPMetricExporter({
    timeoutMillis: timeoutMs,
    ...(url === undefined ? {} : { url: metricsUrl(url) }),
  });
  return {
    send: (data) =>
      new Promise((resolve) => {
        exporter.export(data, ({ code, error }) =>
          resolve(
            code === 0 ? undefined : error?.message ?? "it was not taken",
          ));
      }),
    close: () => exporter.shutdown(),
  };
}

function metricsUrl(given: string): string {
  const url = new URL(given);
  return url.pathname === "/" ? new URL(METRICS_PATH, url).href : url.href;
}
