/**
 * The totals of a run as families of samples in base units, whatever format
 * they leave in. No label names a client.
 *
 * @module
 */

import {
  errorCounts,
  METRICS,
  type MetricUnit,
  type Snapshot,
  STEPS_PER_UNIT,
  type TimelinePoint,
  Trend,
  type TrendUnit,
} from "../metrics/mod.ts";

/** What is told besides the snapshot. */
export interface TotalsInput {
  readonly snapshot: Snapshot;
  /** The last second, where there has been one. */
  readonly point: TimelinePoint | undefined;
  /** What the run is, as labels of one gauge. */
  readonly info: Readonly<Record<string, string>>;
}

/** A base unit, spelled by UCUM; `""` where a sample counts things. */
export type BaseUnit =
  | "s"
  | "1"
  | "By"
  | "By/s"
  | "{frame}/s"
  | "{packet}"
  | "{cpu}"
  | "";

/** Labels of one sample. */
export type Labels = Readonly<Record<string, string>>;

interface FamilyHead {
  /** In snake case, without a prefix, without what its unit or its kind adds. */
  readonly name: string;
  /** What it means, in one sentence. */
  readonly doc: string;
  readonly unit: BaseUnit;
}

/** Samples of one figure; at least one. */
export type Family =
  | FamilyHead & {
    /** A counter's sample only grows. */
    readonly kind: "counter" | "gauge";
    readonly samples: readonly {
      readonly labels: Labels;
      /** In the family's unit. */
      readonly value: number;
    }[];
  }
  | FamilyHead & {
    readonly kind: "histogram";
    /** Of what the figure is shown in. */
    readonly shownIn: TrendUnit;
    readonly samples: readonly {
      readonly labels: Labels;
      readonly trend: Trend;
      /** Steps of the trend in the family's unit. */
      readonly stepsPerUnit: number;
    }[];
  };

const BASE_UNITS: Readonly<Record<MetricUnit, BaseUnit>> = {
  ms: "s",
  ratio: "1",
  bytes: "By",
  bps: "By/s",
  fps: "{frame}/s",
  packets: "{packet}",
  count: "",
};

const SHOWN_PER_BASE_UNIT: Readonly<Record<TrendUnit, number>> = {
  ms: 1000,
  ratio: 1,
  bps: 8,
  fps: 1,
};

/** All families, each once: every metric that adds up, for rates are queries over these. */
export function totalsOf(input: TotalsInput): Family[] {
  return [
    gauge("run_info", "The run; always 1.", "", 1, input.info),
    ...Object.entries(METRICS).flatMap(([name, definition]) =>
      familyOf(name, definition, input.snapshot) ?? []
    ),
    {
      name: "errors",
      kind: "counter",
      doc: "Errors by kind.",
      unit: "",
      samples: errorCounts(input.snapshot).map(([kind, value]) => ({
        labels: { kind },
        value,
      })),
    } satisfies Family,
    signalingFamily(input.snapshot),
    ...machineFamilies(input),
  ].filter(({ samples }) => samples.length > 0);
}

function familyOf(
  name: string,
  { type, unit, doc }: typeof METRICS[keyof typeof METRICS],
  { counters, gauges, trends }: Snapshot,
): Family | undefined {
  const head = {
    name: snakeCase(name.replace(/Ms$/, "")),
    doc,
    unit: BASE_UNITS[unit],
  };
  switch (type) {
    case "rate":
      return undefined;
    case "gauge":
      return gauge(head.name, doc, head.unit, gauges[name] ?? 0);
    case "counter": {
      const value = (counters[name] ?? 0) / (unit === "ms" ? 1000 : 1);
      return { ...head, kind: "counter", samples: [{ labels: {}, value }] };
    }
    case "trend": {
      const json = trends[name];
      if (json === undefined) return undefined;
      const samples = [{
        labels: {},
        trend: Trend.fromJSON(json),
        stepsPerUnit: stepsPerBaseUnit(unit),
      }];
      return { ...head, kind: "histogram", shownIn: unit, samples };
    }
  }
}

function signalingFamily({ trends }: Snapshot): Family {
  return {
    name: "signaling",
    kind: "histogram",
    doc: "From when a request was due until its reply.",
    unit: "s",
    shownIn: "ms",
    samples: Object.entries(trends).flatMap(([name, json]) => {
      const [, operation] = /^signaling\.(.+)$/.exec(name) ?? [];
      if (operation === undefined) return [];
      return [{
        labels: { operation },
        trend: Trend.fromJSON(json),
        stepsPerUnit: stepsPerBaseUnit("ms"),
      }];
    }),
  };
}

function machineFamilies({ snapshot, point }: TotalsInput): Family[] {
  const server = point?.server;
  return [
    {
      name: "generator_cpu",
      kind: "counter",
      doc: "CPU time that the generator used.",
      unit: "s",
      samples: [{ labels: {}, value: snapshot.generator.cpuUs / 1e6 }],
    },
    ...(server === undefined ? [] : [
      gauge(
        "server_cpu_cores",
        "CPU that the server used in the last second.",
        "{cpu}",
        server.cpuRatio,
      ),
      gauge(
        "server_memory",
        "Memory that the server uses.",
        "By",
        server.rssBytes,
      ),
    ]),
  ];
}

function gauge(
  name: string,
  doc: string,
  unit: BaseUnit,
  value: number,
  labels: Labels = {},
): Family {
  return { name, kind: "gauge", doc, unit, samples: [{ labels, value }] };
}

function stepsPerBaseUnit(unit: TrendUnit): number {
  return STEPS_PER_UNIT[unit] * SHOWN_PER_BASE_UNIT[unit];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (big) => `_${big.toLowerCase()}`);
}
