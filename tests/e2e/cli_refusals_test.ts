/** What the command line refuses, and how it says so. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startSfu, VERSION } from "../../mod.ts";
import { TestClient } from "../integration/sfu/test_client.ts";
import { OutDir, runProgram } from "./program.ts";

const MEDIA_WANTED =
  'Give a WebM or IVF file with VP8, a WebM or Ogg file with Opus, or "builtin".';

const USAGE: readonly [string, string][] = [
  [
    "run --cleints 5",
    "--cleints: there is no such option, did you mean --clients?",
  ],
  [
    "run --repeat 3 --junit all.xml",
    "--junit: it is of one run, leave out --repeat.",
  ],
  [
    "run --dump everyone",
    '--dump: "everyone" is not clients such as client-7,client-9, a number of them such as 3 or 3:10s, or failed.',
  ],
  [
    "run --monitor mediasoup",
    '--monitor: Cannot read monitor target "mediasoup": Did you mean cmd:mediasoup?',
  ],
  [
    "run --otlp=collector",
    '--otlp: "collector" is not an http:// or https:// URL.',
  ],
  [
    "run --otlp",
    "--otlp: OTEL_EXPORTER_OTLP_ENDPOINT is not set, write --otlp URL.",
  ],
  ["run --clients 0", '--clients: "0" is not a whole number from 1 to 100000.'],
  [
    "adapter check",
    "adapter: it takes check and one adapter, such as check ./my_adapter.ts.",
  ],
  ["run -c abc", '--clients: "abc" is not a whole number from 1 to 100000.'],
  [
    "run --audio-only --video-only",
    "--audio-only, --video-only: they exclude each other, leave one out.",
  ],
  [
    "run --audio-only --max-video 2",
    "--audio-only, --max-video: they exclude each other, leave one out.",
  ],
  [
    "--video-only --audio-bitrate 64",
    "--video-only, --audio-bitrate: they exclude each other, leave one out.",
  ],
  [
    "run --embedded --header a:b",
    "--header, --embedded: they exclude each other, leave one out.",
  ],
  ["doctor --html", "--html: there is no such option; --help lists them."],
  ["--token t", "--token: it needs a server, give it with --server URL."],
  [
    "run --server http://localhost",
    '--server: "http://localhost" is not a ws:// or wss:// URL.',
  ],
  [
    "run --out /proc/nowhere/at/all",
    '--out: "/proc/nowhere/at/all" has no directory above it.',
  ],
  [
    "run --media nope.webm",
    `Cannot use nope.webm: there is no such file. ${MEDIA_WANTED}`,
  ],
  [
    "--media=nope.ogg",
    `Cannot use nope.ogg: there is no such file. ${MEDIA_WANTED}`,
  ],
  [
    "run --scenario smoke media=deno.json",
    "Cannot use deno.json: it is no WebM, Ogg or IVF, or broken. Make one that can: ffmpeg -i deno.json -c:v libvpx -c:a libopus -ac 2 media.webm",
  ],
  [
    "run --media builtin --quality 720p",
    "--media, --quality: they exclude each other, leave one out.",
  ],
  [
    "--media builtin --fps 15",
    "--media, --fps: they exclude each other, leave one out.",
  ],
  [
    "run --media builtin --simulcast",
    "--media, --simulcast: they exclude each other, leave one out.",
  ],
  [
    "--simulcast",
    "--simulcast: the engine werift forwards no layers, add --embedded=mediasoup.",
  ],
  [
    "run --scenario smoke media=builtin simulcast=true",
    "media, simulcast: they exclude each other, leave one out.",
  ],
  [
    "run --scenario smoke media=builtin fps=15",
    "media, fps: they exclude each other, leave one out.",
  ],
  [
    "--impair 5g:20%",
    '--impair: Cannot read impairment "5g": it is not one of cable, wifi-lossy, 4g, poor-4g, 3g, satellite, bufferbloat, call-drop, nor settings such as loss=5%,delay=50ms.',
  ],
  [
    "--impair=3g:0%",
    '--impair: "3g:0%" has a share that is not from 0 to 100%.',
  ],
  ["--impair 3g --impair 4g", "--impair: it was given 2 times."],
  [
    "--impair 3g:1",
    '--impair: "3g:1" could be one client or all of them: write 3g:100% or 3g:1-per-room.',
  ],
  ["run --out a --out b", "--out: it was given 2 times."],
  ["run --repeat 2 --out a --out b", "--out: it was given 2 times."],
  ["run five", '"five": there is no use for it; options begin with --.'],
  ["serve --prot 1", "--prot: there is no such option, did you mean --port?"],
  ["serve --workers 2", "--workers: it needs --engine mediasoup."],
  ["runn", "runn: there is no such command, did you mean run?"],
  ["help nonsense", "nonsense: there is no such command, help lists them."],
  ["--version now", '"now": there is no use for it.'],
];

for (const [line, mistake] of USAGE) {
  Deno.test(`"${line}" exits with 2 and one line`, async () => {
    const { code, stdout, stderr } = await runProgram(line.split(" "));
    assertEquals([code, stdout, stderr], [2, "", `${mistake}\n`]);
  });
}

Deno.test("help and the version go to standard output", async () => {
  const version = await runProgram(["--version"]);
  assertEquals([version.code, version.stdout], [0, `rtcrowd ${VERSION}\n`]);
  for (
    const line of ["help", "help --help", "help run", "run -h", "serve --help"]
  ) {
    const { code, stdout, stderr } = await runProgram(line.split(" "));
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "deno run -A cli/main.ts");
  }
});

const RESULT_FILES = [
  "load_test_results.json",
  "load_test_snapshot.json.gz",
  "load_test_summary.json",
];

Deno.test("a server that is not there is one line with what to do", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `ws://127.0.0.1:${listener.addr.port}/ws`;
  listener.close();
  await refused(
    url,
    `Cannot reach ${url}: connection refused. Start the server, or add --embedded.\n`,
  );
});

Deno.test("a server that speaks HTTP only is told apart", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("hello"),
  );
  await refused(
    `ws://127.0.0.1:${server.addr.port}/ws`,
    /: HTTP 200 \(hello\)\. Check --server/,
  );
});

Deno.test("a server that speaks something else is told apart", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9\r\n"));
      connection.close();
    }
  })();
  await refused(
    `ws://127.0.0.1:${listener.addr.port}/ws`,
    /^Cannot reach [^\n]+\.\n$/,
  );
  listener.close();
  await serving;
});

Deno.test("a server with all its connections taken is told apart", async () => {
  await using sfu = await startSfu({ engine: "werift", maxConnections: 1 });
  await using _guest = await TestClient.connect(sfu.url);
  await refused(
    sfu.url,
    /: HTTP 503 \(Too many connections\)\. The server takes no more/,
  );
});

for (
  const [password, said, advice] of [
    [[], "This room requires a password", "Give it with --password."],
    [["--password=wrong"], "Incorrect room password", "Check --password."],
  ] as const
) {
  Deno.test(`a room that says "${said}" ends the run early, with the next step`, async () => {
    await using sfu = await startSfu({
      engine: "werift",
      roomPasswords: { "load-test-room": "right" },
    });
    using out = new OutDir();
    const { code, stdout, stderr } = await runProgram(
      [
        "run",
        "--quiet",
        `-s=${sfu.url}`,
        `--out=${out.path}`,
        "-r=20",
        "-c=100",
        ...password,
      ],
    );
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot finish the run: [^\n]+\n$/);
    assertStringIncludes(stderr, said);
    assertMatch(stdout, /^BROKE {2}[^.]*"\.\n/);
    assertStringIncludes(stderr, advice);
    const { summary } = out.read();
    assertEquals([summary.verdict.status, summary.partial], ["broke", true]);
    // It did not wait for the ramp to end.
    assert(summary.pendingConnections > 0);
  });
}

for (
  const line of [
    "run --embedded=mediasoup --quiet",
    "serve --engine=mediasoup --port=0",
  ]
) {
  Deno.test(`"${line}" without a mediasoup worker is one line, exit 1`, async () => {
    using out = new OutDir();
    const { code, stdout, stderr } = await runProgram(
      [
        ...line.split(" "),
        ...(line.startsWith("run") ? [`--out=${out.path}`] : []),
      ],
      { MEDIASOUP_WORKER_BIN: "/nonexistent/worker" },
    );
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^Cannot start mediasoup: [^\n]+\n$/);
    assertEquals(out.names(), []);
  });
}

Deno.test("a port that is taken is one line, exit 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, stderr } = await runProgram(["serve", `--port=${port}`]);
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot listen on 127[^\n]+\n$/);
});

/** A run against `url` exits with 1 and this line; what it shows and the files that it leaves say that it broke. */
async function refused(url: string, expected: string | RegExp): Promise<void> {
  using out = new OutDir();
  const { code, stdout, stderr } = await runProgram(
    ["run", "--quiet", "--server", url, "--out", out.path],
  );
  assertEquals([code, out.names()], [1, RESULT_FILES]);
  assertStringIncludes(stdout, `BROKE  Cannot reach ${url}`);
  assertEquals(stderr.split("\n").length, 2);
  if (typeof expected === "string") assertEquals(stderr, expected);
  else assertMatch(stderr, expected);
}

Deno.test("a run that is to be repeated is not where nothing answers", async () => {
  using out = new OutDir();
  const { code, stderr } = await runProgram([
    ...["run", "-s", "ws://127.0.0.1:1", "--repeat", "3", "--out", out.path],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Run 1 of 3");
  assertEquals(out.names(), ["1"]);
});
