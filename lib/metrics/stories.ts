/**
 * Each client's story: what it had, bin by bin, and what happened to it. Bins
 * are seconds while there is room for them, and longer the more of them there
 * would be; so memory has a bound, whatever a run's length and size.
 *
 * @module
 */

import { CLIENT_STATES, type ClientState } from "./client_record.ts";
import type { ClientSecond } from "./client_seconds.ts";

/** What is added up in a bin, in the order in which it is kept. */
export const STORY_SUMS = [
  "packetsSent",
  "bytesSent",
  "packetsDue",
  "packetsCame",
  "bytesReceived",
  "dueMs",
  "silentMs",
  "playedMs",
  "frozenMs",
  "framesRendered",
  "errors",
] as const satisfies readonly (keyof ClientSecond)[];

/** What a client had in one stretch. */
export interface StoryBin
  extends Readonly<Record<typeof STORY_SUMS[number], number>> {
  /** When it began, in seconds since the run did. */
  readonly fromSec: number;
  /** When it ended. */
  readonly toSec: number;
  /** How the client was at its end. */
  readonly state: ClientState;
}

/** Something that happened to a client. */
export interface StoryEvent {
  /** When, in seconds since the run began. */
  readonly atSec: number;
  /** What, in one line. */
  readonly text: string;
}

/** All that is kept of one client. */
export interface ClientStory {
  /** Its id. */
  readonly clientId: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** Where it was. */
  readonly roomId: string;
  /** Oldest first. */
  readonly bins: readonly StoryBin[];
  /** Oldest first; the last ones, if there were too many. */
  readonly events: readonly StoryEvent[];
}

/** How much is kept. */
export interface StoryLimits {
  /** Bins of one client. */
  readonly bins: number;
  /** Bins of all clients. */
  readonly allBins: number;
  /** Clients; of more, those who left first are forgotten. */
  readonly clients: number;
  /** Events of one client. */
  readonly events: number;
}

const LIMITS: StoryLimits = {
  bins: 600,
  allBins: 100_000,
  clients: 5000,
  events: 40,
};

const FROM = STORY_SUMS.length;
const TO = FROM + 1;
const STATE = FROM + 2;
const COLUMNS = FROM + 3;
/** Bins that there is room for at first. */
const FIRST_BINS = 32;

interface Kept {
  readonly clientId: string;
  readonly index: number;
  readonly roomId: string;
  /** Rows of {@linkcode COLUMNS} numbers. */
  numbers: Float32Array;
  bins: number;
  /** Seconds in the last bin. */
  seconds: number;
  readonly events: StoryEvent[];
}

/** The stories of a run. */
export class StoryBook {
  readonly #limits: StoryLimits;
  readonly #stories = new Map<number, Kept>();
  /** What happened to those of whom there is no second yet. */
  readonly #early = new Map<string, StoryEvent[]>();
  readonly #byId = new Map<string, Kept>();
  #binSeconds = 1;
  #bins = 0;

