/**
 * `report`: the summaries of runs that are over, again. One in full, several
 * as a table.
 *
 * @module
 */

import {
  type ClientResult,
  type NamedRun,
  optional,
  parsed,
  plainRuns,
  renderClients,
  renderClientsCsv,
  renderCsv,
  renderRuns,
  renderRunsCsv,
  storyCsv,
  storyLines,
  toggle,
  type ValueKind,
  yesOrNo,
} from "../../tool.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { optionName } from "./options/option.ts";
import { discardOld, writeOutputs } from "./files/output_files.ts";
import {
  laterFiles,
  planOutputs,
  REPORT_OUTPUT_OPTIONS,
} from "./options/output_options.ts";
import { parseOptions } from "./options/parse.ts";
import {
  type ReadRun,
  readRun,
  readWhole,
  whyNoSummary,
} from "./files/read_run.ts";
import {
  RESULTS_FILE,
  SNAPSHOT_FILE,
  SUMMARY_FILE,
} from "./files/run_files.ts";
import { runText } from "./run_text.ts";
import { safeValue, sanitize } from "../../lib/text/mod.ts";
import {
  printData,
  printError,
  printJson,
  printOut,
  textColumns,
  usage,
} from "./shell.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

const NOTES: readonly string[] = [
  "A FILE is the directory of a run, or one of its files. One is shown as run",
  "showed it, its CSV is its timeline; of several each is a row, also one whose",
  "directory is empty: that run left no result. Where one is written to a file,",
  "nothing is printed unless --json or --csv asks for it.",
  `A ${SNAPSHOT_FILE} has all of a run, and is enough by itself;`,
  `a ${SUMMARY_FILE} has no seconds of clients. A ${RESULTS_FILE}`,
  "by itself is shown as its clients, a row each, the worst first; NDJSON that a",
  "run left is read by the summary at its end. With --client 6 it is what became",
  "of that client.",
  "",
  ...exitCodeLines({
    passed: "all is reported, whatever became of the runs",
    broke: "a run cannot be read, or a file not written",
    usage: "wrong usage",
  }),
];

const OUTPUTS = Object.keys(REPORT_OUTPUT_OPTIONS);

/** One client, as it is called in files and in the session. */
const CLIENT: ValueKind<string> = parsed({
  placeholder: "ID",
  takes: "a client such as 6 or client-6",
  parse(text) {
    const [, number] = /^(?:client-|#)?(\d{1,9})$/.exec(text) ?? [];
    if (number === undefined) {
      throw new SyntaxError(`"${text}" is no client: write 6 or client-6`);
    }
    return `client-${Number(number)}`;
  },
  toJson: (id) => id,
});

/** What `report` takes. */
export const REPORT_OPTIONS = {
  json: toggle(yesOrNo, {
    help: "print JSON",
    default: false,
    excludes: ["csv"],
  }),
  csv: toggle(yesOrNo, { help: "print CSV", default: false }),
  table: toggle(yesOrNo, {
    help: "a row each, also when there is only one",
    default: false,
    excludes: OUTPUTS,
  }),
  client: optional(CLIENT, {
    help: "one client of it: its seconds, events and incidents",
    excludes: ["table", ...OUTPUTS],
  }),
  ...REPORT_OUTPUT_OPTIONS,
} as const;

/** Whatever is no option. */
const FILE = /^[^-]/;

/** Columns of a table where there is no terminal: it is not cut. */
const TABLE_COLUMNS = 1000;

/** Carries `report` out; resolves with the exit code. */
export async function reportCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(REPORT_OPTIONS, args, FILE);
  const { operands: paths, values } = parsed;
  const { json, csv, table } = values;
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "report", usage: "FILE... [options]", notes: NOTES },
        REPORT_OPTIONS,
      ),
    );
    return 0;
  }
  const outputs = await planOutputs(values, (name) => Deno.env.get(name));
  const files = [...outputs.files, ...laterFiles(values)];
  await discardOld(files, paths);
  const mistakes = [
    ...parsed.mistakes,
    ...outputs.mistakes,
    ...(files.length > 0 && paths.length > 1
      ? [`${optionName(files[0].kind)}: it is of one run, name one.`]
      : []),
    ...(paths.length === 0 && parsed.mistakes.length === 0
      ? ["Nothing to report: name the directory of a run."]
      : []),
  ];
  if (mistakes.length > 0) {
    return usage(mistakes);
  }
  if (values.client !== undefined) {
    if (paths.length > 1) {
      return usage([`--client: it is of one run, name one.`]);
    }
    return await reportClient(paths[0], values.client, { json, csv });
  }
  const runs = toldApart(await Promise.all(paths.map(readRun)));
  const [only] = runs;
  const print = csv ? printData : printOut;
  const isAlone = runs.length === 1 && !table && files.length === 0;
  if (only.clients !== undefined && isAlone) {
    if (json) printJson(only.clients);
    else if (only.clients.length === 0 && !csv) {
      printOut(`${only.name}: no client was there before the run ended.\n`);
    } else print(renderResults(safeValue(only.clients), csv));
    return 0;
  }
  for (const run of runs) {
    const problem = run.problem ?? noRun(run);
    if (problem !== undefined) printError(problem);
  }
  if (table || runs.length > 1) {
    if (json) printJson(plainRuns(runs));
    else print(renderMany(safeValue(runs), csv));
  } else if (only.summary !== null) {
    const { summary } = only;
    const isText = files.length === 0 && !json && !csv;
    // All of a long run takes its time: it is read where it is needed.
    const hasFindings = isText && (summary.scenario?.result ?? null) !== null;
    const whole = files.length > 0 || hasFindings
      ? await readWhole(only)
      : undefined;
    const problem = whole?.problem ?? null;
    if (problem !== null) printError(problem);
    if (
      whole !== undefined && !await writeOutputs(files, whole, printError)
    ) return EXIT_CODES.broke;
    if (json) printJson(summary);
    else if (csv) printData(renderCsv(safeValue(summary)));
    else if (isText) printOut(runText({ summary, found: whole?.found ?? [] }));
    if (problem !== null) return EXIT_CODES.broke;
  } else if (only.problem === null && only.clients === undefined) {
    const why = await whyNoSummary(only.path);
    printError(`Cannot report ${only.name}: ${why}.`);
    return EXIT_CODES.broke;
  }
  return runs.some((run) => (run.problem ?? noRun(run)) !== undefined) ? 1 : 0;
}

