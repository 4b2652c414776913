import { assertEquals } from "@std/assert";
import type { ClientRecord } from "../../../lib/metrics/mod.ts";
import { MeetingWatch } from "../../../lib/run/meeting_watch.ts";
import { recordOf } from "../metrics/client.ts";
import { clientPlan } from "../load/node/node_bench.ts";

const RAMP_MS = 10_000;
const HOLD_MS = 30_000;
const PLANS = [0, 1].map((index) =>
  clientPlan(index, { joinAtMs: index * RAMP_MS })
);

/** Records of clients by their states, numbered from `first` on. */
function records(
  states: readonly ClientRecord["state"][],
  first = 0,
): ClientRecord[] {
  return states.map((state, i) =>
    recordOf(first + i, {
      state,
      connectionSuccessful: state === "connected" || state === "away",
      failureCause: state === "failed" ? "HTTP 503." : null,
    })
  );
}

/** Shows a watch these states at these times, and tells what it made of the last. */
function watched(
  seconds: readonly (readonly [number, readonly ClientRecord["state"][]])[],
  plans = PLANS,
) {
  const watch = new MeetingWatch(plans, RAMP_MS, HOLD_MS);
  const told = seconds.map(([atMs, states]) =>
    watch.onSecond(atMs, records(states))
  );
  const lastMs = seconds.at(-1)![0];
  return {
    endMs: watch.endMs,
    mayEnd: watch.mayEnd(lastMs),
    told: told.at(-1),
  };
}

const BOTH = ["connected", "connected"] as const;

Deno.test.each<{
  readonly why: string;
  readonly seconds: Parameters<typeof watched>[0];
  readonly endMs: number;
  readonly mayEnd: boolean;
}>([
  {
    why: "nobody is late",
    seconds: [[10_000, BOTH]],
    endMs: 40_000,
    mayEnd: true,
  },
  {
    why: "what is seen before the ramp is over says nothing",
    seconds: [[9000, BOTH]],
    endMs: 40_000,
    mayEnd: false,
  },
  {
    why: "who is still joining is waited for",
    seconds: [[15_000, ["connected", "joining"]]],
    endMs: 45_000,
    mayEnd: false,
  },
  {
    why: "media time counts from the last second in which someone joined",
    seconds: [
      [15_000, ["connected", "joining"]],
      [16_000, ["connected", "planned"]],
      [17_000, BOTH],
    ],
    endMs: 46_000,
    mayEnd: true,
  },
  {
    why: "who has failed is not waited for",
    seconds: [[15_000, ["connected", "failed"]]],
    endMs: 40_000,
    mayEnd: true,
  },
  {
    why: "who is away was in",
    seconds: [[15_000, ["connected", "away"]]],
    endMs: 40_000,
    mayEnd: true,
  },
  {
    why: "of whom nothing was heard is not in",
    seconds: [[15_000, ["connected"]]],
    endMs: 40_000,
    mayEnd: false,
  },
  {
    why: "a minute after the ramp nobody is waited for any longer",
    seconds: [[70_001, ["connected", "joining"]]],
    endMs: 40_000,
    mayEnd: true,
  },
])("a meeting ends at $endMs ms: $why", ({ seconds, endMs, mayEnd }) => {
  const found = watched(seconds);
  assertEquals([found.endMs, found.mayEnd, found.told], [
    endMs,
    mayEnd,
    undefined,
  ]);
});

Deno.test("who comes after the ramp, as a replacement does, is not waited for", () => {
  const late = clientPlan(2, { joinAtMs: RAMP_MS + 1 });
  const { endMs, mayEnd } = watched(
    [[12_000, [...BOTH, "joining"]]],
    [...PLANS, late],
  );
  assertEquals([endMs, mayEnd], [40_000, true]);
});

Deno.test("clients of others in the same run do not count", () => {
  const watch = new MeetingWatch(PLANS, RAMP_MS, HOLD_MS);
  const others = records(["joining", "failed"], 7);
  assertEquals(
    watch.onSecond(12_000, [...records(BOTH), ...others]),
    undefined,
  );
  assertEquals([watch.endMs, watch.mayEnd(12_000)], [40_000, true]);
});

Deno.test.each<{
  readonly why: string;
  readonly states: readonly ClientRecord["state"][];
  readonly leaveAtMs?: number;
  readonly told: string | undefined;
}>([
  {
    why: "all have failed",
    states: ["failed", "failed"],
    told: "no client is left: HTTP 503",
  },
  {
    why: "one has failed and the other left",
    states: ["left", "failed"],
    told: "no client is left: HTTP 503",
  },
  { why: "one is there", states: ["failed", "connected"], told: undefined },
  { why: "one may come back", states: ["failed", "away"], told: undefined },
  { why: "one is still to come", states: ["failed"], told: undefined },
  { why: "all left as planned", states: ["left", "left"], told: undefined },
  {
    why: "everyone's time is over",
    states: ["left", "failed"],
    leaveAtMs: 20_000,
    told: undefined,
  },
])(
  "nobody is left, or is, where $why",
  ({ states, leaveAtMs = null, told }) => {
    const plans = PLANS.map((plan) => ({ ...plan, leaveAtMs }));
    assertEquals(watched([[20_000, states]], plans).told, told);
  },
);

Deno.test.each(
  [
    { state: "lost", mayEnd: true, why: "its machine is lost" },
    { state: "failed", mayEnd: true, why: "it gave up" },
    { state: "planned", mayEnd: false, why: "it is still to come" },
    { state: "joining", mayEnd: false, why: "it is on its way" },
  ] as const,
)(
  "who has not come is waited for as long as that can be: $why",
  ({ state, mayEnd }) => {
    const { mayEnd: may, endMs } = watched([[20_000, ["connected", state]]]);
    assertEquals([may, endMs], [mayEnd, mayEnd ? 40_000 : 50_000]);
  },
);
