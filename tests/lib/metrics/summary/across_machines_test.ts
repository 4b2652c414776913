import { assertEquals } from "@std/assert";
import {
  acrossMachines,
  type ClockOffset,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  NodeMeter,
  offsetNotes,
  type Snapshot,
  trendOf,
  withKnownLatency,
} from "../../../../lib/metrics/mod.ts";

/** A machine that got 3 packets from within, after 1 ms, and 5 from another, after 9. */
function machine(node: string, offset: ClockOffset | undefined): Snapshot {
  const meter = new NodeMeter(node);
  meter.trend("mediaLatency").record(1_000, 3);
  meter.trend("mediaLatency").record(9_000, 5);
  meter.trend("mediaLatencySameMachine").record(1_000, 3);
  const { generator } = EMPTY_SNAPSHOT;
  const told = { atMs: 1000, second: 1, clients: [], generator };
  return { ...meter.snapshot(told), offset };
}

function machines(...offsets: readonly (ClockOffset | undefined)[]): Snapshot {
  const all = mergeSnapshots(
    offsets.map((offset, i) => machine(`agent-${i}`, offset)),
  );
  const about = { host: null, cores: 8, isSynchronised: true };
  const parts = all.parts?.map((part) => ({ ...part, machine: about }));
  return { ...all, parts };
}

const known = (aheadMs: number, boundMs: number, leaps = 0) => (
  { aheadMs, boundMs, leaps }
);
const UNKNOWN = { aheadMs: null, boundMs: null, leaps: 0 };
const LEFT_OUT = "only those within one are told";

Deno.test.each([
  {
    why: "clocks that agree",
    offsets: [known(0.1, 0.5), known(-2, 0.75)],
    across: { boundMs: 1.25, isKnown: true },
    notes: [],
  },
  {
    why: "the two that are known worst are the ends of some way",
    offsets: [known(0, 2), known(0, 0.25), known(0, 1)],
    across: { boundMs: 3, isKnown: true },
    notes: [],
  },
  {
    why: "clocks that differ, and are known to",
    offsets: [known(5_000, 0.5), known(-80, 0.5), known(-11_000, 0.5)],
    across: { boundMs: 1, isKnown: true },
    notes: [
      "agent-0's clock is 5000 ms ahead; its latencies are corrected, to ±0.5 ms",
      "agent-1's clock is 80 ms behind; its latencies are corrected, to ±0.5 ms",
      "agent-2's clock is 11.0 s behind; its latencies are corrected, to ±0.5 ms",
    ],
  },
  {
    why: "a link so long that its halves need not be alike",
    offsets: [known(0, 30), known(0, 0.5)],
    across: { boundMs: 30.5, isKnown: false },
    notes: [
      `latencies between machines are not known, for their clocks are known to ±30.5 ms only: ${LEFT_OUT}`,
    ],
  },
  {
    why: "a clock that was set while the run went on",
    offsets: [known(1, 41, 1), known(0, 0.5)],
    across: { boundMs: 41.5, isKnown: false },
    notes: [
      "agent-0's clock ran away once during the run, faster than clocks do",
      `latencies between machines are not known, for their clocks are known to ±41.5 ms only: ${LEFT_OUT}`,
    ],
  },
  {
    why: "an agent that never got an answer",
    offsets: [known(0, 0.5), UNKNOWN],
    across: { boundMs: null, isKnown: false },
    notes: [
      "agent-1's clock could not be compared",
      `latencies between machines are not known, for their clocks could not be compared: ${LEFT_OUT}`,
    ],
  },
  {
    why: "an agent that said nothing of it",
    offsets: [known(0, 0.5), undefined],
    across: { boundMs: null, isKnown: false },
    notes: [
      `latencies between machines are not known, for their clocks could not be compared: ${LEFT_OUT}`,
    ],
  },
])(
  "of latencies between machines is told what is known of them: $why",
  ({ offsets, across, notes }) => {
    const all = machines(...offsets);
    assertEquals(acrossMachines(all), across);
    assertEquals<readonly string[]>(offsetNotes(all), notes);
    const { count, max } = trendOf(withKnownLatency(all), "mediaLatency");
    const each = across.isKnown ? 8 : 3;
    assertEquals(count, each * offsets.length);
    assertEquals(max < 2_000, !across.isKnown);
  },
);

Deno.test("where nothing stayed within a machine, nothing is left", () => {
  const all = machines(UNKNOWN, UNKNOWN);
  const { mediaLatencySameMachine: _, ...trends } = all.trends;
  const left = withKnownLatency({ ...all, trends });
  assertEquals(trendOf(left, "mediaLatency").count, 0);
  assertEquals(offsetNotes(left).at(-1)?.endsWith(": none are told"), true);
});

Deno.test("on one machine nothing is to be said", () => {
  const one = { ...machine("local", undefined), parts: undefined };
  for (const all of [one, machines(UNKNOWN)]) {
    assertEquals(acrossMachines(all), undefined);
    assertEquals(offsetNotes(all), []);
    assertEquals(withKnownLatency(all), all);
  }
});
