/**
 * What a script gives the crowd, looked at before anything is done: who writes
 * without types learns of a slip in one line, and nothing is passed over.
 *
 * @module
 */

import { MEDIA_OPTIONS } from "../media/mod.ts";
import {
  decimal,
  namedElsewhere,
  text,
  type ValueKind,
  whole,
  yesOrNo,
} from "../options/mod.ts";
import type { ImpairmentShare } from "../load/mod.ts";
import { nearest } from "../text/mod.ts";
import { IMPAIRMENTS } from "./kinds.ts";
import type {
  FillOptions,
  JoinOptions,
  MeetOptions,
  PlayOptions,
  PlayStage,
} from "./join_options.ts";

/** How a value is read; `null` where that is done by who uses it. */
type Kinds<Options> = {
  readonly [
    Name in Exclude<keyof Options, keyof typeof MEDIA_OPTIONS>
  ]-?: Reader<NonNullable<Options[Name]>> | null;
};

type Reader<Value> = Pick<ValueKind<Value>, "read">;

const MOST = 100_000;

/** An empty one is the usual one. */
const NAME: Reader<string> = {
  read: (given) => given === "" ? { value: "" } : text("NAME").read(given),
};

const JOIN: Kinds<JoinOptions> = {
  room: text("ID"),
  publish: yesOrNo,
  name: NAME,
  network: null,
  patience: null,
};

/** Networks as they are written; shares in numbers are looked at where they are drawn. */
const NETWORKS: Reader<readonly ImpairmentShare[]> = {
  read: (given) => {
    const all = [given].flat();
    return all.some((one) => typeof one === "string") || all.length === 0
      ? IMPAIRMENTS.read(given)
      : { value: given as readonly ImpairmentShare[] };
  },
};

const FILL: Kinds<FillOptions> = {
  room: text("ID"),
  rooms: whole(1, MOST),
  publishRatio: decimal("F", 0, 1),
  impair: NETWORKS,
  patience: null,
  clients: whole(0, MOST),
  rampUp: null,
};

const MEET: Kinds<MeetOptions> = {
  ...FILL,
  duration: null,
  churnRate: decimal("R", 0, MOST),
};

const PLAY: Kinds<PlayOptions> = {
  room: FILL.room,
  rooms: FILL.rooms,
  publishRatio: FILL.publishRatio,
  impair: FILL.impair,
  patience: null,
  churnRate: MEET.churnRate,
  stages: null,
};

const STAGE: Kinds<PlayStage> = { durationMs: null, target: whole(0, MOST) };

/** Reads what a script gives; made for one scenario, which may pass all its own options on. */
export class GivenOptions {
  readonly #passed: readonly string[];

  /** By the names of the scenario's own options. */
  constructor(passed: readonly string[]) {
    this.#passed = passed;
  }

  /** Who is to join. Throws a `TypeError`, as the others do. */
  join(given: JoinOptions): JoinOptions {
    return this.#read("join", given, JOIN);
  }

  /** How many are to join. */
  fill(given: FillOptions): FillOptions {
    return this.#read("fill a room", given, FILL, ["clients"]);
  }

  /** Who is to meet. */
  meet(given: MeetOptions): MeetOptions {
    return this.#read("meet", given, MEET, ["clients", "duration"]);
  }

  /** Who is to come and go. */
  play(given: PlayOptions): PlayOptions {
    const read = this.#read("play", given, PLAY, ["stages"]);
    if (!Array.isArray(read.stages)) {
      throw new TypeError(
        "Cannot play: stages is not a list such as [{ durationMs: 5000, target: 10 }].",
      );
    }
    const stages = read.stages.map((stage) =>
      this.#read("play a stage", stage, STAGE, ["durationMs", "target"], [])
    );
    return { ...read, stages };
  }

  #read<Options extends object>(
    verb: string,
    given: Options,
    kinds: Kinds<Options>,
    needed: readonly string[] = [],
    others: readonly string[] = Object.keys(MEDIA_OPTIONS),
  ): Options {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new TypeError(
        `Cannot ${verb}: ${
          written(given)
        } is not options such as { room: "a" }.`,
      );
    }
    const readers: Readonly<Record<string, Reader<unknown> | null>> = kinds;
    const known = [...Object.keys(kinds), ...others];
    const read: Record<string, unknown> = { ...given as object };
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined || value === null) continue;
      if (!known.includes(name)) {
        if (this.#passed.includes(name)) continue;
        throw new TypeError(unknownName(verb, name, known));
      }
      const reading = readers[name]?.read(value);
      if (reading === undefined) continue;
      if ("problem" in reading) {
        throw new TypeError(`Cannot ${verb}: ${name} ${reading.problem}.`);
      }
      read[name] = reading.value;
    }
    const lacking = needed.find((name) => read[name] === undefined);
    if (lacking === undefined) return read as Options;
    throw new TypeError(`Cannot ${verb}: ${lacking} is missing.`);
  }
}

/** Numbers of clients that a script means. Throws a `TypeError` where it gives no list of clients. */
export function clientsGiven<Client extends { readonly index: number }>(
  verb: string,
  clients: readonly Client[],
  isClient: (one: unknown) => one is Client,
): number[] {
  if (Array.isArray(clients) && clients.every(isClient)) {
    return clients.map(({ index }) => index);
  }
  throw new TypeError(
    `Cannot ${verb}: give a list of clients, such as crowd.connected.`,
  );
}

function unknownName(
  verb: string,
  name: string,
  known: readonly string[],
): string {
  const [guess = nearest(name, known)] = namedElsewhere(name, known);
  return `Cannot ${verb}: there is no option ${name}${
    guess === undefined
      ? `; there are ${known.join(", ")}.`
      : `, did you mean ${guess}?`
  }`;
}

function written(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
