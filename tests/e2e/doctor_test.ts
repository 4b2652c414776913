/** `doctor`, and what `run` refuses before it starts, under limits that a shell sets. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Finding } from "../../tool.ts";
import { spawnSfu } from "../../lib/sfu/mod.ts";
import { startProxy } from "../integration/proxy.ts";
import { OutDir, Program, runProgram } from "./program.ts";

const ignore = Deno.build.os !== "linux";
const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** Runs the program in a shell, after `setup`. */
async function inShell(setup: string, args: readonly string[]) {
  const command = new Deno.Command("sh", {
    // The shell stays: doctor looks at the one that started it.
    args: ["-c", `${setup}; "$@"; exit $?`, "sh", Deno.execPath(), "run", "-A"]
      .concat(MAIN, args),
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test(
  "under a limit of 64 files doctor says what 100 clients need, and how to get it",
  {
    ignore,
  },
  async () => {
    const { code, stdout } = await inShell("ulimit -n 64", [
      "doctor",
      "--clients=100",
      "--embedded",
      "--workers=1",
    ]);
    assertEquals(code, 1);
    assertMatch(
      stdout,
      /^problem +open files +352 needed, the hard limit is 64\n +fix +sudo prlimit --pid \$\$ --nofile=352:352\n/,
    );
  },
);

Deno.test("a soft limit of 64 is told as well, though it was raised", {
  ignore,
}, async () => {
  const { code, stdout } = await inShell("ulimit -S -n 64", [
    "doctor",
    "--clients=100",
    "--embedded",
    "--workers=1",
  ]);
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /^warning +open files +352 needed; we have raised our soft limit from 64 to .*\n +fix +ulimit -S -n 352\n/,
  );
});

Deno.test(
  "run refuses in one line what the hard limit forbids, before anything is there",
  {
    ignore,
  },
  async () => {
    using out = new OutDir();
    const { code, stdout, stderr } = await inShell("ulimit -n 64", [
      "run",
      "--clients=100",
      "--embedded",
      "--workers=1",
      `--out=${out.path}`,
    ]);
    assertEquals([code, stdout, out.names()], [1, "", []]);
    assertEquals(
      stderr,
      "Cannot run 100 clients here: open files: 352 needed, the hard limit is 64. Run: sudo prlimit --pid $$ --nofile=352:352\n",
    );
  },
);

Deno.test("run raises a soft limit that is too low, and passes", {
  ignore,
}, async () => {
  using out = new OutDir();
  const { code } = await inShell("ulimit -S -n 64", [
    "run",
    "--clients=16",
    "--embedded",
    "--audio-only",
    "--duration=2",
    "--ramp-up=1",
    `--out=${out.path}`,
  ]);
  assertEquals(code, 0);
  const { summary } = out.read();
  assertEquals(summary.successfulConnections, 16);
  assert(
    summary.server.load!.maxFds! > 64,
    "else the limit was not in the way",
  );
});

Deno.test("a server that does not answer is a problem, with the command that starts one", async () => {
  const { code, stdout } = await runProgram([
    "doctor",
    "--server=ws://127.0.0.1:1/ws",
  ]);
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /^problem +server +Cannot reach ws:\/\/127\.0\.0\.1:1\/ws: /m,
  );
  assertMatch(stdout, /^ +fix +scripts\/server-start\.sh$/m);
});

Deno.test("doctor names what is watched, and what does not carry the media", {
  ignore,
}, async () => {
  await using server = new Program(["serve", "--port=0"]);
  const [, port] = await server.printed("stdout", /:(\d+)\/ws/);
  await using proxy = await startProxy(Number(port));
  const doctor = async (target: string) =>
    (await runProgram([
      "doctor",
      `--server=ws://127.0.0.1:${proxy.port}/ws`,
      `--monitor=${target}`,
    ])).stdout;
  const [ofServer, ofProxy, ofNothing] = await Promise.all(
    [`port:${port}`, `port:${proxy.port}`, "port:1"].map(doctor),
  );
  assertMatch(
    ofServer,
    /^good +monitor +port:\d+ is process \d+ \(deno\), with \d+ UDP sockets?$/m,
  );
  assertMatch(
    ofProxy,
    /^warning +monitor +What port:\d+ watches \(deno, pid \d+\) holds no UDP sockets: it does not carry the media, .*NAME$/m,
  );
  assertMatch(
    ofNothing,
    /^warning +monitor +No process listens on TCP port 1$/m,
  );
});

Deno.test.each([
  { announced: "127.0.0.1", level: "good", fix: null, path: "good" },
  {
    announced: "198.51.100.4",
    level: "warning",
    fix:
      "ANNOUNCE_IP=127.0.0.1 scripts/server-restart.sh (rtcrowd's own: serve --announce-ip 127.0.0.1)",
    path: "problem",
  },
])(
  "a server here that announces $announced is $level, and doctor leaves its room again",
  async ({ announced, level, fix, path }) => {
    await using server = new Program([
      "serve",
      "--port=0",
      `--announce-ip=${announced}`,
    ]);
    const [, url] = await server.printed("stdout", /Serving (\S+)/);
    const { code, stdout } = await runProgram([
      "doctor",
      `--server=${url}`,
      "--json",
    ]);
    const findings: readonly Finding[] = JSON.parse(stdout);
    const found = findings.find(({ about }) => about === "announced address");
    const asked = findings.filter(({ about }) => about === "media path");
    assertEquals(asked.map((one) => one.level), [path]);
    assertEquals(code, path === "good" ? 0 : 1);
    // Where no path leads, nobody tries to get media through.
    assertEquals(
      findings.filter(({ about }) => about === "media").map(({ text }) => text),
      path === "good" ? ["two clients receive what the other one sends"] : [],
    );
    assertEquals([found?.level, found?.fix], [level, fix]);
    const health = await fetch(
      url.replace("ws:", "http:").replace("/ws", "/health"),
    );
    assertEquals((await health.json()).participants, 0);
  },
);

Deno.test("doctor's findings are also JSON, and name the lane, the cipher and DTLS", async () => {
  const { code, stdout } = await runProgram([
    "doctor",
    "--embedded",
    "--json",
    "--lane=portable",
    "--cipher=portable",
    "--dtls=portable",
  ]);
  const findings: readonly Finding[] = JSON.parse(stdout);
  assertEquals(code, 0);
  const datapath = findings.find(({ about }) => about === "datapath");
  assertStringIncludes(
    datapath!.text,
    "portable lane, portable cipher, portable DTLS",
  );
});

Deno.test("doctor refuses what it does not know, as run does", async () => {
  const { code, stderr } = await runProgram(["doctor", "--clint=3"]);
  assertEquals(code, 2);
  assertMatch(stderr, /^--clint: .*did you mean --client/m);
});

Deno.test(
  "doctor asks each agent what it is, has, and reaches, and a run is refused in one line where its share cannot be",
  {
    ignore,
  },
  async () => {
    await using sfu = await spawnSfu({ engine: "werift" });
    using out = new OutDir();
    const load = ["--agents=local:2", "--workers=1", "--clients=200"];
    const looked = await inShell("ulimit -n 100", [
      ...["doctor", `--server=${sfu.url}`, ...load],
    ]);
    for (const agent of ["agent-0", "agent-1"]) {
      for (
        const line of [
          `good +${agent} +${agent} on .*, version .*, \\d+ cores?`,
          `good +${agent} link +.* ms there and back`,
          `good +${agent} server +ws://.* answers`,
          `(good|warning) +${agent} wall clock +.* ms (ahead|behind), ±.* ms`,
          `(good|warning) +${agent} datapath +.* lane, .* cipher, .* DTLS, \\d+ threads? for 100 clients`,
          `problem +${agent} open files +352 needed, the hard limit is 100\\n.*prlimit`,
        ]
      ) assertMatch(looked.stdout, new RegExp(`^${line}`, "m"));
    }
    assertEquals([looked.code, looked.stderr], [1, ""]);
    const run = await inShell("ulimit -n 100", [
      ...["run", `--server=${sfu.url}`, ...load],
      ...[`--out=${out.path}`, "--quiet"],
    ]);
    assertEquals([run.code, run.stdout, out.names()], [1, "", []]);
    assertMatch(
      run.stderr,
      /^Cannot run 100 clients on agent-0 \(.*\): open files: 352 needed, the hard limit is 100\. Run: .*\n$/,
    );
  },
);

Deno.test("doctor says of each agent that it does not reach the server, and of one that is not there that it is not", async () => {
  const [nowhere, nobody] = await Promise.all([
    runProgram([
      ...["doctor", "--server=ws://127.0.0.1:9/ws", "--agents=local:2"],
    ]),
    runProgram([
      ...["doctor", "--server=ws://127.0.0.1:9/ws", "--agents=ssh:h.invalid"],
    ]),
  ]);
  for (const agent of ["agent-0", "agent-1"]) {
    assertMatch(
      nowhere.stdout,
      new RegExp(
        `^problem +${agent} +Cannot use ${agent} .*127.0.0.1:9/ws`,
        "m",
      ),
    );
  }
  assertMatch(
    nobody.stdout,
    /^problem +agents +Cannot use h\.invalid as an agent/,
  );
  assertEquals([nowhere.code, nobody.code], [1, 1]);
});
