/**
 * What the summary says of each metric of the catalog.
 *
 * @module
 */

import {
  type CounterName,
  type GaugeName,
  metric,
  METRIC_NAMES,
  type MetricName,
  type RateName,
  type TrendName,
  unitOfTrend,
} from "../catalog.ts";
import { type ClientTally, counterOf, rateOf, trendOf } from "../figures.ts";
import type {
  AllMetrics,
  MetricValues,
  PlacedIn,
  ValuesOfType,
} from "./metric_values.ts";
import type { Snapshot } from "../snapshot.ts";
import { distributionOf, roundMs, trendStats } from "../stats.ts";

/** Every metric by its name, as k6 has it. */
export function allMetrics(
  snapshot: Snapshot,
  tally: ClientTally,
): AllMetrics {
  return Object.fromEntries(METRIC_NAMES.map((name) => {
    const { type, unit } = metric(name);
    const values = valuesOf(name, snapshot, tally);
    return [name, { type, unit, values } satisfies MetricValues<typeof type>];
  })) as unknown as AllMetrics;
}

/** The metrics that have their place right in this section of the summary. */
export function placed<Section extends string>(
  section: Section,
  snapshot: Snapshot,
  tally: ClientTally,
): PlacedIn<Section> {
  return Object.fromEntries(METRIC_NAMES.flatMap((name) => {
    const { place = "" } = metric(name);
    const dot = place.lastIndexOf(".");
    return place.slice(0, dot) === section
      ? [[place.slice(dot + 1), valueOf(name, snapshot, tally)]]
      : [];
  })) as PlacedIn<Section>;
}

function valueOf(name: MetricName, snapshot: Snapshot, tally: ClientTally) {
  switch (metric(name).type) {
    case "counter":
      return counted(snapshot, name as CounterName);
    case "gauge":
      return snapshot.gauges[name] ?? 0;
    case "rate":
      return rateOf(snapshot, name as RateName, tally);
    case "trend": {
      const trend = trendOf(snapshot, name as TrendName);
      const unit = unitOfTrend(name as TrendName);
      return unit === "ms" ? trendStats(trend) : distributionOf(trend, unit);
    }
  }
}

function valuesOf(
  name: MetricName,
  snapshot: Snapshot,
  tally: ClientTally,
): ValuesOfType[keyof ValuesOfType] {
  switch (metric(name).type) {
    case "counter":
      return { count: counted(snapshot, name as CounterName) };
    case "gauge":
      return { value: snapshot.gauges[name as GaugeName] ?? 0 };
    case "rate":
      return { rate: rateOf(snapshot, name as RateName, tally) };
    case "trend": {
      const { p5, p50, p95, p99, ...rest } = distributionOf(
        trendOf(snapshot, name as TrendName),
        unitOfTrend(name as TrendName),
      );
      return { ...rest, med: p50, "p(5)": p5, "p(95)": p95, "p(99)": p99 };
    }
  }
}

function counted(snapshot: Snapshot, name: CounterName): number {
  // In a part of a run what was lost before it may be given back: nothing is lost then.
  const count = Math.max(0, counterOf(snapshot, name));
  return metric(name).unit === "ms" ? roundMs(count) : count;
}
