/** The map of the house, as a check: who may import whom, and where the outside comes in. */

import { assert, assertEquals } from "@std/assert";

/**
 * Every room, lowest first. A file imports only from its own room and from
 * rooms above its line here, and of those only what `only` allows, if it is
 * given. `CONTRIBUTING.md` draws the same.
 */
const ROOMS: readonly {
  readonly room: string;
  /** The other rooms that it knows; left out, all that stand before it. */
  readonly only?: readonly string[];
}[] = [
  { room: "version.ts", only: [] },
  { room: "lib/exit_codes.ts", only: [] },
  { room: "lib/network_order.ts", only: [] },
  { room: "lib/text", only: [] },
  { room: "lib/time", only: [] },
  { room: "lib/read_bounded.ts", only: ["lib/time"] },
  { room: "lib/load_module.ts", only: ["lib/time"] },
  { room: "lib/programs", only: ["lib/time"] },
  { room: "lib/connection", only: ["lib/text"] },
  { room: "lib/options", only: ["lib/text"] },
  { room: "lib/ortc", only: [] },
  {
    room: "lib/clip",
    only: ["lib/read_bounded.ts", "lib/text", "lib/time"],
  },
  { room: "lib/impairment", only: [] },
  { room: "lib/dump", only: [] },
  { room: "lib/machine", only: ["lib/text"] },
  { room: "lib/metrics", only: ["lib/exit_codes.ts", "lib/text"] },
  {
    room: "lib/monitor",
    only: ["lib/connection", "lib/programs", "lib/text", "lib/time"],
  },
  { room: "lib/media/rtp", only: ["lib/network_order.ts"] },
  { room: "lib/media/payload", only: ["lib/clip", "lib/media/rtp"] },
  { room: "lib/media/send", only: ["lib/clip", "lib/media/*"] },
  { room: "lib/media/receive", only: ["lib/media/*"] },
  { room: "lib/media", only: ["lib/clip", "lib/media/*", "lib/options"] },
  { room: "lib/rtc/lane", only: ["lib/impairment", "lib/time"] },
  { room: "lib/rtc/srtp", only: ["lib/network_order.ts", "lib/rtc/*"] },
  { room: "lib/rtc/dtls", only: ["lib/rtc/*"] },
  { room: "lib/rtc/ice", only: ["lib/impairment", "lib/rtc/*", "lib/time"] },
  {
    room: "lib/rtc",
    only: ["lib/impairment", "lib/rtc/*", "lib/text", "lib/time"],
  },
  { room: "lib/signaling", only: ["lib/ortc"] },
  {
    room: "lib/signaling/websocket",
    only: ["lib/connection", "lib/signaling", "lib/text", "lib/time"],
  },
  {
    room: "lib/signaling/adapter",
    only: ["lib/ortc", "lib/signaling/websocket", "lib/text"],
  },
  { room: "lib/signaling/protoo", only: ["lib/signaling/adapter"] },
  { room: "lib/signaling/adapted/operations.ts", only: [] },
  {
    room: "lib/signaling/adapted",
    only: [
      "lib/connection",
      "lib/load_module.ts",
      "lib/ortc",
      "lib/text",
      "lib/time",
      "lib/signaling",
      "lib/signaling/*",
    ],
  },
  { room: "lib/signaling/simplestchat/operations.ts", only: [] },
  { room: "lib/signaling/simplestchat/wire", only: ["lib/ortc"] },
  {
    room: "lib/signaling/simplestchat",
    only: ["lib/signaling", "lib/signaling/*", "lib/time", "lib/ortc"],
  },
  {
    room: "lib/client",
    only: [
      "lib/text",
      "lib/time",
      "lib/ortc",
      "lib/signaling",
      "lib/media",
      "lib/metrics",
      "lib/rtc",
    ],
  },
  {
    room: "lib/load/plan",
    only: ["lib/impairment", "lib/media"],
  },
  { room: "lib/load" },
  { room: "lib/report", only: ["lib/metrics", "lib/text"] },
  {
    room: "lib/agents/link",
    only: ["lib/connection", "lib/text", "lib/time"],
  },
  { room: "lib/agents/protocol", only: [] },
  { room: "lib/agents" },
  {
    room: "lib/sfu",
    only: [
      "lib/text",
      "lib/ortc",
      "lib/programs",
      "lib/signaling/simplestchat/wire",
      "lib/media",
      "lib/rtc",
      "lib/time",
    ],
  },
  { room: "lib/run" },
  { room: "lib/output", only: ["lib/metrics", "lib/report", "lib/text"] },
  {
    room: "lib/output/otlp",
    only: ["lib/metrics", "lib/output", "lib/text"],
  },
  { room: "lib/scenario" },
  { room: "lib/testing" },
  { room: "kit.ts" },
  { room: "scenarios", only: ["kit.ts"] },
  { room: "mod.ts" },
  { room: "tool.ts" },
  { room: "cli/write_whole.ts", only: [] },
  {
    room: "cli/terminal",
    only: [
      "lib/exit_codes.ts",
      "lib/read_bounded.ts",
      "lib/text",
      "cli/write_whole.ts",
    ],
  },
  {
    room: "cli/session",
    only: [
      "mod.ts",
      "tool.ts",
      "lib/exit_codes.ts",
      "lib/load_module.ts",
      "lib/text",
      "lib/output",
      "cli/terminal",
    ],
  },
  {
    room: "cli/commands",
    only: [
      "mod.ts",
      "tool.ts",
      "lib/exit_codes.ts",
      "lib/read_bounded.ts",
      "lib/text",
      "lib/options",
      "lib/report",
      "lib/output",
      "lib/output/*",
      "cli/write_whole.ts",
      "cli/terminal",
      "cli/session",
    ],
  },
  {
    room: "cli",
    only: [
      "mod.ts",
      "tool.ts",
      "lib/exit_codes.ts",
      "version.ts",
      "lib/text",
      "cli/*",
    ],
  },
];

