/** What README.md shows as a module, run as it is printed. */

import { assertEquals, assertMatch } from "@std/assert";
import { fromAnywhere, printedAdapter } from "../fixtures/printed_adapter.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the script of the README works as printed", async () => {
  const [script] = await printed();
  const { code, stdout, stderr } = await run(["run", "-A", "-"], {
    cwd: ROOT,
    stdin: script,
  });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^all 2 thresholds passed \d/);
});

Deno.test("the scenario of one's own works as printed, and so does its test", async () => {
  using files = await writePrinted();
  const { code, stdout, stderr } = await run(
    ["test", "-A", "--no-check", files.of("late_mute_test.ts")],
    { cwd: ROOT },
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /1 passed/);
});

Deno.test("all modules of the README are typed as printed", async () => {
  using files = await writePrinted();
  const adapters = await Promise.all(
    ["socketIo", "jsonRpc"].map(printedAdapter),
  );
  try {
    const { code, stderr } = await run(["check", ...files.all, ...adapters], {
      cwd: ROOT,
    });
    assertEquals(code, 0, stderr);
  } finally {
    await Promise.all(adapters.map((file) => Deno.remove(file)));
  }
});

/** The script, the scenario and its test, in a directory that goes away with them. */
async function writePrinted() {
  const [script, scenario, test] = await printed();
  const dir = await Deno.makeTempDir();
  const of = (name: string) => `${dir}/${name}`;
  const codes = {
    "script.ts": script,
    "late_mute.ts": scenario,
    "late_mute_test.ts": test,
  };
  for (const [name, code] of Object.entries(codes)) {
    await Deno.writeTextFile(of(name), fromAnywhere(code));
  }
  return {
    of,
    all: Object.keys(codes).map(of),
    [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }),
  };
}

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
