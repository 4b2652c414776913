import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { noSshd, startBox } from "./ssh_box.ts";
import { freePort } from "../free_port.ts";

const ignore = Deno.build.os !== "linux";

const SCRIPTS = new URL("../../scripts/", import.meta.url).pathname;
const STAND_IN = new URL("../fixtures/stand_in_server.ts", import.meta.url)
  .pathname;

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** A port of its own, a place for state, and the scripts bound to both. */
async function startYard(settings: Readonly<Record<string, string>> = {}) {
  const folder = await Deno.makeTempDir({ prefix: "rtcrowd-scripts-" });
  const port = freePort();
  const env = {
    XDG_STATE_HOME: folder,
    SERVER_ENV_FILE: `${folder}/server.env`,
    SERVER_CMD: standIn("good"),
    PORT: String(port),
    START_TIMEOUT: "10",
    STOP_TIMEOUT: "1",
    ...settings,
  };
  const state = `${folder}/rtcrowd/server-${port}`;
  const script = (
    verb: string,
    changes: Readonly<Record<string, string>> = {},
  ) => run([`${SCRIPTS}server-${verb}.sh`], { ...env, ...changes });
  return {
    folder,
    port,
    state,
    script,
    log: () => Deno.readTextFile(`${state}/log`),
    async pid() {
      const text = await Deno.readTextFile(`${state}/pid`);
      return Number(text.split(" ")[0]);
    },
    async [Symbol.asyncDispose]() {
      await script("stop");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function standIn(mode: string): string {
  return `'${Deno.execPath()}' run -A '${STAND_IN}' ${mode}`;
}

/** Whether a process runs; a zombie does not. */
async function alive(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return text.trim().split(" ").map(Number);
}

function ignoresSigint(status: string): boolean {
  const mask = status.match(/SigIgn:\s*([0-9a-f]+)/)?.[1] ?? "none";
  return (BigInt(`0x${mask}`) & 2n) !== 0n;
}

Deno.test(
  "a server is started, seen, refused a second time, and stopped gently",
  { ignore },
  async () => {
    await using yard = await startYard();
    const start = await yard.script("start");
    assertEquals(start.err, "");
    assertMatch(start.out, /^the server on port \d+ runs, pid \d+; log: .*\n$/);
    const pid = await yard.pid();

    const status = await yard.script("status");
    assertEquals(status.code, 0);
    assertStringIncludes(status.out, `running, pid ${pid}, healthy: {`);

    const second = await yard.script("start");
    assertEquals(second.code, 1);
    assertMatch(second.err, /^Cannot start .*: it runs already, pid \d+\n$/);
    assert(await alive(pid));

    const stop = await yard.script("stop");
    assertEquals([stop.code, stop.err], [0, ""]);
    assertStringIncludes(stop.out, "has stopped (INT)");
    assertEquals(await alive(pid), false);
    assertStringIncludes(await yard.log(), "got SIGINT");
    assertEquals((await yard.script("status")).code, 3);
  },
);

Deno.test("a restarted server is another process", { ignore }, async () => {
  await using yard = await startYard();
  assertEquals((await yard.script("restart")).code, 0);
  const first = await yard.pid();
  const again = await yard.script("restart");
  assertEquals([again.code, again.err], [0, ""]);
  assertNotEquals(await yard.pid(), first);
  assertEquals(await alive(first), false);
});

Deno.test(
  "a server whose shell was killed is still ours: it is told, refused a second time, and stopped",
  {
    ignore,
  },
  async () => {
    await using yard = await startYard({ SERVER_CMD: `${standIn("good")}; :` });
    assertEquals((await yard.script("start")).code, 0);
    const leader = await yard.pid();
    const [child] = await childrenOf(leader);
    Deno.kill(leader, "SIGKILL");
    while (await alive(leader)) await new Promise((r) => setTimeout(r, 10));

    const status = await yard.script("status");
    assertEquals(status.code, 0, status.out);
    assertStringIncludes(
      status.out,
      `running, process group ${leader}, whose leader is gone, healthy: {`,
    );
    const second = await yard.script("start");
    assertEquals(second.code, 1);
    assertStringIncludes(second.err, "it runs already, process group");
    assert(await alive(child));
    const stop = await yard.script("stop");
    assertEquals([stop.code, stop.err], [0, ""]);
    assertEquals(await alive(child), false);
    assertEquals((await yard.script("status")).code, 3);
  },
);

Deno.test(
  "processes that are not known by their token are left alone, whatever their group",
  {
    ignore,
  },
  async () => {
    await using yard = await startYard({ SERVER_CMD: `${standIn("good")}; :` });
    assertEquals((await yard.script("start")).code, 0);
    const leader = await yard.pid();
    const [child] = await childrenOf(leader);
    const file = `${yard.state}/pid`;
    const kept = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, kept.replace(/\S+\n$/, "another\n"));
    Deno.kill(leader, "SIGKILL");
    while (await alive(leader)) await new Promise((r) => setTimeout(r, 10));
    const stop = await yard.script("stop");
    assertStringIncludes(stop.out, "not running");
    assert(await alive(child));
    await Deno.writeTextFile(file, kept);
    assertEquals((await yard.script("stop")).code, 0);
    assertEquals(await alive(child), false);
  },
);

Deno.test("a server that ends at once is a failure with its last words", {
  ignore,
}, async () => {
  await using yard = await startYard({ SERVER_CMD: standIn("exits") });
  const { code, err } = await yard.script("start");
  assertEquals(code, 1);
  assertStringIncludes(err, "it ended before it answered");
  assertStringIncludes(err, "  no such room for a server\n");
  assertEquals((await yard.script("status")).code, 3);
});

Deno.test("a command that does not exist is a failure that names it", {
  ignore,
}, async () => {
  await using yard = await startYard({ SERVER_CMD: "rtcrowd-no-such-server" });
  const { code, err } = await yard.script("start");
  assertEquals(code, 1);
  assertMatch(err, /rtcrowd-no-such-server.*not found/);
});

Deno.test("a server that never listens is ended when the time is over", {
  ignore,
}, async () => {
  await using yard = await startYard({
    SERVER_CMD: `echo leader $$; exec ${standIn("silent")}`,
    START_TIMEOUT: "1",
  });
  const { code, err } = await yard.script("start");
  assertEquals(code, 1);
  assertStringIncludes(err, "did not answer within 1 s");
  const pid = Number((await yard.log()).match(/leader (\d+)/)?.[1]);
  assertEquals(await alive(pid), false);
});

Deno.test(
  "a server that answers and then dies has not started",
  { ignore },
  async () => {
    await using yard = await startYard({ SERVER_CMD: standIn("dies") });
    const { code, err } = await yard.script("start");
    assertEquals(code, 1);
    assertStringIncludes(err, "it answered, and then ended");
  },
);

Deno.test("a port that is taken is refused before anything is started", {
  ignore,
}, async () => {
  await using yard = await startYard();
  using _other = Deno.listen({ hostname: "127.0.0.1", port: yard.port });
  const { code, err } = await yard.script("start");
  assertEquals(code, 1);
  assertMatch(err, /^Cannot start .*: another program listens there.*\n$/);
  const status = await yard.script("status");
  assertEquals(status.code, 3);
  assertStringIncludes(status.out, "another program listens there");
});

Deno.test(
  "two starts at the same time make one server",
  { ignore },
  async () => {
    await using yard = await startYard();
    const results = await Promise.all([
      yard.script("start"),
      yard.script("start"),
    ]);
    assertEquals(results.map(({ code }) => code).toSorted(), [0, 1]);
    const loser = results.find(({ code }) => code === 1);
    assertMatch(loser?.err ?? "", /is under way|runs already/);
  },
);

Deno.test(
  "a server that ignores SIGINT and SIGTERM is killed",
  { ignore },
  async () => {
    await using yard = await startYard({ SERVER_CMD: standIn("stubborn") });
    await yard.script("start");
    const pid = await yard.pid();
    const { code, out } = await yard.script("stop");
    assertEquals(code, 0);
    assertStringIncludes(out, "(KILL)");
    assertEquals(await alive(pid), false);
    assertMatch(await yard.log(), /got SIGINT\n.*got SIGTERM/);
  },
);

Deno.test(
  "a server is not made to ignore SIGINT, as a job in the background would be",
  { ignore },
  async () => {
    await using yard = await startYard({
      SERVER_CMD: `grep SigIgn /proc/self/status; exec ${standIn("good")}`,
    });
    await yard.script("start");
    const own = await Deno.readTextFile("/proc/self/status");
    assertEquals(ignoresSigint(await yard.log()), ignoresSigint(own));
  },
);

Deno.test("the children of a server end with it", { ignore }, async () => {
  // A background job of sh ignores SIGINT, so this one needs SIGTERM.
  await using yard = await startYard({
    SERVER_CMD: `sleep 1000 & echo child $!; exec ${standIn("good")}`,
  });
  await yard.script("start");
  const child = Number((await yard.log()).match(/child (\d+)/)?.[1]);
  assert(await alive(child));
  const { out } = await yard.script("stop");
  assertStringIncludes(out, "(TERM)");
  assertEquals(await alive(child), false);
});

Deno.test("a process that got the pid of a dead server is left alone", {
  ignore,
}, async () => {
  await using yard = await startYard();
  const stranger = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  await Deno.mkdir(yard.state, { recursive: true });
  await Deno.writeTextFile(`${yard.state}/pid`, `${stranger.pid} 12345\n`);
  const { code, out } = await yard.script("stop");
  assertEquals(code, 0);
  assertStringIncludes(out, "not running");
  assert(await alive(stranger.pid));
  stranger.kill("SIGKILL");
  await stranger.status;
});

Deno.test("server.env reaches the server, and the environment wins over it", {
  ignore,
}, async () => {
  await using yard = await startYard();
  await Deno.writeTextFile(
    `${yard.folder}/server.env`,
    `GREETING='good day'\nSERVER_CMD=false\n`,
  );
  assertEquals((await yard.script("start")).err, "");
  assertStringIncludes(await yard.log(), "good day");
});

Deno.test("with SERVER_HOST all of it happens over ssh", {
  ignore: ignore || await noSshd(),
}, async () => {
  await using box = await startBox();
  await using yard = await startYard({
    SERVER_HOST: "box",
    RTCROWD_SSH_OPTIONS: `-F ${box.config}`,
    // Shows that quotes survive the way.
    SERVER_CMD: `GREETING="it's far" ${standIn("good")}`,
  });
  await Deno.writeTextFile(
    `${yard.folder}/server.env`,
    `XDG_STATE_HOME='${yard.folder}'\n`,
  );
  const start = await yard.script("start");
  assertEquals([start.code, start.err], [0, ""]);
  assertStringIncludes(await yard.log(), "it's far");
  assertStringIncludes((await yard.script("status")).out, "healthy");
  assertEquals((await yard.script("start")).code, 1);
  assertStringIncludes((await yard.script("stop")).out, "has stopped (INT)");
  assertEquals((await yard.script("status")).code, 3);
});

Deno.test(
  "another machine needs to be told what its server is",
  { ignore },
  async () => {
    await using yard = await startYard();
    const { code, err } = await yard.script("start", {
      SERVER_HOST: "box",
      SERVER_CMD: "",
    });
    assertEquals(code, 2);
    assertStringIncludes(err, "Set SERVER_CMD");
  },
);

Deno.test(
  "a setting that is no number is refused by name",
  { ignore },
  async () => {
    await using yard = await startYard();
    const { code, err } = await yard.script("start", { PORT: "http" });
    assertEquals(code, 2);
    assertStringIncludes(err, `PORT must be a whole number from 1, not "http"`);
  },
);

Deno.test.each([
  ["server-start.sh"],
  ["server-stop.sh"],
  ["server-restart.sh"],
  ["server-status.sh"],
  ["with-ulimit.sh"],
])(
  "%s explains itself, and refuses what it does not know",
  { ignore },
  async (name) => {
    const help = await run([SCRIPTS + name, "--help"]);
    assertEquals(help.code, 0);
    assertStringIncludes(help.out, `usage: ${name}`);
    assertEquals((await run([SCRIPTS + name, "--no-such"])).code, 2);
  },
);

Deno.test.each([
  ["-n 64", "32", "256", "64", /raised from 32 to 64\n/, "room enough"],
  ["-n 64", "32", "48", "48", /to the hard limit 48, not to 64/, "too low"],
  ["-n 64", "48", "48", "48", /stay at the hard limit 48, below 64/, "all"],
  ["-n 16", "32", "48", "32", /^$/, "high enough already"],
])(
  "with-ulimit.sh %s from soft %s and hard %s gives %s",
  { ignore },
  async (options, soft, hard, given, said, _why) => {
    const { code, out, err } = await run([
      "sh",
      "-c",
      `ulimit -S -n ${soft}; ulimit -H -n ${hard}
      exec '${SCRIPTS}with-ulimit.sh' ${options} -- sh -c 'ulimit -S -n'`,
    ]);
    assertEquals([code, out.trim()], [0, given]);
    assertMatch(err, said);
  },
);
