import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type LoadBounds, loadModule } from "../../lib/load_module.ts";
import { TempFolder } from "../temp_folder.ts";

const ignore = Deno.build.os === "windows";

/** A directory with these modules, beside a pipe that nobody writes to. */
async function withModules(
  modules: Readonly<Record<string, string>>,
  use: (url: (name: string) => string) => Promise<void>,
): Promise<void> {
  using temp = new TempFolder();
  const dir = await Deno.realPath(temp.path);
  await new Deno.Command("mkfifo", { args: [`${dir}/pipe.ts`] }).output();
  for (const [name, text] of Object.entries(modules)) {
    await Deno.writeTextFile(`${dir}/${name}`, text);
  }
  await use((name) => new URL(`file://${dir}/${name}`).href);
}

Deno.test("a module is loaded with all that it imports", () =>
  withModules({
    "one.ts": `import { two } from "./two.ts";
export default two + (await import("./three.ts")).default;`,
    "two.ts": `import "./one.ts"; export const two = 2;`,
    "three.ts": "export default 3;",
  }, async (url) => {
    assertEquals((await loadModule(url("one.ts"))).default, 5);
  }));

Deno.test.each([
  { why: "a static import", text: `import "./pipe.ts";` },
  { why: "a named one", text: `import { a } from './pipe.ts'; a;` },
  { why: "an export", text: `export * from "./pipe.ts";` },
  { why: "a dynamic import", text: `await import("./pipe.ts");` },
  { why: "one further on", text: `import "./further.ts";` },
])(
  "what imports a pipe by $why is not waited for",
  { ignore },
  ({ text }) =>
    withModules(
      { "one.ts": text, "further.ts": `import "./pipe.ts";` },
      (url) =>
        assertRejects(
          () => loadModule(url("one.ts")),
          Error,
          "/pipe.ts, which it imports, is not a plain file",
        ).then(() => {}),
    ),
);

Deno.test.each(["/dev/zero", "/dev/random"])(
  "a device is no module: %s",
  { ignore },
  async (path) => {
    await assertRejects(
      () => loadModule(`file://${path}`),
      Error,
      "it is not a plain file",
    );
  },
);

Deno.test("a file that is too large for a module is not read", () =>
  withModules({ "one.ts": `import "./two.ts";` }, async (url) => {
    await Deno.truncate(new URL(url("one.ts")).pathname, 1e9);
    await assertRejects(
      () => loadModule(url("one.ts")),
      Error,
      "it is larger than 50 MB",
    );
  }));

Deno.test("what is no file is told by who loads it", () =>
  withModules({ "one.ts": `import "./nowhere.ts";` }, async (url) => {
    for (const name of ["one.ts", "nowhere.ts", ""]) {
      await assertRejects(() => loadModule(url(name)), TypeError);
    }
  }));

Deno.test("an answer without an end is no module", async () => {
  await using server = endless();
  await assertRejects(
    () => loadModule(server.url, { mostBytes: 1e6 }),
    Error,
    "it is larger than 1 MB",
  );
});

/** Modules that keep what is loaded waiting, each in its own way. */
const NEVER: readonly { why: string; text: string }[] = [
  { why: "awaits what never comes", text: "await new Promise(() => {});" },
  { why: "waits for itself", text: "await import(import.meta.url);" },
  {
    why: "imports one that never comes",
    text: `import "data:text/javascript,await new Promise(()=>{})";`,
  },
];

Deno.test.each(NEVER)("a module that $why is given up", async ({ text }) => {
  const said = await loadedElsewhere(asUrl(text), { withinMs: 100 });
  assertMatch(said, /^it is not there after 0.1 s: .*does not end\n$/);
});

Deno.test("what is imported without an end takes no more memory than it may", async () => {
  await using server = endless();
  const url = asUrl(`import ${JSON.stringify(server.url)};`);
  const said = await loadedElsewhere(url, { mostMemory: 20e6 });
  assertMatch(said, /^it takes more than 20 MB: /);
});

function asUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

/** Spaces, as many as are read. */
function endless() {
  const chunk = new Uint8Array(65_536).fill(32);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }),
        { headers: { "content-type": "text/javascript" } },
      ),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/one.js`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Why a module cannot be loaded; in a process that ends then, since the loading itself does not. */
async function loadedElsewhere(
  url: string,
  bounds: Partial<LoadBounds>,
): Promise<string> {
  const here = import.meta.resolve("../../lib/load_module.ts");
  const script = `import { loadModule } from ${JSON.stringify(here)};
await loadModule(${JSON.stringify(url)}, ${JSON.stringify(bounds)})
  .catch((error) => console.log(error.message));
Deno.exit();`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", asUrl(script)],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
