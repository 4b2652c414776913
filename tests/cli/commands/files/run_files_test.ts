import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { whyNotWritable } from "../../../../cli/commands/files/paths.ts";
import {
  RunFiles,
  withoutFiles,
} from "../../../../cli/commands/files/run_files.ts";
import { unpackRun } from "../../../../lib/report/mod.ts";
import {
  resultsSchema,
  summarySchema,
} from "../../../../lib/report/reading.ts";
import { EMPTY_COURSE, summarize } from "../../../../lib/metrics/mod.ts";
import { madeUpRun } from "../../../lib/metrics/run.ts";
import { TempFolder } from "../../../temp_folder.ts";

const RECORD = {
  summary: summarize(madeUpRun()),
  clients: madeUpRun().snapshot.clients,
};

Deno.test("a directory is writable, and so is one that is not there yet", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  assertEquals(await whyNotWritable(dir), undefined);
  assertEquals(await whyNotWritable(`${dir}/new`), undefined);
  assertEquals(await whyNotWritable(`${dir}/new/`), undefined);
  assertEquals(await whyNotWritable("new-here"), undefined);
  assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
});

Deno.test("a file, a place under nothing and one that cannot be written are told apart", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  await Deno.writeTextFile(`${dir}/file`, "");
  const why = async (path: string) => await whyNotWritable(path) ?? "";
  assertStringIncludes(await why(`${dir}/file`), "is not a directory");
  assertStringIncludes(await why(`${dir}/a/b`), "has no directory above it");
  assertStringIncludes(await why(`${dir}/file/b`), "not writable");
});

Deno.test("both files are written as their schemas say, and nothing else", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  const files = new RunFiles(`${dir}/new`, mustNotTell);
  await files.checkpoint(() => RECORD);
  await files.finish(RECORD);
  assertEquals(await namesIn(`${dir}/new`), [
    "load_test_results.json",
    "load_test_summary.json",
  ]);
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(`${dir}/new/${name}`));
  summarySchema.parse(await read("load_test_summary.json"));
  const results = resultsSchema.parse(await read("load_test_results.json"));
  assertEquals(results.length, RECORD.clients.length);
});

Deno.test("all of a run is written once it is over, and before while it is little", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  const { snapshot } = madeUpRun();
  const rest = { found: ["40"], snapshot, course: EMPTY_COURSE, stories: [] };
  const files = new RunFiles(dir, mustNotTell);
  await files.checkpoint(() => RECORD);
  assertEquals((await namesIn(dir)).length, 2);
  await files.checkpoint(() => ({ ...RECORD, rest }));
  // There was too much of it later: that of before is better than none.
  await files.checkpoint(() => RECORD);
  const path = `${dir}/load_test_snapshot.json.gz`;
  const read = await unpackRun(await Deno.readFile(path));
  assertEquals(read, { ...rest, summary: RECORD.summary });
  // Another run's clients are others.
  await new RunFiles(dir, mustNotTell).checkpoint(() => RECORD);
  assertEquals((await namesIn(dir)).length, 2);
});

Deno.test("a checkpoint is left out while another is being written, and the last word waits for it", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  const files = new RunFiles(dir, mustNotTell);
  const first = files.checkpoint(() => RECORD);
  let asked = false;
  const second = files.checkpoint(() => {
    asked = true;
    return RECORD;
  });
  const summary = { ...RECORD.summary, seed: 4711 };
  await Promise.all([first, second, files.finish({ ...RECORD, summary })]);
  assert(!asked);
  assertStringIncludes(
    await Deno.readTextFile(`${dir}/load_test_summary.json`),
    "4711",
  );
});

Deno.test("a directory that was removed meanwhile is made again, and nothing is said", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  const files = new RunFiles(`${dir}/a/b`, mustNotTell);
  await files.checkpoint(() => RECORD);
  await Deno.remove(`${dir}/a`, { recursive: true });
  assert(await files.finish(RECORD));
  assertEquals((await namesIn(`${dir}/a/b`)).length, 2);
});

