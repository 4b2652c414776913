/** What a report says of what was asked for, row by row. */

import { assertEquals } from "@std/assert";
import {
  type DurationStats,
  summarize,
  type Summary,
} from "../../../../lib/metrics/mod.ts";
import type { Block } from "../../../../lib/report/document/blocks.ts";
import {
  incidentBlocks,
  worstThreeBlocks,
} from "../../../../lib/report/document/incident_blocks.ts";
import {
  errorBlocks,
  judgementBlocks,
  signalingBlocks,
  thresholdBlocks,
} from "../../../../lib/report/document/verdict_blocks.ts";
import { noMedia } from "../../metrics/seconds/incident.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { said } from "../said.ts";

const SUMMARY = summarize(madeUpRun());

/** The cells of the first table, a row each. */
function cellsOf(blocks: readonly Block[]): readonly (readonly string[])[] {
  const table = blocks.find(({ kind }) => kind === "table");
  return table?.kind === "table" ? table.rows.map(({ cells }) => cells) : [];
}

function judged(
  figure: Summary["judgement"][number]["figure"],
  band: Summary["judgement"][number]["band"],
  value: number,
): Summary["judgement"][number] {
  return { figure, band, value, says: `${figure}!`, reason: "" };
}

Deno.test("every figure that is judged has a row, and only those that are not good a sentence", () => {
  const blocks = judgementBlocks({
    ...SUMMARY,
    judgement: [
      judged("connected", "good", 1),
      judged("silent", "warning", 0.02),
      judged("errors", "critical", 0.5),
    ],
  });
  assertEquals(
    cellsOf(blocks).map(([, value, band]) => [value, band]),
    [["100 %", "good"], ["2.00 %", "warning"], ["50.0 %", "critical"]],
  );
  const [table] = blocks;
  assertEquals(
    table.kind === "table" && table.rows.map(({ style }) => style),
    ["plain", "warning", "critical"],
  );
  assertEquals(said(blocks, "good"), undefined);
  assertEquals(said(blocks, "warning"), "silent!");
  assertEquals(said(blocks, "critical"), "errors!");
  assertEquals(judgementBlocks({ ...SUMMARY, judgement: [] }), []);
});

const STATS: DurationStats = {
  ...{ count: 100, minMs: 1, maxMs: 20_000, avgMs: 4 },
  ...{ p50Ms: 3, p95Ms: 9, p99Ms: 12 },
};

function signaling(
  operations: Readonly<Record<string, DurationStats>>,
  timeouts = 0,
): Block[] {
  return signalingBlocks({
    ...SUMMARY,
    signalingLatencies: { ...SUMMARY.signalingLatencies, operations },
    errors: timeouts === 0
      ? {}
      : { timeout: { count: timeouts, example: "late" } },
  } as Summary);
}

Deno.test("an operation has its percentiles, with a star where too few were asked for them", () => {
  const of = (count: number) =>
    cellsOf(signaling({ join: { ...STATS, count } }))[0];
  assertEquals(of(100), [
    "join",
    "100",
    "4.00 ms",
    "3.00 ms",
    "9.00 ms",
    "12.0 ms",
    "20.0 s",
  ]);
  assertEquals(of(99).slice(4, 6), ["9.00 ms", "12.0 ms*"]);
  assertEquals(of(20).slice(4, 6), ["9.00 ms", "12.0 ms*"]);
  assertEquals(of(19).slice(4, 6), ["9.00 ms*", "12.0 ms*"]);
});

Deno.test.each([
  { count: 100, timeouts: 0, is: undefined, why: "of enough, all answered" },
  {
    count: 99,
    timeouts: 0,
    is: "* of fewer requests than such a percentile needs",
    why: "the star is explained",
  },
  {
    count: 100,
    timeouts: 1,
    is: "no reply: 1, which is not in these latencies",
    why: "who got no reply is not forgotten",
  },
  {
    count: 1,
    timeouts: 1200,
    is:
      "* of fewer requests than such a percentile needs | no reply: 1,200, which are not in these latencies",
    why: "both",
  },
])(
  "under the table of requests stands $is: $why",
  ({ count, timeouts, is }) => {
    assertEquals(said(signaling({ join: { ...STATS, count } }, timeouts)), is);
  },
);

Deno.test("where nothing was asked there is no table, whoever got no reply", () => {
  assertEquals(signaling({}, 7), []);
});

