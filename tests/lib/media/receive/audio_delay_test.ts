import { assert, assertEquals, assertLess } from "@std/assert";
import { AudioDelay } from "../../../../lib/media/receive/audio_delay.ts";

const PACKET_MS = 20;

/** Packets come, a moment after each was captured; some overtaken by those after them. */
function heard(
  seconds: number,
  lateMs: (index: number) => number = () => 0,
  delay = new AudioDelay(),
  fromMs = 0,
): AudioDelay {
  for (let i = 0; i * PACKET_MS < seconds * 1000; i++) {
    const late = lateMs(i);
    const nowMs = fromMs + i * PACKET_MS + late;
    delay.note({ nowMs, transitMs: 5000 + late }, false);
  }
  return delay;
}

Deno.test("before anything is known, sound is held back for 80 ms", () => {
  assertEquals(new AudioDelay().targetMs, 80);
  // Of less than half a second nothing is known.
  assertEquals(heard(0.4).targetMs, 80);
});

Deno.test("where all packets are on time, one packet is enough", () => {
  assertEquals(heard(30).targetMs, 20);
});

Deno.test.each([
  { lateMs: 15, targetMs: 20 },
  { lateMs: 30, targetMs: 40 },
  { lateMs: 75, targetMs: 80 },
  { lateMs: 150, targetMs: 160 },
  { lateMs: 3000, targetMs: 2000 },
])(
  "where one packet in ten comes $lateMs ms late, sound is held back for $targetMs ms",
  ({ lateMs, targetMs }) => {
    const delay = heard(60, (i) => i % 10 === 5 ? lateMs : 0);
    assertEquals(delay.targetMs, targetMs);
  },
);

Deno.test("a delay that all packets have is none", () => {
  assertEquals(heard(30, () => 400).targetMs, 20);
});

Deno.test("what is late once in a minute is not held back for", () => {
  assertEquals(heard(120, (i) => i % 3000 === 1500 ? 300 : 0).targetMs, 20);
});

Deno.test("what has been late is forgotten after some time, not at once", () => {
  const delay = heard(60, (i) => i % 10 === 5 ? 150 : 0);
  heard(2, () => 0, delay, 60_000);
  assertEquals(delay.targetMs, 160);
  heard(120, () => 0, delay, 62_000);
  assertEquals(delay.targetMs, 20);
});

Deno.test("where packets overtake each other, as much more is held back as is worth it", () => {
  const delay = new AudioDelay();
  for (let i = 0; i < 3000; i++) {
    const isOvertaken = i % 10 === 0;
    const late = isOvertaken ? 90 : 0;
    delay.note(
      { nowMs: i * PACKET_MS + late, transitMs: 5000 + late },
      isOvertaken,
    );
  }
  const { targetMs } = delay;
  assert(targetMs >= 100 && targetMs <= 120);
  // A packet in a thousand is not worth that.
  const rare = new AudioDelay();
  for (let i = 0; i < 10_000; i++) {
    const isOvertaken = i % 1000 === 0;
    const late = isOvertaken ? 90 : 0;
    rare.note(
      { nowMs: i * PACKET_MS + late, transitMs: 5000 + late },
      isOvertaken,
    );
  }
  assertLess(rare.targetMs, 60);
});

Deno.test.each([
  { seconds: 1, spreadMs: 140, why: "came within two seconds" },
  { seconds: 3, spreadMs: 0, why: "has been forgotten" },
])("of what came soonest and latest, $why: $spreadMs ms apart", (one) => {
  const delay = heard(18.5, (i) => i === 900 ? 140 : 0);
  heard(one.seconds, () => 0, delay, 18_500);
  assertEquals([delay.soonestMs, delay.spreadMs], [5000, one.spreadMs]);
});

Deno.test("where times go on from elsewhere, what is known of delays stays", () => {
  const delay = heard(60, (i) => i % 10 === 5 ? 75 : 0);
  delay.restart();
  assertEquals(delay.targetMs, 80);
  // What came soonest before is no measure of what comes now.
  for (let i = 0; i < 100; i++) {
    delay.note({ nowMs: 90_000 + i * PACKET_MS, transitMs: 9000 }, false);
  }
  assertEquals(delay.targetMs, 80);
});
