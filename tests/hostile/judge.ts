/**
 * How the program ends against one mode, and what is wrong with it.
 *
 * @module
 */

import type { Mode, Outcome } from "./mode.ts";
import type { MonitorMode } from "./monitored.ts";
import { TempFolder } from "../temp_folder.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** The most memory that its process had, in bytes. */
  readonly peakBytes: number;
  readonly firstLine: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The names of the files that it left. */
  readonly files: readonly string[];
  /** How large they are together. */
  readonly fileBytes: number;
}

/** One command against one mode. */
export interface Judged {
  readonly name: string;
  readonly command: string;
  readonly ended: Ended;
  /** What is wrong, a sentence each. */
  readonly complaints: readonly string[];
}

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;
/** Set-up may use all its deadlines one after the other; no more than that. */
const MAX_SECONDS = 75;
/** Whoever takes longer is ended. */
const KILL_SECONDS = 120;
const MAX_BYTES = 400e6;
/** People read what goes to stderr. */
const MAX_STDERR = 2000;
/** A session tells each error of each client as it happens. */
const MAX_SESSION_STDERR = 4000;
/** Results of a handful of clients. */
const MAX_FILES = 2e6;
// deno-lint-ignore no-control-regex
const UNCLEAN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const LOOK_MS = 50;

const RESULTS = ["load_test_results.json", "load_test_summary.json"];
/** Of a run that is over. */
const SNAPSHOT = "load_test_snapshot.json.gz";

/** 98 beside 0, for a machine that is too busy with other things. */
const CODES: Readonly<Record<Outcome, readonly number[]>> = {
  unreachable: [1],
  fails: [1, 98, 99],
  passes: [0, 98],
  either: [0, 1, 98, 99],
};

/** What is tried against a server. */
export type Command = "run" | "session" | "doctor";
const ALL: readonly Command[] = ["run", "session", "doctor"];

/** Does all of `tasks`, so many at once, and tells `done` of each. */
export async function atOnce<T>(
  jobs: number,
  tasks: readonly (() => Promise<T>)[],
  done: (result: T) => void,
): Promise<void> {
  const waiting = [...tasks];
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      done(await task());
    }
  }));
}

/** Some commands, or all three, against one mode. */
export async function judgeMode(
  mode: Mode,
  commands: readonly Command[] = ALL,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const command of commands) {
    await using hostile = await mode.open();
    const ended = await perform[command](hostile.url);
    const complaints = complaintsOf(
      ended,
      codesOf(command, mode),
      command === "session" ? MAX_SESSION_STDERR : MAX_STDERR,
    );
    if (command === "run") {
      complaints.push(...complaintsOfRun(ended));
    }
    judged.push({ name: mode.name, command, ended, complaints });
  }
  return judged;
}

/** `run --monitor` against one way of answering it: it must not harm the run. */
export async function judgeMonitor(mode: MonitorMode): Promise<Judged> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    mode.answer,
  );
  const { port } = server.addr;
  const ended = await program([
    "run",
    "--embedded",
    ...SMALL,
    "--monitor",
    `http://127.0.0.1:${port}`,
  ]);
  return {
    name: mode.name,
    command: "run --monitor",
    ended,
    complaints: complaintsOf(ended, CODES.passes),
  };
}

const SMALL = [
  ..."--clients 4 --ramp-up 0 --duration 4 --audio-only --quiet".split(" "),
];

const perform = {
  run: (url: string) => program(["run", "--server", url, ...SMALL]),
  session: (url: string) =>
    program(
      ["--server", url],
      "set video off\nspawn 4\nwait 4s\nstats\nclients\nquit\n",
    ),
  doctor: (url: string) =>
    program(["doctor", "--server", url, "--clients", "4"]),
};

/** What shows only once a run has gone on for a while, and to more than two. */
const LATE = new Set([
  "kicks-under-way",
  "flaps",
  "lying-reconnect",
  "one-ssrc",
]);

function codesOf(
  command: Command,
  { name, outcome }: Mode,
): readonly number[] {
  switch (command) {
    case "run":
      return CODES[outcome];
    case "session":
      // It judges nothing by itself; a server that cannot be reached ends it.
      return [0, 1];
    case "doctor":
      return outcome === "unreachable" || outcome === "fails" && !LATE.has(name)
        ? [1]
        : [0, 1];
  }
}

function complaintsOf(
  ended: Ended,
  codes: readonly number[],
  maxStderr = MAX_STDERR,
): string[] {
  const { code, seconds, peakBytes, stdout, stderr } = ended;
  const found: string[] = [];
  const check = (wrong: boolean, complaint: string) => {
    if (wrong) found.push(complaint);
  };
  check(!codes.includes(code), `exit ${code}, not one of ${codes.join(", ")}`);
  check(seconds > MAX_SECONDS, `took ${seconds.toFixed(1)} s`);
  check(peakBytes > MAX_BYTES, `took ${Math.round(peakBytes / 1e6)} MB`);
  check(stderr.length > maxStderr, `${stderr.length} characters on stderr`);
  check(ended.fileBytes > MAX_FILES, `files of ${ended.fileBytes} bytes`);
  for (const [where, text] of Object.entries({ stdout, stderr })) {
    const unclean = UNCLEAN.exec(text);
    check(
      unclean !== null,
      `${where} holds ${JSON.stringify(unclean?.[0])}: ${
        JSON.stringify(
          text.slice(Math.max(0, (unclean?.index ?? 0) - 40)).slice(0, 80),
        )
      }`,
    );
    const trace = /^ +at .*:\d+:\d+|Uncaught|Unhandled/m.exec(text);
    check(trace !== null, `${where} holds a trace: ${trace?.[0]}`);
  }
  check(code !== 0 && (stdout + stderr).trim() === "", "not a word of why");
  return found;
}

/** A run leaves its results; one that broke says so in one line. */
function complaintsOfRun({ code, stderr, files }: Ended): string[] {
  const lines = stderr.trim().split("\n");
  return [
    ...(code === 1 &&
        (lines.length !== 1 || !/^Cannot .*\. .*\.$/.test(lines[0]))
      ? [`${lines.length} lines on stderr, or without a next step`]
      : []),
    ...(files.filter((name) => name !== SNAPSHOT).toSorted().join() ===
        RESULTS.join()
      ? []
      : [`files: ${files.join(", ")}`]),
  ];
}

/** Runs a command to its end, and watches its memory meanwhile. */
async function program(
  args: readonly string[],
  input = "",
): Promise<Ended> {
  using temp = new TempFolder();
  const dir = temp.path;
  const startMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, ...args],
    cwd: dir,
    env: { NO_COLOR: "1", XDG_STATE_HOME: dir },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  writer.close().catch(() => {});
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
    const seconds = (performance.now() - startMs) / 1000;
    if (seconds > KILL_SECONDS) child.kill("SIGKILL");
  }, LOOK_MS);
  const [stdout, stderr, { code }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearInterval(watch);
  const files = [...Deno.readDirSync(dir)].filter(({ isFile }) => isFile);
  return {
    code,
    seconds: (performance.now() - startMs) / 1000,
    peakBytes,
    firstLine: (stderr.trim() || stdout.trim()).split("\n")[0].slice(0, 140),
    stdout,
    stderr,
    files: files.map(({ name }) => name),
    fileBytes: files.reduce(
      (sum, { name }) => sum + Deno.statSync(`${dir}/${name}`).size,
      0,
    ),
  };
}

/** The most memory that a process has had so far (proc(5), VmHWM); 0 once it is gone. */
function peakOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
