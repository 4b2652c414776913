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
  parseResults,
  parseStories,
  parseSummary,
  plainRuns,
  renderClients,
  renderClientsCsv,
  renderCsv,
  renderRuns,
  renderRunsCsv,
  renderText,
  storyCsv,
  storyLines,
  type Summary,
  toggle,
  type ValueKind,
  type WholeStory,
  yesOrNo,
} from "../../tool.ts";
import { commandHelp, PROGRAM } from "./help.ts";
import { optionName } from "./option.ts";
import { writeOutputs } from "./output_files.ts";
import { planOutputs, REPORT_OUTPUT_OPTIONS } from "./output_options.ts";
import { parseOptions } from "./parse.ts";
import { RESULTS_FILE, STORIES_FILE, SUMMARY_FILE } from "./run_files.ts";
import { messageOf, safeValue, sanitize } from "../../lib/text/mod.ts";
import { printData, printError, printJson, printOut, usage } from "./shell.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

const NOTES: readonly string[] = [
  `${PROGRAM} report FILE...`,
  "",
  `A FILE is a ${SUMMARY_FILE} or the directory that it is in. One is shown as`,
  "run showed it, its CSV is its timeline; of several each is a row, also one",
  "whose directory is empty: that run left no result. Where one is written to a",
  "file, nothing is printed unless --json or --csv asks for it.",
  `A ${RESULTS_FILE} by itself is shown as its clients, a row each, the`,
  "worst first; NDJSON that a run left is read by the summary at its end.",
  `With --client 6 it is what became of that client, out of ${STORIES_FILE}.`,
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

/** Columns where there is no terminal: of a summary, and of a table, which is not cut. */
const FILE_COLUMNS = 100;
const TABLE_COLUMNS = 1000;

/** Carries `report` out; resolves with the exit code. */
export async function reportCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(REPORT_OPTIONS, args, FILE);
  const { operands: paths, values } = parsed;
  const { json, csv, table } = values;
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "report", notes: NOTES },
        REPORT_OPTIONS,
      ),
    );
    return 0;
  }
  const outputs = await planOutputs(values, (name) => Deno.env.get(name));
  const mistakes = [
    ...parsed.mistakes,
    ...outputs.mistakes,
    ...(outputs.files.length > 0 && paths.length > 1
      ? [`${optionName(outputs.files[0].kind)}: it is of one run, name one.`]
      : []),
    ...(paths.length === 0 && parsed.mistakes.length === 0
      ? [`Nothing to report: name a ${SUMMARY_FILE} or its directory.`]
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
  const runs = await Promise.all(paths.map(readRun));
  const [only] = runs;
  const print = csv ? printData : printOut;
  const isAlone = runs.length === 1 && !table && outputs.files.length === 0;
  if (only.clients !== undefined && isAlone) {
    if (json) printJson(only.clients);
    else print(renderResults(safeValue(only.clients), csv));
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
    const isWritten = outputs.files.length > 0;
    const input = {
      summary: only.summary,
      clients: isWritten ? await readClients(paths[0]) : [],
      stories: isWritten ? await readStories(paths[0]) : [],
    };
    if (!await writeOutputs(outputs.files, input, printError)) {
      return EXIT_CODES.broke;
    }
    if (json) printJson(only.summary);
    else if (csv || outputs.files.length === 0) {
      print(renderOne(safeValue(only.summary), csv));
    }
  } else if (only.problem === null && only.clients === undefined) {
    printError(`Cannot report ${only.name}: it has no ${SUMMARY_FILE}.`);
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
  const dir = folderOf(path);
  let stories: readonly WholeStory[];
  let summary: Summary;
  try {
    stories = parseStories(await Deno.readTextFile(`${dir}/${STORIES_FILE}`));
    summary = parseSummary(await Deno.readTextFile(`${dir}/${SUMMARY_FILE}`));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? `it has no ${STORIES_FILE}, which a run leaves once it is over`
      : messageOf(error);
    printError(`Cannot report a client of ${path}: ${why}.`);
    return EXIT_CODES.broke;
  }
  const story = stories.find((one) => one.clientId === clientId);
  if (story === undefined) {
    const [first, last] = [stories.at(0), stories.at(-1)];
    printError(
      `Cannot report ${clientId}: ${
        first === undefined || last === undefined
          ? "the run had no clients"
          : `the run had ${first.clientId} to ${last.clientId}`
      }.`,
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
  return csv
    ? renderClientsCsv(clients)
    : renderClients(clients, screen(TABLE_COLUMNS));
}

function renderOne(summary: Summary, csv: boolean): string {
  return csv ? renderCsv(summary) : renderText(summary, screen(FILE_COLUMNS));
}

function renderMany(runs: readonly NamedRun[], csv: boolean): string {
  return csv ? renderRunsCsv(runs) : renderRuns(runs, screen(TABLE_COLUMNS));
}

function screen(
  columnsOfFile: number,
): { readonly color: boolean; readonly width: number } {
  const terminal = Deno.stdout.isTerminal();
  return {
    color: terminal && !Deno.noColor,
    width: terminal ? Deno.consoleSize().columns : columnsOfFile,
  };
}

/** A run, with what was wrong with its file, or its clients where that was their file. */
export interface ReadRun extends NamedRun {
  readonly problem: string | null;
  readonly clients?: readonly ClientResult[];
}

/** A directory without a summary is a run that left none; one that cannot be read shall not hide the others. */
export async function readRun(path: string): Promise<ReadRun> {
  const name = path.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) ?? path;
  try {
    return { name, ...await readFiles(path), problem: null };
  } catch (error) {
    const why = messageOf(error);
    return { name, summary: null, problem: `Cannot report ${path}: ${why}` };
  }
}

/** What became of each client, beside a summary; nothing where that is not there, or of another version. */
async function readStories(path: string): Promise<readonly WholeStory[]> {
  try {
    return parseStories(
      await Deno.readTextFile(`${folderOf(path)}/${STORIES_FILE}`),
    );
  } catch {
    return [];
  }
}

/** The directory of a file that a run left, or itself. */
function folderOf(path: string): string {
  return path.replace(/[^/\\]*\.json$/, "") || ".";
}

/** The clients of a run, as far as their file is beside its summary. */
async function readClients(path: string): Promise<readonly ClientResult[]> {
  const { isDirectory } = await Deno.stat(path);
  const file = isDirectory
    ? `${path}/${RESULTS_FILE}`
    : path.replace(/[^/\\]*$/, RESULTS_FILE);
  try {
    return parseResults(await Deno.readTextFile(file));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      printError(`Cannot show the clients of ${file}: ${messageOf(error)}`);
    }
    return [];
  }
}

async function readFiles(
  path: string,
): Promise<Pick<ReadRun, "clients" | "summary">> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return readText(await Deno.readTextFile(path));
  try {
    return readText(await Deno.readTextFile(`${path}/${SUMMARY_FILE}`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { summary: null };
    throw error;
  }
}

/** Which of the files it is, what is in it says: results are an array, NDJSON has a summary in its last line. */
function readText(text: string): Pick<ReadRun, "clients" | "summary"> {
  if (text.startsWith(`{"type":`)) {
    const last = text.trimEnd().split("\n").at(-1)!;
    if (!last.startsWith(`{"type":"end"`)) {
      throw new SyntaxError("its last line has no summary: it was cut off");
    }
    const { summary } = JSON.parse(last);
    return { summary: parseSummary(JSON.stringify(summary)) };
  }
  return text.trimStart().startsWith("[")
    ? { summary: null, clients: parseResults(text) }
    : { summary: parseSummary(text) };
}
