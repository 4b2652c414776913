/**
 * What `load_test_snapshot.json.gz` may hold. A reader ignores what it does
 * not know; a counter that a file does not have yet is as in the beginning.
 *
 * @module
 */

import {
  CLIENT_STATES,
  type ClientRecord,
  type Course,
  COURSE_COLUMNS,
  noFigures,
  ROLES,
  type RunBasis,
  secondOfRow,
  type Snapshot,
  TREND_BUCKETS,
  type TrendJson,
} from "../../metrics/mod.ts";
import { summarySchema } from "../../metrics/summary/summary_schema.ts";
import { z } from "../deps.ts";
import { SAVED_FORMAT } from "./saved_format.ts";

/** Stories as they are kept. */
export const storiesSchema = z.object({
  columns: z.array(z.string()),
  clients: z.array(z.object({
    clientId: z.string(),
    index: z.int(),
    roomId: z.string(),
    bins: z.array(z.custom<readonly (number | string)[]>(
      (row) =>
        Array.isArray(row) &&
        row.every((one) => typeof one === "number" || typeof one === "string"),
    )),
    events: z.array(z.object({ atSec: z.number(), text: z.string() })),
    freezes: z.array(z.object({
      from: z.string(),
      fromSec: z.number(),
      toSec: z.number(),
      frozenMs: z.number(),
    })).default([]),
    layers: z.array(z.object({
      from: z.string(),
      atSec: z.number(),
      layer: z.int().nullable(),
    })).default([]),
  })),
});

const texts = z.array(z.string());
const numbers = z.record(z.string(), z.number());

/** There are as many as a run has seconds: not number by number through the schema. */
const trend = z.custom<TrendJson>(isTrend, "no distribution");

/** Whether its buckets are there, and hold as many values as it says. */
function isTrend(json: unknown): boolean {
  if (typeof json !== "object" || json === null) return false;
  const { count, min, max, sum, buckets } = json as Partial<TrendJson>;
  if (![count, min, max, sum].every(Number.isFinite)) return false;
  if (!Array.isArray(buckets)) return false;
  let index = 0;
  let held = 0;
  for (let i = 0; i < buckets.length; i += 2) {
    index += buckets[i];
    held += buckets[i + 1];
    if (!Number.isInteger(index) || index < 0 || index >= TREND_BUCKETS) {
      return false;
    }
  }
  return held === count;
}

const row = z.custom<readonly (number | null)[]>(
  (json) =>
    Array.isArray(json) &&
    json.every((one) => one === null || typeof one === "number"),
  "no row of numbers",
);

const operation = z.object({
  count: z.number(),
  minMs: z.number(),
  maxMs: z.number(),
  sumMs: z.number(),
  valuesMs: z.array(z.number()),
});

const mediaKinds = z.array(z.enum(["audio", "video"])).default([]);

/** Each figure of a client by what it begins with. */
const figures = Object.fromEntries(
  Object.entries(noFigures()).map(([name, blank]) => [
    name,
    typeof blank === "number"
      ? z.number().default(blank)
      : typeof blank === "boolean"
      ? z.boolean().default(blank)
      : z.number().nullable().default(null),
  ]),
);

const client = z.object({
  clientId: z.string(),
  index: z.int(),
  roomId: z.string(),
  role: z.enum(ROLES),
  node: z.string(),
  ...figures,
  state: z.enum(CLIENT_STATES),
  impairment: z.string().nullable().default(null),
  failureCause: z.string().nullable().default(null),
  sends: mediaKinds,
  receives: mediaKinds,
  errors: z.array(z.object({
    kind: z.string(),
    message: z.string(),
    atMs: z.number(),
  })),
  errorCount: z.number(),
  signaling: z.record(z.string(), operation),
}) as unknown as z.ZodType<ClientRecord>;

const clock = z.object({
  standstills: z.array(
    z.object({ node: z.string(), atMs: z.number(), ms: z.number() }),
  ),
  wallJumps: z.array(
    z.object({ node: z.string(), atMs: z.number(), byMs: z.number() }),
  ),
  clientsLost: z.number(),
  difference: z.object({
    packets: z.number(),
    leastMs: z.number(),
    mostMs: z.number(),
  }).nullable(),
});

