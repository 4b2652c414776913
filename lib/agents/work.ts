/**
 * What a coordinator has an agent do within a run, and what happens there, as
 * data that is checked where it comes in.
 *
 * @module
 */

import { z } from "./deps.ts";
import { runAbout } from "./run_about.ts";
import { offset } from "./snapshot_wire.ts";
import { amount, type Fields, index, text, words } from "./wire_values.ts";
import type { MachineFacts } from "../machine/mod.ts";
import {
  type NodeCommand,
  type NodeFacts,
  type NodeNote,
  type NodePlan,
  type PublisherNews,
  STEERING_TYPES,
} from "../load/mod.ts";
import type { TrackNews } from "../metrics/mod.ts";

/** Entries of one list: clients of a plan, tracks of a publisher. */
const MAX_ENTRIES = 200_000;

const publisher: z.ZodType<PublisherNews> = z.object({
  roomId: text,
  participantId: text,
  tracks: z.array(z.object({
    producerId: text,
    kind: z.enum(["audio", "video"]),
    packetsPerSecond: amount,
    longestGapMs: amount.optional(),
  })).max(1000).nullable(),
});

/** Whatever it is, it has no end of nothing: a plan is checked by those who carry it out. */
function bounded(value: unknown, depth = 0): boolean {
  if (depth > 20) return false;
  if (typeof value === "string") return value.length <= 1_000_000;
  if (typeof value !== "object" || value === null) return true;
  const all = Object.values(value);
  return all.length <= MAX_ENTRIES &&
    all.every((one) => bounded(one, depth + 1));
}

const plan = z.looseObject({
  node: z.string().max(100).regex(/^[^+]+$/),
  server: z.looseObject({ url: text }),
  seed: amount,
  datapath: z.looseObject({}),
}).refine((value) => bounded(value)) as unknown as z.ZodType<NodePlan>;

const client = z.looseObject({
  index,
  clientId: text,
  participantName: text,
  slot: index,
  roomId: text,
  role: z.enum(["publisher", "viewer"]),
  joinAtMs: amount,
  leaveAtMs: amount.nullable(),
  media: z.looseObject({}),
});

const command = z.looseObject({
  type: z.enum(["add", "dump", "drop", ...STEERING_TYPES]),
  clients: z.union([
    z.array(index).max(MAX_ENTRIES),
    z.array(client).max(MAX_ENTRIES),
  ]),
}).refine(({ type, clients }) =>
  clients.every((one) => (typeof one === "object") === (type === "add"))
).refine((value) => bounded(value)) as unknown as z.ZodType<NodeCommand>;

const work = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("prepare"),
    plan,
    about: runAbout.optional(),
  }),
  z.object({ type: z.literal("begin"), startedAtMs: amount }),
  z.object({ type: z.literal("command"), command }),
  z.object({
    type: z.literal("learn"),
    news: z.array(publisher).max(MAX_ENTRIES),
  }),
  z.object({ type: z.literal("stop"), withinMs: amount }),
  z.object({ type: z.literal("ping") }),
]);

/** Something for an agent to do. */
export type Work = z.infer<typeof work>;

const note: z.ZodType<NodeNote> = z.object({
  atMs: amount,
  clientId: text.nullable(),
  isOfServer: z.boolean().optional(),
  level: z.enum(["info", "error"]),
  text,
});

const track: z.ZodType<TrackNews> = z.object({
  clientId: text,
  from: text,
  atSec: amount,
  frozenMs: amount.optional(),
  layer: index.nullable().optional(),
});

const event = z.discriminatedUnion("type", [
  z.object({ type: z.literal("note"), note }),
  z.object({ type: z.literal("publisher"), news: publisher }),
  z.object({ type: z.literal("tracks"), news: z.array(track).max(10_000) }),
  z.object({ type: z.literal("died"), reason: text }),
]);

/** Something that happened at an agent. */
export type AgentEvent = z.infer<typeof event>;

/** A limit; there may be none, which JSON has no number for. */
const limit = amount.nullable().transform((value) => value ?? Infinity);

const machine = z.object(
  {
    files: z.object({ soft: limit, hard: limit }).nullable(),
    startersSoftFiles: amount.nullable(),
    portRange: z.tuple([amount, amount]).nullable(),
    rmemMaxBytes: amount.nullable(),
    wmemMaxBytes: amount.nullable(),
    cores: amount,
    memoryBytes: amount.nullable(),
    clockSource: text.nullable(),
    udp: z.object({ received: amount, receiveDrops: amount, sendDrops: amount })
      .nullable(),
  } satisfies Fields<MachineFacts>,
);

const facts: z.ZodType<NodeFacts> = z.object(
  {
    node: text,
    version: text,
    threads: z.number().int().min(1).max(10_000),
    lanes: words,
    ciphers: words,
    dtls: words,
    host: text.optional(),
    machine: machine.nullable(),
    clock: z.object({ isSynchronised: z.boolean(), maxErrorMs: amount })
      .nullable(),
    offset: offset.optional(),
    get parts() {
      return z.array(facts).max(1_000).optional();
    },
  } satisfies Fields<NodeFacts>,
);

/** Reads what a node is; throws a `TypeError` for what is none. */
export function readFacts(value: unknown): NodeFacts {
  return read(facts, value, "what an agent is");
}

/** Reads work; throws a `TypeError` for what is none. */
export function readWork(value: unknown): Work {
  return read(work, value, "an order");
}

/** Reads an event; throws a `TypeError` for what is none. */
export function readEvent(value: unknown): AgentEvent {
  return read(event, value, "an agent's news");
}

function read<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
  what: string,
): Value {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path, message } = error.issues[0];
  throw new TypeError(`Cannot read ${what}: ${path.join(".")}: ${message}`);
}
