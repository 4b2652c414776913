/**
 * Counters as plain objects, one field each: how they begin, and how the parts
 * of a client, of a node and of a room are added up.
 *
 * @module
 */

import { type ClientCount, type CountedBy, namesOf } from "./catalog.ts";

/** The counters that a client's tracks and stays count. */
export type TrackCount = CountedBy<keyof typeof COUNTED>;

/** Those, and the client's part of what the packet path counts for all. */
export type TotalName =
  | TrackCount
  | Extract<ClientCount, CountedBy<"packets">>;

/** A client's media so far, over all its stays. */
export type TotalCounts = Readonly<Record<TotalName, number>>;

/** What is added up over a client's tracks or stays once a second, by where it is counted. */
export const COUNTED = {
  receiver: namesOf({ at: "receiver" }),
  frames: namesOf({ at: "frames" }),
  rhythm: namesOf({ at: "rhythm" }),
  sound: namesOf({ at: "sound" }),
  track: namesOf({ at: "track" }),
  feedback: namesOf({ at: "feedback" }),
  reception: namesOf({ at: "reception" }),
  layers: namesOf({ at: "layers" }),
  asked: namesOf({ at: "asked" }),
  uplink: namesOf({ at: "uplink" }),
  stay: namesOf({ at: "stay" }),
} as const;

/** The counters that a client's tracks and stays count. */
export const TRACK_COUNTS: readonly TrackCount[] = Object.values(COUNTED)
  .flat();

/** The counters of which a client's record has the client's part. */
export const CLIENT_COUNTS: readonly ClientCount[] = namesOf({
  type: "counter",
  perClient: "sum",
});

const BY_PACKET: readonly string[] = namesOf({ at: "packets" });

/** The client's part of what the packet path counts for all. */
export const PACKET_TOTALS = CLIENT_COUNTS.filter((name): name is Extract<
  ClientCount,
  CountedBy<"packets">
> => BY_PACKET.includes(name));

/** What is known of a client's media. */
export const TOTALS: readonly TotalName[] = [...TRACK_COUNTS, ...PACKET_TOTALS];

/** Counters of these names at zero. */
export function zeros<Name extends string>(
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<
    Name,
    number
  >;
}

type Adder = (
  sums: Record<string, number>,
  values: Readonly<Record<string, number>>,
) => void;

const ADDERS = new WeakMap<readonly string[], Adder>();

/**
 * Adds these fields of `values` to those of `sums`, in place. `names` come
 * from the catalog and are the same list each time: out of each list the sum
 * is written once, as by hand, because fields that are looked up by name cost
 * eight times as much, and each track is added up every second.
 */
export function addCounts<Name extends string>(
  sums: Record<Name, number>,
  values: Readonly<Record<Name, number>>,
  names: readonly Name[],
): void {
  let add = ADDERS.get(names);
  if (add === undefined) ADDERS.set(names, add = adderOf(names));
  add(sums, values);
}

function adderOf(names: readonly string[]): Adder {
  const source = names.map((name) => `sums.${name} += values.${name};`);
  return new Function("sums", "values", source.join("\n")) as Adder;
}
