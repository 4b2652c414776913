/** The first screen of a page: what it says where much, little or nothing is known. */

import { assert, assertEquals } from "@std/assert";
import { summarize, type Summary } from "../../../../lib/metrics/mod.ts";
import { headSection } from "../../../../lib/output/html/head.ts";
import { reportDocument } from "../../../../lib/report/mod.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { cellsIn, markupOf, readText, textsIn } from "./read.ts";

const SUMMARY = summarize(madeUpRun());
const { media } = SUMMARY;

function head(own: Partial<Summary>) {
  const summary = { ...SUMMARY, ...own };
  return headSection(summary, reportDocument(summary));
}

/** A tile by its name: its value and what is said of it. */
function tile(own: Partial<Summary>, name: string): string {
  const all = [
    ...markupOf(head(own)).matchAll(
      /<div class="tile [^>]*>([^]*?)<\/div>/g,
    ),
  ].map(([, inner]) => readText(inner));
  const found = all.find((text) => text.startsWith(`${name} `));
  assert(found !== undefined, all.join("\n"));
  return found.slice(name.length + 1);
}

type Judged = Summary["judgement"][number];

function judged(
  figure: Judged["figure"],
  band: Judged["band"],
  value = 0.5,
): Judged {
  const says = `${figure} is ${band}`;
  return { figure, band, value, says, reason: "because" } as Judged;
}

Deno.test.each<
  { why: string; own: Partial<Summary>; name: string; is: string }
>([
  {
    why: "who is there, of all",
    own: {
      judgement: [],
      connectedAtEnd: 1200,
      totalClients: 1500,
      failedConnections: 300,
      unknownAtEnd: 0,
    },
    name: "Connected",
    is: "1,200 of 1,500 300 never connected",
  },
  {
    why: "those of whom nothing is known are told apart",
    own: {
      judgement: [],
      connectedAtEnd: 1,
      totalClients: 4,
      failedConnections: 0,
      unknownAtEnd: 3,
    },
    name: "Connected",
    is: "1 of 4 0 never connected, 3 unknown",
  },
  {
    why: "where nothing was due, none was lost, and none arrived either",
    own: {
      judgement: [],
      media: {
        ...media,
        loss: { ...media.loss, expected: 0, ratio: 0, residualRatio: 0 },
      },
    },
    name: "Loss",
    is: "– 0 % left after retransmission",
  },
  {
    why: "loss is what thresholds call so, and what is left of it stands below",
    own: {
      judgement: [],
      media: {
        ...media,
        loss: { ...media.loss, expected: 9, ratio: 0.5, residualRatio: 0.25 },
      },
    },
    name: "Loss",
    is: "50.0 % 25.0 % left after retransmission",
  },
  {
    why: "no latency was measured",
    own: {
      media: {
        ...media,
        latencyMs: { ...media.latencyMs, count: 0 },
        latencyAcrossMachines: { isKnown: false, boundMs: null },
      },
    },
    name: "Media latency",
    is: "– not measured; not known between machines",
  },
  {
    why: "how wrong it may be between machines",
    own: {
      media: {
        ...media,
        latencyMs: { ...media.latencyMs, count: 5, p95Ms: 20, p50Ms: 10 },
        latencyAcrossMachines: { isKnown: true, boundMs: 1.5 },
      },
    },
    name: "Media latency",
    is: "20.0 ms p95; median 10.0 ms, ±1.50 ms between machines",
  },
  {
    why: "without video nothing froze",
    own: {
      judgement: [],
      media: {
        ...media,
        video: { ...media.video, frozenRatio: null, frameRate: null },
      },
    },
    name: "Frozen",
    is: "– no video",
  },
  {
    why: "one kind is one",
    own: {
      judgement: [],
      totalErrors: 7,
      errors: {
        dtls: { count: 7, example: "" },
      } as unknown as Summary["errors"],
    },
    name: "Errors",
    is: "7 1 kind",
  },
  {
    why: "none has no kinds",
    own: { judgement: [], totalErrors: 0, errors: {} },
    name: "Errors",
    is: "0 0 kinds",
  },
  {
    why: "a server that nobody watched is not idle",
    own: { judgement: [], server: { ...SUMMARY.server, load: null } },
    name: "Server CPU",
    is: "– not watched",
  },
  {
    why: "of what was not judged nothing is said",
    own: { judgement: [] },
    name: "Silent",
    is: "– of the time that tracks should have come",
  },
  {
    why: "what is not good says so",
    own: { judgement: [judged("silent", "critical", 0.5)] },
    name: "Silent",
    is: "50.0 % of the time that tracks should have come critical",
  },
  {
    why: "what is good need not",
    own: { judgement: [judged("silent", "good", 0)] },
    name: "Silent",
    is: "0 % of the time that tracks should have come",
  },
])("a tile says: $why", ({ own, name, is }) => {
  assertEquals(tile(own, name), is);
});

