/**
 * Options that have a run leave further files, and whether these can be
 * written.
 *
 * @module
 */

import {
  duration,
  maybe,
  type Option,
  optional,
  type OptionValues,
  text,
  withDefault,
} from "../../../lib/options/mod.ts";
import {
  collectorUrl,
  type ListenAddress,
  listenAddress,
} from "./value_kind.ts";
import { optionName } from "./option.ts";
import { whyNoFile } from "../files/paths.ts";

/** Where a step of GitHub Actions takes its summary. */
const STEP_SUMMARY = "GITHUB_STEP_SUMMARY";
/** What stands for that file. */
const STEP_SUMMARY_FILE = `$${STEP_SUMMARY}`;
/** The page, where nothing else is said. */
const PAGE_FILE = "load_test_report.html";
/** Where OpenTelemetry's own variables say that a collector is. */
export const OTLP_ENDPOINT = "$OTEL_EXPORTER_OTLP_ENDPOINT";
/** Those variables; the first is for metrics alone. */
const OTLP_VARIABLES = [
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
];
/** What stands for standard output. */
export const STDOUT = "-";

const junit = optional<string, string>(text("FILE"), {
  help: "also as JUnit XML: a case a threshold and a figure that is judged",
});

function summaryMd(follows: RegExp): MaybeFile {
  return maybe(text("FILE"), {
    help: `also as Markdown; without FILE it goes to ${STEP_SUMMARY_FILE}`,
    bare: STEP_SUMMARY_FILE,
    follows,
  });
}

/** Where nothing else can stand behind an option but an assignment, a file can. */
const ANY_FILE = /^(?:-|(?!-)[^=]+)$/;

function html(follows: RegExp): MaybeFile {
  return maybe(text("FILE"), {
    help: `also as a page for a browser; without FILE it is ${PAGE_FILE}`,
    bare: PAGE_FILE,
    follows,
  });
}

/** What `run` writes besides its three files. */
export const RUN_OUTPUT_OPTIONS = {
  html: html(ANY_FILE),
  junit,
  summaryMd: summaryMd(ANY_FILE),
  ndjson: maybe(text("FILE"), {
    help:
      "a JSON line a second while it goes on; without FILE on standard output",
    bare: STDOUT,
    follows: ANY_FILE,
  }),
  prometheus: optional<string, ListenAddress>(listenAddress, {
    help: "answer Prometheus at /metrics, on 127.0.0.1 unless HOST is given",
  }),
  linger: withDefault<string, number>(duration(), {
    help: "how long that goes on after the end, for a last scrape",
    default: "0s",
  }),
  otlp: maybe(collectorUrl, {
    help:
      `send totals to an OpenTelemetry collector; without URL to ${OTLP_ENDPOINT}`,
    bare: OTLP_ENDPOINT,
    follows: /^https?:/i,
  }),
} as const;

/** What `report` writes of a run that is over. */
export const REPORT_OUTPUT_OPTIONS = {
  // Behind it may as well stand what is to be reported.
  html: html(/\.html?$/i),
  junit,
  summaryMd: summaryMd(/\.(md|markdown)$/i),
  ndjson: maybe(text("FILE"), {
    help: "as run --ndjson wrote it; without FILE on standard output",
    bare: STDOUT,
    follows: /\.(ndjson|jsonl)$/i,
  }),
} as const;

type MaybeFile = Option<string | undefined, string | undefined>;

/** What these come to. */
export type OutputValues = Partial<OptionValues<typeof RUN_OUTPUT_OPTIONS>>;

/** A file that is written once a run is over. */
export interface OutputFile {
  readonly kind: keyof typeof REPORT_OUTPUT_OPTIONS;
  readonly path: string;
  /** Whether it is added to what others have written there. */
  readonly isAppended: boolean;
}

/** Files that a run writes while it goes on, and that can be written later as well. */
export function laterFiles({ ndjson }: OutputValues): OutputFile[] {
  return ndjson === undefined
    ? []
    : [{ kind: "ndjson", path: ndjson, isAppended: false }];
}

/** The files, or everything that speaks against them, a line each; `dir` is a directory that will be there. */
export async function planOutputs(
  values: OutputValues & {
    readonly json?: boolean | undefined;
    readonly csv?: boolean | undefined;
  },
  env: (name: string) => string | undefined,
  dir?: string,
): Promise<
  { readonly files: readonly OutputFile[]; readonly mistakes: string[] }
> {
  const mistakes: string[] = [];
  const files: OutputFile[] = [];
  const stepSummary = env(STEP_SUMMARY);
  if (values.summaryMd === STEP_SUMMARY_FILE && !stepSummary) {
    mistakes.push(
      `--summary-md: ${STEP_SUMMARY} is not set, write --summary-md=FILE.`,
    );
  }
  const path = values.summaryMd === STEP_SUMMARY_FILE
    ? stepSummary
    : values.summaryMd;
  for (const kind of ["html", "junit"] as const) {
    const given = values[kind];
    if (given === undefined) continue;
    const path = given === PAGE_FILE && dir !== undefined
      ? `${dir}/${PAGE_FILE}`
      : given;
    files.push({ kind, path, isAppended: false });
  }
  if (path) {
    files.push({ kind: "summaryMd", path, isAppended: path === stepSummary });
  }
  const written = values.ndjson === undefined || values.ndjson === STDOUT
    ? files
    : [...files, { kind: "ndjson", path: values.ndjson } as const];
  for (const [i, { kind, path }] of written.entries()) {
    // Devices take whatever comes.
    const other = path.startsWith("/dev/")
      ? undefined
      : written.slice(0, i).find((one) => one.path === path);
    if (other !== undefined) {
      mistakes.push(
        `${optionName(kind)}: ${
          optionName(other.kind)
        } is written to "${path}", name another file.`,
      );
    }
    const problem = await whyNoFile(path, dir);
    if (problem !== undefined) {
      mistakes.push(`${optionName(kind)}: ${problem}.`);
    }
  }
  for (const name of ["json", "csv"] as const) {
    if (values.ndjson !== STDOUT || values[name] !== true) continue;
    mistakes.push(
      `--ndjson, --${name}: both are on standard output, write --ndjson=FILE.`,
    );
  }
  if ((values.linger ?? 0) > 0 && values.prometheus === undefined) {
    mistakes.push("--linger: it is for --prometheus, which is not given.");
  }
  if (
    values.otlp === OTLP_ENDPOINT && !OTLP_VARIABLES.some((name) => env(name))
  ) {
    mistakes.push(
      `--otlp: ${OTLP_VARIABLES[1]} is not set, write --otlp URL.`,
    );
  }
  return { files, mistakes };
}
