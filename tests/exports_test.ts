/** What a file hands out, somebody takes: an export that nobody imports is a door into a wall. */

import { assertEquals } from "@std/assert";

/** Doors of the project itself: what they export, users import. */
const FACES: readonly string[] = [
  "mod.ts",
  "kit.ts",
  "tool.ts",
  "lib/signaling/adapter/mod.ts",
  "lib/testing/mod.ts",
];

const ROOT = new URL("../", import.meta.url);

/** One name that a file exports. */
interface Export {
  readonly name: string;
  /** A type is used, too, where another export of its file is made of it. */
  readonly isType: boolean;
  /** Where it comes from, if the file only hands it on. */
  readonly from?: { readonly file: string; readonly name: string };
}

/** What the imports and exports of a set of files say. */
interface Names {
  readonly exports: ReadonlyMap<string, readonly Export[]>;
  /** Files that a file hands on whole, by `export * from`. */
  readonly wholes: ReadonlyMap<string, readonly string[]>;
  /** `file name` for each name that is imported by name, and `file *` for files imported whole or lazily. */
  readonly imported: ReadonlySet<string>;
}

Deno.test("each export is imported somewhere", async () => {
  const texts = new Map<string, string>();
  for await (const file of files("")) {
    texts.set(file, withoutComments(await Deno.readTextFile(at(file))));
  }
  const found = unused(texts, FACES)
    .filter((one) => !one.startsWith("tests/"));
  assertEquals(found, []);
});

Deno.test.each([
  {
    files: { "a.ts": "export const x = 1;" },
    found: ["a.ts: x"],
    why: "nobody imports it",
  },
  {
    files: {
      "a.ts": "export const x = 1;",
      "b.ts": 'import { x } from "./a.ts";',
    },
    found: [],
    why: "imported by name",
  },
  {
    files: {
      "a.ts": "export function x() {}",
      "mod.ts": 'export { x } from "./a.ts";',
    },
    found: ["a.ts: x", "mod.ts: x"],
    why: "handed on, but to nobody",
  },
  {
    files: {
      "a.ts": "export class X {}",
      "mod.ts": 'export * from "./a.ts";',
      "c.ts": 'import { type Y, X } from "./mod.ts";',
    },
    found: [],
    why: "handed on as a whole, and taken",
  },
  {
    files: {
      "a.ts": "export interface X {}\nexport type Z = X;",
      "b.ts": 'import { Z as Other } from "./a.ts";',
    },
    found: [],
    why: "a type of which another is made, and one taken under another name",
  },
  {
    files: {
      "a.ts": "export interface X {}",
    },
    found: ["a.ts: X"],
    why: "a type that nothing is made of",
  },
  {
    files: {
      "a.ts": "export async function x() {}",
      "b.ts": 'const { x } = await import("./a.ts");',
    },
    found: [],
    why: "loaded when it is needed",
  },
  {
    files: {
      "a.ts": "export const x = 1;",
      "mod.ts": 'export * as a from "./a.ts";',
      "face.ts": 'import { a } from "./mod.ts";',
    },
    found: [],
    why: "taken with all of its file",
  },
])("of exports is told which are unused: $why", ({ files, found }) => {
  assertEquals(unused(new Map(Object.entries(files)), []), [...found]);
});

/** Exports that no other file imports, each as `file: name`; those of `faces` count as imported. */
function unused(
  texts: ReadonlyMap<string, string>,
  faces: readonly string[],
): string[] {
  const names = namesIn(texts);
  const used = new Set<string>();
  const use = (file: string, name: string) => {
    if (used.has(`${file} ${name}`)) return;
    used.add(`${file} ${name}`);
    const own = names.exports.get(file)?.find((one) => one.name === name);
    if (own?.from !== undefined) use(own.from.file, own.from.name);
    if (own !== undefined) return;
    for (const whole of names.wholes.get(file) ?? []) use(whole, name);
  };
  const useAll = (file: string) => {
    names.exports.get(file)?.forEach(({ name }) => use(file, name));
    names.wholes.get(file)?.forEach(useAll);
  };
  faces.forEach(useAll);
  for (const one of names.imported) {
    const [file, name] = one.split(" ");
    if (name === "*") useAll(file);
    else use(file, name);
  }
  return [...names.exports].flatMap(([file, all]) =>
    all.filter(({ name, isType }) =>
      !used.has(`${file} ${name}`) &&
      !(isType && (texts.get(file) ?? "").split(word(name)).length > 2)
    ).map(({ name }) => `${file}: ${name}`)
  );
}

function namesIn(texts: ReadonlyMap<string, string>): Names {
  const exports = new Map<string, Export[]>();
  const wholes = new Map<string, string[]>();
  const imported = new Set<string>();
  for (const [file, text] of texts) {
    const own: Export[] = [];
    const handed: string[] = [];
    exports.set(file, own);
    wholes.set(file, handed);
    for (
      const [, kind, name] of text.matchAll(
        /^export (?:abstract )?((?:async )?function\*?|class|const|let|interface|type) (\w+)/gm,
      )
    ) own.push({ name, isType: kind === "interface" || kind === "type" });
    for (
      const [, verb, what, specifier] of text.matchAll(
        /^(import|export)\b([^;"']*?)\bfrom\s*["'](\.[^"']+)["']/gm,
      )
    ) {
      const target = resolve(file, specifier);
      if (!what.includes("{")) {
        const isNamed = /\*\s+as\s/.test(what);
        if (verb === "export" && !isNamed) handed.push(target);
        else imported.add(`${target} *`);
        continue;
      }
      for (const [given, taken] of listed(what)) {
        if (verb === "import") imported.add(`${target} ${given}`);
        else {
          own.push({
            name: taken,
            isType: false,
            from: { file: target, name: given },
          });
        }
      }
    }
    for (
      const [, specifier] of text.matchAll(
        /\bimport\(\s*(?:import\.meta\.resolve\(\s*)?["'](\.[^"']+)["']/g,
      )
    ) imported.add(`${resolve(file, specifier)} *`);
  }
  return { exports, wholes, imported };
}

/** The names between braces, each with the one that it is given there. */
function listed(what: string): [string, string][] {
  const inside = what.slice(what.indexOf("{") + 1, what.lastIndexOf("}"));
  return inside.split(",").map((one) => one.trim().replace(/^type\s+/, ""))
    .filter((one) => one !== "")
    .map((one) => {
      const [given, taken = given] = one.split(/\s+as\s+/);
      return [given, taken];
    });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function word(name: string): RegExp {
  return new RegExp(`\\b${name}\\b`);
}

function resolve(file: string, specifier: string): string {
  return new URL(specifier, at(file)).href.slice(ROOT.href.length);
}

function at(file: string): URL {
  return new URL(file, ROOT);
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(at(`./${folder}`))) {
    const path = `${folder}${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory) yield* files(`${path}/`);
    else if (/(?<!\.d)\.ts$/.test(path)) yield path;
  }
}