/** The one import that points upward: a scenario's file becomes a program only when it is run as one. */
const LAZY_ARROW = "kit.ts -> cli/main.ts";

/** The real clock, the packets' own, and a turn of the event loop that virtual time grants. */
const BARE_TIMERS = [
  "lib/rtc/lane/reactor.ts",
  "lib/testing/fake_crowd.ts",
  "lib/time/awake_clock.ts",
  "lib/time/thread_clock.ts",
];

/** Beside a `mod.ts`: who only counts, judges and writes loads no schema library, and who only spawns a server none of its rooms. */
const SIDE_DOORS: readonly string[] = [
  "lib/metrics/summary/summary_schema.ts",
  "lib/report/reading.ts",
  "lib/sfu/signaling/mod.ts",
];

const ROOT = new URL("../", import.meta.url);

interface Import {
  /** Path of the importing file, from the root. */
  readonly file: string;
  /** What stands between the quotes. */
  readonly specifier: string;
  /** Whether the imported file is loaded whenever the importing one is. */
  readonly isLoaded: boolean;
}

Deno.test("imports point downward on the map", async () => {
  const wrong: string[] = [];
  for (const { file, target } of await ourImports()) {
    const from = roomOf(file);
    const to = roomOf(target);
    if (from === to || target.endsWith("/deps.ts")) continue;
    const place = ROOMS.findIndex(({ room }) => room === from);
    const { only = ["*"] } = ROOMS[place];
    const allowed = ROOMS.slice(0, place).some(({ room }) => room === to) &&
      only.some((pattern) =>
        pattern === to ||
        pattern.endsWith("*") && to.startsWith(pattern.slice(0, -1))
      );
    if (!allowed) wrong.push(`${from} cannot import ${to} (${file})`);
  }
  assertEquals(wrong, []);
});

Deno.test("a room is entered by its mod.ts", async () => {
  const files = await Array.fromAsync(sourceFiles(""));
  const entered = new Set(files.filter((file) => file.endsWith("/mod.ts")));
  const wrong: string[] = [];
  for (const { file, target } of await ourImports()) {
    const to = roomOf(target);
    const door = `${to}/mod.ts`;
    if (roomOf(file) === to || target === door || !entered.has(door)) continue;
    if (file === "cli/main.ts" || target.endsWith("/deps.ts")) continue;
    if (SIDE_DOORS.includes(target)) continue;
    wrong.push(`${file} reaches into ${target}`);
  }
  assertEquals(wrong, []);
});

Deno.test("no files import each other in a circle, lazily or not", async () => {
  const imports = new Map<string, Set<string>>();
  for (const { file, target } of await ourImports()) {
    imports.set(file, (imports.get(file) ?? new Set()).add(target));
  }
  assertEquals(circleIn(imports), undefined);
});

Deno.test("a circle of files is found, however long", () => {
  const chain = (...files: string[]) =>
    new Map(
      files.map((file, i) =>
        [file, new Set(files.slice(i + 1, i + 2))] as const
      ),
    );
  assertEquals(circleIn(chain("a", "b", "c")), undefined);
  assertEquals(circleIn(chain("a", "b", "c", "a")), undefined);
  assertEquals(
    circleIn(new Map([...chain("a", "b", "c"), ["c", new Set(["b"])]])),
    ["b", "c", "b"],
  );
  assertEquals(circleIn(new Map([["a", new Set(["a"])]])), ["a", "a"]);
});

