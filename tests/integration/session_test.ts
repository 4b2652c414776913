/** The whole session on a terminal in memory, against a real server and with real clients. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseSummary } from "../../lib/report/reading.ts";
import { startSfu } from "../../mod.ts";
import { History, type Terminal } from "../../cli/terminal/mod.ts";
import { FakeTerminal } from "../cli/terminal/fake_terminal.ts";
import type { SessionOptions } from "../../cli/session/options.ts";
import { runSession, type SessionPorts } from "../../cli/session/session.ts";
import { SETTINGS } from "../cli/session/fixtures.ts";
import { interFrame, ivf, keyFrame } from "../lib/clip/files.ts";
import { WatchedTerminal } from "../cli/session/watched_terminal.ts";
import { TempFolder } from "../temp_folder.ts";

function optionsFor(
  url: string,
  options: Partial<SessionOptions> = {},
): SessionOptions {
  return {
    server: { url },
    embedded: undefined,
    clients: undefined,
    settings: SETTINGS,
    seed: 1,
    workers: 1,
    agents: undefined,
    transport: "auto",
    thresholds: [],
    monitor: [],
    config: {},
    ...options,
  };
}

interface Aside {
  readonly ports: SessionPorts;
  readonly lines: string[];
}

function portsFor(terminal: Terminal): Aside {
  const lines: string[] = [];
  const nothing = {
    read: () => Promise.resolve(""),
    append: () => Promise.resolve(),
    replace: () => Promise.resolve(),
  };
  return {
    lines,
    ports: {
      openTerminal: () => terminal,
      env: () => undefined,
      openHistory: () => History.open("history", nothing),
      printAside: (line) => lines.push(line),
      exit: (code) => lines.push(`exit ${code}`),
    },
  };
}

/** The packets a second that the first chart says. */
function sentPerSec(rows: readonly string[]): number {
  return Number(/sent (\d+)\/s/.exec(rows.join("\n"))?.[1] ?? 0);
}

Deno.test("a session: clients come, numbers move, some leave, and nothing is left", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new WatchedTerminal();
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url, { clients: 2 }), ports);
  await terminal.shows("2/2 clients");
  const before = sentPerSec(
    await terminal.until((rows) => sentPerSec(rows) > 0),
  );
  assert(before > 0);
  terminal.type("spawn 1 room=other role=viewer\r");
  await terminal.shows("3/3 clients  2 rooms");
  terminal.resize({ columns: 120, rows: 40 });
  await terminal.until((rows) =>
    rows.length === 40 && rows[39].startsWith(">")
  );
  terminal.type("js clients.length\r");
  await terminal.shows("  3  ");
  terminal.type("drop #2\r");
  await terminal.shows("2/2 clients  1 room ");
  terminal.type("quit\r");
  assertEquals(await session, 0);
  assertEquals(terminal.fullScreen, false);
  const health = await (await fetch(`${sfu.httpUrl}/health`)).json();
  assertEquals([health.participants, health.rooms], [0, 0]);
  assertEquals(lines, []);
  assertMatch(terminal.output, /PASSED[^]*Clients[^]*3/);
  await terminal.turnOff();
});

Deno.test("the file of the lines typed holds no secret, neither of a URL nor of the way in", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new WatchedTerminal();
  const written: string[] = [];
  const { ports } = portsFor(terminal);
  const files = {
    read: () => Promise.resolve(""),
    append: (_path: string, text: string) => {
      written.push(text);
      return Promise.resolve();
    },
    replace: () => Promise.resolve(),
  };
  const server = {
    url: `${sfu.url}?access_token=s3same`,
    token: "t0ken.t0ken",
    password: "pass word",
    connection: { headers: [["X-Key", "he4der"]] as const },
  };
  const session = runSession(optionsFor(sfu.url, { server }), {
    ...ports,
    openHistory: () => History.open("history", files),
  });
  const lines = [
    "room wss://me:us3r@h/ws?k=qu3ry",
    'js "t0ken.t0ken" + "he4der"',
    "room s3same pass%20word",
    "js 6 * 7",
  ];
  for (const line of lines) terminal.type(`${line}\r`);
  await terminal.shows("  42  ");
  terminal.type("quit\r");
  await session;
  assertEquals(written.slice(0, 4), [
    "room wss://h/ws?k=***\n",
    'js "***" + "***"\n',
    "room *** ***\n",
    "js 6 * 7\n",
  ]);
  await terminal.turnOff();
});

Deno.test("a script: the same verbs from a pipe, with files", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using temp = new TempFolder();
  const folder = temp.path;
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type([
    "# a comment",
    "spawn 2",
    "wait connected 20s",
    "mute 0",
    "quality 720p",
    "reconnect 1",
    "wait connected 20s",
    `save ${folder}/summary.json`,
    `save ${folder}/summary.csv`,
    "rooms",
    "quit",
    "",
  ].join("\n"));
  assertEquals(await session, 0);
  // Its channel was cut, after all.
  const cut = "error: client-1: away: connection cut";
  const errors = lines.filter((line) => line.startsWith("error"));
  assertEquals(errors.filter((line) => line !== cut), []);
  assertMatch(terminal.output, /^2 clients joining: 0-1\n/);
  assertMatch(terminal.output, /\nhall +2\/2/);
  const text = await Deno.readTextFile(`${folder}/summary.json`);
  const summary = parseSummary(text);
  assertEquals([summary.totalClients, summary.partial], [2, true]);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assertEquals(names, ["summary.csv", "summary.json"]);
});