  constructor(limits: Partial<StoryLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Seconds that go into one bin now. */
  get binSeconds(): number {
    return this.#binSeconds;
  }

  /** Takes in what clients had in a second. */
  take(
    { fromSec, toSec, clients }: {
      readonly fromSec: number;
      readonly toSec: number;
      readonly clients: readonly ClientSecond[];
    },
  ): void {
    let most = 0;
    for (const second of clients) {
      const kept = this.#of(second);
      this.#add(kept, second, fromSec, toSec);
      most = Math.max(most, kept.bins);
    }
    if (most > this.#limits.bins || this.#bins > this.#limits.allBins) {
      this.#halve();
    }
  }

  /** Something happened to a client. */
  note(clientId: string, event: StoryEvent): void {
    const kept = this.#byId.get(clientId);
    const events = kept?.events ?? this.#early.get(clientId) ?? [];
    if (kept === undefined) this.#early.set(clientId, events);
    events.push(event);
    if (events.length > this.#limits.events) events.shift();
  }

  /** The story of one client; `undefined` where nothing is kept of it. */
  story(index: number): ClientStory | undefined {
    const kept = this.#stories.get(index);
    return kept && storyOf(kept);
  }

  /** All stories, in the order of the clients. */
  *stories(): Iterable<ClientStory> {
    for (const index of [...this.#stories.keys()].sort((a, b) => a - b)) {
      yield storyOf(this.#stories.get(index)!);
    }
  }

  #of({ client: { clientId, index, roomId } }: ClientSecond): Kept {
    const known = this.#stories.get(index);
    if (known !== undefined) {
      // Who goes on is at the end: the first are those who left first.
      this.#stories.delete(index);
      this.#stories.set(index, known);
      return known;
    }
    const kept: Kept = {
      clientId,
      index,
      roomId,
      numbers: new Float32Array(FIRST_BINS * COLUMNS),
      bins: 0,
      seconds: 0,
      events: this.#early.get(clientId) ?? [],
    };
    this.#early.delete(clientId);
    this.#stories.set(index, kept);
    this.#byId.set(clientId, kept);
    if (this.#stories.size > this.#limits.clients) this.#forgetOldest();
    return kept;
  }

  #forgetOldest(): void {
    const [[index, { clientId, bins }]] = this.#stories;
    this.#stories.delete(index);
    this.#byId.delete(clientId);
    this.#bins -= bins;
  }

  #add(
    kept: Kept,
    second: ClientSecond,
    fromSec: number,
    toSec: number,
  ): void {
    const isNew = kept.seconds === 0 || kept.seconds >= this.#binSeconds;
    if (isNew) {
      kept.bins++;
      kept.seconds = 0;
      this.#bins++;
      if (kept.bins * COLUMNS > kept.numbers.length) {
        const wider = new Float32Array(kept.numbers.length * 2);
        wider.set(kept.numbers);
        kept.numbers = wider;
      }
    }
    kept.seconds++;
    const { numbers } = kept;
    const at = (kept.bins - 1) * COLUMNS;
    if (isNew) {
      numbers.fill(0, at, at + COLUMNS);
      numbers[at + FROM] = fromSec;
    }
    for (let i = 0; i < FROM; i++) numbers[at + i] += second[STORY_SUMS[i]];
    numbers[at + TO] = toSec;
    numbers[at + STATE] = CLIENT_STATES.indexOf(second.client.state);
  }

  /** Puts each two bins together. */
  #halve(): void {
    this.#binSeconds *= 2;
    this.#bins = 0;
    for (const kept of this.#stories.values()) {
      const { numbers, bins } = kept;
      for (let i = 0; i < bins; i++) {
        const from = i * COLUMNS;
        const to = (i >> 1) * COLUMNS;
        if (i % 2 === 0) {
          numbers.copyWithin(to, from, from + COLUMNS);
          continue;
        }
        for (let k = 0; k < FROM; k++) numbers[to + k] += numbers[from + k];
        numbers[to + TO] = numbers[from + TO];
        numbers[to + STATE] = numbers[from + STATE];
      }
      kept.bins = (bins + 1) >> 1;
      // One that has only its first half is filled up.
      kept.seconds = bins % 2 === 0 ? this.#binSeconds : kept.seconds;
      this.#bins += kept.bins;
    }
  }
}

function storyOf(
  { clientId, index, roomId, numbers, bins, events }: Kept,
): ClientStory {
  return {
    clientId,
    index,
    roomId,
    bins: Array.from({ length: bins }, (_, i) => binOf(numbers, i * COLUMNS)),
    events: [...events],
  };
}

function binOf(numbers: Float32Array, at: number): StoryBin {
  return {
    fromSec: toMillis(numbers[at + FROM]),
    toSec: toMillis(numbers[at + TO]),
    state: CLIENT_STATES[numbers[at + STATE]],
    ...Object.fromEntries(
      STORY_SUMS.map((name, i) => [name, Math.round(numbers[at + i])]),
    ) as Record<typeof STORY_SUMS[number], number>,
  };
}

function toMillis(sec: number): number {
  return Math.round(sec * 1000) / 1000;
}

/** Bins put together, so that there are at most so many. */
export function foldedBins(
  bins: readonly StoryBin[],
  most: number,
): StoryBin[] {
  const each = Math.ceil(bins.length / most);
  return Array.from(
    { length: Math.ceil(bins.length / Math.max(1, each)) },
    (_, i) =>
      bins.slice(i * each, (i + 1) * each).reduce((a, b) => ({
        fromSec: a.fromSec,
        toSec: b.toSec,
        state: b.state,
        ...Object.fromEntries(
          STORY_SUMS.map((name) => [name, a[name] + b[name]]),
        ) as Record<typeof STORY_SUMS[number], number>,
      })),
  );
}
