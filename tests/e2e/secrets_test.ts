/** No command tells a secret: not on a screen, not in a file, not in an error. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { startSfu } from "../../lib/sfu/mod.ts";
import { LoopbackServer } from "../integration/loopback_server.ts";
import { Broker, noNats } from "../integration/nats_box.ts";
import { descendants } from "./processes.ts";
import { OutDir, Program, runProgram } from "./program.ts";

/** Planted everywhere; with something in it that URLs and JSON spell in their own way. */
const SECRET = 'SEC/RET "x"';
const SPELLED = /SEC(\/|%2f|\\\/)RET/i;
const ENCODED = encodeURIComponent(SECRET);
const BASIC = btoa(`me:${SECRET}`);

const ACCESS = [
  "--token",
  SECRET,
  "--password",
  SECRET,
  "--header",
  `X-Key: ${SECRET}`,
  "--header",
  `Cookie: sid=${ENCODED}`,
];

const dirty = (url: string) =>
  url.replace("//", `//me:${ENCODED}@`) + `?key=${ENCODED}&${ENCODED}`;

function assertHides(where: string, text: string): void {
  const at = SPELLED.exec(text)?.index ?? text.indexOf(BASIC);
  const found = at < 0 ? "" : text.slice(Math.max(0, at - 80), at + 40);
  assertEquals(found, "", where);
}

/** Runs a command with all secrets, and reads all that it leaves. */
async function told(args: readonly string[]) {
  using out = new OutDir();
  const all = args[0] === "run" || args[0] === "capacity"
    ? [...args, "--out", out.path]
    : args;
  const ended = await runProgram(all);
  const name = args.slice(0, 2).join(" ");
  assertHides(`${name}: stdout`, ended.stdout);
  assertHides(`${name}: stderr`, ended.stderr);
  for (const file of out.names()) {
    assertHides(`${name}: ${file}`, await textOf(`${out.path}/${file}`));
  }
  return ended;
}

async function textOf(path: string): Promise<string> {
  const { readable } = await Deno.open(path);
  return await new Response(
    path.endsWith(".gz")
      ? readable.pipeThrough(new DecompressionStream("gzip"))
      : readable,
  ).text();
}

const SHORT = ["-c1", "-r0", "-d1", "--audio-only"];

Deno.test("a run, its JSON, its report and its monitor tell no secret", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const url = dirty(sfu.url);
  const monitor = dirty(sfu.url.replace("ws:", "http:").replace("/ws", "/"));
  using out = new OutDir();
  const run = ["run", "-s", url, ...SHORT, ...ACCESS, "--monitor", monitor];
  await runProgram([...run, "--out", out.path]);
  const ended = await told([...run, "--json"]);
  assertStringIncludes(ended.stdout, "key=***");
  for (const more of [[], ["--json"], ["--csv"]]) {
    await told(["report", out.path, ...more]);
  }
});

Deno.test("a doctor, a search for capacity and an address of nobody tell no secret", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  const url = dirty(sfu.url);
  await told(["doctor", "-s", url, "-c1", ...ACCESS]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const nobody = dirty(`ws://127.0.0.1:${listener.addr.port}/ws`);
  listener.close();
  await told(["run", "-s", nobody, ...SHORT, ...ACCESS]);
  await told(["capacity", "-s", nobody, ...ACCESS]);
  await told(["doctor", "-s", nobody, "-c1", ...ACCESS]);
  await told(["run", "-s", dirty("ws://127.0.0.1:1x/ws"), ...SHORT]);
  await told(["run", "--monitor", dirty("htp://127.0.0.1:1/"), ...SHORT]);
  await told(["run", "--headr", `X-Key: ${SECRET}`, "--header", SECRET]);
});

