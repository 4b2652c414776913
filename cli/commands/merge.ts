/**
 * `merge`: one result out of what agents left of a run whose coordinator is
 * gone, and of what that had written by then.
 *
 * @module
 */

import {
  mergeRuns,
  type NamedSavedRun,
  optional,
  text,
  toggle,
  unpackRun,
  yesOrNo,
} from "../../tool.ts";
import { reasonOf } from "../../lib/text/mod.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import { whyNotWritable } from "./files/paths.ts";
import { readPlain } from "./files/read_run.ts";
import { RunFiles, SNAPSHOT_FILE } from "./files/run_files.ts";
import { runText } from "./run_text.ts";
import { printError, printJson, printOut, usage } from "./shell.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

/** The end of what agents' files are called. */
const KEPT = /^agent-.*\.snapshot\.json\.gz$/;

const NOTES: readonly string[] = [
  "A DIR is where an agent left its part of a run (agent-*.snapshot.json.gz), or",
  `the directory of the run (${SNAPSHOT_FILE}); or one of these`,
  "files. All figures are sums of the parts, and percentiles are of all values; of",
  "what is there twice the newest counts. Parts of other runs are refused. What is",
  "written to --out is read by report and compare.",
  "",
  ...exitCodeLines({
    passed: "it is put together",
    broke: "it cannot be",
    usage: "wrong usage",
  }),
];

/** What `merge` takes. */
const MERGE_TABLE = {
  out: optional(text("DIR"), {
    help: "where the files of the result go; without it they are not written",
  }),
  json: toggle(yesOrNo, { help: "print the summary as JSON", default: false }),
} as const;

/** Whatever is no option. */
const PLACE = /^[^-]/;

/** Carries `merge` out; resolves with the exit code. */
export async function mergeCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(MERGE_TABLE, args, PLACE);
  const { operands: places, values } = parsed;
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "merge", usage: "DIR... [options]", notes: NOTES },
        MERGE_TABLE,
      ),
    );
    return EXIT_CODES.passed;
  }
  const { out } = values;
  const problem = await whyNotWritable(out);
  const mistakes = [
    ...parsed.mistakes,
    ...(problem ? [`--out: ${problem}.`] : []),
    ...(places.length === 0 && parsed.mistakes.length === 0
      ? ["Nothing to merge: name where agents left their parts of a run."]
      : []),
  ];
  if (mistakes.length > 0) return usage(mistakes);
  const run = mergeRuns((await Promise.all(places.map(filesAt))).flat());
  const { summary, snapshot, found } = run;
  let code: number = EXIT_CODES.passed;
  if (out !== undefined) {
    const written = new RunFiles(out, printError);
    const { clients } = snapshot;
    if (!await written.finish({ summary, clients, rest: run })) {
      code = EXIT_CODES.broke;
    }
  }
  if (values.json) printJson(summary);
  else printOut(runText({ summary, found }));
  return code;
}

/** What is left of a run in one place. Throws an `Error` in one line where that is nothing, or cannot be read. */
async function filesAt(place: string): Promise<NamedSavedRun[]> {
  const paths = await pathsAt(place).catch((error) => {
    throw new Error(`Cannot merge ${place}: ${reasonOf(error)}.`);
  });
  if (paths.length === 0) {
    throw new Error(
      `Cannot merge ${place}: it has neither agent-*.snapshot.json.gz nor ${SNAPSHOT_FILE}. Name where an agent, or the run, left one.`,
    );
  }
  return await Promise.all(paths.map(async (path) => {
    try {
      return { name: path, saved: await unpackRun(await readPlain(path)) };
    } catch (error) {
      const why = reasonOf(error).replace("Cannot read snapshot: ", "");
      throw new Error(`Cannot merge ${path}: ${why}.`);
    }
  }));
}

async function pathsAt(place: string): Promise<string[]> {
  const { isDirectory } = await Deno.stat(place);
  if (!isDirectory) return [place];
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(place)) {
    if (isFile && (name === SNAPSHOT_FILE || KEPT.test(name))) names.push(name);
  }
  return names.sort().map((name) => `${place.replace(/\/+$/, "")}/${name}`);
}
