/** No command tells a secret: not on a screen, not in a file, not in an error. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { startSfu } from "../../lib/sfu/mod.ts";
import { LoopbackServer } from "../integration/loopback_server.ts";
import { OutDir, runProgram } from "./program.ts";

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