Deno.test("scenarios from a pipe, one of our own and one from a file: their figures are theirs alone", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using temp = new TempFolder();
  const folder = temp.path;
  const file = `${folder}/mine.ts`;
  await Deno.writeTextFile(
    file,
    `import { defineScenario } from "${import.meta.resolve("../../mod.ts")}";
export default defineScenario({
name: "mine",
description: "Two join.",
options: {},
async run(crowd, _options, { say }) {
  const one = await crowd.join({ video: false });
  await crowd.join({ publish: false });
  say(one.id + " is in");
  await crowd.wait(1500);
  const { clients, counters } = crowd.snapshot();
  return {
    indices: clients.map(({ index }) => index),
    sent: clients.map(({ packetsSent }) => packetsSent),
    all: counters.packetsSent,
  };
},
describe: (found) => [JSON.stringify(found)],
});
`,
  );
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type([
    "spawn 2",
    "wait connected 20s",
    "drop all",
    "scenario smoke clients=2 duration=1s",
    `scenario ${file}`,
    "quit",
    "",
  ].join("\n"));
  assertEquals(await session, 0);
  assertMatch(
    terminal.output,
    /\nsmoke passed: all 3 thresholds passed\n/,
  );
  const found = JSON.parse(/^\{.*\}$/m.exec(terminal.output)![0]);
  assertEquals(found.indices, [0, 1]);
  assert(found.sent[0] > 25);
  assertEquals([found.sent[1], found.all], [0, found.sent[0]]);
  assert(lines.includes("mine: client-4 is in"), lines.join("\n"));
  const health = await (await fetch(`${sfu.httpUrl}/health`)).json();
  assertEquals([health.participants, health.rooms], [0, 0]);
});

Deno.test("a scenario that fails ends a script with its code, and one that cannot be found with 2", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const run = async (line: string) => {
    const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
    const { ports, lines } = portsFor(terminal);
    const session = runSession(optionsFor(sfu.url), ports);
    terminal.type(`${line}\nspawn 1\n`);
    return { code: await session, out: terminal.output, lines };
  };
  const failed = await run(
    'scenario smoke clients=1 duration=1s thresholds="join max < 1us"',
  );
  assertEquals(failed.code, 99);
  assertMatch(
    failed.out,
    /^smoke failed: .*\njoin max < 1us was .*, worst client-0: .*\n$/,
  );
  const missing = await run("scenario ./nowhere.ts");
  assertEquals(missing.code, 2);
  assertMatch(missing.lines.at(-1)!, /^error: cannot load \.\/nowhere\.ts: /);
});

Deno.test("a script has clients send the clip that comes along, and ends with 2 at a file that cannot be used", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type([
    "set media builtin",
    "spawn 2",
    "wait connected 20s",
    "wait 2s",
    "inspect 1",
    "set media nowhere.webm",
    "stats",
    "",
  ].join("\n"));
  assertEquals(await session, 2);
  assertMatch(
    terminal.output,
    /^media builtin \(VP8 640x360 at 25 fps, .*; Opus, /,
  );
  assertMatch(terminal.output, /\nmedia .* audio and video of builtin\n/);
  const [, received] = /\nreceived .* lost 0 of (\d+)/.exec(terminal.output)!;
  assert(Number(received) > 100);
  assertMatch(lines.at(-1)!, /^error: Cannot use nowhere\.webm: there is no/);
});

Deno.test("a script that leaves nothing of a file to be sent ends with 2", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using temp = new TempFolder();
  const folder = temp.path;
  const file = `${folder}/clip.ivf`;
  await Deno.writeFile(file, ivf([[0, keyFrame()], [100, interFrame(30)]]));
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type(`set media ${file}\nset video off\nspawn 1\n`);
  assertEquals(await session, 2);
  assertMatch(
    lines.at(-1)!,
    /^error: Cannot use .*clip\.ivf: it has video, of which nothing is sent/,
  );
});

Deno.test("a file that cannot be written ends a script with 1 and one line", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type("save /nowhere/at/all.json\nspawn 1\n");
  assertEquals(await session, 1);
  assertEquals(lines.length, 1);
  assertEquals(
    lines[0],
    "error: Cannot write /nowhere/at/all.json: No such file or directory.",
  );
});

Deno.test("a server that is not there is one line with what to do, and exit code 1", async () => {
  const terminal = new WatchedTerminal();
  const { ports, lines } = portsFor(terminal);
  assertEquals(await runSession(optionsFor("ws://127.0.0.1:1/ws"), ports), 1);
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0],
    /^Cannot reach ws:\/\/127\.0\.0\.1:1\/ws: .*Start the server/,
  );
  assertEquals(terminal.fullScreen, false);
  await terminal.turnOff();
});

Deno.test("clients of a session take the transport that it was given", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports, lines } = portsFor(terminal);
  const options = optionsFor(sfu.url, { transport: "tcp" });
  const session = runSession(options, ports);
  terminal.type("spawn 1\nwait 2s\nquit\n");
  await session;
  assertMatch(lines.join("\n"), /the server offers no TCP address, only UDP/);
});

Deno.test("a broken threshold is 99 at the end", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const { ports } = portsFor(terminal);
  const session = runSession(optionsFor(sfu.url), ports);
  terminal.type(
    "threshold join p(95) < 0.001ms\nspawn 1\nwait connected 20s\nquit\n",
  );
  assertEquals(await session, 99);
});
