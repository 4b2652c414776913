import { assert, assertEquals, assertLess } from "@std/assert";
import {
  BURST_PACKETS,
  KeyFrameClock,
  layOutFrame,
} from "../../../../lib/media/send/schedule.ts";

Deno.test.each([
  { why: "nothing", bytes: 0, packets: 1, last: 18 },
  { why: "less than the least", bytes: 5, packets: 1, last: 18 },
  { why: "one packet", bytes: 1000, packets: 1, last: 1000 },
  { why: "a byte more", bytes: 1001, packets: 2, last: 18 },
  { why: "two full packets", bytes: 2000, packets: 2, last: 1000 },
  { why: "eleven and a half", bytes: 11_500, packets: 12, last: 500 },
])(
  "a frame of $why is cut into $packets packets",
  ({ bytes, packets, last }) => {
    const layout = layOutFrame(bytes, 1000, 18, 33);
    assertEquals([layout.packets, layout.lastBytes], [packets, last]);
  },
);

Deno.test("the packets of any frame add up to it, in as few bursts as allowed, within its interval", () => {
  for (let bytes = 18; bytes < 300_000; bytes += 997) {
    for (const intervalMs of [1000 / 60, 1000 / 30, 1000 / 15]) {
      const layout = layOutFrame(bytes, 1097, 18, intervalMs);
      const sum = (layout.packets - 1) * layout.fullBytes + layout.lastBytes;
      const filled = layout.lastBytes === 18;
      assert(filled ? sum - bytes < 18 && sum >= bytes : sum === bytes);
      const bursts = Math.ceil(layout.packets / BURST_PACKETS);
      assertLess((bursts - 1) * layout.burstPauseMs, intervalMs * 0.8);
      assert(layout.burstPauseMs <= 3);
    }
  }
});

Deno.test.each([
  { why: "by itself", asks: [], keys: [0, 10, 20] },
  { why: "asked for at once, after the gap", asks: [1], keys: [0, 3, 13, 23] },
  { why: "asked for late, with the next frame", asks: [7], keys: [0, 7, 17] },
  { why: "asked for many times, once", asks: [4, 4, 4], keys: [0, 4, 14, 24] },
  {
    why: "asked for with every frame, not closer than the gap",
    asks: [1, 2, 3, 4, 5, 6, 7],
    keys: [0, 3, 6, 9, 19],
  },
  { why: "asked for before the first", asks: [0], keys: [0, 10, 20] },
])("key frames come every ten frames, and $why", ({ asks, keys }) => {
  const clock = new KeyFrameClock(10, 3);
  const got: number[] = [];
  for (let frame = 0; frame < 25; frame++) {
    for (const ask of asks) if (ask === frame) clock.ask();
    if (clock.next()) got.push(frame);
  }
  assertEquals<readonly number[]>(got, keys);
});
