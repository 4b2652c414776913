import { assertEquals } from "@std/assert";
import { band } from "../../../lib/metrics/mod.ts";

Deno.test.each(
  [
    { metric: "connected", value: 1, want: "good" },
    { metric: "connected", value: 0.999, want: "warning" },
    { metric: "connected", value: 0.9, want: "warning" },
    { metric: "connected", value: 0.899, want: "critical" },
    { metric: "errors", value: 0, want: "good" },
    { metric: "errors", value: 0.1, want: "warning" },
    { metric: "errors", value: 0.101, want: "critical" },
    { metric: "deliveryRatio", value: 0.99, want: "good" },
    { metric: "deliveryRatio", value: 0.989, want: "warning" },
    { metric: "deliveryRatio", value: 0.899, want: "critical" },
    { metric: "silent", value: 0.01, want: "good" },
    { metric: "silent", value: 0.1, want: "warning" },
    { metric: "silentAtEnd", value: 0.11, want: "critical" },
    { metric: "frozen", value: 0.02, want: "good" },
    { metric: "frozen", value: 0.2, want: "warning" },
    { metric: "frozen", value: 0.21, want: "critical" },
    { metric: "neverSent", value: 0.01, want: "warning" },
    { metric: "neverReceived", value: 0.11, want: "critical" },
    { metric: "lostForGood", value: 0.11, want: "critical" },
    { metric: "away", value: 0.8, want: "warning" },
    { metric: "away", value: 0.81, want: "critical" },
    { metric: "lostMedia", value: 1, want: "warning" },
    { metric: "receiveSendRatio", value: 0.41, want: "good" },
    { metric: "receiveSendRatio", value: 0.4, want: "warning" },
    { metric: "receiveSendRatio", value: 0.09, want: "critical" },
    { metric: "serverCpu", value: 0.69, want: "good" },
    { metric: "serverCpu", value: 0.7, want: "warning" },
    { metric: "serverCpu", value: 0.91, want: "critical" },
    { metric: "serverRss", value: 0.9e9, want: "good" },
    { metric: "serverRss", value: 4e9, want: "warning" },
    { metric: "serverRss", value: 4.1e9, want: "critical" },
  ] as const,
)("$metric of $value is $want", ({ metric, value, want }) => {
  assertEquals<string>(band(metric, value), want);
});
