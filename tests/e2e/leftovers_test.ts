/** What is left of earlier runs, and what later ones say in their files of how they ended. */

import { assertEquals, assertMatch } from "@std/assert";
import { openToWrite } from "../../cli/commands/files/paths.ts";
import { OutDir, Program, runProgram } from "./program.ts";

const SHORT_RUN = "run --embedded -c 2 -d 1 -r 0 --audio-only --quiet".split(
  " ",
);

Deno.test("a run is in its files from its beginning on, with those of the one before gone", async () => {
  using out = new OutDir();
  const stale = ["load_test_summary.json", "load_test_snapshot.json.gz"];
  for (const name of stale) {
    Deno.writeTextFileSync(`${out.path}/${name}`, "of another run");
  }
  await using program = new Program([
    ..."run --embedded -c 1 -d 1h -r 30 --quiet --out".split(" "),
    out.path,
  ]);
  const has = (name: string) => out.names().includes(name);
  const giveUp = setTimeout(() => program.kill("SIGKILL"), 30_000);
  while (!has("load_test_results.json") || has(stale[1])) {
    if (program.isOver) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  clearTimeout(giveUp);
  program.kill("SIGKILL");
  await program.ended();
  const { summary } = out.read();
  assertEquals([summary.partial, summary.exitCode], [true, 130]);
});

Deno.test({
  name:
    "a run whose page cannot be written says so in its files, too, and which of two clients never came to be dumped",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using out = new OutDir();
    const { code, stderr } = await runProgram([
      ...SHORT_RUN,
      "--dump=client-7",
      "--html=/dev/full",
      "--out",
      out.path,
    ]);
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot write --html to \/dev\/full: No space left/m);
    assertMatch(
      stderr,
      /^Cannot dump client-7: the run had client-0 to client-1\.$/m,
    );
    const { summary } = out.read();
    assertEquals([summary.exitCode, summary.verdict.status], [1, "passed"]);
  },
});

Deno.test("runs that are repeated do not go beside later ones of a longer series", async () => {
  using out = new OutDir();
  for (const name of ["1", "4", "12", "notes"]) {
    Deno.mkdirSync(`${out.path}/${name}`);
  }
  const { code, stderr } = await runProgram([
    ...SHORT_RUN,
    "--repeat=3",
    "--out",
    out.path,
  ]);
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^--out: ".*" has run 4 of a longer series, name another directory\.\n$/,
  );
});

Deno.test({
  name:
    "a pipe that nobody reads is refused after a while, and one that is read is not",
  ignore: Deno.build.os === "windows",
  async fn() {
    using out = new OutDir();
    const pipe = `${out.path}/pipe`;
    const made = await new Deno.Command("mkfifo", { args: [pipe] }).output();
    assertEquals(made.code, 0);
    const error = await openToWrite(pipe, 50).catch((error) => error);
    assertEquals(error.message, "nobody reads that pipe");
    const [file, reader] = await Promise.all([
      openToWrite(pipe),
      Deno.open(pipe, { read: true }),
    ]);
    await file.write(new TextEncoder().encode("line"));
    file.close();
    assertEquals(await new Response(reader.readable).text(), "line");
  },
});
