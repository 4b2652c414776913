/**
 * What the summary says of a metric, as types: in `metrics` by its name, in
 * the shape that k6 gives one, and at its place.
 *
 * @module
 */

import type {
  ClientCount,
  ClientMost,
  MetricName,
  METRICS,
  MetricType,
  MetricUnit,
  MostKey,
  NamesOf,
} from "../catalog.ts";
import type { Distribution, DurationStats } from "../stats.ts";

type Rows = typeof METRICS;

/** The numbers of one metric, by its type; named as thresholds name them. */
export interface ValuesOfType {
  /** How many. */
  readonly counter: { readonly count: number };
  /** How many at the end. */
  readonly gauge: { readonly value: number };
  /** `null` when there is nothing to divide by. */
  readonly rate: { readonly rate: number | null };
  /** In the metric's unit; all zero when `count` is. */
  readonly trend: {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly avg: number;
    readonly med: number;
    readonly "p(5)": number;
    readonly "p(95)": number;
    readonly "p(99)": number;
  };
}

/** One metric, with its numbers. */
export interface MetricValues<Type extends MetricType> {
  /** How it adds up. */
  readonly type: Type;
  /** What it is counted in. */
  readonly unit: MetricUnit;
  /** Its numbers. */
  readonly values: ValuesOfType[Type];
}

/** Every metric of the catalog. */
export type AllMetrics = {
  readonly [Name in MetricName]: MetricValues<Rows[Name]["type"]>;
};

type PlaceOf<Row> = Row extends { readonly place: infer Place } ? Place : never;
type Place = PlaceOf<Rows[MetricName]>;

/** The keys of metrics that have their place right in this section of the summary. */
export type KeyIn<Section extends string> = Place extends infer P
  ? P extends `${Section}.${infer Key}`
    ? Key extends `${string}.${string}` ? never : Key
  : never
  : never;

type ValueOf<Row> = Row extends { readonly type: "counter" } ? number
  : Row extends { readonly type: "rate" } ? number | null
  : Row extends { readonly unit: "ms" } ? DurationStats
  : Distribution;

/** The metrics of one section. */
export type PlacedIn<Section extends string> = {
  readonly [Key in KeyIn<Section>]: ValueOf<
    Rows[NamesOf<{ readonly place: `${Section}.${Key}` }>]
  >;
};

/** What SimplestChat's own tester calls a counter, where it has it. */
export type FileKey<Name extends MetricName> = Rows[Name] extends
  { readonly seedKey: infer Key extends string } ? Key : Name;

type RoomKey<Name extends MetricName> = Rows[Name] extends
  { readonly roomKey: infer Key extends string } ? Key : FileKey<Name>;

/** The counters of a client as its file has them. */
export type ClientCounts = {
  readonly [Name in ClientCount as FileKey<Name>]: number;
};

/** The largest values of a client as its file has them. */
export type ClientMosts = { readonly [Name in ClientMost]: number | null };

/** The counters of a room, and the largest values of its clients. */
export type RoomCounts =
  & {
    readonly [
      Name in NamesOf<
        { readonly type: "counter"; readonly perRoom: true }
      > as RoomKey<Name>
    ]: number;
  }
  & {
    readonly [
      Name in NamesOf<
        { readonly perClient: "max"; readonly perRoom: true }
      > as MostKey<Name>
    ]: number | null;
  };
