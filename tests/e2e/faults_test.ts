/** Processes that are killed or stand still, and places that take nothing, in each phase of a run. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ENGINES } from "../integration/sfu/engines.ts";
import { descendants, isAlive, type Process } from "./processes.ts";
import { atOnce } from "../hostile/judge.ts";
import { nothingListens, OutDir, Program } from "./program.ts";

/** Where in its life a run is when something happens to it. */
const PHASES = {
  ramp: {
    options: "-c 20 -r 10 -d 2 --audio-only",
    reached: /[1-9]\d* of \d+ connected/,
  },
  media: {
    options: "-c 4 -r 0 -d 10 --audio-only",
    reached: /^media .*4 of 4 connected/m,
  },
  teardown: {
    options: "-c 8 -r 0 -d 60 --audio-only",
    reached: /^media .*8 of 8 connected/m,
  },
} as const;

type Phase = keyof typeof PHASES;

/** A run with a server of its own, in this phase. */
async function runIn(phase: Phase, engine: string, out: OutDir) {
  const { options, reached } = PHASES[phase];
  const program = new Program([
    "run",
    `--embedded=${engine}`,
    ...options.split(" "),
    "--out",
    out.path,
  ]);
  const [, url] = await program.printed("stderr", /on (ws:\S+), pids? /);
  await program.printed("stderr", reached);
  if (phase === "teardown") {
    program.kill("SIGINT");
    await program.printed("stderr", /once more to stop at once/);
  }
  const children = await descendants(program.pid);
  return { program, url, children };
}

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name:
      `${engine}: a generator that is killed in whichever phase leaves no process, and files that can be read`,
    ignore,
    fn: () =>
      inEach(["ramp", "media", "teardown"], async (phase) => {
        using out = new OutDir();
        const { program, url, children } = await runIn(phase, engine, out);
        await using _ended = program;
        program.kill("SIGKILL");
        await program.ended();
        await nothingListens(url);
        await allGone(children);
        // Killed before its first checkpoint it leaves none, and in the midst
        // of one what it had begun to write, under a hidden name.
        const names = out.names().filter((name) => !name.startsWith("."));
        for (const name of names) await read(`${out.path}/${name}`);
      }),
  });

  Deno.test({
    name:
      `${engine}: a run whose server is killed before its teardown ends by itself, names it and keeps its files`,
    ignore,
    fn: () =>
      inEach(["ramp", "media"], async (phase) => {
        using out = new OutDir();
        const { program, children } = await runIn(phase, engine, out);
        await using _ended = program;
        const server = children.find(({ name }) => name === "deno");
        Deno.kill(server!.pid, "SIGKILL");
        const { code, stdout, stderr } = await program.ended();
        assertEquals(code, 97);
        assertMatch(stdout, /^GONE {2}/);
        assertMatch(stderr, /^Cannot finish the run: .*SIGKILL.*$/m);
        assertEquals(out.read().summary.partial, true);
        await allGone(children);
      }),
  });
}

/** Reads a file that a run left; throws when it is not whole. */
async function read(path: string): Promise<void> {
  const { body } = new Response(await Deno.readFile(path));
  const text = path.endsWith(".gz")
    ? body!.pipeThrough(new DecompressionStream("gzip"))
    : body;
  await new Response(text).json();
}

/** They mostly wait, so all at once. */
async function inEach(
  phases: readonly Phase[],
  test: (phase: Phase) => Promise<void>,
): Promise<void> {
  await Promise.all(phases.map(test));
}

/** What happens to which of the processes of a run, and how the run ends then. */
interface Fault {
  readonly phase: Phase;
  readonly process: "deno" | "mediasoup-worker";
  readonly signal: "SIGKILL" | "SIGSTOP";
  readonly codes: readonly number[];
  /** What it says of it. */
  readonly says?: RegExp;
}

const WORKER_DIED = /^Cannot finish the run: .*worker 0 died/m;
/** Whoever is stopped in the teardown wanted it to end anyway. */
const STOPPED_ANYWAY = [97, 130];
/** Nobody answers, and nobody is gone: clients wait for as long as they are patient, or the run is over before. */
const STANDS_STILL = [1, 98, 99];

