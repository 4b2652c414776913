/**
 * Each client's story: what it had, bin by bin, and what happened to it. Bins
 * are seconds while there is room for them, and longer the more of them there
 * would be; so memory has a bound, whatever a run's length and size.
 *
 * @module
 */

import { CLIENT_STATES, type ClientState } from "../client_record.ts";
import type { ClientSecond } from "./client_seconds.ts";
import {
  type PackableText,
  PackedLists,
  PackedNumbers,
  PackedReader,
  type Place,
} from "../packed_numbers.ts";

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
  /** Clients; of more, those who left first are forgotten, and where nobody has left the last to come are not kept. */
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
const FIRST_BINS = 8;
/** Bins that are not packed yet, at most: packed ones need a half of the room. */
const MAX_OPEN_BINS = 32;
/** Clients of whom there is no second yet, and whose events are kept. */
const MAX_EARLY = 1000;
const NO_ROWS = new Float32Array(0);
const NO_EVENTS: readonly StoryEvent[] = [];

/** Where bins are packed, and those before them. */
interface Packed extends Place {
  readonly bins: number;
  readonly before: Packed | undefined;
}

interface Kept {
  readonly clientId: string;
  readonly index: number;
  readonly roomId: string;
  /** The last bins, rows of {@linkcode COLUMNS} numbers, and how many. */
  open: Float32Array;
  openBins: number;
  /** The bins before them. */
  packed: Packed | undefined;
  /** How many there are in all. */
  bins: number;
  /** Seconds in the last bin. */
  seconds: number;
  /** When its last second ended. */
  toSec: number;
  events: readonly StoryEvent[];
}

/** The stories of a run. */
export class StoryBook {
  readonly #limits: StoryLimits;
  /** Those of clients that are there, by index and by id. */
  readonly #present = new Map<number, Kept>();
  readonly #byId = new Map<string, Kept>();
  /** Where those of clients that have left are, by id and in the order in which they did: of them there is no end. */
  readonly #departed = new Map<string, number>();
  #left = new PackedLists();
  /** What happened to those of whom there is no second yet. */
  readonly #early = new Map<string, readonly StoryEvent[]>();
  readonly #packed = new PackedNumbers();
  #binSeconds = 1;
  #bins = 0;

  constructor(limits: Partial<StoryLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes in what clients had in a second; returns the ids of those that have left. */
  take(
    { fromSec, toSec, clients }: {
      readonly fromSec: number;
      readonly toSec: number;
      readonly clients: readonly ClientSecond[];
    },
  ): readonly string[] {
    const left: string[] = [];
    let most = 0;
    for (const second of clients) {
      const kept = this.#of(second);
      if (kept === undefined) continue;
      this.#add(kept, second, fromSec, toSec);
      most = Math.max(most, kept.bins);
    }
    for (const kept of this.#present.values()) {
      if (kept.toSec === toSec) continue;
      this.#depart(kept);
      left.push(kept.clientId);
    }
    if (most > this.#limits.bins || this.#bins > this.#limits.allBins) {
      this.#halve();
    }
    return left;
  }

  /** Something happened to a client. */
  note(clientId: string, event: StoryEvent): void {
    const present = this.#byId.get(clientId);
    const kept = present ?? this.#returned(clientId);
    const before = kept?.events ?? this.#early.get(clientId) ?? NO_EVENTS;
    const events = [...before, event].slice(-this.#limits.events);
    if (kept !== undefined) {
      kept.events = events;
      if (present === undefined) this.#keepLeft(kept);
    } else if (before !== NO_EVENTS || this.#early.size < MAX_EARLY) {
      this.#early.set(clientId, events);
    }
  }

  /** The story of one client; `undefined` where nothing is kept of it. */
  story(index: number): ClientStory | undefined {
    const kept = this.#present.get(index) ??
      this.#returned(
        this.#departed.entries().find(([, list]) =>
          this.#left.at(list).next() === index
        )?.[0],
      );
    return kept && storyOf(kept);
  }

