import { assertEquals } from "@std/assert";
import {
  type BandMetric,
  type ClientTally,
  type Findings,
  type Judgement,
  type ThresholdResult,
  verdictOf,
} from "../../../../lib/metrics/mod.ts";

const TALLY: ClientTally = {
  total: 10,
  reached: 10,
  connected: 10,
  away: 0,
  unknown: 0,
  failed: 0,
  pending: 0,
  runIsOver: true,
};
const NOBODY = { ...TALLY, reached: 0, connected: 0, failed: 10 };

/** A finished run of ten clients with which nothing is wrong, but for `own`. */
function verdict(own: Partial<Findings>): string {
  const { status, reason } = verdictOf({
    ending: { kind: "finished" },
    tally: TALLY,
    commonCause: null,
    saturation: null,
    thresholds: [],
    judgement: [],
    ...own,
  });
  return `${status}: ${reason}`;
}

/** One figure, judged; its sentence is its name and its value. */
function judged(
  figure: BandMetric,
  value: number,
  band: Judgement["band"],
): Judgement {
  return { figure, value, band, says: `${figure} ${value}`, reason: "" };
}

function asked(expression: string, passed = true): ThresholdResult {
  return { expression, passed, value: 0, bound: 0, unit: "count" };
}

const CRITICAL = judged("frozen", 0.5, "critical");
const WARNING = judged("frozen", 0.05, "warning");
const KEPT = asked("loss < 1%");
const BROKEN = asked("errors == 0", false);