Deno.test("a server that repeats what it was told does so in vain", async () => {
  await using page = await LoopbackServer.upgrade((request) => {
    const { url, headers } = request;
    const body = `Cannot GET ${url} with ${JSON.stringify(headers)}`;
    return `HTTP/1.1 404 No\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  await told(["run", "-s", dirty(page.url), ...SHORT, ...ACCESS]);
  await using moved = await LoopbackServer.upgrade(({ url }) =>
    `HTTP/1.1 302 No\r\nLocation: https://me:${ENCODED}@h${url}\r\nContent-Length: 0\r\n\r\n`
  );
  await told(["run", "-s", dirty(moved.url), ...SHORT, ...ACCESS]);
  await using parrot = await LoopbackServer.webSocket((socket) => {
    socket.on("message", (data) => {
      const message = `no: ${JSON.parse(data.toString()).password}`;
      socket.send(JSON.stringify({ type: "error", message }));
      socket.close(4000, message);
    });
  });
  const { stderr } = await told([
    "run",
    "-s",
    dirty(parrot.url),
    ...SHORT,
    ...ACCESS,
  ]);
  assertStringIncludes(stderr, "***");
});

/** What anybody of a machine can read of a process. */
async function commandLine(pid: number): Promise<string> {
  return await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
}

Deno.test({
  name:
    "neither who drives clients through a broker, nor an agent there, nor one of this machine tells what the broker or the server was told",
  ignore: await noNats(),
  async fn() {
    await using sfu = await startSfu({ engine: "werift" });
    await using broker = await Broker.start(
      `authorization { user: me, password: '${SECRET}' }`,
    );
    const url = broker.url.replace("//", `//me:${ENCODED}@`);
    const env = { RTCROWD_BROKER: url, RTCROWD_TOKEN: SECRET };
    await using agent = new Program(["agent", "--name", "a1"], env);
    await agent.printed("stderr", /is at nats:/);
    await Promise.all(["1", "local:1"].map(async (agents) => {
      using out = new OutDir();
      const name = `run --agents ${agents}`;
      await using program = new Program([
        ...["run", "-s", sfu.url, "--agents", agents, "--out", out.path],
        ...["-c2", "-r0", "-d1", "--audio-only", "--json"],
      ], env);
      await program.printed("stderr", /2 of 2 connected/);
      const own = await descendants(program.pid);
      for (
        const pid of [
          agent.pid,
          program.pid,
          ...own.map(({ pid }) => pid),
        ]
      ) {
        assertHides(`${name}: argv of ${pid}`, await commandLine(pid));
      }
      const { stdout, stderr } = await program.ended();
      assertHides(`${name}: stdout`, stdout);
      assertHides(`${name}: stderr`, stderr);
      for (const file of out.names()) {
        assertHides(`${name}: ${file}`, await textOf(`${out.path}/${file}`));
      }
    }));
    const { stdout, stderr } = await runProgram(["agents", "--json"], env);
    assertHides("agents", stdout + stderr);
    agent.kill("SIGTERM");
    const left = await agent.ended();
    assertHides("agent", left.stdout + left.stderr);
  },
});

Deno.test({
  name:
    "a broker that does not take what it is told, or is none, is told of without it",
  ignore: await noNats(),
  async fn() {
    await using broker = await Broker.start(`authorization { token: "other" }`);
    using files = new OutDir();
    const file = `${files.path}/secret`;
    await Deno.writeTextFile(file, `SU${SECRET}\n`, { mode: 0o600 });
    const at = { RTCROWD_BROKER: broker.url };
    const named = (userinfo: string, host = "127.0.0.1:1") => ({
      RTCROWD_BROKER: `nats://${userinfo}@${host}`,
    });
    const wrong: readonly Readonly<Record<string, string>>[] = [
      { ...at, RTCROWD_BROKER_TOKEN: SECRET },
      { ...at, RTCROWD_BROKER_NKEY: file },
      { ...at, RTCROWD_BROKER_CREDS: file },
      named(`me:${ENCODED}`, new URL(broker.url.replace("nats", "http")).host),
      named(`me:${ENCODED}`),
      named(ENCODED),
      { RTCROWD_BROKER: `http://me:${ENCODED}@127.0.0.1:1` },
    ];
    await Promise.all(wrong.map(async (env) => {
      const { code, stdout, stderr } = await runProgram(["agents"], env);
      const name = JSON.stringify(Object.keys(env));
      assertHides(name, stdout + stderr);
      assertEquals(stderr.trim().split("\n").length, 1, `${name}: ${stderr}`);
      assertEquals(code === 0, false, name);
    }));
  },
});

Deno.test("a session tells no secret, nor does the file of its lines", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  using state = new OutDir();
  using out = new OutDir();
  const lines = [
    "spawn 1",
    "wait 1s",
    "stats",
    "server",
    "report",
    `save ${out.path}/s.json`,
    `save ${out.path}/s.txt`,
    `room ${dirty("ws://h/ws")}`,
    "quit",
  ];
  const ended = await runProgram(
    ["-s", dirty(sfu.url), "--audio-only", ...ACCESS],
    { XDG_STATE_HOME: state.path },
    lines.join("\n"),
  );
  assertHides("stdout", ended.stdout);
  assertHides("stderr", ended.stderr);
  assertStringIncludes(ended.stdout, "key=***");
  for (const folder of [state.path, out.path]) {
    for await (const [path, text] of filesUnder(folder)) {
      assertHides(path, text);
    }
  }
});

async function* filesUnder(
  folder: string,
): AsyncGenerator<readonly [string, string]> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesUnder(path);
    else yield [path, await Deno.readTextFile(path)] as const;
  }
}
