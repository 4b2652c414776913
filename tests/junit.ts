/**
 * Reports of test runs in the format of JUnit.
 *
 * @module
 */

const COUNTS = ["tests", "failures", "errors"];
const SUITE = / *<testsuite name="([^"]*)".*?<\/testsuite>\n?/gs;
const FAILURE =
  /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*<(?:failure|error) message="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&apos;": "'",
  "&gt;": ">",
  "&lt;": "<",
  "&quot;": '"',
};

/** A test that failed. */
export interface Failure {
  readonly file: string;
  readonly test: string;
  /** The first line of what it threw. */
  readonly reason: string;
}

/** One report of several of `deno test`: what is in them, and their sums. */
export function mergedJunit(reports: readonly string[]): string {
  const suites = reports.flatMap(suitesOf);
  const counts = COUNTS.map((name) => {
    const pattern = new RegExp(`^[^>]*\\b${name}="(\\d+)"`);
    return `${name}="${sum(suites.map((text) => pattern.exec(text)?.[1]))}"`;
  });
  const time = sum(
    reports.map((text) => /<testsuites [^>]*\btime="([\d.]+)"/.exec(text)?.[1]),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" ${counts.join(" ")} time="${time.toFixed(3)}">
${suites.join("")}</testsuites>
`;
}

/** The tests of a report that failed. */
export function failuresIn(report: string): Failure[] {
  return [...report.matchAll(FAILURE)].map(([, test, file, message]) => ({
    file: plain(file),
    test: plain(test),
    reason: plain(message).split("\n", 1)[0],
  }));
}

/** A report of those files alone of which all tests passed, and which they are. */
export function passedIn(
  report: string,
): { readonly files: ReadonlySet<string>; readonly report: string } {
  const files = new Set<string>();
  const passed = report.replace(SUITE, (suite, file: string) => {
    if (failuresIn(suite).length > 0) return "";
    files.add(plain(file));
    return suite;
  });
  return { files, report: mergedJunit([passed]) };
}

function suitesOf(report: string): string[] {
  return [...report.matchAll(SUITE)].map(([text]) => text);
}

function sum(numbers: readonly (string | undefined)[]): number {
  return numbers.reduce((sum, number) => sum + Number(number ?? 0), 0);
}

/** XML's text as it was written. */
function plain(text: string): string {
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
