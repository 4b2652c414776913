/** The session as people open it: on a real terminal, with its own server, and fed by a pipe. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { HAS_TMUX, Tmux } from "./tmux.ts";
import { type Ended, runProgram } from "./program.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;

/** A terminal in which the session has been started, and a home that goes with it. */
class Desk implements AsyncDisposable {
  readonly tmux: Tmux;
  readonly #home: string;

  private constructor(tmux: Tmux, home: string) {
    this.tmux = tmux;
    this.#home = home;
  }

  static async open(args: string): Promise<Desk> {
    const home = await Deno.makeTempDir();
    const tmux = await Tmux.open(80, 24, { XDG_STATE_HOME: home });
    await tmux.type(
      `clear; ${Deno.execPath()} run -A ${MAIN} ${args}; echo "code $?"`,
    );
    await tmux.press("Enter");
    return new Desk(tmux, home);
  }

  /** The keys and the screen are the shell's again, as they were. */
  async assertSane(code: number): Promise<void> {
    const { tmux } = this;
    await tmux.shows(new RegExp(`code ${code}\\b`));
    assertEquals(
      await tmux.state(
        "#{alternate_on} #{cursor_flag} #{wrap_flag} #{insert_flag}",
      ),
      "0 1 1 0",
    );
    await tmux.type("clear; stty -a");
    await tmux.press("Enter");
    const [modes] = await tmux.shows(/speed[^]*^ready\$/m);
    for (const mode of ["icanon", "echo", "isig", "icrnl", "opost"]) {
      assertMatch(modes, new RegExp(`(?<![-\\w])${mode}\\b`));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux[Symbol.asyncDispose]();
    await Deno.remove(this.#home, { recursive: true });
  }
}

async function received(tmux: Tmux): Promise<number> {
  await tmux.type("stats");
  await tmux.press("Enter");
  const [, packets] = await tmux.shows(/received .*, ([\d,]+) packets in all/);
  await tmux.press("Escape");
  await tmux.shows(/ROOM/);
  return Number(packets.replaceAll(",", ""));
}

Deno.test({
  name:
    "on a terminal: start, spawn, numbers move, resize, drop, an expression without end, quit",
  ignore: !HAS_TMUX,
  async fn() {
    await using desk = await Desk.open("");
    const { tmux } = desk;
    await tmux.shows(/embedded werift ws:/);
    await tmux.shows(/3\/3 clients {2}1 room/);
    await tmux.type("spawn 2 room=hall");
    await tmux.press("Enter");
    await tmux.shows(/5\/5 clients {2}2 rooms/);
    await tmux.shows(/received [1-9][\d.]*k?\/s/);
    const before = await received(tmux);
    await tmux.resize(120, 40);
    await tmux.shows(/server memory/);
    await tmux.resize(40, 24);
    await tmux.shows(/the verbs · …\n>/);
    await tmux.resize(80, 24);
    await tmux.shows(/and ends\s*\n>/);
    // There are new numbers once a second.
    let after = before;
    for (let look = 0; after === before && look < 50; look++) {
      after = await received(tmux);
    }
    assert(after > before);
    await tmux.type("drop room=hall");
    await tmux.press("Enter");
    await tmux.shows(/3\/3 clients {2}1 room /);
    await tmux.press("Up", "C-u");
    await tmux.type("js while (true) {}");
    await tmux.press("Enter");
    await tmux.shows(/Cannot go on with it: it ran for 1 s/);
    await tmux.type("qui");
    await tmux.press("Tab", "Enter");
    await desk.assertSane(0);
  },
});

Deno.test({
  name: "Ctrl-C sums up and ends with 130",
  ignore: !HAS_TMUX,
  async fn() {
    await using desk = await Desk.open("--clients 1");
    await desk.tmux.shows(/1\/1 client/);
    await desk.tmux.press("C-c");
    await desk.assertSane(130);
  },
});

Deno.test({
  name:
    "a scenario runs in the session while charts go on, and Ctrl-C during one ends sanely",
  ignore: !HAS_TMUX,
  async fn() {
    await using desk = await Desk.open("");
    const { tmux } = desk;
    const say = async (line: string) => {
      await tmux.type(line);
      await tmux.press("Enter");
    };
    await tmux.shows(/3\/3 clients/);
    await say("scenario smoke");
    await tmux.shows(/"drop all" first: a scenario has the crowd to itself/);
    await say("drop all");
    await tmux.shows(/0\/0 clients/);
    await tmux.type("scenario smo");
    await tmux.press("Tab");
    await say("clients=2 duration=3s room=stage");
    await tmux.shows(
      /2\/2 clients {2}1 room {2}[\d:]+ {2}smoke 0:0\d of 0:0\d/,
    );
    await tmux.shows(/received [1-9][\d.]*k?\/s[^]*stage +2\/2/);
    await tmux.shows(/smoke passed: all 3 thresholds passed/);
    await tmux.shows(/0\/0 clients/);
    await say("scenario conference clients=2 duration=10m");
    await tmux.shows(/2\/2 clients {2}1 room {2}[\d:]+ {2}conference/);
    await say("scenario stop");
    await tmux.shows(/conference interrupted: the run was stopped/);
    await say("scenario conference clients=2 duration=10m");
    await tmux.shows(/2\/2 clients {2}1 room {2}[\d:]+ {2}conference/);
    await tmux.press("C-c");
    await desk.assertSane(130);
  },
});

Deno.test({
  name: "Ctrl-Z hands the terminal back, and fg brings the session back",
  ignore: !HAS_TMUX,
  async fn() {
    await using desk = await Desk.open("--clients 0");
    const { tmux } = desk;
    await tmux.shows(/0\/0 clients/);
    await tmux.press("C-z");
    await tmux.shows(/Stopped/);
    assertEquals(await tmux.state("#{alternate_on} #{cursor_flag}"), "0 1");
    await tmux.type("fg");
    await tmux.press("Enter");
    await tmux.shows(/0\/0 clients[^]*and ends\s*\n>/);
    await tmux.press("C-d");
    await tmux.shows(/^ready\$$/m);
    assertEquals(await tmux.state("#{alternate_on} #{cursor_flag}"), "0 1");
  },
});

Deno.test({
  name: "a killed server ends the session with 97, the terminal as it was",
  ignore: !HAS_TMUX,
  async fn() {
    await using desk = await Desk.open("--clients 1");
    const { tmux } = desk;
    await tmux.shows(/1\/1 client/);
    await tmux.type("server");
    await tmux.press("Enter");
    const [, pid] = await tmux.shows(/engine werift, pids? (\d+)/);
    Deno.kill(Number(pid), "SIGKILL");
    await tmux.shows(/Cannot reach the server's process/);
    await desk.assertSane(97);
  },
});

/** Feeds lines to the program, to its end. */
function script(...lines: readonly string[]): Promise<Ended> {
  return runProgram([], {}, lines.join("\n") + "\n");
}

Deno.test("from a pipe: the same verbs line by line, in plain text", async () => {
  const { code, stdout, stderr } = await script(
    "spawn 3",
    "wait connected 30s",
    "stats",
    "quit",
  );
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^3 clients joining: 0-2\n[^]*clients +3 of 3 connected/);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\x00-\x09\x0b-\x1f]/.test(stdout));
});

Deno.test("from a pipe: what an expression has set going does not outlive the session", async () => {
  const { code, stdout, stderr } = await script(
    "js setInterval(() => {}, 1000) > 0",
    "js void new Promise((resolve) => setTimeout(resolve, 3_600_000))",
    "quit",
  );
  assertEquals([code, stdout, stderr], [0, "true\nundefined\n", ""]);
});

Deno.test("from a pipe: an expression that is none ends it in one line", async () => {
  const { code, stderr } = await script("js while(true)", "spawn 1");
  assertEquals(code, 1);
  assertMatch(stderr, /^error: [^\n]+\n$/);
});

Deno.test("from a pipe: the first mistake ends it with 2", async () => {
  const { code, stdout, stderr } = await script("spwan 3", "spawn 1");
  assertEquals([code, stdout, stderr], [
    2,
    "",
    `error: There is no verb "spwan", did you mean "spawn"?\n`,
  ]);
});