Deno.test.each([
  {
    file: "cli/main.ts",
    needless:
      /^(lib\/(?!exit_codes\.ts|text\/|options\/)|mod\.ts|kit\.ts|tool\.ts|scenarios\/|npm:)/,
    why: "says what it is without what it is made of",
  },
  {
    file: "tool.ts",
    needless: /^(lib\/(client|rtc)\/|npm:(werift|ws|mediasoup|mediabunny)@)/,
    why: "loads clients and servers once there are any",
  },
  {
    file: "cli/commands/run.ts",
    needless:
      /^(npm:zod@|lib\/[\w/]+_schema\.ts|lib\/report\/reading|lib\/output\/|lib\/sfu\/(signaling|mediasoup\/engine|werift)|cli\/terminal\/|cli\/session\/(?!mod|on_demand|find_scenario|reach_advice))/,
    why:
      "loads what reads files or writes further ones, screens and servers once one is asked for",
  },
])("$file $why", async ({ file, needless }) => {
  const loaded = [...loadedWith(file, await allImports())];
  assertEquals(loaded.filter((one) => needless.test(one)), []);
});

Deno.test("timers in lib are those of a clock, but where packets are timed", async () => {
  const wrong: string[] = [];
  for await (const file of sourceFiles("lib/")) {
    if (BARE_TIMERS.includes(file)) continue;
    const text = await Deno.readTextFile(new URL(file, ROOT));
    // A clock has a method of that name.
    if (/(?<![.#])\bset(Timeout|Interval)\(/.test(text)) wrong.push(file);
  }
  assertEquals(wrong, []);
});

Deno.test("what is aborted in lib is given a reason: one that the runtime makes keeps who aborted it", async () => {
  const wrong: string[] = [];
  for await (const file of sourceFiles("lib/")) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    // A stream's writer has a method of that name, which makes none.
    if (/(?<!writer)\.abort\(\)/.test(text)) wrong.push(file);
  }
  assertEquals(wrong, []);
});

Deno.test("the face stays small enough to be read", async () => {
  const names = Object.keys(await import("../mod.ts"));
  const text = await Deno.readTextFile(new URL("mod.ts", ROOT));
  const types = text.match(/\btype \w+|(?<=export type \{)[^}]*/g) ?? [];
  const typeNames = types.flatMap((part) =>
    part.replace(/^type /, "").split(",").map((name) => name.trim())
  ).filter((name) => name !== "");
  const count = names.length + typeNames.length;
  assert(count <= 48, `mod.ts exports ${count} names: put some into tool.ts`);
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

/** What is loaded with a file: our own files by their paths, others as they are imported. */
function loadedWith(
  file: string,
  imports: readonly Import[],
  loaded = new Set<string>(),
): ReadonlySet<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const one of imports) {
    if (one.file !== file || !one.isLoaded) continue;
    const isOurs = one.specifier.startsWith(".");
    loadedWith(
      isOurs ? resolve(file, one.specifier) : one.specifier,
      imports,
      loaded,
    );
  }
  return loaded;
}

/** A way along imports from a file back to itself; `undefined` where there is none. */
function circleIn(
  imports: ReadonlyMap<string, ReadonlySet<string>>,
): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    way.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target);
      if (circle !== undefined) return circle;
    }
    way.pop();
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The imports of our own files, but for the one lazy arrow. */
async function ourImports(): Promise<{ file: string; target: string }[]> {
  return (await allImports())
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ file, specifier }) => ({ file, target: resolve(file, specifier) }))
    .filter(({ file, target }) => `${file} -> ${target}` !== LAZY_ARROW);
}

/** The imports and re-exports of everything but the tests, lazy ones included. */
async function allImports(): Promise<Import[]> {
  const imports: Import[] = [];
  for await (const file of sourceFiles("")) {
    const text = await Deno.readTextFile(new URL(file, ROOT));
    const pattern =
      /^(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*(?:import\.meta\.resolve\(\s*)?["']([^"']+)["']/gm;
    for (const [whole, from, bare, dynamic] of text.matchAll(pattern)) {
      imports.push({
        file,
        specifier: from ?? bare ?? dynamic,
        isLoaded: dynamic === undefined && !/^(im|ex)port type\b/.test(whole),
      });
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

/** The innermost room of the map that a file lies in. */
function roomOf(path: string): string {
  const rooms = ROOMS.map(({ room }) => room)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length);
  if (rooms.length === 0) throw new Error(`${path} is in no room of the map`);
  return rooms[0];
}
