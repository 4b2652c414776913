/** Which files a run leaves besides its own, and what speaks against them. */

import { assertEquals } from "@std/assert";
import {
  laterFiles,
  OTLP_ENDPOINT,
  type OutputValues,
  planOutputs,
  STDOUT,
} from "../../../../cli/commands/options/output_options.ts";
import { TempFolder } from "../../../temp_folder.ts";

type Values = Parameters<typeof planOutputs>[0];

/** A folder with a file and a folder in it. */
async function inFolder(act: (dir: string) => Promise<void>): Promise<void> {
  using temp = new TempFolder();
  const dir = temp.path;
  await Deno.writeTextFile(`${dir}/file`, "x");
  await Deno.mkdir(`${dir}/folder`);
  await act(dir);
  assertEquals(
    temp.names(),
    ["file", "folder"],
    "nothing is left behind",
  );
}

Deno.test("each file is planned in its place, the page among the others of the run", () =>
  inFolder(async (dir) => {
    const { files, mistakes } = await planOutputs(
      {
        html: "load_test_report.html",
        junit: `${dir}/file`,
        summaryMd: "$GITHUB_STEP_SUMMARY",
        ndjson: STDOUT,
      },
      (name) => name === "GITHUB_STEP_SUMMARY" ? `${dir}/step` : undefined,
      `${dir}/folder`,
    );
    assertEquals(mistakes, []);
    assertEquals(files, [
      {
        kind: "html",
        path: `${dir}/folder/load_test_report.html`,
        isAppended: false,
      },
      { kind: "junit", path: `${dir}/file`, isAppended: false },
      { kind: "summaryMd", path: `${dir}/step`, isAppended: true },
    ]);
  }));

const MISTAKES: readonly {
  readonly why: string;
  readonly values: (dir: string) => Values;
  readonly says: (dir: string) => readonly string[];
}[] = [
  {
    why: "a folder cannot be a file",
    values: (dir) => ({ html: `${dir}/folder` }),
    says: (dir) => [`--html: "${dir}/folder" is a directory.`],
  },
  {
    why: "nothing is above it",
    values: (dir) => ({ junit: `${dir}/none/a.xml` }),
    says: (dir) => [`--junit: "${dir}/none/a.xml" has no directory above it.`],
  },
  {
    why: "a file is no folder",
    values: (dir) => ({ ndjson: `${dir}/file/a` }),
    says: (dir) => [
      `--ndjson: "${dir}/file/a" is not writable: Not a directory.`,
    ],
  },
  {
    why: "two go into one",
    values: (dir) => ({ html: `${dir}/a`, junit: `${dir}/a` }),
    says: (dir) => [
      `--junit: --html is written to "${dir}/a", name another file.`,
    ],
  },
  {
    why: "no step is there to be summed up",
    values: () => ({ summaryMd: "$GITHUB_STEP_SUMMARY" }),
    says: () => [
      "--summary-md: GITHUB_STEP_SUMMARY is not set, write --summary-md=FILE.",
    ],
  },
  {
    why: "two want standard output",
    values: () => ({ ndjson: STDOUT, json: true, csv: true }),
    says: () => [
      "--ndjson, --json: both are on standard output, write --ndjson=FILE.",
      "--ndjson, --csv: both are on standard output, write --ndjson=FILE.",
    ],
  },
  {
    why: "there is nothing to linger for",
    values: () => ({ linger: 5000 }),
    says: () => ["--linger: it is for --prometheus, which is not given."],
  },
  {
    why: "nobody says where the collector is",
    values: () => ({ otlp: OTLP_ENDPOINT }),
    says: () => [
      "--otlp: OTEL_EXPORTER_OTLP_ENDPOINT is not set, write --otlp URL.",
    ],
  },
];

Deno.test.each(MISTAKES)("it is refused before a run where $why", ({
  values,
  says,
}) =>
  inFolder(async (dir) => {
    const { mistakes } = await planOutputs(values(dir), () => undefined);
    assertEquals(mistakes, says(dir));
  }));

Deno.test("devices take as many outputs as there are", async () => {
  const values = { html: "/dev/null", junit: "/dev/null" };
  const { mistakes } = await planOutputs(values, () => undefined);
  assertEquals(mistakes, []);
});

Deno.test.each([
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
])(
  "a collector may be named by %s",
  async (variable) => {
    const { mistakes } = await planOutputs(
      { otlp: OTLP_ENDPOINT },
      (name) => name === variable ? "http://h:4318" : undefined,
    );
    assertEquals(mistakes, []);
  },
);

Deno.test("what is written line by line meanwhile is no file of the end", async () => {
  const values: OutputValues = { ndjson: "/dev/null" };
  assertEquals(laterFiles(values), [
    { kind: "ndjson", path: "/dev/null", isAppended: false },
  ]);
  assertEquals((await planOutputs(values, () => undefined)).files, []);
  assertEquals(laterFiles({}), []);
});