const FAULTS: readonly Fault[] = [
  {
    phase: "ramp",
    process: "mediasoup-worker",
    signal: "SIGKILL",
    codes: [97],
    says: WORKER_DIED,
  },
  {
    phase: "media",
    process: "mediasoup-worker",
    signal: "SIGKILL",
    codes: [97],
    says: WORKER_DIED,
  },
  {
    phase: "teardown",
    process: "mediasoup-worker",
    signal: "SIGKILL",
    codes: STOPPED_ANYWAY,
  },
  {
    phase: "teardown",
    process: "deno",
    signal: "SIGKILL",
    codes: STOPPED_ANYWAY,
  },
  {
    phase: "media",
    process: "mediasoup-worker",
    signal: "SIGSTOP",
    codes: STANDS_STILL,
  },
  {
    phase: "ramp",
    process: "deno",
    signal: "SIGSTOP",
    codes: STANDS_STILL,
  },
  {
    phase: "teardown",
    process: "deno",
    signal: "SIGSTOP",
    codes: [130],
  },
];
const AT_ONCE = 4;

Deno.test({
  name:
    "whichever process of a run's server is killed or stands still in whichever phase, the run ends by itself, says so and leaves its files and no process",
  ignore: ENGINES.find(({ engine }) => engine === "mediasoup")!.ignore,
  async fn() {
    const wrong: string[] = [];
    const tasks = FAULTS.map((fault) => () => endOf(fault));
    await atOnce(AT_ONCE, tasks, (complaints) => wrong.push(...complaints));
    assertEquals(wrong, []);
  },
});

/** What is wrong with how it ends. */
async function endOf(
  { phase, process, signal, codes, says }: Fault,
): Promise<string[]> {
  using out = new OutDir();
  const { program, url, children } = await runIn(phase, "mediasoup", out);
  await using _ended = program;
  // The kernel cuts names.
  const it = children.find(({ name }) => process.startsWith(name));
  Deno.kill(it!.pid, signal);
  const { code, stdout, stderr } = await program.ended();
  await nothingListens(url);
  await allGone(children);
  const { summary } = out.read();
  const what = `${signal} to ${process} in the ${phase}`;
  return [
    ...(codes.includes(code) && summary.exitCode === code
      ? []
      : [`${what}: exit ${code}, ${summary.exitCode} in the file: ${stderr}`]),
    ...(says === undefined || says.test(stderr) ? [] : [`${what}: ${stderr}`]),
    ...(/^ +at /m.test(stdout + stderr) ? [`${what}: a trace: ${stderr}`] : []),
  ];
}

/** How a run is told of a thread that dies in each phase. */
const LOST: Readonly<Record<Phase, RegExp>> = {
  ramp: /^worker-1 was lost at 0:\d\d with \d clients?: .*out of luck$/,
  media: /^worker-1 was lost at 0:\d\d with 2 clients: .*out of luck$/,
  teardown:
    /^worker-1 was lost at 0:\d\d with 2 clients: it gave no last report$/,
};

Deno.test("a run of two threads of which one dies, in whichever phase, goes on with the other, and is invalid for that, in one line that names it", () =>
  inEach(["ramp", "media", "teardown"], async (phase) => {
    using out = new OutDir();
    await using program = new Program(
      "run --embedded -c 4 -r 1 -d 4 --audio-only --workers 2 --out".split(" ")
        .concat(out.path),
      { DIES_IN: phase },
      undefined,
      import.meta.resolve("../fixtures/losing_a_worker.ts"),
    );
    const { code, stdout, stderr } = await program.ended();
    assertEquals(code, 98, stderr);
    assertMatch(stdout, /^INVALID {2}Worker-1 was lost at /);
    assertEquals(stderr.includes("    at "), false, stderr);
    const { summary, results } = out.read();
    assertEquals(summary.exitCode, code);
    assertMatch(summary.invalid!.reason, LOST[phase]);
    assertEquals(
      results.map(({ state }) => state).sort(),
      ["failed", "failed", "left", "left"],
    );
  }));

Deno.test({
  name: "a run whose server stands still to the end fails, and takes it down",
  ignore: ENGINES.find(({ engine }) => engine === "mediasoup")!.ignore,
  async fn() {
    using out = new OutDir();
    const { program, children } = await runIn("media", "mediasoup", out);
    await using _ended = program;
    for (const { pid } of children) Deno.kill(pid, "SIGSTOP");
    const { code } = await program.ended();
    assert([1, 99].includes(code), `exit ${code}`);
    assertEquals(out.read().summary.exitCode, code);
    await allGone(children);
  },
});

