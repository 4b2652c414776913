/** The project as others get it: over HTTP, with an empty cache, from an empty directory. */

import { assertEquals, assertMatch } from "@std/assert";
import { parseSummary } from "../../mod.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("a script that imports it by URL runs a scenario on workers, and so does the command line with the clip that comes along", async () => {
  await using web = serveProject();
  using home = new EmptyHome();
  await Deno.writeTextFile(
    `${home.path}/script.ts`,
    `import { openTarget, smoke } from "${web.url}/mod.ts";
await using target = await openTarget({ embedded: "werift", workers: 2 });
const summary = await smoke(target, { clients: 2, duration: "2s" });
console.log(JSON.stringify(summary));
`,
  );
  const script = await home.run(["run", "-A", "script.ts"]);
  assertEquals(script.code, 0, script.stderr);
  const summary = parseSummary(script.stdout);
  assertEquals(summary.verdict.status, "passed");
  assertEquals(summary.generator.workers, 2);
  assertEquals(summary.totalConsumersCreated, 4);

  const program = await home.run(
    `run -A ${web.url}/cli/main.ts run --embedded --media builtin --workers 2 -c 3 -d 3 --html`
      .split(" "),
  );
  assertEquals(program.code, 0, program.stderr);
  assertMatch(program.stdout, /^PASSED/);
  assertMatch(program.stdout, /\nmedia of builtin\n/);
  assertMatch(
    await Deno.readTextFile(`${home.path}/load_test_report.html`),
    /<script>[^]* uPlot=/,
  );
});

/** Serves the project's files as any web server does. */
function serveProject() {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      try {
        const file = await Deno.readFile(new URL(`.${pathname}`, ROOT));
        const type = pathname.endsWith(".ts")
          ? "application/typescript"
          : pathname.endsWith(".json")
          ? "application/json"
          : pathname.endsWith(".css")
          ? "text/css"
          : pathname.endsWith(".js")
          ? "text/javascript"
          : "text/plain";
        return new Response(file, { headers: { "content-type": type } });
      } catch {
        return new Response("not here", { status: 404 });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A directory with nothing in it, and a cache with nothing in it. */
class EmptyHome implements Disposable {
  readonly path = Deno.makeTempDirSync();
  readonly #cache = Deno.makeTempDirSync();

  async run(args: readonly string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: this.path,
      env: { DENO_DIR: this.#cache, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
    Deno.removeSync(this.#cache, { recursive: true });
  }
}
