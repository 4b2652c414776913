/**
 * The door by which an agent's numbers come in. Both ends are of one version,
 * but what comes from another machine is looked at all the same.
 *
 * @module
 */

import { z } from "./deps.ts";
import {
  amount,
  type Fields,
  index,
  MAX_TEXT,
  text,
  words,
} from "./wire_values.ts";
import {
  CLIENT_STATES,
  type ClientRecord,
  type GeneratorHealth,
  type NodePart,
  noFigures,
  ROLES,
  type Snapshot,
  type SnapshotReport,
  Trend,
} from "../metrics/mod.ts";

/** A client's figures, in the order in which a report names them. */
const FIGURES = [...Object.keys(noFigures()), "errorCount"] as readonly (
  keyof ClientRecord
)[];

/** Clients of one agent, and entries of one of its lists. */
const MAX_ENTRIES = 100_000;
/** Clients that one agent can have had. */
const MAX_CLIENTS = 1_000_000;
const MAX_NAMES = 5_000;
const MAX_LINES = 1_000;
const MAX_BUCKETS = 20_000;

const amounts = named(amount);

function named<Value>(
  value: z.ZodType<Value>,
): z.ZodType<Record<string, Value>> {
  return z.record(z.string().max(200), value).refine((all) =>
    Object.keys(all).length <= MAX_NAMES
  );
}

function lines<Value>(value: z.ZodType<Value>): z.ZodType<Value[]> {
  return z.array(value).max(MAX_LINES);
}

const trend = z.object({
  count: amount,
  min: amount,
  max: amount,
  sum: z.number(),
  buckets: z.array(z.number().int().min(0).max(1e15)).max(MAX_BUCKETS),
}).refine((json) => {
  try {
    return Trend.fromJSON(json) !== undefined;
  } catch {
    return false;
  }
});

const clock = z.object({
  standstills: lines(z.object({ node: text, atMs: amount, ms: amount })),
  wallJumps: lines(z.object({ node: text, atMs: amount, byMs: amount })),
  clientsLost: amount,
  difference: z.object({ packets: amount, leastMs: amount, mostMs: amount })
    .nullable(),
});

const generator = z.object(
  {
    lanes: words,
    ciphers: words,
    dtls: words,
    workers: amount,
    cpuUs: amount,
    threadUs: amount,
    kernelDrops: amount.nullable(),
    heldBackJoins: amount,
    clock: clock.optional(),
    lost: lines(
      z.object({
        ...{ node: text, atMs: amount, clients: amount, reason: text },
        knownMs: amount.optional(),
        isAllowed: z.boolean().optional(),
      }),
    ).optional(),
    notes: lines(text),
  } satisfies Fields<GeneratorHealth>,
);

export const offset = z.object({
  aheadMs: amount.nullable(),
  boundMs: amount.nullable(),
  leaps: amount,
});

const part: z.ZodType<NodePart> = z.object(
  {
    node: text,
    atMs: amount,
    counters: amounts,
    gauges: amounts,
    trends: named(trend),
    generator,
    machine: z.object({
      host: text.nullable(),
      cores: amount.nullable(),
      isSynchronised: z.boolean().nullable(),
    }).optional(),
    offset: offset.optional(),
    get parts() {
      return z.array(part).max(1_000).optional();
    },
    // Its parts are threads, which are told of together.
    whole: z.undefined().optional(),
  } satisfies Fields<NodePart>,
);

/** All but the clients. */
const rest = z.object(
  {
    node: text,
    sequence: index,
    second: index,
    final: z.boolean().optional(),
    atMs: amount,
    counters: amounts,
    gauges: amounts,
    trends: named(trend),
    others: z.array(z.object({
      producerId: text,
      hasFlowed: z.boolean(),
      isSilent: z.boolean(),
      codec: text.nullable(),
      refusal: text.nullable(),
    })).max(MAX_ENTRIES).optional(),
    stopped: z.array(
      z.object({ producerId: text, how: z.enum(["paused", "closed"]) }),
    ).max(MAX_ENTRIES).optional(),
    candidates: lines(z.object({
      protocol: text,
      address: text,
      family: z.enum(["IPv4", "IPv6", "name"]),
      problem: text.nullable(),
      clients: amount,
    })).optional(),
    consumersAllowed: amount.nullable().optional(),
    generator,
    offset: offset.optional(),
    parts: z.array(part).max(1_000).optional(),
  } satisfies Fields<Omit<Snapshot, "clients">>,
);

const wire = z.object(
  {
    epoch: text,
    base: index,
    rest,
    added: z.array(z.object({
      index,
      clientId: text,
      roomId: text,
      role: z.enum(ROLES),
      node: text,
    })).max(MAX_ENTRIES),
    changes: z.array(z.object({
      figures: z.array(z.number().int().min(0).max(FIGURES.length - 1)),
      rows: z.array(z.array(z.unknown()).max(FIGURES.length + 1))
        .max(MAX_ENTRIES),
    })).max(MAX_ENTRIES),
    errors: z.array(z.tuple([
      index,
      z.array(z.object({ kind: text, message: text, atMs: amount })).max(100),
    ])).max(MAX_ENTRIES),
    signaling: z.array(z.tuple([
      index,
      named(z.object({
        count: amount,
        minMs: amount,
        maxMs: amount,
        sumMs: amount,
        valuesMs: z.array(amount).max(MAX_LINES),
      })),
    ])).max(MAX_ENTRIES),
  } satisfies Fields<SnapshotReport>,
);

/**
 * Reads numbers as an agent sends them; `known` are the indices of all its
 * clients that it has named, and takes in those that it names now. Throws a
 * `TypeError` for what are no numbers.
 */
export function readNumbers(
  sent: unknown,
  known: Set<number>,
): SnapshotReport {
  const { success, data } = wire.safeParse(sent);
  if (!success || !isSound(data, known)) {
    throw new TypeError("Cannot read an agent's numbers");
  }
  return data;
}

function isSound(
  { added, changes, errors, signaling }: SnapshotReport,
  known: Set<number>,
): boolean {
  for (const { index } of added) known.add(index);
  const isKnown = ([index]: readonly unknown[]) => known.has(index as number);
  return known.size <= MAX_CLIENTS && errors.every(isKnown) &&
    signaling.every(isKnown) &&
    changes.every(({ figures, rows }) =>
      rows.every((row) =>
        isKnown(row) && row.length === figures.length + 1 &&
        figures.every((at, i) => isFigure(FIGURES[at], row[i + 1]))
      )
    );
}

const BLANK: Readonly<Record<string, unknown>> = { ...noFigures() };
const KINDS = ["audio", "video"];

function isFigure(name: keyof ClientRecord, value: unknown): boolean {
  switch (name) {
    case "state":
      return CLIENT_STATES.some((state) => state === value);
    case "impairment":
    case "failureCause":
      return value === null ||
        typeof value === "string" && value.length <= MAX_TEXT;
    case "sends":
    case "receives":
      return Array.isArray(value) && value.length <= KINDS.length &&
        value.every((kind) => KINDS.includes(kind));
  }
  const blank = name === "errorCount" ? 0 : BLANK[name];
  if (typeof blank === "boolean") return typeof value === "boolean";
  return value === null ? blank === null : Number.isFinite(value);
}
