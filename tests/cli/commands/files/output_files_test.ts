import { assertEquals } from "@std/assert";
import { discardOld } from "../../../../cli/commands/files/output_files.ts";
import { reportCommand } from "../../../../cli/commands/report.ts";
import { runCommand } from "../../../../cli/commands/run.ts";

interface TempDir extends AsyncDisposable {
  readonly file: (name: string, text?: string) => Promise<string>;
  readonly names: () => Promise<string[]>;
}

async function tempDir(): Promise<TempDir> {
  const dir = await Deno.makeTempDir();
  return {
    async file(name, text = "of an earlier run") {
      await Deno.writeTextFile(`${dir}/${name}`, text);
      return `${dir}/${name}`;
    },
    names: async () =>
      (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

Deno.test.each([
  { why: "a number is none", wrong: ["--clients", "many"] },
  { why: "there is no such option", wrong: ["--cliens", "3"] },
  { why: "a threshold cannot be read", wrong: ["--threshold", "los < 1%"] },
  { why: "it is of one run", wrong: ["--repeat", "3"] },
])(
  "a run that is not to be leaves no file of an earlier one as its own: $why",
  async ({ wrong }) => {
    await using dir = await tempDir();
    const args = [
      ...["--junit", await dir.file("junit.xml")],
      `--html=${await dir.file("page.html")}`,
      `--summary-md=${await dir.file("summary.md")}`,
      `--ndjson=${await dir.file("run.ndjson")}`,
    ];
    await dir.file("other.xml");
    assertEquals(await runCommand([...wrong, ...args]), 2);
    assertEquals(await dir.names(), ["other.xml"]);
  },
);

Deno.test("nor does a report of nothing", async () => {
  await using dir = await tempDir();
  const junit = await dir.file("junit.xml");
  assertEquals(await reportCommand(["--junit", junit, "--csv=yes"]), 2);
  assertEquals(await dir.names(), []);
});

Deno.test("what is only added to, and what is read, stays", async () => {
  await using dir = await tempDir();
  const steps = await dir.file("steps.md");
  const lines = await dir.file("run.ndjson");
  await discardOld([
    { kind: "summaryMd", path: steps, isAppended: true },
    { kind: "ndjson", path: lines, isAppended: false },
    { kind: "html", path: "/dev/null", isAppended: false },
    { kind: "junit", path: `${lines}/none.xml`, isAppended: false },
  ], [lines]);
  assertEquals(await dir.names(), ["run.ndjson", "steps.md"]);
});
