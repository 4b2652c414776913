/** A network between links that loses, repeats, delays and reorders, in virtual time and by a seed. */

import { type Link, LinkError } from "../../../lib/agents/link/mod.ts";
import type { Clock } from "../../../lib/time/mod.ts";

/** What the network does to a message. */
export interface Weather {
  /** The share that is lost. */
  readonly loss: number;
  /** The share that comes twice. */
  readonly repeats: number;
  /** How long one takes at most, in milliseconds; each takes another time. */
  readonly delayMs: number;
}

/** One end, which can be cut off. */
export interface FakeLink extends Link {
  /** Whether anything comes or goes; while nothing does, nobody knows that it is cut off. */
  isUp: boolean;
  /** Its process has ended, and that is known. */
  isDead: boolean;
  /** What it says of a way that is not there. */
  trouble: string | undefined;
}

/** A network. */
export class FakeNet {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #weather: Weather;
  readonly #ends = new Set<FakeEnd>();

  constructor(clock: Clock, random: () => number, weather: Weather) {
    this.#clock = clock;
    this.#random = random;
    this.#weather = weather;
  }

  open(): FakeLink {
    const end = new FakeEnd(this, this.#clock);
    this.#ends.add(end);
    return end;
  }

  serving(subject: string): FakeEnd | undefined {
    return [...this.#ends].find((end) =>
      !end.isDead && end.served.has(subject)
    );
  }

  /** Brings something about once, twice, or never. */
  carry(fn: () => void): void {
    const { loss, repeats, delayMs } = this.#weather;
    const times = this.#random() < loss ? 0 : this.#random() < repeats ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#clock.setTimer(this.#random() * delayMs, fn);
    }
  }
}

class FakeEnd implements FakeLink {
  isUp = true;
  isDead = false;
  trouble: string | undefined;
  readonly served = new Map<
    string,
    (text: string) => string | undefined | Promise<string | undefined>
  >();
  readonly #closing = Promise.withResolvers<string>();
  readonly closed = this.#closing.promise;
  readonly #net: FakeNet;
  readonly #clock: Clock;

  constructor(net: FakeNet, clock: Clock) {
    this.#net = net;
    this.#clock = clock;
  }

  request(subject: string, text: string, withinMs: number): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const cancel = this.#clock.setTimer(
      withinMs,
      () => reject(new LinkError("silent", "no answer")),
    );
    const toAsker = (fn: () => void) =>
      this.#net.carry(() => {
        if (!this.isUp) return;
        cancel();
        fn();
      });
    if (this.isUp) {
      this.#net.carry(() => {
        const end = this.#net.serving(subject);
        if (end === undefined) {
          return toAsker(() =>
            reject(new LinkError("nobody", "nobody answers"))
          );
        }
        if (!end.isUp) return;
        Promise.try(end.served.get(subject)!, text).then((answer) => {
          if (answer === undefined || !end.isUp) return;
          toAsker(() => resolve(answer));
        });
      });
    }
    return promise;
  }

  serve(
    subject: string,
    answer: (text: string) => string | undefined | Promise<string | undefined>,
  ): () => void {
    this.served.set(subject, answer);
    return () => this.served.delete(subject);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isUp = false;
    this.#closing.resolve("it was closed here");
    return Promise.resolve();
  }
}
