/**
 * The hostile server: one program, a mode a misbehaviour. It runs `run`, the
 * session and `doctor` against each mode, and `run --monitor` against each
 * way of answering a monitor, and looks at how they end: by themselves, in
 * bounded time and memory, with the right exit code, with few and clean lines.
 *
 * ```text
 * deno task hostile [--only NAME]... [--serve NAME]
 * ```
 *
 * `--serve` only serves one mode, to try things by hand. Exits with 1 when
 * something ended wrongly, with 2 when an argument is wrong.
 *
 * @module
 */

import { MEDIA_MODES } from "./media.ts";
import type { Mode } from "./mode.ts";
import { MONITOR_MODES } from "./monitored.ts";
import { RAW_MODES } from "./raw.ts";
import { RELAYED_MODES } from "./relayed.ts";
import { type Judged, judgeMode, judgeMonitor } from "./judge.ts";

/** All modes of a server. */
export const MODES: readonly Mode[] = [
  ...RAW_MODES,
  ...RELAYED_MODES,
  ...MEDIA_MODES,
];

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const names: string[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const known = [...MODES, ...MONITOR_MODES].some(({ name }) =>
      name === args[i + 1]
    );
    if (!["--only", "--serve"].includes(args[i]) || !known) {
      console.error(
        `${args.slice(i, i + 2).join(" ")}: say --only or --serve, and one of ${
          [...MODES, ...MONITOR_MODES].map(({ name }) => name).join(", ")
        }.`,
      );
      return 2;
    }
    names.push(args[i + 1]);
  }
  if (args[0] === "--serve") return await serveOne(names[0]);
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  let wrong = 0;
  let all = 0;
  const tell = (judged: readonly Judged[]) => {
    for (const { name, command, ended, complaints } of judged) {
      all++;
      if (complaints.length > 0) wrong++;
      console.log(
        `${
          complaints.length === 0 ? "ok   " : "WRONG"
        } ${name} ${command}: exit ${ended.code}, ${
          ended.seconds.toFixed(1)
        } s, ${Math.round(ended.peakBytes / 1e6)} MB  ${ended.firstLine}`,
      );
      for (const complaint of complaints) console.log(`      ${complaint}`);
    }
  };
  for (const mode of MODES) {
    if (wanted(mode.name)) tell(await judgeMode(mode));
  }
  for (const mode of MONITOR_MODES) {
    if (wanted(mode.name)) tell([await judgeMonitor(mode)]);
  }
  console.log(`${all} ended, ${wrong} of them wrongly`);
  return wrong === 0 ? 0 : 1;
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
