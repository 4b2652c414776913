/**
 * A run as JUnit XML, for whatever shows tests: a case for the verdict, one a
 * threshold, and one a figure that was judged. Cases fail exactly where the
 * run did not pass. It fits the schemas of Ant and of Jenkins, so what a case
 * says beside its failure stands in the suite's output.
 *
 * @module
 */

import { BANDS, type Summary, type ThresholdResult } from "../metrics/mod.ts";
import { reportDocument } from "../report/mod.ts";
import { formatMeasured } from "../text/mod.ts";
import { xmlText } from "./xml.ts";

/** A case; `wrong` is missing where there is nothing to say against it. */
interface Case {
  readonly group: "verdict" | "thresholds";
  readonly name: string;
  readonly wrong?: {
    /** An error is a run that says nothing of what was asked. */
    readonly kind: "failure" | "error";
    readonly type: string;
    readonly says: string;
  } | undefined;
}

/** The summary as one JUnit test suite. */
export function renderJunit(summary: Summary): string {
  const cases = [verdictCase(summary), ...findingCases(summary)];
  const seconds = (summary.elapsedMs / 1000).toFixed(3);
  const count = (kind: "failure" | "error") =>
    cases.filter(({ wrong }) => wrong?.kind === kind).length;
  const suite = attributes({
    name: `rtcrowd ${summary.scenario?.name ?? "run"}`,
    package: "rtcrowd",
    id: "0",
    // Ant's schema takes no fraction and no zone; it is UTC.
    timestamp: summary.startedAt.slice(0, 19),
    hostname: hostOf(summary.server.url),
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: 0,
    time: seconds,
  });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    "<testsuites>",
    `  <testsuite ${suite}>`,
    "    <properties>",
    ...Object.entries(propertiesOf(summary)).map(([name, value]) =>
      `      <property ${attributes({ name, value })}/>`
    ),
    "    </properties>",
    ...cases.flatMap((one) => caseLines(one, seconds)),
    `    <system-out>${xmlText(outputOf(summary))}</system-out>`,
    "    <system-err></system-err>",
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Whatever became of it: also a run that ended before anything was judged has this one. */
function verdictCase(summary: Summary): Case {
  const { status, reason } = reportDocument(summary);
  const wrong = {
    kind: status === "failed" ? "failure" as const : "error" as const,
    type: status,
    says: `${status}: ${reason}`,
  };
  return {
    group: "verdict",
    name: "verdict",
    wrong: status === "passed" ? undefined : wrong,
  };
}

function findingCases(summary: Summary): Case[] {
  const { thresholds, judgement, verdict } = summary;
  // What the verdict lets pass fails no case: thresholds overrule the bands.
  const hasPassed = verdict.status === "passed";
  return [
    ...thresholds.map((one): Case => ({
      group: "thresholds",
      name: one.expression,
      wrong: one.passed || hasPassed ? undefined : {
        kind: "failure",
        type: "threshold",
        says: thresholdText(one),
      },
    })),
    ...judgement.map(({ figure, band, says }): Case => ({
      group: "verdict",
      name: BANDS[figure].name,
      wrong: band !== "critical" || hasPassed
        ? undefined
        : { kind: "failure", type: band, says },
    })),
  ];
}

/** A threshold that failed, in a sentence. */
function thresholdText(result: ThresholdResult): string {
  const { expression, worst, unit } = result;
  const blame = worst === undefined
    ? ""
    : `; worst ${worst.kind} ${worst.id}: ${
      formatMeasured({ value: worst.value, unit })
    }`;
  return `"${expression}" failed: it was ${formatMeasured(result)}${blame}`;
}

/** GitLab shows a failure's text and Jenkins its message: both say it. */
function caseLines({ group, name, wrong }: Case, seconds: string): string[] {
  const head = `    <testcase ${
    attributes({ classname: `rtcrowd.${group}`, name, time: seconds })
  }`;
  if (wrong === undefined) return [`${head}/>`];
  const { kind, type, says } = wrong;
  return [
    `${head}>`,
    `      <${kind} ${attributes({ message: says, type })}>${
      xmlText(says)
    }</${kind}>`,
    "    </testcase>",
  ];
}

function propertiesOf(summary: Summary): Readonly<Record<string, string>> {
  return {
    server: summary.server.url,
    version: summary.version,
    seed: `${summary.seed}`,
    exitCode: `${summary.exitCode}`,
  };
}

/** What was found short of a failure, so that a pass does not hide it. */
function outputOf(summary: Summary): string {
  const { status, reason, about } = reportDocument(summary);
  const found = summary.judgement.filter(({ band }) => band !== "good")
    .map(({ band, says }) => `${band}: ${says}`);
  return [`${status}: ${reason}`, ...about, ...found].join("\n");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "unknown";
}

function attributes(
  values: Readonly<Record<string, string | number>>,
): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xmlText(`${value}`)}"`).join(" ");
}
