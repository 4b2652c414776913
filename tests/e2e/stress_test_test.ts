/** `scripts/stress-test.sh`, with servers that serve and servers that do not. */

import {
  assert,
  assertEquals,
  AssertionError,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parseSummary } from "../../mod.ts";
import { ENGINES } from "../integration/sfu/engines.ts";
import { nothingListens } from "./program.ts";
import { noSshd, startBox } from "../integration/ssh_box.ts";
import { freePort } from "../free_port.ts";

const ignore = Deno.build.os !== "linux";
const SCRIPTS = new URL("../../scripts/", import.meta.url).pathname;
const STAND_IN = new URL("../fixtures/stand_in_server.ts", import.meta.url)
  .pathname;
const DENO = `'${Deno.execPath()}'`;

/** A stress test on a port of its own, and what it leaves. */
class Stress implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "rtcrowd-stress-" });
  readonly #port = freePort();
  readonly #child: Deno.ChildProcess;
  readonly #status: Promise<Deno.CommandStatus>;
  readonly #reading: Promise<unknown>;
  #isOver = false;
  #wake: () => void = () => {};
  stdout = "";
  stderr = "";

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    // Reaches a server on another machine, where the environment does not.
    Deno.writeTextFileSync(this.env, `XDG_STATE_HOME='${this.state}'\n`);
    this.#child = new Deno.Command(`${SCRIPTS}stress-test.sh`, {
      args: [...args],
      env: {
        XDG_STATE_HOME: this.state,
        SERVER_ENV_FILE: this.env,
        RESULTS_DIR: this.results,
        PATH: `${programFolder()}:${Deno.env.get("PATH")}`,
        PORT: String(this.#port),
        SERVER_CMD: ours("werift"),
        START_TIMEOUT: "20",
        STOP_TIMEOUT: "1",
        NO_COLOR: "1",
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // A process group of its own, as a shell with a terminal gives it.
      detached: true,
    }).spawn();
    this.#reading = Promise.all([this.#read("stdout"), this.#read("stderr")]);
    this.#status = this.#child.status;
    this.#status.then(() => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Where settings of the server would be. */
  get env(): string {
    return `${this.#folder}/server.env`;
  }

  /** Where the server's pid and log are. */
  get state(): string {
    return `${this.#folder}/state`;
  }

  get results(): string {
    return `${this.#folder}/results`;
  }

  /** Sends a signal to all that a terminal would. */
  async interrupt(whom: "group" | "script"): Promise<void> {
    const { pid } = this.#child;
    await new Deno.Command("kill", {
      args: ["-INT", "--", String(whom === "group" ? -pid : pid)],
    }).output();
  }

  /** Resolves when `pattern` has been printed to stderr. */
  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stderr)) {
      if (this.#isOver) throw new Error(`Never ${pattern}: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Resolves when the first start of the server is under way. */
  async begun(): Promise<void> {
    while (!exists(`${this.state}/rtcrowd/server-${this.#port}/lock`)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async ended(): Promise<number> {
    const { code } = await this.#status;
    await this.#reading;
    return code;
  }

  /** To the script, and nobody else. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves when the run of a level has left all that it leaves. */
  async hasLeft(level: string): Promise<void> {
    const file = `${this.results}/${level}/load_test_summary.json`;
    while (!exists(file) || parseSummary(Deno.readTextFileSync(file)).partial) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Resolves when no server and no run is left. */
  async nothingRuns(): Promise<void> {
    const lock = `${this.state}/rtcrowd/server-${this.#port}/lock`;
    for (;;) {
      // A start that is under way will have its server.
      await new Deno.Command("flock", { args: [lock, "true"] }).output();
      const error = await this.assertNothingRuns().catch((error) => error);
      if (!(error instanceof AssertionError)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Kills the server, as a crash would. */
  async crashServer(): Promise<void> {
    const text = await Deno.readTextFile(
      `${this.state}/rtcrowd/server-${this.#port}/pid`,
    );
    Deno.kill(Number(text.split(" ")[0]), "SIGKILL");
  }

  /** Asserts that no server and no run is left. */
  async assertNothingRuns(): Promise<void> {
    const status = await new Deno.Command(`${SCRIPTS}server-status.sh`, {
      env: {
        XDG_STATE_HOME: this.state,
        SERVER_ENV_FILE: this.env,
        PORT: String(this.#port),
      },
    }).output();
    const said = new TextDecoder().decode(status.stdout);
    assertMatch(said, /: not running\n$/);
    const { stdout } = await new Deno.Command("ps", { args: ["axo", "args"] })
      .output();
    const mine = new TextDecoder().decode(stdout).split("\n")
      .filter((line) =>
        line.includes(this.#folder) || line.includes(`--port ${this.#port}`)
      );
    assertEquals(mine, []);
  }

  names(folder = ""): string[] {
    return [...Deno.readDirSync(`${this.results}/${folder}`)]
      .map(({ name }) => name).sort();
  }

  /** The table's rows, cell by cell. */
  rows(): string[][] {
    return this.stdout.trimEnd().split("\n").slice(1)
      .map((line) => line.split(/ {2,}/));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.interrupt("script");
    await this.ended();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #read(name: "stdout" | "stderr"): Promise<void> {
    const text = this.#child[name].pipeThrough(new TextDecoderStream());
    for await (const part of text) {
      this[name] += part;
      this.#wake();
    }
  }
}

/** The command of our own server; PORT is in its environment. */
function ours(engine: string): string {
  return `exec ${DENO} run -A cli/main.ts serve --engine ${engine} --port $PORT`;
}

function programFolder(): string {
  return Deno.execPath().replace(/\/[^/]*$/, "");
}

for (const { engine, ignore: noEngine } of ENGINES) {
  Deno.test(
    `${engine}: levels that pass end in a table, as text, CSV and JSON, and leave nothing running`,
    {
      ignore: ignore || noEngine,
    },
    async () => {
      await using stress = new Stress(["2 3", "3", "--", "--quiet"], {
        SERVER_CMD: ours(engine),
      });
      const code = await stress.ended();
      const rows = stress.rows();
      assertEquals(
        rows.map(([run, clients, connected]) => [
          run,
          clients,
          connected,
        ]),
        [["2", "2", "2"], ["3", "3", "3"]],
      );
      // A machine that is busy with other things makes a run invalid: no fault of a script's.
      const verdicts = rows.map((row) => row.at(-1)!);
      assert(verdicts.every((verdict) => /^(passed|invalid)$/.test(verdict)));
      assertEquals(code, verdicts.includes("invalid") ? 1 : 0, stress.stderr);
      assert(rows.every((row) => !row.includes("-")), "the server was watched");
      assertEquals(stress.names(), [
        "2",
        "3",
        "levels.csv",
        "levels.json",
        "levels.txt",
      ]);
      const read = (name: string) =>
        Deno.readTextFileSync(`${stress.results}/${name}`);
      assertEquals(read("levels.txt"), stress.stdout);
      assertEquals(read("levels.csv").trimEnd().split("\r\n").length, 3);
      assertEquals(JSON.parse(read("levels.json")).length, 2);
      const { config, server } = parseSummary(
        read("3/load_test_summary.json"),
      );
      assertEquals([config.clients, config.rampUp], [3, "1s"]);
      assertEquals(server.reported?.maxParticipants, 3);
      await stress.assertNothingRuns();
    },
  );
}

Deno.test.each([{ whom: "group" }, { whom: "script" }] as const)(
  "Ctrl-C to the $whom in the middle shows what there is, and leaves nothing running",
  { ignore },
  async ({ whom }) => {
    await using stress = new Stress(["2 3", "600"]);
    await stress.said(/^media .* 2 of 2 connected/m);
    await stress.interrupt(whom);
    assertEquals(await stress.ended(), 130);
    assertEquals(stress.rows().map((row) => [row[0], row.at(-1)]), [[
      "2",
      "interrupted",
    ]]);
    await stress.assertNothingRuns();
  },
);

Deno.test(
  "Ctrl-C while the server starts leaves nothing running, and no results",
  {
    ignore,
  },
  async () => {
    await using stress = new Stress(["2 3", "600"]);
    await stress.begun();
    await stress.interrupt("group");
    assertEquals(await stress.ended(), 130);
    assertEquals([stress.stdout, exists(stress.results)], ["", false]);
    await stress.assertNothingRuns();
  },
);

Deno.test.each<{ why: string; when: (stress: Stress) => Promise<void> }>([
  { why: "while the server starts", when: (stress) => stress.begun() },
  {
    why: "in the middle",
    when: (stress) => stress.said(/^media .* 2 of 2 connected/m),
  },
])(
  "a script that is killed $why leaves nothing running, and files that can be read",
  { ignore },
  async ({ when }) => {
    await using stress = new Stress(["2 3", "600"]);
    await when(stress);
    stress.signal("SIGKILL");
    await stress.ended();
    await stress.nothingRuns();
    for (const level of stress.names()) {
      const text = Deno.readTextFileSync(
        `${stress.results}/${level}/load_test_summary.json`,
      );
      assertEquals(parseSummary(text).partial, true);
    }
  },
);

Deno.test(
  "a script that stands still for a while goes on where it was",
  { ignore },
  async () => {
    await using stress = new Stress(["2", "2", "--", "--audio-only"]);
    await stress.said(/^media .* 2 of 2 connected/m);
    stress.signal("SIGSTOP");
    // The run is not held up with it.
    await stress.hasLeft("2");
    stress.signal("SIGCONT");
    assert([0, 1].includes(await stress.ended()), stress.stderr);
    assertEquals(stress.rows().map((row) => row.slice(0, 3)), [[
      "2",
      "2",
      "2",
    ]]);
    await stress.assertNothingRuns();
  },
);

Deno.test.each([
  { server: "exits", says: "it ended before it answered" },
  { server: "silent", says: "did not answer within 2 s" },
  { server: "dies", says: "it answered, and then ended" },
])(
  "a server that $server ends it with one line, exit 1",
  { ignore },
  async ({ server, says }) => {
    await using stress = new Stress(["2 3", "2"], {
      SERVER_CMD: `exec ${DENO} run -A '${STAND_IN}' ${server}`,
      START_TIMEOUT: "2",
    });
    assertEquals(await stress.ended(), 1);
    const lines = stress.stderr.match(/^Cannot .*$/gm) ?? [];
    assertEquals(lines.length, 1, stress.stderr);
    assertStringIncludes(lines.join(), says);
    assertEquals([stress.stdout, exists(stress.results)], ["", false]);
    await stress.assertNothingRuns();
  },
);

Deno.test("a port that is taken ends it with one line, exit 1", {
  ignore,
}, async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using stress = new Stress(["2 3", "2"], {
    PORT: String(other.addr.port),
  });
  assertEquals(await stress.ended(), 1);
  assertMatch(
    stress.stderr,
    /^Cannot start .*: another program listens there; .*$/m,
  );
});

Deno.test(
  "a server that dies in the middle costs its level, and the next one goes on",
  {
    ignore,
  },
  async () => {
    await using stress = new Stress(["2 3", "4"]);
    await stress.said(/^media .* 2 of 2 connected/m);
    await stress.crashServer();
    assertEquals(await stress.ended(), 1);
    const [first, second] = stress.rows();
    assertEquals([first[0], first.at(-1)], ["2", "gone"], stress.stderr);
    assertEquals(second.slice(0, 3), ["3", "3", "3"]);
    assertMatch(second.at(-1)!, /^(passed|invalid)$/);
    assertMatch(stress.stderr, /^Server gone: /m);
    await stress.assertNothingRuns();
  },
);

Deno.test(
  "a server that ignores SIGINT and speaks no WebSocket breaks its level, and is killed",
  {
    ignore,
  },
  async () => {
    await using stress = new Stress(["2", "2"], {
      SERVER_CMD: `exec ${DENO} run -A '${STAND_IN}' stubborn`,
    });
    assertEquals(await stress.ended(), 1);
    assertEquals(stress.rows().map((row) => [row[0], row.at(-1)]), [[
      "2",
      "broke",
    ]]);
    assertMatch(stress.stderr, /^Cannot reach .*HTTP 200/m);
    await stress.assertNothingRuns();
  },
);

Deno.test(
  "a server on another machine is started, watched and stopped over ssh",
  {
    ignore: ignore || await noSshd(),
  },
  async () => {
    await using box = await startBox();
    const port = String(freePort());
    const project = new URL("../../", import.meta.url).pathname;
    await using stress = new Stress(["2", "3"], {
      SERVER_HOST: "box",
      SERVER_DIR: project,
      SERVER_URL: `ws://127.0.0.1:${port}/ws`,
      PORT: port,
      RTCROWD_SSH_OPTIONS: `-F ${box.config}`,
    });
    await stress.ended();
    const [row] = stress.rows();
    assertEquals(row.slice(0, 3), ["2", "2", "2"], stress.stderr);
    assert(!row.includes("-"), "the server was watched");
    const { server } = parseSummary(
      await Deno.readTextFile(`${stress.results}/2/load_test_summary.json`),
    );
    assertEquals([server.reported?.maxParticipants, server.notes], [2, []]);
    await nothingListens(`ws://127.0.0.1:${port}`);
  },
);

Deno.test.each([
  { args: ["ten"], says: `"ten" is no number of clients` },
  { args: ["5", "0"], says: `"0" is no number of clients or seconds` },
  { args: ["5", "2", "--quiet"], says: "options of run go behind --" },
  { args: [""], says: "No levels" },
  { args: ["5", "2", "--", "--clint=3"], says: "--clint" },
])("$args is refused with exit 2", { ignore }, async ({ args, says }) => {
  await using stress = new Stress(args);
  assertEquals(await stress.ended(), 2);
  assertStringIncludes(stress.stderr, says);
  assertEquals(exists(stress.results), false);
  await stress.assertNothingRuns();
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
