/**
 * All tests, in parts: the examples in the documentation; what keeps a CPU
 * busy and judges no run, two files at a time; what mostly waits, two files at
 * a time, too, each in a process of its own; what has to have the machine to
 * itself, one after another. A file that fails is asked once more at the end,
 * alone, and what it says there counts: runs are judged, and whatever disturbs
 * the machine makes them invalid. What failed is named at the end, and so is
 * what failed at first.
 *
 * ```text
 * deno task test [--junit-path=FILE]
 * deno task test PATH... [OPTIONS OF deno test]
 * ```
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { type Failure, failuresIn, mergedJunit, passedIn } from "./junit.ts";

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
  "tests/publish_test.ts",
  "tests/scenarios",
  "tests/scripts",
];

/** They are about a machine that is busy, or make it so. */
const ALONE = [
  "tests/e2e/bench_test.ts",
  "tests/e2e/how_many_test.ts",
  "tests/e2e/overload_test.ts",
  "tests/e2e/standstill_test.ts",
  "tests/integration/packet_path_test.ts",
];

/** Begun first, so that none of them is what the others are waited for with in the end. */
const LONG = [
  "tests/soak/soak_test.ts",
  "tests/e2e/stress_test_test.ts",
  "tests/e2e/faults_test.ts",
  "tests/e2e/cuts_test.ts",
  "tests/e2e/readme_test.ts",
  "tests/accuracy/accuracy_test.ts",
  "tests/integration/run_test.ts",
  "tests/integration/scenarios_test.ts",
];

/** Files at a time; on a slow machine one. */
const JOBS = 2;
const QUICK_MS = 300;

/** What one `deno test` came to. */
interface Part {
  readonly code: number;
  /** In JUnit's format; empty where there is none. */
  readonly report: string;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const junit = args.map((arg) => /^--junit-path=(.+)$/.exec(arg)?.[1]);
  if (args.length > 1 || args.length === 1 && junit[0] === undefined) {
    return await run(args, 1, "inherit");
  }
  const jobs = isQuick() ? JOBS : 1;
  const parts = [await test(["--doc", ...DOCUMENTED], jobs)];
  const again: string[] = [];
  const shaky: Failure[] = [];
  const keep = ({ code, report }: Part, files: readonly string[]): void => {
    if (code === 0) return void parts.push({ code, report });
    const passed = passedIn(report);
    const failed = files.filter((file) => !passed.files.has(`./${file}`));
    if (failed.length === 0) return void parts.push({ code, report });
    parts.push({ code: 0, report: passed.report });
    again.push(...failed);
    shaky.push(...failuresIn(report));
  };
  keep(
    await test(["--no-check", "--parallel", ...TOGETHER], jobs),
    await testsIn(TOGETHER),
  );
  const others = (await testsIn(["tests"])).filter((file) =>
    ![...TOGETHER, ...ALONE, ...LONG].some((path) =>
      file === path || file.startsWith(`${path}/`)
    )
  );
  const waiting = [...LONG, ...others];
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let file; (file = waiting.shift()) !== undefined;) {
      keep(await test(["--no-check", file], 1, "piped"), [file]);
    }
  }));
  keep(await test(["--no-check", ...ALONE]), ALONE);
  if (again.length > 0) {
    console.log(`Once more, alone: ${again.join(", ")}`);
    parts.push(await test(["--no-check", ...again]));
  }
  const report = mergedJunit(parts.map(({ report }) => report));
  if (junit[0] !== undefined) await Deno.writeTextFile(junit[0], report);
  const tell = (what: string, failures: readonly Failure[]): void => {
    for (const { file, test, reason } of failures) {
      console.log(`${what}: ${file}: ${test}: ${reason}`);
    }
  };
  tell("Failed at first", shaky);
  tell("Failed", failuresIn(report));
  return parts.find(({ code }) => code !== 0)?.code ?? 0;
}

async function test(
  args: readonly string[],
  jobs = 1,
  output: "inherit" | "piped" = "inherit",
): Promise<Part> {
  const path = await Deno.makeTempFile();
  const code = await run([`--junit-path=${path}`, ...args], jobs, output);
  const report = await Deno.readTextFile(path);
  await Deno.remove(path);
  return { code, report };
}

/** Runs tests; what they print is shown at once, or whole once they are over. */
async function run(
  args: readonly string[],
  jobs: number,
  output: "inherit" | "piped",
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    env: { DENO_JOBS: String(jobs) },
    stdout: output,
    stderr: output,
  }).spawn();
  if (output === "piped") {
    const said = await Promise.all(
      [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
    );
    console.log(said.join("").trim());
  }
  return (await child.status).code;
}

/** The files with tests among files and in folders. */
async function testsIn(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path.endsWith("_test.ts")) files.push(path);
    else if (!path.endsWith(".ts")) {
      const entries = await Array.fromAsync(Deno.readDir(path));
      const inside = entries
        .filter(({ name, isDirectory }) => isDirectory || name.endsWith(".ts"))
        .map(({ name }) => `${path}/${name}`);
      files.push(...await testsIn(inside));
    }
  }
  return files.sort();
}

/** By the CPU time that some arithmetic takes: 160 ms where the project is developed. */
function isQuick(): boolean {
  const before = cpuUsage();
  let number = 1;
  for (let i = 0; i < 10_000_000; i++) number = number * 48_271 % 2_147_483_647;
  return number > 0 && cpuUsage(before).user / 1000 < QUICK_MS;
}
