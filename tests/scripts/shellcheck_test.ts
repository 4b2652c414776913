/** All shell of the project is clean by shellcheck. */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

Deno.test({
  name: "shellcheck finds nothing in any script",
  // Required where CI is set: a machine of CI has it.
  ignore: !(await has("shellcheck")) && Deno.env.get("CI") === undefined,
  async fn() {
    const scripts = [".ci/run", ...shellFiles("scripts/")];
    const { stdout } = await new Deno.Command("shellcheck", {
      args: ["-x", ...scripts],
      cwd: ROOT,
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "");
  },
});

function shellFiles(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap((entry) =>
    entry.isDirectory
      ? shellFiles(`${folder}${entry.name}/`)
      : entry.name.endsWith(".sh")
      ? [`${folder}${entry.name}`]
      : []
  );
}

async function has(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null" })
      .output();
    return true;
  } catch {
    return false;
  }
}
