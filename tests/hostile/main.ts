/**
 * The hostile server: one program, a mode a misbehaviour. It runs `run`, the
 * session and `doctor` against each mode, and `run --monitor` against each
 * way of answering a monitor, and looks at how they end: by themselves, in
 * bounded time and memory, with the right exit code, with few and clean lines.
 *
 * ```text
 * deno task hostile [--only NAME]... [--jobs N] [--serve NAME]
 * ```
 *
 * `--jobs` tries so many modes at once, since most of them wait, and those
 * that ended wrongly then once more, alone; `--serve`
 * only serves one mode, to try things by hand. Exits with 1 when
 * something ended wrongly, with 2 when an argument is wrong.
 *
 * @module
 */

import { MEDIA_MODES } from "./media.ts";
import type { Mode } from "./mode.ts";
import { MONITOR_MODES } from "./monitored.ts";
import { RAW_MODES } from "./raw.ts";
import { RELAYED_MODES } from "./relayed.ts";
import { STREAM_MODES } from "./streams.ts";
import { atOnce, type Judged, judgeMode, judgeMonitor } from "./judge.ts";

const MODES: readonly Mode[] = [
  ...RAW_MODES,
  ...RELAYED_MODES,
  ...MEDIA_MODES,
  ...STREAM_MODES,
];

if (import.meta.main) Deno.exit(await main(Deno.args));

interface Options {
  readonly only: readonly string[];
  readonly serve: string | undefined;
  readonly jobs: number;
}

/** The options, or what is wrong with them. */
function parse(args: readonly string[]): Options | string {
  const names = [...MODES, ...MONITOR_MODES].map(({ name }) => name);
  const only: string[] = [];
  let serve: string | undefined;
  let jobs = 1;
  for (let i = 0; i < args.length; i += 2) {
    const [option, value] = [args[i], args[i + 1]];
    if (option === "--jobs" && /^[1-9]$/.test(value)) jobs = Number(value);
    else if (option === "--only" && names.includes(value)) only.push(value);
    else if (option === "--serve" && names.includes(value)) serve = value;
    else {
      return `${option} ${value}: say --jobs and 1 to 9, or --only or ` +
        `--serve and one of ${names.join(", ")}.`;
    }
  }
  return { only, serve, jobs };
}

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === "string") {
    console.error(options);
    return 2;
  }
  const { only, serve, jobs } = options;
  if (serve !== undefined) return await serveOne(serve);
  const wanted = ({ name }: { readonly name: string }) =>
    only.length === 0 || only.includes(name);
  const tasks: Task[] = [
    ...MODES.filter(wanted).map((mode) => () => judgeMode(mode)),
    ...MONITOR_MODES.filter(wanted).map((mode) => async () => [
      await judgeMonitor(mode),
    ]),
  ];
  let wrong = 0;
  let all = 0;
  const again: Task[] = [];
  const asked = tasks.map((task) => async () => [task, await task()] as const);
  await atOnce(jobs, asked, ([task, judged]) => {
    judged.forEach(tell);
    all += judged.length;
    const here = judged.filter(isWrong).length;
    // What is only late beside others is right: what it does alone counts.
    if (here > 0 && jobs > 1) again.push(task);
    else wrong += here;
  });
  for (const task of again) {
    const judged = await task();
    judged.forEach(tell);
    wrong += judged.filter(isWrong).length;
  }
  console.log(
    `${all} ended, ${wrong} of them wrongly; ${again.length} modes were asked once more, alone`,
  );
  return wrong === 0 ? 0 : 1;
}

type Task = () => Promise<readonly Judged[]>;

function isWrong({ complaints }: Judged): boolean {
  return complaints.length > 0;
}

function tell({ name, command, ended, complaints }: Judged): void {
  const { code, seconds, peakBytes, firstLine } = ended;
  console.log(
    `${complaints.length === 0 ? "ok   " : "WRONG"} ${name} ${command}: exit ${
      [code, `${seconds.toFixed(1)} s`, `${Math.round(peakBytes / 1e6)} MB`]
        .join(", ")
    }  ${firstLine}`,
  );
  for (const complaint of complaints) console.log(`      ${complaint}`);
}

async function serveOne(name: string): Promise<number> {
  const mode = MODES.find((one) => one.name === name);
  if (mode === undefined) {
    console.error(`--serve ${name}: it answers monitors only.`);
    return 2;
  }
  await using hostile = await mode.open();
  console.log(`${mode.does}: ${hostile.url}`);
  await new Promise<void>((resolve) =>
    Deno.addSignalListener("SIGINT", resolve)
  );
  return 0;
}