  /** All stories, in the order of the clients. */
  *stories(): Iterable<ClientStory> {
    const all: (readonly [index: number, kept: Kept | string])[] = [
      ...this.#present,
      ...this.#departed.entries().map(([clientId, list]) =>
        [this.#left.at(list).next() ?? 0, clientId] as const
      ),
    ];
    for (const [, one] of all.sort(([a], [b]) => a - b)) {
      const kept = typeof one === "string" ? this.#returned(one) : one;
      if (kept !== undefined) yield storyOf(kept);
    }
  }

  #of({ client: { clientId, index, roomId } }: ClientSecond): Kept | undefined {
    const present = this.#present.get(index);
    if (present !== undefined) return present;
    const departed = this.#returned(clientId);
    if (departed !== undefined) this.#forget(clientId);
    const size = this.#present.size + this.#departed.size;
    if (size >= this.#limits.clients && !this.#forgetOldest()) return undefined;
    const kept: Kept = departed ?? {
      clientId,
      index,
      roomId,
      open: NO_ROWS,
      openBins: 0,
      packed: undefined,
      bins: 0,
      seconds: 0,
      toSec: 0,
      events: this.#early.get(clientId) ?? NO_EVENTS,
    };
    this.#early.delete(clientId);
    this.#present.set(index, kept);
    this.#byId.set(clientId, kept);
    return kept;
  }

  #depart(kept: Kept): void {
    const { clientId, index } = kept;
    this.#present.delete(index);
    this.#byId.delete(clientId);
    this.#keepLeft(kept);
  }

  /** Keeps the story of who has left, in place of what was kept of it. */
  #keepLeft(kept: Kept): void {
    const { clientId } = kept;
    const before = this.#departed.get(clientId);
    if (before !== undefined) this.#left.release(before);
    this.#departed.set(clientId, this.#left.push(leftNumbers(kept)));
  }

  /** Who has left, as if it were there again. */
  #returned(clientId = ""): Kept | undefined {
    const list = this.#departed.get(clientId);
    return list === undefined
      ? undefined
      : keptFrom(clientId, this.#left.at(list));
  }

  #forget(clientId: string): void {
    this.#left.release(this.#departed.get(clientId)!);
    this.#departed.delete(clientId);
  }

  /** Packs what is open. */
  #pack(kept: Kept): void {
    const { open, openBins: bins, packed: before } = kept;
    if (bins === 0) return;
    const place = this.#packed.keep(packable(open, bins));
    kept.packed = { ...place, bins, before };
    kept.openBins = 0;
  }

  #forgetOldest(): boolean {
    for (const clientId of this.#departed.keys()) {
      this.#bins -= this.#returned(clientId)!.bins;
      this.#forget(clientId);
      return true;
    }
    return false;
  }

  #add(
    kept: Kept,
    second: ClientSecond,
    fromSec: number,
    toSec: number,
  ): void {
    const isNew = kept.seconds === 0 || kept.seconds >= this.#binSeconds;
    if (isNew) {
      if (kept.openBins >= MAX_OPEN_BINS) this.#pack(kept);
      kept.openBins++;
      kept.bins++;
      kept.seconds = 0;
      this.#bins++;
    } else if (kept.openBins === 0) reopen(kept);
    kept.seconds++;
    kept.toSec = toSec;
    const numbers = kept.open = withRoom(kept.open, kept.openBins);
    const at = (kept.openBins - 1) * COLUMNS;
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
    for (const kept of this.#present.values()) {
      this.#halveOne(kept);
      this.#pack(kept);
      kept.open = NO_ROWS;
    }
    const left = this.#left;
    this.#left = new PackedLists();
    for (const [clientId, list] of this.#departed) {
      const kept = keptFrom(clientId, left.at(list));
      this.#halveOne(kept);
      this.#departed.set(clientId, this.#left.push(leftNumbers(kept)));
    }
  }

  #halveOne(kept: Kept): void {
    const { bins } = kept;
    const numbers = rowsOf(kept);
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
    kept.open = numbers;
    kept.openBins = kept.bins;
    kept.packed = undefined;
  }
}

