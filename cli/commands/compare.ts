/**
 * `compare`: several runs of one kind against several of another, and whether
 * the second ones are worse.
 *
 * @module
 */

import {
  formatCounted,
  maybe,
  type Summary,
  text,
  toggle,
  yesOrNo,
} from "../../tool.ts";
import { reasonOf, safeLine, safeValue } from "../../lib/text/mod.ts";
import type { ComparedRun } from "../../lib/output/mod.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { columns, commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import { replaceFile, whyNoFile } from "./files/paths.ts";
import {
  type ReadRun,
  readRun,
  readWhole,
  whyNoSummary,
} from "./files/read_run.ts";
import { printError, printJson, printOut, usage } from "./shell.ts";

const NOTES: readonly string[] = [
  "Each is the directory of a run, or its summary. A run is one value of each",
  "figure; five a side are needed to tell. A and B are medians, the change is",
  "the median of all differences between a run of B and one of A. Figures with a",
  "* are shown, and decide nothing; ~ is no difference that was seen and matters.",
  "A regression is a figure without * that is worse in B.",
  "",
  ...exitCodeLines({
    passed: "no regression was seen",
    broke: "a run cannot be read",
    usage: "wrong usage",
    invalid: "a run neither passed nor failed",
    failed: "a regression",
  }),
];

/** The page, where nothing else is said. */
const PAGE_FILE = "load_test_comparison.html";

const COMPARE_OPTIONS = {
  json: toggle(yesOrNo, { help: "print JSON", default: false }),
  html: maybe(text("FILE"), {
    help:
      `also as a page, both over one time axis; without FILE it is ${PAGE_FILE}`,
    bare: PAGE_FILE,
    follows: /\.html?$/i,
  }),
} as const;

/** Whatever is no option. */
const FILE = /^[^-]/;

/** Carries `compare` out; resolves with the exit code. */
export async function compareCommand(args: readonly string[]): Promise<number> {
  const { MAX_RUNS, compareRuns, comparisonRows } = await import(
    "../../lib/output/mod.ts"
  );
  const at = args.indexOf("--");
  const sides = (at < 0 ? [args] : [args.slice(0, at), args.slice(at + 1)])
    .map((side) => parseOptions(COMPARE_OPTIONS, side, FILE));
  if (sides.some(({ help }) => help)) {
    printOut(
      commandHelp({
        name: "compare",
        usage: "[options] A... -- B...",
        notes: NOTES,
      }, COMPARE_OPTIONS),
    );
    return 0;
  }
  const mistakes = sides.flatMap(({ mistakes }) => mistakes);
  if (sides.length < 2 || sides.some(({ operands }) => operands.length === 0)) {
    mistakes.push("Nothing to compare: name runs, then --, then other runs.");
  }
  if (sides.some(({ operands }) => operands.length > MAX_RUNS)) {
    mistakes.push(`At most ${MAX_RUNS} runs a side can be compared.`);
  }
  const page = sides.map(({ values }) => values.html).find(Boolean);
  const problem = page && await whyNoFile(page);
  if (problem) mistakes.push(`--html: ${problem}.`);
  if (mistakes.length > 0) return usage(mistakes);
  const runs: Summary[][] = [];
  const reads: ReadRun[][] = [];
  for (const { operands } of sides) {
    const read = await Promise.all(operands.map(readRun));
    for (const [i, { problem, summary }] of read.entries()) {
      if (summary !== null) continue;
      printError(
        problem ??
          `Cannot compare ${operands[i]}: ${await whyNoSummary(operands[i])}.`,
      );
      return EXIT_CODES.broke;
    }
    reads.push(read);
    runs.push(read.flatMap(({ summary }) => summary ?? []));
  }
  const twice = sameRuns(reads.flat());
  if (twice !== undefined) {
    const [first, second] = twice;
    return usage([
      `Cannot compare ${first.path} and ${second.path}: they are one run, which counts once.`,
    ]);
  }
  const unfit = reads.flat().filter(({ summary }) =>
    summary?.verdict.status !== "passed" && summary?.verdict.status !== "failed"
  );
  if (unfit.length > 0) {
    for (const { path, summary } of unfit) {
      printError(
        `Cannot compare ${path}: it is ${summary?.verdict.status}. Leave it out.`,
      );
    }
    return EXIT_CODES.invalid;
  }
  const comparison = compareRuns(runs[0], runs[1]);
  const { settings, result } = comparison;
  if (sides.some(({ values }) => values.json)) printJson(comparison);
  else {
    printOut(
      [
        `${result.toUpperCase()}  ${
          formatCounted(runs[0].length, "run")
        } against ${runs[1].length}${
          result === "cannot tell"
            ? ': five a side are needed ("run --repeat 5 --out DIR")'
            : ""
        }`,
        ...settings.map(({ name, a, b }) =>
          `not the same: ${name}: ${textOf(a)} -> ${textOf(b)}`
        ),
        "",
        ...columns(comparisonRows(comparison)),
        "",
        "A and B are medians, the change is the median of all differences of two runs",
        "* decides nothing   ~ no difference that was seen and matters",
      ].map((line) => `${line}\n`).join(""),
    );
  }
  if (page !== undefined) {
    const { renderComparison } = await import("../../lib/output/mod.ts");
    const [a, b] = await Promise.all(reads.map(wholeRuns));
    const html = await renderComparison(safeValue(comparison), a, b);
    try {
      await replaceFile(page, html);
    } catch (error) {
      printError(`Cannot write --html to ${page}: ${reasonOf(error)}.`);
      return EXIT_CODES.broke;
    }
  }
  return result === "regression" ? EXIT_CODES.failed : EXIT_CODES.passed;
}

/** Two that are one run, whatever they are called: of copies nothing can be learned, and a test takes them for runs that agree. */
function sameRuns(
  runs: readonly ReadRun[],
): readonly [ReadRun, ReadRun] | undefined {
  const seen = new Map<string, ReadRun>();
  for (const run of runs) {
    const text = JSON.stringify(run.summary);
    const before = seen.get(text);
    if (before !== undefined) return [before, run];
    seen.set(text, run);
  }
}

/** With all that is kept of each. */
async function wholeRuns(runs: readonly ReadRun[]): Promise<ComparedRun[]> {
  const whole: ComparedRun[] = [];
  // One after the other: each may be large, and of each little is needed.
  for (const run of runs) {
    const { summary, course, snapshot, problem } = await readWhole(run);
    if (problem !== null) printError(problem);
    whole.push({
      name: safeLine(run.path.replace(/\/+$/, "")),
      summary: safeValue(summary),
      course,
      trends: snapshot?.trends,
    });
  }
  return whole;
}

function textOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}
