import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { RunFiles, whyNotWritable } from "../../../cli/commands/run_files.ts";
import { resultsSchema, summarySchema } from "../../../lib/report/mod.ts";
import { summarize } from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../../lib/metrics/run.ts";

const RECORD = {
  summary: summarize(madeUpRun()),
  clients: madeUpRun().snapshot.clients,
};

Deno.test("a directory is writable, and so is one that is not there yet", async () => {
  const dir = await Deno.makeTempDir();
  assertEquals(await whyNotWritable(dir), undefined);
  assertEquals(await whyNotWritable(`${dir}/new`), undefined);
  assertEquals(await whyNotWritable(`${dir}/new/`), undefined);
  assertEquals(await whyNotWritable("new-here"), undefined);
  assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  await Deno.remove(dir);
});

Deno.test("a file, a place under nothing and one that cannot be written are told apart", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/file`, "");
  const why = async (path: string) => await whyNotWritable(path) ?? "";
  assertStringIncludes(await why(`${dir}/file`), "is not a directory");
  assertStringIncludes(await why(`${dir}/a/b`), "has no directory above it");
  assertStringIncludes(await why(`${dir}/file/b`), "not writable");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("both files are written as their schemas say, and nothing else", async () => {
  const dir = await Deno.makeTempDir();
  const files = new RunFiles(`${dir}/new`);
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
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a checkpoint is left out while another is being written, and the last word waits for it", async () => {
  const dir = await Deno.makeTempDir();
  const files = new RunFiles(dir);
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
  await Deno.remove(dir, { recursive: true });
});

Deno.test("what cannot be written is one line and leaves the other files alone", async () => {
  const dir = await Deno.makeTempDir();
  const files = new RunFiles(dir);
  await Deno.mkdir(`${dir}/load_test_summary.json`);
  const error = await assertRejects(() => files.finish(RECORD));
  assertStringIncludes(String(error), `Cannot write the results to ${dir}`);
  files.discardUnfinished();
  assert((await namesIn(dir)).every((name) => !name.startsWith(".")));
  await Deno.remove(dir, { recursive: true });
});

async function namesIn(dir: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(dir));
  return entries.map(({ name }) => name).sort();
}