/** What keeps files from being written to a directory. */
const OBSTACLES = [
  {
    why: "a directory has its name",
    obstruct: (dir: string) => Deno.mkdir(`${dir}/load_test_summary.json`),
  },
  {
    why: "a file has the directory's name",
    obstruct: async (dir: string) => {
      await Deno.remove(dir);
      await Deno.writeTextFile(dir, "");
    },
  },
];

Deno.test.each(OBSTACLES)(
  "what cannot be written goes to a place that is named once: $why",
  async ({ obstruct }) => {
    const dir = await Deno.makeTempDir();
    const refuge = `${dir}-refuge`;
    const told: string[] = [];
    const files = new RunFiles(dir, (line) => told.push(line), [
      () => Promise.reject(new Error("no room")),
      () => Promise.resolve(refuge),
    ]);
    await obstruct(dir);
    await files.checkpoint(() => RECORD);
    await files.checkpoint(() => RECORD);
    assertEquals(await files.finish(RECORD), false);
    assertEquals(told.length, 1);
    assertStringIncludes(told[0], `Cannot write the results to ${dir}: `);
    assertStringIncludes(told[0], ` They go to ${refuge} instead.`);
    assertEquals(await namesIn(refuge), [
      "load_test_results.json",
      "load_test_summary.json",
    ]);
    // Whoever reads it there is told the same as whoever reads the exit code.
    const { exitCode, verdict } = JSON.parse(
      await Deno.readTextFile(`${refuge}/load_test_summary.json`),
    );
    assertEquals(exitCode, RECORD.summary.exitCode || 1);
    assertEquals(verdict, RECORD.summary.verdict);
    for (const one of [dir, refuge]) {
      await Deno.remove(one, { recursive: true });
    }
  },
);

Deno.test.each([
  { exitCode: 0, why: "passed", want: 1 },
  { exitCode: 98, why: "is invalid", want: 98 },
  { exitCode: 99, why: "failed", want: 99 },
])(
  "a run that $why exits with $want when its files are not where they should be",
  ({ exitCode, want }) => {
    const { summary } = RECORD;
    assertEquals(withoutFiles({ ...summary, exitCode }), {
      ...summary,
      exitCode: want,
    });
  },
);

Deno.test("where only one of the two files can be written, the other one is not, either", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  await Deno.writeTextFile(`${dir}/load_test_summary.json`, "old");
  const told: string[] = [];
  const files = new RunFiles(dir, (line) => told.push(line), []);
  const endless: unknown[] = [];
  endless.push(endless);
  const summary = RECORD.summary;
  const clients = RECORD.clients.map((client) => ({
    ...client,
    failureCause: endless as unknown as string,
  }));
  assertEquals(await files.finish({ summary, clients }), false);
  assertStringIncludes(told[0], "circular");
  assertEquals(await namesIn(dir), ["load_test_summary.json"]);
  assertEquals(
    await Deno.readTextFile(`${dir}/load_test_summary.json`),
    "old",
  );
});

Deno.test("what can be written nowhere is told once, and leaves nothing unfinished", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  const told: string[] = [];
  const files = new RunFiles(dir, (line) => told.push(line), []);
  await Deno.mkdir(`${dir}/load_test_summary.json`);
  await files.checkpoint(() => RECORD);
  assertEquals(await files.finish(RECORD), false);
  assertEquals(told.length, 1);
  files.discardUnfinished();
  assert((await namesIn(dir)).every((name) => !name.startsWith(".")));
});

Deno.test("what a link points to is left alone, whatever is called like a result", async () => {
  using temp = new TempFolder();
  const dir = temp.path;
  await Deno.writeTextFile(`${dir}/precious`, "precious");
  const names = ["load_test_summary.json", "load_test_results.json"];
  for (const name of names) {
    for (const link of [name, `.${name}.${Deno.pid}`]) {
      await Deno.symlink(`${dir}/precious`, `${dir}/${link}`);
    }
  }
  assert(await new RunFiles(dir, mustNotTell).finish(RECORD));
  assertEquals(await Deno.readTextFile(`${dir}/precious`), "precious");
  assert((await Deno.lstat(`${dir}/load_test_summary.json`)).isFile);
});

function mustNotTell(line: string): void {
  throw new Error(`told: ${line}`);
}

async function namesIn(dir: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(dir));
  return entries.map(({ name }) => name).sort();
}
