/** The map of the house, as a check: who may import whom, and where the outside comes in. */

import { assertEquals } from "@std/assert";

/** What each room may import, besides itself. `CONTRIBUTING.md` draws the same. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "lib/connection": [],
  "lib/time": [],
  "lib/protocol": [],
  "lib/clip": [],
  "lib/media": ["lib/clip"],
  "lib/impairment": [],
  "lib/rtc": ["lib/impairment", "lib/time"],
  "lib/machine": [],
  "lib/metrics": [],
  "lib/monitor": ["lib/connection", "lib/time"],
  "lib/signaling": ["lib/connection", "lib/protocol", "lib/time"],
  "lib/report": ["lib/metrics"],
  "lib/client": [
    "lib/time",
    "lib/protocol",
    "lib/signaling",
    "lib/media",
    "lib/rtc",
  ],
  "lib/load": [
    "lib/connection",
    "lib/protocol",
    "lib/media",
    "lib/metrics",
    "lib/impairment",
  ],
  "lib/sfu": ["lib/protocol", "lib/media", "lib/rtc"],
  "lib/testing": [
    "lib/clip",
    "lib/protocol",
    "lib/signaling",
    "lib/media",
    "lib/rtc",
    "lib/impairment",
    "lib/client",
    "lib/load",
    "lib/metrics",
    "lib/scenario",
  ],
  "lib/scenario": [
    "lib/connection",
    "lib/time",
    "lib/protocol",
    "lib/clip",
    "lib/signaling",
    "lib/media",
    "lib/rtc",
    "lib/impairment",
    "lib/client",
    "lib/load",
    "lib/machine",
    "lib/metrics",
    "lib/monitor",
    "lib/report",
    "lib/sfu",
  ],
  "mod.ts": ["lib/*", "scenarios"],
  "cli/terminal": [],
  "cli/session": ["mod.ts", "cli/terminal"],
  "cli/commands": ["mod.ts", "cli/terminal", "cli/session"],
  "cli": ["mod.ts", "cli/terminal", "cli/session", "cli/commands"],
  "scenarios": ["mod.ts"],
};

const ROOT = new URL("../", import.meta.url);

interface Import {
  /** Path of the importing file, from the root. */
  readonly file: string;
  /** What stands between the quotes. */
  readonly specifier: string;
}

Deno.test("imports point downward on the map", async () => {
  const wrong: string[] = [];
  for (const { file, specifier } of await allImports()) {
    // The command line's rooms share one list of third parties.
    if (!specifier.startsWith(".") || specifier === "../deps.ts") continue;
    const from = roomOf(file);
    const to = roomOf(resolve(file, specifier));
    if (from === to || from.startsWith("tests")) continue;
    const allowed = MAY_IMPORT[from] ?? [];
    const ok = allowed.includes(to) ||
      (allowed.includes("lib/*") && to.startsWith("lib/"));
    if (!ok) wrong.push(`${from} cannot import ${to} (${file})`);
  }
  assertEquals(wrong, []);
});

Deno.test("a room is entered by its mod.ts", async () => {
  const wrong: string[] = [];
  for (const { file, specifier } of await allImports()) {
    if (!specifier.startsWith(".")) continue;
    const target = resolve(file, specifier);
    if (roomOf(file) === roomOf(target) || file === "mod.ts") continue;
    if (target.endsWith("/mod.ts") || target === "mod.ts") continue;
    if (file === "cli/main.ts" || specifier === "../deps.ts") continue;
    wrong.push(`${file} reaches into ${target}`);
  }
  assertEquals(wrong, []);
});

Deno.test("third parties come in by deps.ts, exactly pinned", async () => {
  const wrong: string[] = [];
  for (const { file, specifier } of await allImports()) {
    if (specifier.startsWith(".")) continue;
    if (!file.endsWith("deps.ts")) {
      wrong.push(`${file} imports ${specifier} itself`);
    }
    const pinned = specifier.startsWith("node:") ||
      /^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+(\/[\w./-]+)?$/.test(specifier);
    if (!pinned) wrong.push(`${file} does not pin ${specifier}`);
  }
  assertEquals(wrong, []);
});

Deno.test("what is imported by URL reads no file beside itself", async () => {
  const wrong: string[] = [];
  for await (const file of sourceFiles("")) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    if (/import\.meta\.(dirname|filename)/.test(text)) wrong.push(file);
  }
  assertEquals(wrong, []);
});

/** The imports and re-exports of everything but the tests. */
async function allImports(): Promise<Import[]> {
  const imports: Import[] = [];
  for await (const file of sourceFiles("")) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    const pattern =
      /^(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
    for (const [, from, bare, dynamic] of text.matchAll(pattern)) {
      imports.push({ file, specifier: from ?? bare ?? dynamic });
    }
  }
  return imports;
}

/** Paths of all sources, tests left out. */
async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`./${folder}`, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.name.startsWith(".") || path === "tests") continue;
    if (entry.isDirectory) yield* sourceFiles(`${path}/`);
    else if (/(?<!\.d)\.ts$/.test(path)) yield path;
  }
}

function resolve(file: string, specifier: string): string {
  const target = new URL(specifier, new URL(file, ROOT));
  return target.href.slice(ROOT.href.length);
}

/** `lib/rtc`, `cli/session`, `cli`, `scenarios`, or a file at the top. */
function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return path;
  const nested = (parts[0] === "lib" || parts[0] === "cli") && parts.length > 2;
  return parts.slice(0, nested ? 2 : 1).join("/");
}
