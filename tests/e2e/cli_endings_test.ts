/** Runs and servers that are stopped, cut off, or lose their other end. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { nothingListens, OutDir, Program, runProgram } from "./program.ts";

/** Long: it has to be ended from outside. */
const LONG_RUN = ["-c=2", "-d=1h", "-r=0"];

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} stops a run: 130, with valid files marked partial, and nothing left`, async () => {
    using out = new OutDir();
    await using program = embeddedRun(out);
    const { url } = await underWay(program);
    program.kill(signal);
    const { code, stdout, stderr } = await program.ended();
    assertEquals(code, 130);
    assertMatch(stdout, /^INTERRUPTED {2}/);
    assertStringIncludes(stderr, "once more to stop at once");
    const { summary, results } = out.read();
    assertEquals([summary.partial, summary.exitCode], [true, 130]);
    assertEquals(summary.successfulConnections, 2);
    assert(results.every(({ state }) => state === "left"));
    await nothingListens(url);
  });
}

Deno.test("a second signal ends a run at once, with valid files and nothing left", async () => {
  using out = new OutDir();
  await using program = embeddedRun(out);
  const { url } = await underWay(program);
  await checkpointed(program);
  program.kill("SIGINT");
  await program.printed("stderr", /once more/);
  program.kill("SIGINT");
  assertEquals((await program.ended()).code, 130);
  assertEquals(out.read().summary.partial, true);
  await nothingListens(url);
});

Deno.test("a signal while the server is still starting ends the run before it began", async () => {
  using out = new OutDir();
  await using silent = silentServer();
  await using program = new Program(
    ["run", "-s", silent.url, "--out", out.path],
  );
  await silent.reached;
  program.kill("SIGINT");
  const { code, stderr } = await program.ended();
  assertEquals([code, out.names()], [130, []]);
  assertStringIncludes(stderr, "interrupted before the run began");
});

Deno.test("results that cannot go where they should go elsewhere, which is told once; the verdict stands, and the exit code is 1", async () => {
  using out = new OutDir();
  using elsewhere = new OutDir();
  const dir = `${out.path}/results`;
  await using program = new Program(
    ["run", "--embedded", "-c=2", "-d=3", "-r=0", "--out", dir],
    { TMPDIR: elsewhere.path },
  );
  await program.printed("stderr", /2 of 2 connected/);
  putFileInPlaceOf(dir);
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 1);
  assertMatch(stdout, /^PASSED {2}/);
  const told = stderr.split("\n").filter((line) => line.startsWith("Cannot"));
  assertEquals(told.length, 1);
  const [, place] =
    /They go to (\S+) instead\. A run that passes exits with 1\.$/
      .exec(told[0]) ?? [];
  assertEquals([...Deno.readDirSync(place)].length, 3);
  assertStringIncludes(place, elsewhere.path);
});

/** The run may make its directory again at any moment. */
function putFileInPlaceOf(dir: string): void {
  for (let i = 0;; i++) {
    Deno.renameSync(dir, `${dir}-aside-${i}`);
    try {
      return Deno.writeTextFileSync(dir, "");
    } catch (error) {
      if (!(error instanceof Deno.errors.IsADirectory)) throw error;
    }
  }
}

Deno.test("a run that is killed leaves the last checkpoint, with each client's story, and no server", async () => {
  using out = new OutDir();
  await using program = embeddedRun(out);
  const { url } = await underWay(program);
  await checkpointed(program);
  program.kill("SIGKILL");
  await program.ended();
  const { code, stdout } = await runProgram(
    ["report", out.path, "--client", "1"],
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^0:0\d\.\d-\S+ +connected /m);
  const { summary } = out.read();
  assertEquals([summary.partial, summary.verdict.status], [
    true,
    "interrupted",
  ]);
  await nothingListens(url);
});

Deno.test("an embedded server that dies is an outcome of its own, which says so", async () => {
  using out = new OutDir();
  await using program = embeddedRun(out);
  const { pid } = await underWay(program);
  Deno.kill(pid, "SIGKILL");
  const { code, stdout, stderr } = await program.ended();
  assertEquals(code, 97);
  assertMatch(stdout, /^GONE {2}The server went away at 0:\d\d: /);
  assertMatch(stderr, /^Cannot finish the run: .*SIGKILL/m);
  const { summary } = out.read();
  assertEquals([summary.partial, summary.exitCode], [true, 97]);
});

Deno.test("a server elsewhere that dies for good ends the run once patience is at its end, with valid files", async () => {
  using out = new OutDir();
  await using server = new Program(["serve", "--port=0"]);
  const [, url] = await server.printed("stdout", /Serving (\S+)/);
  await using program = new Program(
    ["run", ...LONG_RUN, "--patience=2", "-s", url, "--out", out.path],
  );
  await program.printed("stderr", /^media .* 2 of 2 connected/m);
  server.kill("SIGKILL");
  const { code, stderr } = await program.ended();
  assertEquals(code, 97);
  assertMatch(
    stderr,
    /^Cannot finish the run: the server went away at 0:\d\d: .* \(2 of 2 clients lost it\)/m,
  );
  const { summary } = out.read();
  assertEquals([summary.partial, summary.successfulConnections], [true, 2]);
  assertEquals([summary.verdict.status, summary.invalid], ["gone", null]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} ends a server cleanly`, async () => {
    await using server = new Program(["serve", "--port=0"]);
    const [line, url] = await server.printed(
      "stdout",
      /^Serving (\S+) with werift, pid \d+\. .*\n/,
    );
    assertStringIncludes(line, `run --server ${url}`);
    server.kill(signal);
    const { code, stdout, stderr } = await server.ended();
    assertEquals([code, stdout, stderr], [0, line, ""]);
    await nothingListens(url);
  });
}

function embeddedRun(out: OutDir): Program {
  return new Program(["run", ...LONG_RUN, "--embedded", "--out", out.path]);
}

/** Resolves when media flows, with what was said of the server. */
async function underWay(
  program: Program,
): Promise<{ readonly url: string; readonly pid: number }> {
  const [, url, pid] = await program.printed(
    "stderr",
    /on (ws:\S+), pid (\d+)/,
  );
  await program.printed("stderr", /^media .*2 of 2 connected/m);
  return { url, pid: Number(pid) };
}

/** Resolves after the first checkpoint: it is due with the first line, and the second is two seconds later. */
async function checkpointed(program: Program): Promise<void> {
  await program.printed("stderr", /^media .*\n^media .*/m);
}

/** Takes connections and says nothing. */
function silentServer(): {
  readonly url: string;
  readonly reached: Promise<void>;
} & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const reached = Promise.withResolvers<void>();
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      reached.resolve();
    }
  })();
  return {
    url: `ws://127.0.0.1:${listener.addr.port}/ws`,
    reached: reached.promise,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const connection of connections) connection.close();
      await accepting;
    },
  };
}
