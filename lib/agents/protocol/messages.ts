/**
 * What a coordinator and an agent say to each other, as JSON, and the door by
 * which it comes in.
 *
 * ```text
 * rtcrowd.1.<group>.hello               to all agents: each answers with its card
 * rtcrowd.1.<group>.agent.<id>          to an agent: orders, each answered
 * rtcrowd.1.<group>.run.<run>.up.<id>   to the coordinator: reports, each answered
 * ```
 *
 * @module
 */

import { z } from "../deps.ts";

/** Changes when the messages do. */
export const PROTOCOL = 1;

/** What agents and groups of them are called. */
const NAME_PATTERN = /^[a-z0-9-]{1,32}$/;

/** Characters of a text that is shown to people. */
const MAX_TEXT = 500;
/** Events in one report. */
export const MAX_EVENTS = 10_000;

const text = z.string().max(MAX_TEXT);
const name = z.string().regex(NAME_PATTERN);
const run = z.string().regex(/^[A-Za-z0-9]{1,32}$/);
const epoch = z.string().regex(/^[A-Za-z0-9]{1,32}$/);
const timeMs = z.number().min(0).max(1e15);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What an agent says of itself. */
export interface Card {
  /** Its name. */
  readonly id: string;
  /** Its machine's name. */
  readonly host: string;
  /** Its process: another one for each. */
  readonly epoch: string;
  /** Of rtcrowd there. */
  readonly version: string;
  /** Of what it is spoken to in. */
  readonly protocol: number;
  /** Cores that it may use. */
  readonly cores: number;
  /** Memory that is free there; `null` where that is not known. */
  readonly memoryBytes: number | null;
  /** Who claimed it; `null` for one that is free. */
  readonly by: string | null;
  /** How long ago, in milliseconds. */
  readonly sinceMs: number | null;
}

const card: z.ZodType<Card> = z.object({
  id: name,
  host: text,
  epoch,
  version: text,
  protocol: count,
  cores: count,
  memoryBytes: count.nullable(),
  by: text.nullable(),
  sinceMs: count.nullable(),
});

const order = z.object({
  run,
  number: count,
  body: z.discriminatedUnion("type", [
    z.object({ type: z.literal("claim"), by: text, version: text }),
    z.object({ type: z.literal("work"), work: z.unknown() }),
    z.object({ type: z.literal("release") }),
  ]),
});

/**
 * What an agent is to do. Those of a run are numbered from 0, a claim, and
 * each is done once, in this order, however often it comes.
 */
export type Order = Readonly<z.infer<typeof order>>;

const answer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("done"), value: z.unknown() }),
  z.object({ type: z.literal("failed"), message: text }),
  z.object({ type: z.literal("busy"), by: text, sinceMs: count }),
  z.object({ type: z.literal("refused"), message: text }),
  z.object({ type: z.literal("gone"), reason: text }),
]);

/**
 * What became of an order: it was carried out, or could not be; the agent is
 * another's, since so many milliseconds; it cannot take part; or it is no
 * part of the run any more.
 */
export type Answer = Readonly<z.infer<typeof answer>>;

const report = z.object({
  run,
  epoch,
  /** The number of the first of `events`; those before it have been acknowledged. */
  firstEvent: count,
  events: z.array(z.unknown()).max(MAX_EVENTS),
  /** The numbers, where there are any that may be news; else `null`. */
  snapshot: z.unknown(),
});

/** What an agent says unasked, once a second and whenever something happens. */
export type Report = Readonly<z.infer<typeof report>>;

/** When a message came and its answer went, by the coordinator's clock, in milliseconds since 1970. */
const times = { receivedMs: timeMs, sentMs: timeMs };

const acknowledgement = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("taken"),
    /** The latest numbers that were entered, by their own sequence. */
    sequence: count,
    /** Events that were taken so far, all together. */
    events: count,
    ...times,
  }),
  z.object({ type: z.literal("released"), reason: text }),
]);

/** What the coordinator answers: what it has, or that the agent is no part of its run. */
export type Acknowledgement = Readonly<z.infer<typeof acknowledgement>>;

const clockQuestion = z.object({ run, epoch, clock: z.literal(true) });
const clockAnswer = z.object(times);

/** What an agent asks of the coordinator's clock. */
export type ClockQuestion = Readonly<z.infer<typeof clockQuestion>>;

/** Its answer. */
export type ClockAnswer = Readonly<z.infer<typeof clockAnswer>>;

/** Reads a message; `undefined` is none of that kind. */
type Read<Message> = (json: string) => Message | undefined;

export const readCard: Read<Card> = reader(card);
export const readOrder: Read<Order> = reader(order);
export const readAnswer: Read<Answer> = reader(answer);
export const readUpward: Read<Report | ClockQuestion> = reader(
  z.union([report, clockQuestion]),
);
export const readAcknowledgement: Read<Acknowledgement> = reader(
  acknowledgement,
);
export const readClockAnswer: Read<ClockAnswer> = reader(clockAnswer);

/** A text of ours as a message may hold it. */
export function shortened(long: string): string {
  return long.slice(0, MAX_TEXT);
}

/** Under which subjects all this goes. */
export function subjectsOf(group: string): {
  readonly hello: string;
  readonly agent: (id: string) => string;
  readonly up: (run: string, id: string) => string;
} {
  const root = `rtcrowd.${PROTOCOL}.${group}`;
  return {
    hello: `${root}.hello`,
    agent: (id) => `${root}.agent.${id}`,
    up: (run, id) => `${root}.run.${run}.up.${id}`,
  };
}

function reader<Message>(schema: z.ZodType<Message>): Read<Message> {
  return (json) => {
    try {
      return schema.parse(JSON.parse(json));
    } catch {
      return undefined;
    }
  };
}