/** Shows one client of a run; resolves with the exit code. */
async function reportClient(
  path: string,
  clientId: string,
  { json, csv }: { readonly json: boolean; readonly csv: boolean },
): Promise<number> {
  const run = await readRun(path);
  if (run.summary === null) {
    printError(
      run.problem ?? `Cannot report ${path}: ${await whyNoSummary(path)}.`,
    );
    return EXIT_CODES.broke;
  }
  const { summary, stories, problem } = await readWhole(run);
  if (problem !== null || stories.length === 0) {
    printError(
      problem ??
        `Cannot report a client of ${path}: it has no ${SNAPSHOT_FILE}, which a run leaves once it is over.`,
    );
    return EXIT_CODES.broke;
  }
  const story = stories.find((one) => one.clientId === clientId);
  if (story === undefined) {
    const [first, last] = [stories[0], stories.at(-1)!];
    printError(
      `Cannot report ${clientId}: the run had ${first.clientId} to ${last.clientId}.`,
    );
    return EXIT_CODES.broke;
  }
  if (json) printJson(story);
  else if (csv) printData(storyCsv(story));
  else {
    const worst = summary.worstClients.clients.find((one) =>
      one.clientId === clientId
    );
    const lines = [
      `${clientId} in ${sanitize(story.roomId)}, run of ${summary.startedAt}`,
      ...(worst === undefined ? [] : [sanitize(worst.reason)]),
      "",
      ...storyLines(story, summary.incidents),
    ];
    printOut(`${lines.join("\n")}\n`);
  }
  return 0;
}

/** By their paths, where names of files or directories are the same. */
function toldApart(runs: readonly ReadRun[]): readonly ReadRun[] {
  const isTaken = (name: string) =>
    runs.filter((run) => run.name === name).length > 1;
  return runs.map((run) =>
    isTaken(run.name) ? { ...run, name: run.path } : run
  );
}

/** What has clients alone is no row among runs. */
function noRun({ name, clients }: ReadRun): string | undefined {
  return clients === undefined
    ? undefined
    : `Cannot report ${name} as a run: it has its clients. Name its directory.`;
}

function renderResults(
  clients: readonly ClientResult[],
  csv: boolean,
): string {
  return csv ? renderClientsCsv(clients) : renderClients(clients, screen());
}

function renderMany(runs: readonly NamedRun[], csv: boolean): string {
  return csv ? renderRunsCsv(runs) : renderRuns(runs, screen());
}

function screen(): { readonly color: boolean; readonly width: number } {
  const terminal = Deno.stdout.isTerminal();
  return {
    color: terminal && !Deno.noColor,
    width: textColumns(TABLE_COLUMNS),
  };
}