Deno.test.each<{ why: string; own: Partial<Findings>; is: string }>([
  {
    why: "nothing was wrong and nothing asked",
    own: {},
    is: "passed: everything watched was healthy",
  },
  {
    why: "what broke is no verdict on the server, whatever else is known",
    own: {
      ending: { kind: "broke", reason: "no socket" },
      tally: NOBODY,
      saturation: "late",
      thresholds: [BROKEN],
    },
    is: "broke: no socket",
  },
  {
    why: "a server that is gone is that before the generator is late",
    own: {
      ending: { kind: "gone", reason: "it exited" },
      saturation: "late",
    },
    is: "gone: it exited",
  },
  {
    why: "who stopped it need not say why",
    own: { ending: { kind: "interrupted" }, thresholds: [BROKEN] },
    is: "interrupted: the run was stopped before its end",
  },
  {
    why: "what stopped it is said",
    own: { ending: { kind: "interrupted", reason: "SIGTERM" } },
    is: "interrupted: SIGTERM",
  },
  {
    why: "what goes on has not been stopped by anything",
    own: { ending: { kind: "interrupted", reason: "no", goesOn: true } },
    is: "interrupted: so far: it goes on",
  },
  {
    why: "nobody connected, and why is known",
    own: { tally: NOBODY, commonCause: "refused" },
    is: "broke: no client got connected: refused",
  },
  {
    why: "nobody connected, and why is not known",
    own: { tally: NOBODY, thresholds: [KEPT] },
    is: "broke: no client got connected",
  },
  {
    why: "nobody connected, and it may be the generator's fault",
    own: { tally: NOBODY, saturation: "late", thresholds: [KEPT] },
    is: "invalid: late",
  },
  {
    why: "nobody connected, and it is not the generator's fault",
    own: { tally: NOBODY, saturation: "late", commonCause: "refused" },
    is: "broke: no client got connected: refused",
  },
  {
    why: "nobody was due, so nobody failed",
    own: { tally: { ...NOBODY, failed: 0, pending: 10 } },
    is: "passed: everything watched was healthy",
  },
  {
    why: "one of ten connected, so the server is there",
    own: { tally: { ...NOBODY, reached: 1, failed: 9 } },
    is: "passed: everything watched was healthy",
  },
  {
    why: "a threshold ended the run, before anybody looks at the generator",
    own: {
      ending: { kind: "aborted", expression: "loss < 1% abort" },
      saturation: "late",
    },
    is: 'failed: "loss < 1% abort" failed, which ended the run',
  },
  {
    why: "a threshold ended a run in which nobody connected",
    own: {
      ending: { kind: "aborted", expression: "connected > 50% abort" },
      tally: NOBODY,
    },
    is: "broke: no client got connected",
  },
  {
    why: "what a late generator measured neither fails nor passes",
    own: {
      saturation: "it was late",
      thresholds: [BROKEN],
      judgement: [judged("neverSent", 1, "critical")],
    },
    is: "invalid: it was late",
  },
  {
    why: "where nobody sent, no threshold makes that a pass",
    own: {
      thresholds: [KEPT],
      judgement: [judged("neverSent", 1, "critical")],
    },
    is: "failed: neverSent 1",
  },
  {
    why: "where nobody received, no threshold makes that a pass",
    own: {
      thresholds: [KEPT],
      judgement: [judged("neverReceived", 1, "critical")],
    },
    is: "failed: neverReceived 1",
  },
  {
    why: "where one did, thresholds decide",
    own: {
      thresholds: [KEPT],
      judgement: [judged("neverSent", 0.9, "critical")],
    },
    is:
      "passed: the threshold passed; without it the run would have failed: neverSent 0.9",
  },
  {
    why: "everybody else lost media for good: nobody is left",
    own: {
      thresholds: [KEPT],
      judgement: [
        judged("neverReceived", 0.4, "critical"),
        judged("lostForGood", 0.6, "critical"),
      ],
    },
    is: "failed: critical: neverReceived 0.4; lostForGood 0.6",
  },
  {
    why: "one is left",
    own: {
      thresholds: [KEPT, KEPT],
      judgement: [
        judged("neverReceived", 0.4, "critical"),
        judged("lostForGood", 0.5, "critical"),
      ],
    },
    is:
      "passed: all 2 thresholds passed; without them the run would have failed: neverReceived 0.4; lostForGood 0.5",
  },
  {
    why: "a failed threshold is named, and not the figures",
    own: { thresholds: [KEPT, BROKEN], judgement: [CRITICAL] },
    is: 'failed: "errors == 0" failed',
  },
  {
    why: "of several the first is named",
    own: { thresholds: [BROKEN, KEPT, asked("x", false), asked("y", false)] },
    is: 'failed: "errors == 0" failed, and so did 2 more',
  },
  {
    why: "one threshold passed",
    own: { thresholds: [KEPT] },
    is: "passed: the threshold passed",
  },
  {
    why: "three thresholds passed",
    own: { thresholds: [KEPT, KEPT, KEPT] },
    is: "passed: all 3 thresholds passed",
  },
  {
    why: "thresholds passed, and what was unhealthy is told briefly",
    own: {
      thresholds: [KEPT],
      judgement: [WARNING, judged("away", 0.25, "warning")],
      unwatched: "nobody saw the server",
      lost: ["agent-1 was lost"],
    },
    is:
      "passed: the threshold passed, with warnings: frozen 5.0 %; away 25.0 %; nobody saw the server; agent-1 was lost",
  },
  {
    why: "without thresholds what is critical fails, and warnings are not told",
    own: { judgement: [WARNING, CRITICAL], unwatched: "nobody saw it" },
    is: "failed: critical: frozen 0.5",
  },
  {
    why: "without thresholds a warning passes",
    own: { judgement: [WARNING, judged("silent", 0, "good")] },
    is: "passed: with a warning: frozen 0.05",
  },
  {
    why: "what was not seen is a warning of its own",
    own: { unwatched: "nobody saw it", lost: ["a was lost", "b was lost"] },
    is: "passed: with a warning: nobody saw it; a was lost; b was lost",
  },
])("$why", ({ own, is }) => assertEquals(verdict(own), is));

Deno.test("whether anybody is left is told of a crowd of any size, however its shares are rounded", () => {
  const statusOf = (deaf: number, lost: number, of: number) =>
    verdictOf({
      ending: { kind: "finished" },
      tally: TALLY,
      commonCause: null,
      saturation: null,
      thresholds: [KEPT],
      judgement: [
        judged("neverReceived", deaf / of, "critical"),
        judged("lostForGood", lost / of, "critical"),
      ],
    }).status;
  for (let of = 2; of <= 150; of++) {
    for (let deaf = 1; deaf < of; deaf++) {
      assertEquals(statusOf(deaf, of - deaf, of), "failed", `${deaf}/${of}`);
      assertEquals(statusOf(deaf, of - deaf - 1, of), "passed");
    }
  }
  const many = 1_000_000;
  assertEquals(statusOf(many / 2, many / 2 - 1, many), "passed");
});
