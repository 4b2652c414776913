/** What README.md shows as a module, run as it is printed. */

import { assertEquals, assertMatch } from "@std/assert";
import { fromAnywhere, printedAdapter } from "../fixtures/printed_adapter.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the script of the README works as printed, and is typed", async () => {
  const [script] = await printed();
  const { code, stdout, stderr } = await run(["run", "--check", "-A", "-"], {
    cwd: ROOT,
    stdin: script,
  });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^all 2 thresholds passed \d/);
});

Deno.test("the scenario of one's own works as printed, and so does its test", async () => {
  const [, scenario, test] = await printed();
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/late_mute.ts`, fromAnywhere(scenario));
    await Deno.writeTextFile(`${dir}/late_mute_test.ts`, fromAnywhere(test));
    const { code, stdout, stderr } = await run(
      ["test", "-A", "--check", `${dir}/late_mute_test.ts`],
      { cwd: ROOT },
    );
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /1 passed/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("the adapters of the README are typed as printed", async () => {
  const files = await Promise.all(["socketIo", "jsonRpc"].map(printedAdapter));
  try {
    const { code, stderr } = await run(["check", ...files], { cwd: ROOT });
    assertEquals(code, 0, stderr);
  } finally {
    await Promise.all(files.map((file) => Deno.remove(file)));
  }
});

/** The blocks of TypeScript, in order. */
async function printed(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
}

async function run(
  args: readonly string[],
  { cwd, stdin = "" }: { readonly cwd: URL; readonly stdin?: string },
) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