/** What a shell does with the program's output. */
Deno.test.each([
  { where: "is closed", shell: "$RUN >&-" },
  { where: "takes nothing", shell: "$RUN >/dev/full" },
  { where: "is read to its first line", shell: "$RUN | head -n 1" },
  { where: "for errors is closed", shell: "$RUN 2>&-" },
  { where: "for errors takes nothing", shell: "$RUN 2>/dev/full" },
])(
  "a run whose output $where ends by itself, with its files",
  async ({ shell }) => {
    using out = new OutDir();
    const run =
      `'${Deno.execPath()}' run -A --quiet '${MAIN}' run --embedded -c 2 -r 0 -d 1 --audio-only --out '${out.path}'`;
    const { code } = await new Deno.Command("bash", {
      args: ["-c", shell.replace("$RUN", run)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    assert([0, 1, 98].includes(code), `exit ${code}`);
    assertEquals(out.read().summary.partial, false);
  },
);

Deno.test("a session whose terminal is gone ends with its server", async () => {
  // script(1) makes a terminal of its own.
  const command =
    `exec '${Deno.execPath()}' run -A --quiet '${MAIN}' --embedded`;
  const child = new Deno.Command("script", {
    args: ["--quiet", "--flush", "--command", command, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let screen = "";
  const decoder = new TextDecoder();
  const running: Process[] = [];
  for await (const bytes of child.stdout) {
    screen += decoder.decode(bytes, { stream: true });
    if (running.length > 0 || !/[1-9]\/3/.test(screen)) continue;
    running.push(...await descendants(child.pid));
    child.kill("SIGKILL");
  }
  await child.status;
  await child.stdin.close().catch(() => {});
  assertEquals(running.map(({ name }) => name), ["deno", "deno"]);
  await allGone(running);
});

/** A disk of its own takes a mount that nobody else sees. */
const canMount = new Deno.Command("unshare", { args: ["-rm", "true"] });

Deno.test({
  name:
    "a run whose disk is full leaves the results that were there, and has its own elsewhere",
  ignore: !await canMount.output().then(({ success }) => success, () => false),
  async fn() {
    using out = new OutDir();
    const disk = `${out.path}/disk`;
    Deno.mkdirSync(disk);
    const script = `mount -t tmpfs -o size=16k none '${disk}'
      echo old >'${disk}/load_test_summary.json'
      echo old >'${disk}/load_test_results.json'
      '${Deno.execPath()}' run -A --quiet '${MAIN}' run --embedded -c 2 -r 0 -d 1 --audio-only --quiet --out '${disk}'
      echo "exit $?"; ls -A '${disk}'; cat '${disk}'/*`;
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: ["-rm", "sh", "-c", script],
      env: { TMPDIR: out.path },
      stdin: "null",
    }).output();
    assertMatch(
      new TextDecoder().decode(stdout),
      /^exit 1\nload_test_results.json\nload_test_summary.json\nold\nold\n$/m,
    );
    const said = new TextDecoder().decode(stderr);
    const [, refuge] = said.match(
      /^Cannot write the results to \S+: No space left on device\. They go to (\S+) instead\. A run that passes exits with 1\.\n$/,
    ) ?? [];
    assert(refuge?.startsWith(out.path), said);
    for (const { name } of Deno.readDirSync(refuge)) {
      await read(`${refuge}/${name}`);
    }
  },
});

Deno.test("a run with too few files is refused in one line that says how many it needs", async () => {
  const { code, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      `ulimit -Sn 64; ulimit -Hn 64; exec '${Deno.execPath()}' run -A --quiet '${MAIN}' run --embedded -c 100 -d 1`,
    ],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stderr).trim();
  assertEquals([code, said.split("\n").length], [1, 1]);
  assertMatch(said, /\d+ needed|needs \d+|open files/);
});

Deno.test("a generator whose heap is too small for its crowd is told so, and never passes", async () => {
  using out = new OutDir();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--v8-flags=--max-old-space-size=40",
      MAIN,
      ..."run --embedded -c 60 -r 1 -d 4 --out".split(" "),
      out.path,
    ],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assert(code !== 0, said);
});

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;

/** Those whose parent has gone end a moment after it. */
async function allGone(processes: readonly Process[]): Promise<void> {
  for (const { pid } of processes) {
    while (isAlive(pid)) await pass(20);
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
