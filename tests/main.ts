/**
 * All tests, in parts: the examples in the documentation; what can go on
 * beside other tests, two files at a time; what has to have the machine to
 * itself, one after another, the soak last.
 *
 * ```text
 * deno task test [--junit-path=FILE]
 * deno task test PATH... [OPTIONS OF deno test]
 * ```
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { mergedJunit } from "./junit.ts";

/** Modules whose examples are run. */
const DOCUMENTED = ["mod.ts", "kit.ts", "tool.ts", "lib"];

/** They judge no run, measure nothing, and set nothing that is the whole process's. */
const TOGETHER = [
  "tests/architecture_test.ts",
  "tests/cli",
  "tests/e2e/cli_refusals_test.ts",
  "tests/e2e/report_test.ts",
  "tests/fuzz",
  "tests/junit_test.ts",
  "tests/lib",
  "tests/scenarios",
  "tests/scripts",
];

/** Files at a time; on a slow machine one. */
const JOBS = 2;
const QUICK_MS = 300;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const junit = args.map((arg) => /^--junit-path=(.+)$/.exec(arg)?.[1]);
  if (args.length > 1 || args.length === 1 && junit[0] === undefined) {
    return await test(args);
  }
  const jobs = isQuick() ? JOBS : 1;
  const parts = [
    ["--doc", ...DOCUMENTED],
    ["--no-check", "--parallel", ...TOGETHER],
    ["--no-check", `--ignore=${TOGETHER.join()}`, "tests"],
  ];
  const reports: string[] = [];
  let code = 0;
  for (const part of parts) {
    const report = await Deno.makeTempFile();
    code = await test([`--junit-path=${report}`, ...part], jobs) || code;
    reports.push(await Deno.readTextFile(report));
    await Deno.remove(report);
  }
  if (junit[0] !== undefined) {
    await Deno.writeTextFile(junit[0], mergedJunit(reports));
  }
  return code;
}

async function test(args: readonly string[], jobs = 1): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    env: { DENO_JOBS: String(jobs) },
  }).spawn().status;
  return code;
}

/** By the CPU time that some arithmetic takes: 160 ms where the project is developed. */
function isQuick(): boolean {
  const before = cpuUsage();
  let number = 1;
  for (let i = 0; i < 10_000_000; i++) number = number * 48_271 % 2_147_483_647;
  return number > 0 && cpuUsage(before).user / 1000 < QUICK_MS;
}
