/** Windows and roll-overs against the words of RFC 3711, kept in sets. */

import { assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  ReceiveIndex,
  SendIndex,
} from "../../../../lib/rtc/srtp/packet_index.ts";

const WINDOW = 1024;
const SEQUENCES = 0x10000;

/** Section 3.3.1 and 3.3.2 as they are written, with everything remembered. */
class Model {
  #highest = -1;
  readonly #seen = new Set<number>();

  estimate(sequence: number): number {
    if (this.#highest < 0) return sequence;
    const rollover = Math.floor(this.#highest / SEQUENCES);
    // Of ROC - 1, ROC and ROC + 1 the one that is nearest to the highest.
    const guesses = [rollover - 1, rollover, rollover + 1]
      .map((one) => one * SEQUENCES + sequence)
      .filter((one) => one >= 0);
    return guesses.reduce((best, one) =>
      Math.abs(one - this.#highest) < Math.abs(best - this.#highest)
        ? one
        : best
    );
  }

  isReplay(index: number): boolean {
    return index <= this.#highest - WINDOW || this.#seen.has(index);
  }

  accept(index: number): void {
    this.#highest = Math.max(this.#highest, index);
    this.#seen.add(index);
  }
}

Deno.test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "packets that jump, repeat, come late and wrap are judged as the RFC says, seed %i",
  (seed) => {
    const random = createRandom(seed, "packets");
    const model = new Model();
    const index = new ReceiveIndex();
    // The stream begins anywhere in the lower half, as the RFC asks for.
    let at = Math.floor(random() * 0x8000);
    const verdicts = { taken: 0, refused: 0 };
    for (let i = 0; i < 20_000; i++) {
      const draw = random();
      if (draw < 0.7) at += 1;
      else if (draw < 0.72) at += Math.floor(random() * 3000);
      else if (draw < 0.721) at += Math.floor(random() * 20_000);
      const behind = random() < 0.3 ? Math.floor(random() * 1500) : 0;
      const sent = Math.max(0, at - behind);
      const sequence = sent % SEQUENCES;
      const estimate = index.estimate(sequence);
      if (estimate !== model.estimate(sequence)) {
        assertEquals(estimate, model.estimate(sequence), `packet ${i}`);
      }
      const isReplay = index.isReplay(estimate);
      if (isReplay !== model.isReplay(estimate)) {
        assertEquals(isReplay, model.isReplay(estimate), `packet ${i}`);
      }
      verdicts[isReplay ? "refused" : "taken"]++;
      // One in fifty is forged: it is looked at, and not accepted.
      if (isReplay || random() < 0.02) continue;
      index.accept(estimate);
      model.accept(estimate);
    }
    assertEquals(verdicts.taken > 5000 && verdicts.refused > 1000, true);
  },
);

Deno.test.each([1, 2, 3, 4])(
  "a sender's roll-overs are those of the index that it meant, seed %i",
  (seed) => {
    const random = createRandom(seed, "sent");
    const start = Math.floor(random() * SEQUENCES);
    const sender = new SendIndex();
    sender.rolloverOf(start);
    let at = start;
    for (let i = 0; i < 200_000; i++) {
      at += 1 + (random() < 0.01 ? Math.floor(random() * 5000) : 0);
      // What is sent again was sent a second ago at most.
      const again = Math.max(start, at - Math.floor(random() * 2000));
      for (const index of [at, again]) {
        const rollover = sender.rolloverOf(index % SEQUENCES);
        if (rollover !== Math.floor(index / SEQUENCES)) {
          assertEquals(rollover, Math.floor(index / SEQUENCES), `${index}`);
        }
      }
    }
  },
);
