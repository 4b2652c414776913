import { assert, assertEquals, assertFalse } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  ReceiveIndex,
  SendIndex,
} from "../../../../lib/rtc/srtp/packet_index.ts";

const WRAP = 0x10000;
const WINDOW = 1024;

/** First sequence numbers on both sides of every edge, and between. */
const starts = [
  0,
  1,
  2,
  100,
  1023,
  1024,
  0x3fff,
  0x7ffe,
  0x7fff,
  0x8000,
  0x8001,
  0xc000,
  0xfbff,
  0xfc00,
  0xfffe,
  0xffff,
].map((start) => ({ start }));

Deno.test.each(starts)(
  "a sender that starts at $start counts every wrap",
  ({ start }) => {
    const index = new SendIndex();
    for (let i = 0; i < 2.5 * WRAP; i++) {
      const number = start + i;
      if (index.rolloverOf(number % WRAP) !== Math.floor(number / WRAP)) {
        assertEquals(`rollover of ${number}`, "right");
      }
    }
  },
);

Deno.test.each(starts)(
  "a receiver that starts at $start follows every wrap, and knows each packet again",
  ({ start }) => {
    const seen = new ReceiveIndex();
    for (let i = 0; i < 2.5 * WRAP; i++) {
      const index = start + i;
      const estimate = seen.estimate(index % WRAP);
      if (estimate !== index || seen.isReplay(index)) {
        assertEquals(`estimate of ${index}`, String(estimate));
      }
      seen.accept(index);
      if (!seen.isReplay(index)) assertEquals(`${index} again`, "refused");
    }
  },
);

Deno.test.each(starts)(
  "packets that change places around a wrap are found from start $start",
  ({ start }) => {
    const random = createRandom(start, "reorder");
    const sender = new SendIndex();
    const receiver = new ReceiveIndex();
    const first = start + WRAP - 300;
    const indices = Array.from({ length: 600 }, (_, i) => first + i);
    // The first packet stays: what came before it would have no index.
    for (let i = 1; i < indices.length; i++) {
      const other = Math.min(indices.length - 1, i + Math.floor(random() * 40));
      [indices[i], indices[other]] = [indices[other], indices[i]];
    }
    receiver.accept(first);
    sender.rolloverOf(first % WRAP);
    const rolloverBefore = Math.floor(first / WRAP);
    for (const index of indices.slice(1)) {
      assertEquals(receiver.estimate(index % WRAP), index);
      assertFalse(receiver.isReplay(index));
      receiver.accept(index);
      assert(receiver.isReplay(index));
      const rollover = sender.rolloverOf(index % WRAP) + rolloverBefore;
      assertEquals(rollover, Math.floor(index / WRAP));
    }
  },
);

Deno.test.each([
  { why: "the highest itself", behind: 0, replay: true },
  { why: "one that was skipped", behind: 1, replay: false },
  {
    why: "the oldest that the window holds",
    behind: WINDOW - 1,
    replay: false,
  },
  { why: "one older than the window", behind: WINDOW, replay: true },
  { why: "one much older", behind: 3 * WINDOW, replay: true },
  { why: "the next", behind: -1, replay: false },
])("after a jump, $why is refused: $replay", ({ behind, replay }) => {
  const seen = new ReceiveIndex();
  seen.accept(100);
  seen.accept(100 + 5 * WINDOW);
  assertEquals(seen.isReplay(100 + 5 * WINDOW - behind), replay);
});

Deno.test("a window slot that is used again forgets the packet that was there", () => {
  const seen = new ReceiveIndex();
  seen.accept(10);
  seen.accept(11);
  seen.accept(500);
  // Skips the packet that shares its slot with number 10.
  seen.accept(11 + WINDOW);
  assertFalse(seen.isReplay(10 + WINDOW));
  assert(seen.isReplay(11));
});

Deno.test("each packet of a long run in order is known again, and what was missing before it is not", () => {
  const seen = new ReceiveIndex();
  seen.accept(20);
  for (let i = 25; i < 25 + 3 * WINDOW; i++) seen.accept(i);
  const last = 24 + 3 * WINDOW;
  for (let i = last - WINDOW; i <= last; i++) assert(seen.isReplay(i));
  // Ended by a gap, the run is remembered all the same.
  seen.accept(last + 3);
  for (let i = last - WINDOW + 1; i <= last; i++) assert(seen.isReplay(i));
  assertFalse(seen.isReplay(last + 1));
  seen.accept(last + 1);
  assertFalse(seen.isReplay(last + 2));
  assert(seen.isReplay(last + 1));
});

Deno.test("an index is never negative, in whatever order the first packets come", () => {
  const random = createRandom(7, "early");
  for (let round = 0; round < 2000; round++) {
    const receiver = new ReceiveIndex();
    const sender = new SendIndex();
    for (let i = 0; i < 4; i++) {
      const sequence = Math.floor(random() * WRAP);
      const index = receiver.estimate(sequence);
      assert(index >= 0 && index % WRAP === sequence);
      if (!receiver.isReplay(index)) receiver.accept(index);
      assert(sender.rolloverOf(sequence) >= 0);
    }
  }
});
