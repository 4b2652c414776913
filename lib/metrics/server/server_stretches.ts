/**
 * The stretches of one server, in some tens of bytes each: a second a time,
 * a run of hours has thousands. There is room for so many; then neighbours
 * are put together.
 *
 * @module
 */

import {
  type Packable,
  PackedNumbers,
  PackedReader,
} from "../packed_numbers.ts";
import type { Place } from "../packed_numbers.ts";

/** What a server used in one stretch of a run. */
export interface ServerStretch {
  /** When it began, in milliseconds since the run did; below 0 when the server was watched before. */
  readonly fromMs: number;
  /** When it ended. */
  readonly toMs: number;
  /** CPU of all its processes together, in cores. */
  readonly cpuRatio: number;
  /** Its busiest process. */
  readonly busiest: BusiestProcess;
  /** CPU of its busiest thread, in cores: near 1, that thread can do no more. */
  readonly maxThreadRatio: number;
  /** Its busy threads, and the others of their kind. @default {[]} */
  readonly busyThreads?: readonly ServerThread[] | undefined;
  /** Resident memory of all its processes. */
  readonly rssBytes: number;
  /** Open files of all its processes; `null` when they may not be counted. */
  readonly fds: number | null;
  /** Threads of all its processes. */
  readonly threads: number;
  /** Datagrams that its own sockets lost, because their buffers were full. */
  readonly udpDrops: number;
  /** The same for its whole host, other programs included; `null` when unknown. */
  readonly hostUdpErrors: number | null;
}

/** A thread and what it used. */
export interface ServerThread {
  /** Its thread id. */
  readonly id: number;
  /** Its name, which workers of one kind share. */
  readonly name: string;
  /** In cores. */
  readonly cpuRatio: number;
}

/** A process and what it used. */
export interface BusiestProcess {
  /** Its name and pid: `mediasoup-worker (4242)`. */
  readonly name: string;
  /** In cores. */
  readonly cpuRatio: number;
}

/** Ratios are kept in millionths. */
const PARTS = 1_000_000;

/** Stretches in the order of time. */
export class ServerStretches implements Iterable<ServerStretch> {
  readonly #most: number;
  readonly #join: (a: ServerStretch, b: ServerStretch) => ServerStretch;
  #places: Place[] = [];
  #numbers = new PackedNumbers();
  /** Names of processes and threads, which many stretches have in common. */
  #names: string[] = [];
  #numberOf = new Map<string, number>();

  /** Keeps at most `most`; of more, `join` makes one of each two. */
  constructor(
    most: number,
    join: (a: ServerStretch, b: ServerStretch) => ServerStretch,
  ) {
    this.#most = most;
    this.#join = join;
  }

  /** How many there are. */
  get length(): number {
    return this.#places.length;
  }

  /** One of them. */
  at(index: number): ServerStretch {
    const reader = new PackedReader(this.#places[index]);
    const next = () => reader.next() ?? 0;
    const ratio = () => next() / PARTS;
    const name = () => this.#names[next()];
    return {
      fromMs: next(),
      toMs: next(),
      cpuRatio: ratio(),
      maxThreadRatio: ratio(),
      rssBytes: next(),
      threads: next(),
      udpDrops: next(),
      fds: reader.next() ?? null,
      hostUdpErrors: reader.next() ?? null,
      busiest: { name: name(), cpuRatio: ratio() },
      busyThreads: Array.from({ length: next() }, (): ServerThread => ({
        id: next(),
        name: name(),
        cpuRatio: ratio(),
      })),
    };
  }

  /** The index of the first one that ends after a time. */
  firstAfter(ms: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#toMs(middle) > ms) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Enters the next one. */
  push(stretch: ServerStretch): void {
    this.#places.push(this.#packed(stretch));
    if (this.length > this.#most) this.#halve();
  }

  /** Takes out the last one. */
  pop(): void {
    this.#places.pop();
  }

  *[Symbol.iterator](): Iterator<ServerStretch> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  #toMs(index: number): number {
    const reader = new PackedReader(this.#places[index]);
    reader.next();
    return reader.next() ?? 0;
  }

  #packed(stretch: ServerStretch): Place {
    const { busiest, busyThreads = [] } = stretch;
    return this.#numbers.keep([
      toMicros(stretch.fromMs),
      toMicros(stretch.toMs),
      toParts(stretch.cpuRatio),
      toParts(stretch.maxThreadRatio),
      stretch.rssBytes,
      stretch.threads,
      stretch.udpDrops,
      stretch.fds ?? undefined,
      stretch.hostUdpErrors ?? undefined,
      this.#numberOfName(busiest.name),
      toParts(busiest.cpuRatio),
      busyThreads.length,
      ...busyThreads.flatMap(({ id, name, cpuRatio }): Packable[] => [
        id,
        this.#numberOfName(name),
        toParts(cpuRatio),
      ]),
    ]);
  }

  #numberOfName(name: string): number {
    const known = this.#numberOf.get(name);
    if (known !== undefined) return known;
    // What was cut out of a longer text holds all of that.
    this.#names.push(structuredClone(name));
    this.#numberOf.set(this.#names.at(-1)!, this.#names.length - 1);
    return this.#names.length - 1;
  }

  /** Puts each two together, and forgets names that nobody has any more. */
  #halve(): void {
    const all = [...this];
    this.#numbers = new PackedNumbers();
    this.#names = [];
    this.#numberOf = new Map();
    this.#places = all.flatMap((one, i) =>
      i % 2 === 1
        ? []
        : [this.#packed(i + 1 < all.length ? this.#join(one, all[i + 1]) : one)]
    );
  }
}

function toParts(ratio: number): number {
  return Math.round(ratio * PARTS);
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