Deno.test.each<
  {
    why: string;
    own: Partial<Summary>;
    errors: string;
    kinds?: string;
    messages?: string;
  }
>([
  {
    why: "none",
    own: { totalErrors: 0, errors: {} },
    errors: "0",
  },
  {
    why: "each kind with one of them, where one is known",
    own: {
      totalErrors: 1203,
      errors: {
        dtls: { count: 1200, example: "DTLS did not finish" },
        ice: { count: 3, example: null },
      } as unknown as Summary["errors"],
    },
    errors: "1,203",
    kinds: "1,200 dtls: DTLS did not finish | 3 ice",
  },
  {
    why: "messages that nobody understood",
    own: {
      totalErrors: 0,
      errors: {},
      unknownMessages: 2,
      malformedMessages: 0,
    },
    errors: "0",
    messages: "2 of unknown type, 0 malformed",
  },
])("errors are told: $why", ({ own, errors, kinds, messages }) => {
  const blocks = errorBlocks({
    ...SUMMARY,
    ...{ unknownMessages: 0, malformedMessages: 0 },
    ...own,
  });
  assertEquals(said(blocks, "Errors"), errors);
  assertEquals(said(blocks, ""), kinds);
  assertEquals(said(blocks, "Messages") || undefined, messages);
});

Deno.test("a threshold is told with what it was, and with whom it hit worst", () => {
  const thresholds = [
    { passed: true, expression: "loss < 1%", value: 0, unit: "ratio" },
    {
      ...{ passed: false, expression: "join p(95) < 1s", value: 1500 },
      ...{ unit: "ms", samples: 3 },
      worst: { kind: "room", id: "room-7", value: 12_000 },
    },
    { passed: false, expression: "fps > 20", value: null, unit: "fps" },
  ] as unknown as Summary["thresholds"];
  assertEquals(
    said(thresholdBlocks({ ...SUMMARY, thresholds }), "Thresholds"),
    [
      "passed, loss < 1%, was 0 %",
      "failed, join p(95) < 1s, was 1500 ms (of 3), worst room-7: 12.0 s",
      "failed, fps > 20, was not measured",
    ].join(" | "),
  );
});

function incidents(count: number, leftOut = 0, figuresOf?: string): Block[] {
  return incidentBlocks({
    ...SUMMARY,
    incidents: Array.from(
      { length: count },
      (_, i) => ({
        ...noMedia({ fromSec: i * 10, untilSec: i * 10 + 5 }),
        ...{ from: "2030-01-01T00:00:00.000Z", until: null },
      }),
    ),
    incidentsLeftOut: leftOut,
    scenario: { name: "s", result: null, ...(figuresOf && { figuresOf }) },
  } as unknown as Summary);
}

Deno.test.each([
  { count: 0, leftOut: 0, is: undefined, why: "none" },
  { count: 10, leftOut: 0, is: undefined, why: "as many as are told" },
  { count: 11, leftOut: 0, is: "and 1 incident more", why: "one more" },
  {
    count: 12,
    leftOut: 1200,
    is: "and 1,202 incidents more",
    why: "those that the file has no room for as well",
  },
])("of $count incidents the rest is told as $is: $why", ({
  count,
  leftOut,
  is,
}) => {
  const told = said(incidents(count, leftOut), "")?.split(" | ").at(-1);
  assertEquals(told?.startsWith("and ") ? told : undefined, is);
});

Deno.test("incidents of a run whose figures are of a part of it are of all of it, which is said", () => {
  const first = said(incidents(1), "Incidents") ?? "";
  assertEquals(first.startsWith("0:00 to 0:05"), true, first);
  assertEquals(
    said(incidents(1, 0, "the last step"), "Incidents"),
    "of the whole run, not only of the last step",
  );
  assertEquals(said(incidents(0, 0, "the last step"), "Incidents") || "", "");
});

Deno.test("three clients are told with what was worst", () => {
  const [one] = SUMMARY.worstClients.clients;
  const clients = ["a", "b", "c", "d"].map((clientId) => ({
    ...one,
    ...{ clientId, roomId: "hall", reason: "frozen" },
  }));
  const worst = (some: typeof clients) =>
    said(
      worstThreeBlocks({
        ...SUMMARY,
        worstClients: { ...SUMMARY.worstClients, clients: some },
      }),
      "Had it worst",
    );
  assertEquals(
    worst(clients),
    "a in hall: frozen | b in hall: frozen | c in hall: frozen",
  );
  assertEquals(worst([]), undefined);
});