const health = z.object({
  lanes: texts,
  ciphers: texts,
  dtls: texts,
  workers: z.number(),
  cpuUs: z.number(),
  threadUs: z.number(),
  kernelDrops: z.number().nullable(),
  heldBackJoins: z.number(),
  clock: clock.optional(),
  lost: z.array(z.object({
    node: z.string(),
    atMs: z.number(),
    knownMs: z.number().optional(),
    clients: z.number(),
    reason: z.string(),
    isAllowed: z.boolean().optional(),
  })).optional(),
  notes: texts,
});

const offset = z.object({
  aheadMs: z.number().nullable(),
  boundMs: z.number().nullable(),
  leaps: z.number(),
});

/** What a node did, and a part of several. */
const node = {
  node: z.string(),
  atMs: z.number(),
  counters: numbers,
  gauges: numbers,
  trends: z.record(z.string(), trend),
  generator: health,
  offset: offset.optional(),
};

const machine = z.object({
  host: z.string().nullable().default(null),
  cores: z.number().nullable(),
  isSynchronised: z.boolean().nullable(),
});

const part: z.ZodType<unknown> = z.object({
  ...node,
  machine: machine.optional(),
  get parts(): z.ZodType<unknown> {
    return z.array(part).optional();
  },
  get whole(): z.ZodType<unknown> {
    return totals.optional();
  },
});

/** A snapshot without its clients, which stand beside it, a line each. */
const totals: z.ZodType<Omit<Snapshot, "clients">> = z.object({
  ...node,
  sequence: z.number(),
  second: z.number().default(0),
  final: z.boolean().optional(),
  others: z.array(z.object({
    producerId: z.string(),
    hasFlowed: z.boolean(),
    isSilent: z.boolean(),
    codec: z.string().nullable(),
    refusal: z.string().nullable(),
  })).optional(),
  stopped: z.array(z.object({
    producerId: z.string(),
    how: z.enum(["paused", "closed"]),
  })).optional(),
  candidates: summarySchema.shape.candidates.optional(),
  consumersAllowed: z.number().nullable().optional(),
  parts: z.array(part).optional(),
}) as unknown as z.ZodType<Omit<Snapshot, "clients">>;

const ending: z.ZodType<RunBasis["ending"]> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("finished") }),
  z.object({
    kind: z.literal("interrupted"),
    goesOn: z.boolean().optional(),
    reason: z.string().optional(),
  }),
  z.object({ kind: z.literal("aborted"), expression: z.string() }),
  z.object({ kind: z.literal("gone"), reason: z.string() }),
  z.object({ kind: z.literal("broke"), reason: z.string() }),
]);

const basis: z.ZodType<RunBasis> = z.object({
  run: z.string().nullable(),
  nodes: texts,
  agent: z.object({
    id: z.string(),
    epoch: z.string(),
    node: z.string(),
    machine,
    reason: z.string(),
  }).nullable(),
  ending,
  thresholds: texts,
  streams: z.object({
    received: z.number(),
    missedByReceivers: z.number(),
    sent: z.number(),
    repairsSent: z.number(),
  }).nullable(),
  isDisrupted: z.boolean(),
  unwatched: z.string().nullable(),
  machineCpuRatio: z.number().nullable(),
});

const seconds = z.object({
  columns: texts,
  trends: texts,
  rows: z.array(z.tuple([row, z.array(trend)])),
});

const notes = z.array(z.object({
  afterSeconds: z.number(),
  atMs: z.number(),
  level: z.enum(["info", "error"]),
  text: z.string(),
}));

/** The whole file. */
export const savedRunSchema = z.object({
  format: z.literal(SAVED_FORMAT),
  summary: summarySchema,
  found: texts,
  basis: basis.optional(),
  snapshot: totals,
  clients: z.array(client),
  seconds,
  notes,
  notesLeftOut: z.number(),
  stories: storiesSchema,
});

/** A course as it was, whatever the order of the columns in the file. */
export function courseOf(
  { seconds, notes, notesLeftOut }: z.infer<typeof savedRunSchema>,
): Course {
  const places = COURSE_COLUMNS.map((name) => seconds.columns.indexOf(name));
  const none: TrendJson = { count: 0, min: 0, max: 0, sum: 0, buckets: [] };
  return {
    notes,
    notesLeftOut,
    seconds: seconds.rows.map(([row, trends]) =>
      secondOfRow(
        places.map((place) => row[place] ?? null),
        (name) => trends[seconds.trends.indexOf(name)] ?? none,
      )
    ),
  };
}
