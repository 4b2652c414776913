/**
 * Reports of test runs in the format of JUnit.
 *
 * @module
 */

const COUNTS = ["tests", "failures", "errors", "time"];

/** One report of several of `deno test`: what is in them, and their sums. */
export function mergedJunit(reports: readonly string[]): string {
  const sums = COUNTS.map((name) => {
    const pattern = new RegExp(`<testsuites [^>]*\\b${name}="([\\d.]+)"`);
    const sum = reports.reduce(
      (sum, text) => sum + Number(pattern.exec(text)?.[1] ?? 0),
      0,
    );
    return `${name}="${name === "time" ? sum.toFixed(3) : sum}"`;
  });
  const suites = reports.map((text) =>
    /<testsuites [^>]*>\n?(.*?)<\/testsuites>/s.exec(text)?.[1] ?? ""
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" ${sums.join(" ")}>
${suites.join("")}</testsuites>
`;
}
