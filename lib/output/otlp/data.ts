/**
 * Families of totals as OTLP's metrics: cumulative sums, gauges, and
 * exponential histograms out of a trend's own buckets.
 *
 * @module
 */

import type { Trend } from "../../metrics/mod.ts";
import { safeLine } from "../../text/mod.ts";
import { type Family, type TotalsInput, totalsOf } from "../mod.ts";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type HrTime,
  type MetricData,
  resourceFromAttributes,
  type ResourceMetrics,
  ValueType,
} from "./deps.ts";
import { exponentialBuckets } from "./exponential.ts";

/** What one export sends. */
export type OtlpData = ResourceMetrics;

/** Which run it is, and since when; both in milliseconds since 1970. */
export interface OtlpRun {
  readonly id: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** All totals, cumulative since the run began. */
export function otlpData(input: TotalsInput, run: OtlpRun): OtlpData {
  const times = {
    startTime: hrTime(run.startedAtMs),
    endTime: hrTime(run.nowMs),
  };
  const version = input.info.version ?? "";
  return {
    resource: resourceFromAttributes({
      "service.name": "rtcrowd",
      "service.version": version,
      "service.instance.id": run.id,
    }),
    scopeMetrics: [{
      scope: { name: "rtcrowd", version },
      metrics: totalsOf(input).map((family) => metricOf(family, times)),
    }],
  };
}

type Times = Pick<DataPoint<number>, "startTime" | "endTime">;

function metricOf(family: Family, times: Times): MetricData {
  const head = {
    descriptor: {
      name: `rtcrowd.${family.name}`,
      description: family.doc,
      unit: family.unit,
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (family.kind === "histogram") {
    return {
      ...head,
      dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
      dataPoints: family.samples.map(({ labels, trend, stepsPerUnit }) => ({
        ...times,
        attributes: safeLabels(labels),
        value: exponentialHistogram(trend, stepsPerUnit),
      })),
    };
  }
  const dataPoints = family.samples.map(({ labels, value }) => ({
    ...times,
    attributes: safeLabels(labels),
    value,
  }));
  return family.kind === "gauge"
    ? { ...head, dataPointType: DataPointType.GAUGE, dataPoints }
    : {
      ...head,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints,
    };
}

/** Its count, sum, least and most are exact. */
function exponentialHistogram(trend: Trend, stepsPerUnit: number) {
  return {
    count: trend.count,
    sum: trend.sum / stepsPerUnit,
    min: trend.min / stepsPerUnit,
    max: trend.max / stepsPerUnit,
    ...exponentialBuckets(
      [...trend.buckets()].map(({ middle, count }) => ({
        value: middle / stepsPerUnit,
        count,
      })),
    ),
    negative: { offset: 0, bucketCounts: [] },
  };
}

function safeLabels(
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, text]) => [name, safeLine(text)]),
  );
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
