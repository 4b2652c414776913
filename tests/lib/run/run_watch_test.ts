import { assertEquals } from "@std/assert";
import type { RunCrowd } from "../../../lib/load/mod.ts";
import { parseThreshold } from "../../../lib/load/mod.ts";
import {
  type ClientRecord,
  EMPTY_SNAPSHOT,
  type Ending,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import type { JobOptions } from "../../../lib/run/run_options.ts";
import { RunWatch } from "../../../lib/run/run_watch.ts";
import { recordOf } from "../metrics/client.ts";

/** A watch of a crowd whose time is set by hand. */
function watch(options: Partial<JobOptions> = {}, beganMs = 0) {
  const crowd = { elapsedMs: beganMs, clients: [] as ClientRecord[] };
  const snapshot = (): Snapshot => ({
    ...EMPTY_SNAPSHOT,
    clients: crowd.clients,
  });
  const watch = new RunWatch(
    { thresholds: [], ...options } as ConstructorParameters<
      typeof RunWatch
    >[0],
  );
  const seen = crowd as unknown as RunCrowd;
  Object.assign(crowd, { snapshot });
  const ending: { is?: Ending } = {};
  watch.ended.then((is) => ending.is = is);
  watch.begin(seen);
  return {
    watch,
    /** How it ended after a second with these clients at this time. */
    second: async (
      elapsedMs: number,
      clients: readonly ClientRecord[],
      more: Partial<Snapshot> = {},
    ) => {
      Object.assign(crowd, { elapsedMs, clients });
      watch.onSecond(seen, { ...snapshot(), ...more });
      await settled();
      return ending.is;
    },
    ended: async () => {
      await settled();
      return ending.is;
    },
  };
}

/** Lets promises that are ready settle. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Somebody who was turned away. */
function refused(
  index: number,
  cause = "HTTP 403.",
  kind = "join",
): ClientRecord {
  const errors = [{
    kind,
    message: cause,
    atMs: 0,
  }] as unknown as ClientRecord["errors"];
  return recordOf(index, { state: "failed", failureCause: cause, errors });
}

const CONNECTED = recordOf(9, {
  state: "connected",
  connectionSuccessful: true,
});
const NOBODY: Ending = { kind: "broke", reason: "nobody gets in: HTTP 403" };

Deno.test.each<{
  readonly clients: readonly ClientRecord[];
  readonly ending: Ending | undefined;
  readonly why: string;
}>([
  {
    clients: [0, 1, 2].map((index) => refused(index)),
    ending: NOBODY,
    why: "three were turned away for one reason",
  },
  {
    clients: [...[0, 1, 2].map((index) => refused(index)), recordOf(3)],
    ending: NOBODY,
    why: "who is still to come will be, too",
  },
  {
    clients: [refused(0), refused(1)],
    ending: undefined,
    why: "two may be chance",
  },
  {
    clients: [...[0, 1, 2].map((index) => refused(index)), CONNECTED],
    ending: undefined,
    why: "somebody got in",
  },
  {
    clients: [refused(0), refused(1), refused(2, "timeout")],
    ending: undefined,
    why: "the reasons differ",
  },
  {
    clients: [refused(0), refused(1), refused(2, "HTTP 403.", "ice")],
    ending: undefined,
    why: "one was let in, and failed then",
  },
])("a run ends for want of clients where it should: $why", async ({
  clients,
  ending,
}) => {
  assertEquals(await watch().second(1000, clients), ending);
});

const ERRORS = { counters: { ...EMPTY_SNAPSHOT.counters, "errors.join": 5 } };

Deno.test.each<{
  readonly threshold: string;
  readonly abortAfterMs?: number;
  readonly beganMs?: number;
  readonly atMs: number;
  readonly more?: Partial<Snapshot>;
  readonly isAborted: boolean;
  readonly why: string;
}>([
  {
    threshold: "errors < 5",
    abortAfterMs: 0,
    atMs: 1000,
    more: ERRORS,
    isAborted: true,
    why: "it failed",
  },
  {
    threshold: "errors < 6",
    abortAfterMs: 0,
    atMs: 1000,
    more: ERRORS,
    isAborted: false,
    why: "it holds",
  },
  {
    threshold: "errors < 5",
    atMs: 1000,
    more: ERRORS,
    isAborted: false,
    why: "it is one that is judged at the end alone",
  },
  {
    threshold: "errors < 5",
    abortAfterMs: 3000,
    atMs: 2999,
    more: ERRORS,
    isAborted: false,
    why: "it is too early",
  },
  {
    threshold: "errors < 5",
    abortAfterMs: 3000,
    beganMs: 60_000,
    atMs: 62_999,
    more: ERRORS,
    isAborted: false,
    why: "its time counts from when this run began in a crowd",
  },
  {
    threshold: "errors < 5",
    abortAfterMs: 3000,
    beganMs: 60_000,
    atMs: 63_000,
    more: ERRORS,
    isAborted: true,
    why: "its time has come",
  },
  {
    threshold: "join p(95) < 1ms",
    abortAfterMs: 0,
    atMs: 1000,
    isAborted: false,
    why: "what was not measured has not failed yet",
  },
])("a threshold ends a run where it should: $why", async (
  { threshold, abortAfterMs = null, beganMs, atMs, more, isAborted },
) => {
  const parsed = parseThreshold(threshold);
  const { second } = watch(
    { thresholds: [{ ...parsed, abortAfterMs }] },
    beganMs,
  );
  assertEquals(
    await second(atMs, [], more),
    isAborted ? { kind: "aborted", expression: parsed.expression } : undefined,
  );
});

Deno.test("a run ends once: what comes after does not count", async () => {
  const { watch: one, second, ended } = watch();
  one.finish();
  assertEquals(await ended(), { kind: "finished" });
  one.fail(new Error("late"));
  assertEquals(await second(1000, [0, 1, 2].map((i) => refused(i))), {
    kind: "finished",
  });
  assertEquals(one.over.aborted, true);
});

Deno.test("a script that throws breaks the run, in its words", async () => {
  const { watch: one, ended } = watch();
  one.fail(new Error("no such room"));
  assertEquals(await ended(), { kind: "broke", reason: "no such room" });
});

Deno.test.each([
  { before: true, why: "before it began" },
  { before: false, why: "while it goes on" },
])(
  "whoever interrupts a run ends it $why, and is not listened to after it",
  async ({ before }) => {
    const stop = new AbortController();
    if (before) stop.abort();
    const { ended } = watch({ signal: stop.signal });
    stop.abort();
    assertEquals(await ended(), { kind: "interrupted" });
  },
);

Deno.test("a server that dies ends the run, with who lost it", async () => {
  const broken = Promise.withResolvers<string>();
  const { second, ended } = watch({ broken: broken.promise });
  const lost = { state: "away", connectionSuccessful: true } as const;
  await second(61_000, [recordOf(0, { ...lost, awaySinceMs: 60_500 })]);
  broken.resolve("it was killed.");
  assertEquals(await ended(), {
    kind: "gone",
    reason:
      "the server went away at 1:00: it was killed (1 of 1 client lost it)",
  });
});

Deno.test("where a run is follows from what its script expects, which only grows", () => {
  const { watch: one } = watch({}, 5000);
  assertEquals([one.rampUpMs, one.endMs], [0, 5000]);
  one.expectEnd(30_000, 15_000);
  one.expectEnd(20_000);
  assertEquals([one.rampUpMs, one.endMs], [10_000, 30_000]);
  const phases = [5000, 14_999, 15_000, 99_000].map((ms) => one.phaseAt(ms));
  assertEquals(phases, ["ramp", "ramp", "media", "media"]);
  one.end();
  assertEquals(one.phaseAt(6000), "teardown");
});

Deno.test("what the run's own code throws where nobody waits for it breaks the run", async () => {
  const reason = "a timer threw: left alone";
  const { ended } = watch({ stray: Promise.resolve(reason) });
  assertEquals(await ended(), { kind: "broke", reason });
});
