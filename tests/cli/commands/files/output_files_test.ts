import { assertEquals } from "@std/assert";
import { discardOld } from "../../../../cli/commands/files/output_files.ts";
import { reportCommand } from "../../../../cli/commands/report.ts";
import { runCommand } from "../../../../cli/commands/run.ts";
import { TempFolder } from "../../../temp_folder.ts";

/** A folder with files of an earlier run. */
class OldFolder extends TempFolder {
  async file(name: string, text = "of an earlier run"): Promise<string> {
    await Deno.writeTextFile(`${this.path}/${name}`, text);
    return `${this.path}/${name}`;
  }
}

Deno.test.each([
  { why: "a number is none", wrong: ["--clients", "many"] },
  { why: "there is no such option", wrong: ["--cliens", "3"] },
  { why: "a threshold cannot be read", wrong: ["--threshold", "los < 1%"] },
  { why: "it is of one run", wrong: ["--repeat", "3"] },
])(
  "a run that is not to be leaves no file of an earlier one as its own: $why",
  async ({ wrong }) => {
    using dir = new OldFolder();
    const args = [
      ...["--junit", await dir.file("junit.xml")],
      `--html=${await dir.file("page.html")}`,
      `--summary-md=${await dir.file("summary.md")}`,
      `--ndjson=${await dir.file("run.ndjson")}`,
    ];
    await dir.file("other.xml");
    assertEquals(await runCommand([...wrong, ...args]), 2);
    assertEquals(dir.names(), ["other.xml"]);
  },
);

Deno.test("nor does a report of nothing", async () => {
  using dir = new OldFolder();
  const junit = await dir.file("junit.xml");
  assertEquals(await reportCommand(["--junit", junit, "--csv=yes"]), 2);
  assertEquals(dir.names(), []);
});

Deno.test("what is only added to, and what is read, stays", async () => {
  using dir = new OldFolder();
  const steps = await dir.file("steps.md");
  const lines = await dir.file("run.ndjson");
  await discardOld([
    { kind: "summaryMd", path: steps, isAppended: true },
    { kind: "ndjson", path: lines, isAppended: false },
    { kind: "html", path: "/dev/null", isAppended: false },
    { kind: "junit", path: `${lines}/none.xml`, isAppended: false },
  ], [lines]);
  assertEquals(dir.names(), ["run.ndjson", "steps.md"]);
});