Deno.test("what was found is what is not good, and all that is judged is in the table", () => {
  const section = head({
    judgement: [
      judged("silent", "good"),
      judged("frozen", "warning"),
      judged("errors", "critical", 20),
    ],
  });
  assertEquals(textsIn(section, "li"), [
    "warning frozen is warning",
    "critical errors is critical",
  ]);
  assert(readText(section).includes("All 3 figures that are judged"));
  const good = head({ judgement: [judged("silent", "good")] });
  assert(readText(good).includes("Every figure that is judged was good."));
  assert(!readText(head({ judgement: [] })).includes("What users had"));
});

Deno.test("a threshold is told with its result, what it was, and whom it hit worst", () => {
  const section = head({
    judgement: [],
    thresholds: [
      {
        expression: "loss < 1%",
        metric: "loss",
        passed: false,
        value: 0.02,
        unit: "ratio",
        worst: { kind: "room", id: "<r>", value: 0.5 },
      },
      {
        expression: "join p(95) < 1s",
        metric: "join",
        passed: true,
        value: null,
        unit: "ms",
      },
    ] as unknown as Summary["thresholds"],
  });
  assertEquals(cellsIn(section).slice(1), [
    ["failed", "loss < 1%", "2.00 %", "room <r>: 50.0 %"],
    ["passed", "join p(95) < 1s", "not measured", ""],
  ]);
  assert(!readText(head({ thresholds: [] })).includes("Thresholds"));
});

Deno.test("when a run began is told to the second, and to machines in full", () => {
  const section = markupOf(head({ startedAt: "2030-11-05T06:07:08.912Z" }));
  assert(section.includes(`datetime="2030-11-05T06:07:08.912Z"`));
  assert(section.includes(">2030-11-05 06:07:08 UTC<"));
});

Deno.test("incidents that there was no room for are counted", () => {
  const incident = {
    kind: "noMedia",
    clients: 2,
    of: 8,
    worstRatio: 1,
    fromSec: 12,
    untilSec: null,
    from: "2030-01-01T00:00:12.000Z",
    until: null,
    rooms: 1,
    clientIds: ["<c>"],
    also: [],
    picturesAgainSec: null,
    server: null,
    generator: { maxCpuRatio: 0.1, maxLateRatio: 0 },
  } as unknown as Summary["incidents"][number];
  const some = head({ incidents: [incident], incidentsLeftOut: 1200 });
  const text = readText(some);
  assert(text.includes("0:12 on 2 of 8 clients without media"), text);
  assert(text.includes("<c> … in 1 room"), text);
  assert(text.endsWith("and 1,200 lesser ones"), text);
  const one = readText(head({ incidents: [incident], incidentsLeftOut: 1 }));
  assert(one.endsWith("and 1 lesser one"), one);
  const all = readText(head({ incidents: [incident], incidentsLeftOut: 0 }));
  assert(!all.includes("lesser"), all);
});
