import { assertEquals, assertThrows } from "@std/assert";
import {
  profileDurationMs,
  rampAndHold,
  schedule,
  type Stage,
} from "../../../../lib/load/mod.ts";

const UP_HOLD_DOWN: Stage[] = [
  { durationMs: 4000, target: 4 },
  { durationMs: 3000, target: 4 },
  { durationMs: 1000, target: 2 },
  { durationMs: 2000, target: 2 },
];

Deno.test.each([
  { stages: [], at: 0, want: 0, why: "no stages, nobody" },
  {
    stages: rampAndHold(5, 5000, 30_000),
    at: 0,
    want: 1,
    why: "the first is due at once",
  },
  {
    stages: rampAndHold(5, 5000, 30_000),
    at: 999,
    want: 1,
    why: "a client a second",
  },
  {
    stages: rampAndHold(5, 5000, 30_000),
    at: 1000,
    want: 2,
    why: "a client a second",
  },
  {
    stages: rampAndHold(5, 5000, 30_000),
    at: 4000,
    want: 5,
    why: "the last a gap before the ramp ends",
  },
  {
    stages: rampAndHold(5, 5000, 30_000),
    at: 99_000,
    want: 5,
    why: "the end holds",
  },
  {
    stages: rampAndHold(100, 0, 1000),
    at: 0,
    want: 100,
    why: "no ramp: all at once",
  },
  { stages: UP_HOLD_DOWN, at: 7000, want: 4, why: "falling begins with all" },
  { stages: UP_HOLD_DOWN, at: 7500, want: 3, why: "halfway down" },
  { stages: UP_HOLD_DOWN, at: 8000, want: 2, why: "down" },
])("the target at $at ms is $want: $why", ({ stages, at, want }) => {
  const present = schedule(stages).filter(({ joinAtMs, leaveAtMs }) =>
    joinAtMs <= at && (leaveAtMs ?? Infinity) > at
  );
  assertEquals([present.length, targetAt(stages, at)], [want, want]);
});

Deno.test("a simple ramp spaces its clients by ramp-up divided by clients", () => {
  assertEquals(
    schedule(rampAndHold(4, 2000, 1000)),
    [0, 500, 1000, 1500].map(
      (joinAtMs, slot) => ({ slot, joinAtMs, leaveAtMs: null }),
    ),
  );
});

Deno.test("when a profile falls, the newest leave first; when it rises again, their slots are filled", () => {
  const stages = [...UP_HOLD_DOWN, { durationMs: 1000, target: 3 }];
  assertEquals(
    schedule(stages).map((span) => [span.slot, span.joinAtMs, span.leaveAtMs]),
    [
      [0, 0, null],
      [1, 1000, null],
      [2, 2000, 8000],
      [3, 3000, 7500],
      [2, 10_000, null],
    ],
  );
});

Deno.test("at every moment as many are there as the target says", () => {
  const profiles: Stage[][] = [
    rampAndHold(7, 3000, 5000),
    UP_HOLD_DOWN,
    [{ durationMs: 0, target: 9 }, { durationMs: 1300, target: 0 }, {
      durationMs: 900,
      target: 5,
    }],
    [{ durationMs: 1000, target: 3 }, { durationMs: 0, target: 10 }, {
      durationMs: 700,
      target: 1,
    }],
  ];
  for (const stages of profiles) {
    const spans = schedule(stages);
    for (let t = 0.5; t < profileDurationMs(stages) + 100; t += 7) {
      const present = spans.filter(({ joinAtMs, leaveAtMs }) =>
        joinAtMs <= t && (leaveAtMs ?? Infinity) > t
      );
      assertEquals(present.length, targetAt(stages, t), `at ${t} ms`);
      const slots = new Set(present.map(({ slot }) => slot));
      assertEquals(
        slots.size,
        present.length,
        "a slot holds one client at a time",
      );
    }
  }
});

Deno.test.each([
  {
    stage: { durationMs: -1, target: 1 },
    message: "Cannot schedule a stage of -1 ms",
  },
  {
    stage: { durationMs: NaN, target: 1 },
    message: "Cannot schedule a stage of NaN ms",
  },
  {
    stage: { durationMs: 1, target: 1.5 },
    message: "Cannot schedule 1.5 clients",
  },
  {
    stage: { durationMs: 1, target: -2 },
    message: "Cannot schedule -2 clients",
  },
])("an impossible stage is refused: $message", ({ stage, message }) => {
  assertThrows(() => schedule([stage]), RangeError, message);
});

/** How many clients there should be `elapsedMs` after the beginning. */
function targetAt(stages: readonly Stage[], elapsedMs: number): number {
  let from = 0;
  let startMs = 0;
  for (const { durationMs, target } of stages) {
    if (elapsedMs < startMs + durationMs) {
      const passed = (elapsedMs - startMs) / durationMs;
      const change = target - from;
      return change > 0
        ? from + Math.floor(passed * change) + 1
        : from - Math.floor(passed * -change);
    }
    from = target;
    startMs += durationMs;
  }
  return from;
}
