import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  describeImpairmentShare,
  type ImpairmentShare,
  parseImpairmentShare,
  rampAndHold,
  type RunPlan,
  withImpairments,
} from "../../../../lib/load/mod.ts";
import { planOf } from "../../../plans.ts";

const LATE = { inbound: { delayMs: 50 } };
const LOSSY = { outbound: { lossRatio: 0.05 } };

function plan(
  clients: number,
  seed = 1,
  churnRate = 0,
  rooms = 1,
): RunPlan {
  return planOf(clients, {
    stages: rampAndHold(clients, 1000, 30_000),
    room: "r",
    rooms,
    churnRate,
    seed,
  });
}

/** The slots with this impairment. */
function slotsOf(made: RunPlan, impairment: unknown): number[] {
  return made.clients.filter((one) => one.impairment === impairment)
    .map(({ slot }) => slot);
}

Deno.test("without a share the plan stays as it is", () => {
  assertEquals(withImpairments(plan(5), []), plan(5));
});

Deno.test("everyone is impaired by a share of all", () => {
  const made = withImpairments(plan(5), [{ impairment: LATE, share: 1 }]);
  assertEquals(slotsOf(made, LATE), [0, 1, 2, 3, 4]);
});

Deno.test("two shares have clients of their own", () => {
  const made = withImpairments(plan(100), [
    { impairment: LATE, share: 0.3 },
    { impairment: LOSSY, share: 0.2 },
  ]);
  assertEquals(slotsOf(made, LATE).length, 30);
  assertEquals(slotsOf(made, LOSSY).length, 20);
  assertEquals(slotsOf(made, undefined).length, 50);
});

Deno.test("the draw repeats with its seed, and is another one with another", () => {
  const shares = [{ impairment: LATE, share: 0.3 }];
  const drawn = (seed: number) =>
    slotsOf(withImpairments(plan(100, seed), shares), LATE);
  assertEquals(drawn(1), drawn(1));
  assert(String(drawn(1)) !== String(drawn(2)));
  // Publishers have the lowest slots: the first thirty would be no draw.
  assert(Math.max(...drawn(1)) > 50);
});

Deno.test("a small share impairs at least one, and none none", () => {
  const count = (share: number) =>
    slotsOf(
      withImpairments(plan(10), [{ impairment: LATE, share }]),
      LATE,
    ).length;
  assertEquals([count(0.001), count(0.14), count(0.16), count(0)], [
    1,
    1,
    2,
    0,
  ]);
});

Deno.test("who replaces an impaired client has its network", () => {
  const made = withImpairments(plan(10, 1, 2), [
    { impairment: LATE, share: 0.5 },
  ]);
  assert(made.clients.length > 20);
  const impaired = new Set(slotsOf(made, LATE));
  assertEquals(impaired.size, 5);
  for (const { slot, impairment } of made.clients) {
    assertEquals(impairment !== undefined, impaired.has(slot));
  }
});

Deno.test.each([
  { clients: 12, rooms: 3, perRoom: 1, want: [1, 1, 1] },
  { clients: 14, rooms: 4, perRoom: 2, want: [2, 2, 2, 2] },
  { clients: 3, rooms: 2, perRoom: 5, want: [2, 1] },
])(
  "$perRoom of each of $rooms rooms, with $clients clients, are so many of each, drawn by the seed",
  ({ clients, rooms, perRoom, want }) => {
    const drawn = (seed: number) => {
      const made = withImpairments(plan(clients, seed, 0, rooms), [
        { impairment: LATE, share: 0, perRoom },
        { impairment: LOSSY, share: 0 },
      ]);
      return made.clients.filter(({ impairment }) => impairment === LATE);
    };
    const counts = [...Map.groupBy(drawn(1), ({ roomId }) => roomId).values()]
      .map(({ length }) => length);
    assertEquals<unknown>(counts, want);
    assertEquals(drawn(1), drawn(1));
  },
);

Deno.test("so many of each room and a share of all have clients of their own", () => {
  const made = withImpairments(plan(20, 1, 0, 4), [
    { impairment: LATE, share: 0, perRoom: 1 },
    { impairment: LOSSY, share: 0.5 },
  ]);
  assertEquals(slotsOf(made, LATE).length, 4);
  assertEquals(slotsOf(made, LOSSY).length, 10);
});

const WRONG: readonly (readonly [
  why: string,
  shares: readonly ImpairmentShare[],
  message: string,
])[] = [
  ["more than all", [
    { impairment: LATE, share: 0.7 },
    { impairment: LOSSY, share: 0.4 },
  ], "shares come to 110 %"],
  ["less than nobody", [{ impairment: LATE, share: -1 }], "share of -1"],
  ["no number", [{ impairment: LATE, share: NaN }], "share of NaN"],
  ["no network", [{
    impairment: { inbound: { delayMs: -1 } },
    share: 1,
  }], "delayMs -1"],
];

for (const [why, shares, message] of WRONG) {
  Deno.test(`a share of ${why} is refused`, () => {
    const error = assertThrows(
      () => withImpairments(plan(5), shares),
      RangeError,
    );
    assert(error.message.includes(message), error.message);
  });
}

Deno.test("three thirds are all", () => {
  const share = 1 / 3;
  const made = withImpairments(plan(9), [
    { impairment: LATE, share },
    { impairment: LOSSY, share },
    { impairment: {}, share },
  ]);
  assertEquals(slotsOf(made, undefined), []);
});

Deno.test.each<[text: string, share: number]>([
  ["3g", 1],
  ["3g:30%", 0.3],
  ["3g:.5", 0.5],
  ["3g:1.0", 1],
  ["loss=5%,delay=50ms:20%", 0.2],
])("%s is a share of %d", (text, share) => {
  assertEquals(parseImpairmentShare(text).share, share);
});

Deno.test("a share that is none is refused, and so is a network that is none", () => {
  assertThrows(() => parseImpairmentShare("3g:200%"), RangeError, "share");
  assertThrows(
    () => parseImpairmentShare("loss=5%:1"),
    RangeError,
    `"loss=5%:1" could be one client or all of them: write loss=5%:100% or loss=5%:1-per-room`,
  );
  assertThrows(() => parseImpairmentShare("5g:20%"), SyntaxError, `"5g"`);
  assertThrows(
    () => parseImpairmentShare("5g:1-per-room"),
    SyntaxError,
    `"5g"`,
  );
  for (const each of ["0", "-1", "1.5", "", "many"]) {
    assertThrows(
      () => parseImpairmentShare(`3g:${each}-per-room`),
      RangeError,
      "per room",
    );
  }
});

Deno.test("a share is written as it is read", () => {
  for (
    const text of [
      "wifi-lossy",
      "3g:30%",
      "3g:2-per-room",
      "loss=5%,delay=50ms:12.5%",
      "loss=5%,delay=50ms:1-per-room",
    ]
  ) {
    assertEquals(describeImpairmentShare(parseImpairmentShare(text)), text);
  }
});