/** All that is kept of who has left but its id; read by {@linkcode keptFrom}. */
function leftNumbers(kept: Kept): PackableText[] {
  const { index, bins, seconds, roomId, events } = kept;
  return [
    ...[index, bins, seconds, roomId, events.length],
    ...events.flatMap(({ atSec, text }) => [atSec, text]),
    ...packable(rowsOf(kept), bins),
  ];
}

function keptFrom(clientId: string, reader: PackedReader): Kept {
  const next = () => reader.next() ?? 0;
  const [index, bins, seconds] = [next(), next(), next()];
  const roomId = reader.text();
  const events = Array.from(
    { length: next() },
    () => ({ atSec: next(), text: reader.text() }),
  );
  return {
    ...{ clientId, index, roomId },
    open: rowsFrom(reader, bins),
    openBins: bins,
    packed: undefined,
    ...{ bins, seconds, toSec: 0, events },
  };
}

function withRoom(numbers: Float32Array, bins: number): Float32Array {
  if (bins * COLUMNS <= numbers.length) return numbers;
  const room = Math.max(bins, FIRST_BINS, 2 * numbers.length / COLUMNS);
  const wider = new Float32Array(room * COLUMNS);
  wider.set(numbers);
  return wider;
}

/** Unpacks the last ones, of which one is to go on. */
function reopen(kept: Kept): void {
  const { packed } = kept;
  if (packed === undefined) return;
  kept.open = unpacked(packed);
  kept.openBins = packed.bins;
  kept.packed = packed.before;
}

/** All rows, as a copy. */
function rowsOf({ bins, open, openBins, packed }: Kept): Float32Array {
  const rows = new Float32Array(bins * COLUMNS);
  let at = bins - openBins;
  rows.set(open.subarray(0, openBins * COLUMNS), at * COLUMNS);
  for (let part = packed; part !== undefined; part = part.before) {
    at -= part.bins;
    rows.set(unpacked(part), at * COLUMNS);
  }
  return rows;
}

function unpacked({ bytes, at, bins }: Packed): Float32Array {
  return rowsFrom(new PackedReader({ bytes, at }), bins);
}

function rowsFrom(reader: PackedReader, bins: number): Float32Array {
  const next = () => reader.next() ?? 0;
  const rows = new Float32Array(bins * COLUMNS);
  let sec = 0;
  for (let at = 0; at < rows.length; at += COLUMNS) {
    for (let i = 0; i < FROM; i++) rows[at + i] = next();
    rows[at + FROM] = sec += next();
    rows[at + TO] = sec += next();
    rows[at + STATE] = next();
  }
  return rows;
}

/** Rows as they are packed: times as differences, which are short, and rounded as they are shown. */
function packable(
  rows: Float32Array,
  bins: number,
): (number | undefined)[] {
  const numbers: (number | undefined)[] = [];
  const put = (number: number) =>
    numbers.push(number === 0 ? undefined : number);
  let sec = 0;
  for (let at = 0; at < bins * COLUMNS; at += COLUMNS) {
    for (let i = 0; i < FROM; i++) put(Math.round(rows[at + i]));
    for (const column of [FROM, TO]) {
      const differs = toMillis(rows[at + column] - sec);
      put(differs);
      sec += differs;
    }
    put(rows[at + STATE]);
  }
  return numbers;
}

function storyOf(kept: Kept): ClientStory {
  const { clientId, index, roomId, bins, events } = kept;
  const rows = rowsOf(kept);
  return {
    clientId,
    index,
    roomId,
    bins: Array.from({ length: bins }, (_, i) => binOf(rows, i * COLUMNS)),
    events,
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
